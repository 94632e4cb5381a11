"""The script that opens a clause's own words beside every place that cites it."""

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from contracts.terms.citations import PATTERN

register = template.Library()


@register.simple_tag
def cited() -> SafeString:
    """The script, told what a citation looks like and where its words are."""
    return format_html(
        '<script src="{}" data-pattern="{}" data-words="{}" data-label="{}" data-close="{}" data-failed="{}" defer></script>',
        static("contracts/cited.js"),
        PATTERN,
        reverse("admin:contracts_clauses"),
        gettext("条項の本文"),
        gettext("閉じる"),
        gettext("本文を読み込めませんでした。もう一度お試しください。"),
    )
