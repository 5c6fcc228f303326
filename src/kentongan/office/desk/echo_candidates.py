"""Which articles are worth looking at closely for the echo of a publication, told without reading their texts. Pure but for the query.

What is quoted has a stretch of so many words in a row (`echo_quotes.least_words`). Of every such stretch of the publication the
rarest words are kept; an article that has none of these triples quotes nothing, and PostgreSQL tells so from its word index. What is told
in other words has a vector that is near. The two together leave a few in a hundred to be judged.

Known failure. Words with figures or signs in them are not asked for, since the word index cuts them elsewhere: a stretch of figures alone
is not found by its words.
"""

from __future__ import annotations

from functools import reduce
from operator import or_

from django.contrib.postgres.search import SearchQuery
from django.db.models import BooleanField, ExpressionWrapper, Q

from kentongan.engine.echo_quotes import least_words, words_with_places
from kentongan.engine.records import Language
from kentongan.engine.terms import Counts, fold

RAREST, SHORTEST, LONGEST = 3, 3, 40
MOST_WORDS = 1_500
_WORDS_OF = {"vi": ("kentongan_vi",), "en": ("kentongan_en",)}
_OTHERWISE = ("kentongan_id", "kentongan_vi")
"""Articles taken for a neighbour of Indonesian are indexed word for word."""


def stretches_of(text: str, language: Language, counts: Counts) -> list[str]:
    """The rarest words of every stretch of the text that would be a quotation, each triple once, in order of first use."""
    words = words_with_places(text, language).words[:MOST_WORDS]
    least = least_words(language)
    worth = [counts.weight(fold(word)) if word.isalpha() and SHORTEST <= len(word) <= LONGEST else -1.0 for word in words]
    found: dict[str, None] = {}
    for start in range(max(1, len(words) - least + 1)):
        there = [place for place in range(start, min(start + least, len(words))) if worth[place] >= 0.0]
        best = sorted(there, key=lambda place: (-worth[place], place))[:RAREST]
        if best:
            found[" ".join(sorted({words[place] for place in best}))] = None
    return list(found)


def has_a_stretch(stretches: list[str], language: str) -> ExpressionWrapper:
    """Whether an article has all the words of one of the stretches, as an expression. They are letters only, so that PostgreSQL reads them
    as one query however many there are."""
    if not stretches:
        return ExpressionWrapper(Q(pk__in=()), output_field=BooleanField())
    typed = " | ".join(" & ".join(one.split()) for one in stretches)
    asked = reduce(or_, (SearchQuery(typed, config=config, search_type="raw") for config in _WORDS_OF.get(language, _OTHERWISE)))
    return ExpressionWrapper(Q(search=asked), output_field=BooleanField())
