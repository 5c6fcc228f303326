"""Cells of tables that leave the house."""

from __future__ import annotations

import unicodedata


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula: one that begins like a formula gets an apostrophe before it."""
    first = unicodedata.normalize("NFKC", text).lstrip()[:1]
    return f"'{text}" if first in {"=", "+", "-", "@", "|", "%"} or text[:1] in {"\t", "\r", "\n"} else text
