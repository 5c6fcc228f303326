"""Real pages and real articles of the evaluation data as outlets of the local server, to be collected by the real
fetcher.

Nothing of the data is kept here: the folders are read when a site is built. A date the data only gives as the outlet
printed it stays on the page as printed and is left out of the feed, so that the page reader has to find it.
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kentongan.testing.outlet_sites import OutletItem, OutletSite


def sites_from_pages(folder: Path, start: datetime, every: timedelta = timedelta(minutes=1)) -> list[OutletSite]:
    """One outlet a host from `pages/`: pages served byte for byte. Items become visible one by one from `start` on."""
    items: dict[str, list[OutletItem]] = defaultdict(list)
    languages: dict[str, str] = {}
    rows = [row for name in ("truth.jsonl.gz", "truth-world.jsonl.gz") for row in _rows(folder / name)]
    for place, row in enumerate(rows):
        stem = Path(row["file"]).name.removesuffix(".html.gz")
        host = urlsplit(row.get("url", "")).hostname or stem.split("_")[0]
        key = _key(host)
        languages[key] = row["lang"]
        items[key].append(
            OutletItem(
                path=f"page/{stem}",
                title=row.get("title") or row["text"].split("\n", 1)[0][:120],
                text="",
                published=start + place * every,
                dated=False,
                html=gzip.decompress((folder / row["file"]).read_bytes()),
            )
        )
    return [OutletSite(key, key, languages[key], tuple(found), listed=len(found)) for key, found in sorted(items.items())]


def sites_from_duplicates(file: Path, start: datetime, every: timedelta = timedelta(seconds=1)) -> list[OutletSite]:
    """One outlet an `outlet` of `duplicates/`: articles in the page dress of an Indonesian site, in file order from
    `start` on."""
    items: dict[str, list[OutletItem]] = defaultdict(list)
    for place, row in enumerate(_rows(file)):
        items[row["outlet"]].append(
            OutletItem(
                path=f"read/{row['id']}",
                title=row["title"],
                text=row["text"],
                published=start + place * every,
                dated=False,
                date_line=row["published"],
                canonical=row["url"],
            )
        )
    return [
        OutletSite(_key(outlet), outlet, "id", tuple(found), layout="koran", listed=len(found)) for outlet, found in sorted(items.items())
    ]


def _key(host: str) -> str:
    return "-".join("".join(char if char.isascii() and char.isalnum() else " " for char in host.lower()).split())


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
