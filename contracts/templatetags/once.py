"""The one-time key of a form that writes (csoc_admin.once)."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from contracts.operations.submissions import FIELD, new_key

register = template.Library()


@register.simple_tag
def once() -> SafeString:
    """A hidden field with a new key; stands beside the CSRF token of every form that writes."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, new_key())
