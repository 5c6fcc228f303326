"""Measures of a clustering against a gold clustering, and the rows of evaluation files as articles.

NMI (arithmetic mean) and adjusted Rand index are scikit-learn's; B-cubed as in Bagga & Baldwin 1998: for every item
the share of its cluster that belongs to its gold class (precision) and the share of its class that is in its cluster
(recall), averaged over items.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from kentongan.engine.records import Article, Language, article_id
from kentongan.errors import FileError

_START = datetime(2025, 1, 1, tzinfo=UTC)
_LANGUAGES = ("id", "ms", "jv", "su", "vi", "en")


def bcubed(gold: Sequence[str], found: Sequence[str]) -> tuple[float, float, float]:
    """Precision, recall and F1, each 0..1, of `found` against `gold`: labels of the same items in the same order, at least one."""
    classes, clusters = Counter(gold), Counter(found)
    both = Counter(zip(gold, found, strict=True))
    precision = sum(count * count / clusters[cluster] for (_, cluster), count in both.items()) / len(gold)
    recall = sum(count * count / classes[label] for (label, _), count in both.items()) / len(gold)
    return precision, recall, 2 * precision * recall / (precision + recall)


def clustering_metrics(gold: Sequence[str], found: Sequence[str]) -> dict[str, object]:
    """The names agreed for `eval stories`: B-cubed, NMI, ARI, and the number of clusters found."""
    precision, recall, f1 = bcubed(gold, found)
    return {
        "bcubed_precision": precision,
        "bcubed_recall": recall,
        "bcubed_f1": f1,
        "nmi": float(normalized_mutual_info_score(gold, found)),
        "ari": float(adjusted_rand_score(gold, found)),
        "stories": len(set(found)),
    }


def time_of(row: Mapping[str, Any]) -> datetime | None:
    """The row's `time` ("23/10/2013 11:39" or ISO 8601), taken as UTC where no zone is said; None where the row has none."""
    value = str(row.get("time") or "").strip()
    if not value:
        return None
    try:
        when = datetime.fromisoformat(value) if value[:4].isdigit() else datetime.strptime(value, "%d/%m/%Y %H:%M")  # noqa: DTZ007
    except ValueError as error:
        raise FileError(f"the time {value!r} is neither ISO 8601 nor day/month/year hour:minute") from error
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)


def article_from_row(row: Mapping[str, Any], place: int, when: datetime | None = None) -> Article:
    """An evaluation row `{id, lang?, outlet?, url?, title, text?}` as an article; `place` seconds after a fixed start without `when`."""
    language = cast("Language", row["lang"] if row.get("lang") in _LANGUAGES else "other")
    url = str(row.get("url") or f"https://evaluation.invalid/{language}/{row['id']}")
    text = str(row.get("text") or "")
    title = str(row.get("title") or "").strip() or text[:80].strip() or url
    return Article(
        id=article_id(url),
        url=url,
        outlet=str(row.get("outlet") or "evaluation"),
        source_kind="press",
        title=title,
        text=text,
        language=language,
        published=when or _START + timedelta(seconds=place),
    )
