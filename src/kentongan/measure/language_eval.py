"""How often the language of a headline or text is told rightly, and what is taken for what.

A line is `{title or text, lang}`; a line with both is judged by its title, for that is the harder case. Lines of a question set
(`evidence` instead) are judged by their passage, each passage once. Languages Kentongan does not know count as `other`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from kentongan.engine.language import LANGUAGES, detect
from kentongan.errors import FileError
from kentongan.measure.form import Evaluation, read_jsonl

_FIELDS = ("title", "text", "evidence")


def evaluate(files: Sequence[Path]) -> Evaluation:
    """Accuracy and the confusion table `{true: {told: count}}` over all lines of the files."""
    confusion: dict[str, dict[str, int]] = {}
    for path in files:
        for text, language in _cases(path):
            row = confusion.setdefault(language, {})
            told = detect(text)
            row[told] = row.get(told, 0) + 1
    count = sum(sum(row.values()) for row in confusion.values())
    right = sum(row.get(language, 0) for language, row in confusion.items())
    shares = {language: round(row.get(language, 0) / sum(row.values()), 4) for language, row in sorted(confusion.items())}
    table = {language: dict(sorted(row.items())) for language, row in sorted(confusion.items())}
    accuracy = round(right / count, 4) if count else 0.0
    return Evaluation(count, {"accuracy": accuracy, "confusion": table, "accuracy_by_language": shares})


def _cases(path: Path) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for number, row in enumerate(read_jsonl(path), start=1):
        text = _text_of(row)
        if text is None or not isinstance(row.get("lang"), str):
            raise FileError(f"{path.name}: line {number} needs `lang` and one of {', '.join(_FIELDS)}", subject=str(path), line=number)
        if "evidence" in row and "title" not in row and text in seen:
            continue
        seen.add(text)
        yield text, row["lang"] if row["lang"] in LANGUAGES else "other"


def _text_of(row: dict[str, Any]) -> str | None:
    return next((row[field] for field in _FIELDS if isinstance(row.get(field), str) and row[field].strip()), None)
