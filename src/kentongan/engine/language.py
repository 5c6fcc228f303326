"""Which language a headline or an article is in (first version: py3langid alone; a layer for ms and su follows)."""

from __future__ import annotations

from collections.abc import Mapping

import py3langid

from kentongan.engine.records import Language

_KNOWN: Mapping[str, Language] = {"id": "id", "ms": "ms", "jv": "jv", "vi": "vi", "en": "en"}


def scores(text: str) -> Mapping[Language, float]:
    """Share of belief for each language, adding up to one."""
    return {detect(text): 1.0}


def detect(text: str, *, hint: str | None = None) -> Language:
    """The language of a text; `hint` is what feed or page said, and decides only where the text does not."""
    if not text.strip():
        return _KNOWN.get((hint or "").lower()[:2], "other")
    return _KNOWN.get(py3langid.classify(text)[0], "other")
