"""The month on the first page, which is Django's own."""

from typing import Any

from django import template
from django.template.context import Context

from billing.admin.month.now import today_of

register = template.Library()


@register.inclusion_tag("admin/month_now.html", takes_context=True)
def month_now(context: Context) -> dict[str, Any]:
    """What finance has before it; nothing to others."""
    return {"steps": today_of(context["request"].user)}
