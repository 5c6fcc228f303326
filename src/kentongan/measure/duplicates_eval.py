"""`kentongan eval duplicates`: pages read again against the gold `group` of each row, and what else was taken for a
copy.

Gold says one thing only: which rows are the same page scraped again. So the pairs that count for precision, recall
and F1 are those the detector takes for the same page: copies called exact or near, of one outlet. What it calls a
copy across outlets is another claim, for which there is no gold: `across_outlets` counts those groups, to be read by
hand.

`f1` is of the product, which sees addresses; since gold is by address too, the harder question is `f1_blind`, where
every row gets an address of its own and the text must tell. Where gold has no pair and the detector claims none all
three are 1; where it claims one, precision is 0. `again_recall` is measured on pages the set does not have: every
tenth page of nine paragraphs or more is read again under an unknown address, with another advert between its
paragraphs and without its last one.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

from kentongan.engine import duplicates
from kentongan.engine.records import Article, Copy, article_id
from kentongan.errors import FileError
from kentongan.measure.clustering import article_from_row
from kentongan.measure.form import Evaluation, read_jsonl

_EVERY = 10
Pair = tuple[int, int]


def evaluate(files: Sequence[Path]) -> Evaluation:
    """Read `{id, outlet, url, title, text, group}` rows in order. Metrics as the module says; `per_second` documents on one core."""
    rows = [row for path in files for row in read_jsonl(path)]
    for number, row in enumerate(rows, start=1):
        if not {"id", "group"} <= row.keys():
            raise FileError("a row needs id and group", subject=str(files[0]), line=number)
    articles = [article_from_row(row, place) for place, row in enumerate(rows)]
    began = time.perf_counter()
    copies = _run(articles)
    seconds = time.perf_counter() - began
    gold = _gold(rows)
    precision, recall, f1 = scores(gold, _same_page(articles, copies))
    blind = [_elsewhere(article, f"{place}") for place, article in enumerate(articles)]
    groups: dict[str, set[str]] = defaultdict(set)
    for article, copy in zip(articles, copies, strict=True):
        groups[copy.group].add(article.outlet)
    return Evaluation(
        len(rows),
        {
            "precision": precision,
            "recall": recall,
            "f1": f1,
            "f1_blind": scores(gold, _same_page(blind, _run(blind)))[2],
            "groups": len(groups),
            "gold_pairs": len(gold),
            "across_outlets": sum(len(outlets) > 1 for outlets in groups.values()),
            "again_recall": _again(blind),
            "per_second": len(rows) / seconds if rows else 0.0,
        },
    )


def scores(gold: set[Pair], claimed: set[Pair]) -> tuple[float, float, float]:
    """Precision, recall, F1 of the claimed pairs. Nothing to find and nothing claimed is 1, 1, 1."""
    right = len(gold & claimed)
    precision = right / len(claimed) if claimed else 1.0
    recall = right / len(gold) if gold else 1.0
    return precision, recall, 2 * precision * recall / (precision + recall) if right else float(not gold and not claimed)


def _run(articles: Sequence[Article]) -> list[Copy]:
    state, settings = duplicates.start(), duplicates.Settings()
    copies: list[Copy] = []
    for article in articles:
        state, copy = duplicates.step(state, article, settings)
        copies.append(copy)
    return copies


def _elsewhere(article: Article, name: str) -> Article:
    url = f"https://evaluation.invalid/{name}"
    return replace(article, id=article_id(url), url=url)


def _gold(rows: Sequence[Mapping[str, Any]]) -> set[Pair]:
    places: dict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        places[str(row["group"])].append(place)
    return {pair for members in places.values() for pair in combinations(members, 2)}


def _same_page(articles: Sequence[Article], copies: Sequence[Copy]) -> set[Pair]:
    """Pairs of one group and one outlet whose members are all called exact or near."""
    members: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, (article, copy) in enumerate(zip(articles, copies, strict=True)):
        if copy.kind != "rewrite":
            members[copy.group, article.outlet].append(place)
    return {pair for places in members.values() for pair in combinations(places, 2)}


def _again(articles: Sequence[Article]) -> float:
    """Share of pages read again, changed as the module says, that are found."""
    long = [article for article in articles if article.text.count("\n") >= 8][::_EVERY]
    again = [_elsewhere(_changed(article, place), f"again/{place}") for place, article in enumerate(long)]
    copies = _run([*articles, *again])[len(articles) :]
    found = [copy.kind in ("exact", "near") for copy in copies]
    return sum(found) / len(found) if found else 1.0


def _changed(article: Article, place: int) -> Article:
    paragraphs = article.text.split("\n")[:-1]
    paragraphs.insert(len(paragraphs) // 2, f"Baca juga: berita pilihan nomor {place} hari ini untuk pembaca setia kami")
    return replace(article, text="\n".join(paragraphs))
