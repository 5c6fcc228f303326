"""What the office has heard of how words are written: whether what looks like a name is a thing (`engine.ordinary`)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from kentongan.engine.ordinary import is_used_small
from kentongan.office.listening.models import Article, Source
from kentongan.office.listening.search import OfficeQuery
from kentongan.office.people.models import Office

PAST = timedelta(days=90)
LOOKED = 200
"""The latest press items with the word that are looked at."""


def heard_by(office: Office, now: datetime) -> Callable[[str], bool]:
    """Answers for `query_names.judge` whether this office's press writes a word as a word. One query for each question."""

    def is_ordinary(word: str) -> bool:
        items = Article.objects.filter(office=office, source_kind=Source.SourceKind.PRESS, published__gte=now - PAST, published__lte=now)
        rows = items.filter(search=OfficeQuery(f'"{word}"')).order_by("-published").values_list("outlet", "text", "summary")[:LOOKED]
        return is_used_small(word, ((outlet, text or summary) for outlet, text, summary in rows))

    return is_ordinary
