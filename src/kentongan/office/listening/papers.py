"""The briefing on paper and in mail: PDF by typst, plain text for mail and terminals. Says the same as the screen."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typst
from django.utils import translation
from django.utils.translation import gettext

from kentongan.office import mail
from kentongan.office.listening import presenting

TEMPLATE = Path(__file__).parent / "typst" / "briefing.typ"


def briefing_text(content: dict[str, Any], language: str) -> str:
    """The briefing as plain text of at most 78 columns or so, sources as numbered notes."""
    with translation.override(language):
        return "\n".join(_text_lines(content))


def briefing_pdf(content: dict[str, Any], language: str) -> bytes:
    """The briefing as an accessible A4 PDF (PDF/UA)."""
    raise NotImplementedError


def mail_briefing(content: dict[str, Any], to: Sequence[str], language: str) -> None:
    """Mail it as text with the PDF attached. Raises `MailError`."""
    text = briefing_text(content, language)
    name = f"briefing-{content['at'][:10]}.pdf"
    mail.mailer().send(list(to), text.splitlines()[0], text, "", {name: briefing_pdf(content, language)})


def _text_lines(content: dict[str, Any]) -> list[str]:
    return [json.dumps(content)]
