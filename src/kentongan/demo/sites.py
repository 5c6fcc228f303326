"""The invented outlets as the records of the local outlet server, so that the real fetcher can collect them."""

from __future__ import annotations

from datetime import date

from kentongan.demo.city import City, timeline
from kentongan.testing.outlet_sites import OutletItem, OutletSite


def sites(city: City, day14: date | None = None) -> list[OutletSite]:
    """One site an outlet, in the order of the city's outlets; the items become visible at the times of `timeline`."""
    items: dict[str, list[OutletItem]] = {outlet.key: [] for outlet in city.outlets}
    for dated in timeline(city, day14):
        items[dated.item.outlet].append(
            OutletItem(
                path=dated.item.path.lstrip("/"),
                title=dated.item.title,
                text=dated.item.text,
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
        )
        for outlet in city.outlets
    ]
