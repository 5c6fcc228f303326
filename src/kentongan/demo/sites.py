"""The invented outlets as the records of the local outlet server, so that the real fetcher can collect them."""

from __future__ import annotations

import re
from datetime import date
from typing import Literal

from kentongan.demo.city import City, Outlet, timeline
from kentongan.testing.outlet_sites import OutletItem, OutletSite

LISTED = 500
"""Feeds list the whole past, so that the first visit hears all fourteen days."""
_SENTENCE_END = re.compile(r"[.!?][”\"]? (?=[A-ZĐÀ-Ỹ“\"0-9])")


def sites(city: City, day14: date | None = None) -> list[OutletSite]:
    """One site an outlet, in the order of the city's outlets; the items become visible at the times of `timeline`."""
    items: dict[str, list[OutletItem]] = {outlet.key: [] for outlet in city.outlets}
    for dated in timeline(city, day14):
        items[dated.item.outlet].append(
            OutletItem(
                path=dated.item.path.lstrip("/"),
                title=dated.item.title,
                text=_paragraphs(dated.item.text),
                published=dated.published,
                section=dated.item.section,
            )
        )
    return [
        OutletSite(
            key=outlet.key,
            title=outlet.name,
            language=outlet.language,
            items=tuple(items[outlet.key]),
            feed=outlet.feed,
            layout=outlet.layout,
            listed=LISTED,
        )
        for outlet in city.outlets
    ]


def listing_pattern(outlet: Outlet, names: Literal["prefix", "host"] = "prefix") -> str:
    """By which the items of an outlet are found on its listing page; `names` as the outlet server writes addresses."""
    return f"/{outlet.key}/*/*" if names == "prefix" else "/*/*"


def _paragraphs(text: str) -> str:
    """Two sentences a line, as papers set them; the server makes a paragraph of each line."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text)][1::2]
    starts = [0, *ends]
    return "\n".join(text[a:b].strip() for a, b in zip(starts, [*ends, len(text)], strict=True) if text[a:b].strip())
