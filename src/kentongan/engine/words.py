"""The terms of a title that bursts are counted for: single words and pairs of neighbours, and a figure with the word after it."""

from __future__ import annotations

import re

from kentongan.engine.records import Article
from kentongan.engine.terms import fold

_TOKEN = re.compile(r"[^\W_]+")
_LONGEST = 40


def title_terms(article: Article) -> tuple[str, ...]:
    """Folded words of four letters or more and pairs of neighbours, each once. Vietnamese writes syllables, so only pairs count there."""
    tokens = _TOKEN.findall(fold(article.title.replace("_", " ")))[:_LONGEST]
    pairs = [f"{left} {right}" for left, right in zip(tokens, tokens[1:], strict=False) if len(left) + len(right) > 5]
    words = [] if article.language == "vi" else [token for token in tokens if len(token) > 3 and not token.isdigit()]
    return tuple(dict.fromkeys([*words, *pairs]))
