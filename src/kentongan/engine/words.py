"""The terms of a title that bursts are counted for: single words and pairs of neighbours."""

from __future__ import annotations

import re
from itertools import pairwise

from kentongan.engine.records import Article
from kentongan.engine.terms import fold

_TOKEN = re.compile(r"[^\W_]+")
_LONGEST = 40


def title_terms(article: Article) -> tuple[str, ...]:
    """Folded words of four letters or more and pairs of neighbours, each once.

    Vietnamese writes syllables: only pairs count there, and short ones too (`vỡ đê`, a broken dike, has four letters).
    """
    tokens = _TOKEN.findall(fold(article.title.replace("_", " ")))[:_LONGEST]
    vietnamese = article.language == "vi"
    shortest = 4 if vietnamese else 6
    pairs = [f"{left} {right}" for left, right in pairwise(tokens) if len(left) + len(right) >= shortest]
    words = [] if vietnamese else [token for token in tokens if len(token) > 3 and not token.isdigit()]
    return tuple(dict.fromkeys([*words, *pairs]))
