"""Words about messages in templates."""

from __future__ import annotations

from django.template import Library
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kentongan.office.alerting import history

register = Library()


@register.simple_tag
def failure(detail: str) -> SafeString | str:
    """Why a message did not arrive. The words of a machine stay English and are marked so."""
    words = history.failure_of(detail)
    return format_html("<span>{}</span>", words) if words else format_html('<span lang="en">{}</span>', detail)
