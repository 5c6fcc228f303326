"""How far the evidence gate can be relied on: what it supports, what it lets through, what it blocks for nothing, what it finds.

Without files: the project's own cited sentences (`evidence_cases`). Every sentence is judged against its passage in its own language (the
chief figures) and against the same passage in the two others (`across`). Of faithful sentences that are supported every
change of one fact (`evidence_changes`) is judged too: `let_through` is the share still supported, by kind and language.

Files of `{lang, evidence, claim, label}` are judged alike (`supported`, `contradicted`, `unrelated`: the gate's partly and not supported
are both unrelated there); files of `{lang, passage, evidence, question}` ask for the passage of each question among all of its language
(`passages`), and with files of two languages also across (`by_pair`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kentongan.engine.evidence import BLOCKS, Judgement, Passage, compare
from kentongan.engine.evidence_parts import read, readings, together
from kentongan.engine.evidence_words import Aliases
from kentongan.engine.passages import Passages
from kentongan.engine.records import Language
from kentongan.engine.statement_records import TONGUES, Tongue
from kentongan.engine.vectors import CachedEmbedder, E5Embedder, Embedder, FloatArray, Recent, shipped_centres
from kentongan.errors import FileError
from kentongan.measure.evidence_cases import Case, cases, city_names
from kentongan.measure.evidence_changes import CHANGES, changes
from kentongan.measure.form import Evaluation, read_jsonl

WANTED = 0.80
MOST_KEPT = 40_000


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence, its passage and whether it is carried (`supported`, `contradicted`, `unrelated`)."""

    text: str
    language: Tongue
    passage: Passage
    label: str


class Meaning:
    """Centred cosines of sentences and passages, each text embedded once."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = CachedEmbedder(embedder, Recent(MOST_KEPT))
        self._centres = shipped_centres()

    def vectors(self, texts: Sequence[str], language: Tongue) -> FloatArray:
        """Centred vectors, of shape (texts, dimension)."""
        spoken: list[Language] = [language for _ in texts]
        return self._centres.centred_all(self._embedder.embed(texts), spoken)

    def cosine(self, text: str, language: Tongue, passage: Passage) -> float:
        """The centred cosine of a sentence and a passage."""
        one, other = self._embedder.embed([text, passage.text])
        return float(self._centres.centred(one, language) @ self._centres.centred(other, passage.language))


def evaluate(files: Sequence[Path], embedder: Embedder | None = None) -> Evaluation:
    """The figures of the gate on its own cited sentences, or on files."""
    meaning = Meaning(embedder or E5Embedder())
    if not files:
        return _own(meaning)
    rows = [(path, list(read_jsonl(path))) for path in files]
    metrics: dict[str, object] = {}
    n = 0
    claims = [row for _, found in rows for row in found if "claim" in row]
    if claims:
        pairs = [_pair(number, row) for number, row in enumerate(claims)]
        metrics |= _on_pairs(pairs, meaning)
        n += len(pairs)
    asked: dict[Tongue, list[Mapping[str, object]]] = {}
    for _, found in rows:
        for row in found:
            if "question" in row:
                asked.setdefault(_tongue(str(row["lang"])), []).append(row)
    if asked:
        metrics |= _on_questions(asked, meaning)
        n += sum(map(len, asked.values()))
    if not n:
        raise FileError(f"{files[0].name}: no line has a claim or a question.", subject=str(files[0]))
    return Evaluation(n, metrics)


def _pair(number: int, row: Mapping[str, object]) -> Pair:
    language = _tongue(str(row["lang"]))
    return Pair(str(row["claim"]), language, Passage(str(number), str(row["evidence"]), language), str(row["label"]))


def _tongue(language: str) -> Tongue:
    return next(tongue for tongue in TONGUES if tongue == language)


# ---- files ------------------------------------------------------------------------------------------------------------------
def _on_pairs(pairs: Sequence[Pair], meaning: Meaning) -> dict[str, object]:
    aliases = Aliases()
    judged = [_judged(one.text, one.language, one.passage, aliases, meaning) for one in pairs]
    told = [{"supported": "supported", "contradicted": "contradicted"}.get(one.verdict, "unrelated") for one in judged]
    truth = [one.label for one in pairs]
    supported = np.array([one == "supported" for one in truth])
    said = np.array([one == "supported" for one in told])
    precision, recall = rates(said, supported)
    scores = np.array([one.score for one in judged])
    through = {
        label: _share(told[at] == "supported" for at, one in enumerate(truth) if one == label) for label in ("contradicted", "unrelated")
    }
    return {
        "supported_precision": precision,
        "supported_recall": recall,
        "accuracy": _share(one == other for one, other in zip(told, truth, strict=True)),
        "recall_at_precision_80": recall_at(scores, supported, WANTED),
        "let_through": through | _through([(one, verdict) for one, verdict in zip(pairs, judged, strict=True)], aliases, meaning)[0],
        "verdicts": dict(sorted(Counter(one.verdict for one in judged).items())),
    }


def _judged(text: str, language: Tongue, passage: Passage, aliases: Aliases, meaning: Meaning, across_only: bool = True) -> Judgement:
    needed = not across_only or language != passage.language
    return compare(text, language, passage, aliases=aliases, cosine=meaning.cosine(text, language, passage) if needed else None)


def _on_questions(asked: Mapping[Tongue, Sequence[Mapping[str, object]]], meaning: Meaning) -> dict[str, object]:
    """The passage of each question among those of its file; where there are several languages, also among those of the others."""
    told: dict[str, tuple[float, float]] = {}
    for there, rows in asked.items():
        passages = {str(row["passage"]): str(row["evidence"]) for row in rows}
        known, vectors = list(passages), meaning.vectors(list(passages.values()), there)
        index = Passages([(there, text) for text in passages.values()], vectors)
        for language, questions in asked.items():
            texts = [str(row["question"]) for row in questions]
            ranks = []
            for row, text, vector in zip(questions, texts, meaning.vectors(texts, language), strict=True):
                order = [known[one.place] for one in index.find(text, language, vector, most=len(known))]
                ranks.append(order.index(str(row["passage"])) + 1 if row["passage"] in passages else len(known) + 1)
            told[f"{language}-{there}"] = (_share(rank == 1 for rank in ranks), round(float(np.mean([1 / rank for rank in ranks])), 4))
    own = [(told[f"{language}-{language}"], len(rows)) for language, rows in asked.items()]
    total = sum(count for _, count in own)
    return {
        "p_at_1": round(sum(figure[0] * count for figure, count in own) / total, 4),
        "mrr": round(sum(figure[1] * count for figure, count in own) / total, 4),
        "by_pair": {pair: {"p_at_1": figure[0], "mrr": figure[1]} for pair, figure in told.items()},
    }


# ---- our own ----------------------------------------------------------------------------------------------------------------
def _own(meaning: Meaning) -> Evaluation:
    aliases = city_names()
    judged = [(one, _judged(one.text, one.language, one.passage, aliases, meaning)) for one in cases()]
    within = [(one, verdict) for one, verdict in judged if not one.across]
    across = [(one, verdict) for one, verdict in judged if one.across]
    whole = [
        *_verbatim(within),
        *[(Pair(one.text, one.language, one.passage, one.truth), verdict) for one, verdict in within if one.truth == "same"],
    ]
    through, made = _through(whole, aliases, meaning)
    metrics = _rated(within) | {
        "across": _rated(across),
        "by_language": {language: _rated([pair for pair in within if pair[0].language == language]) for language in TONGUES},
        "let_through": through,
        "changes": made,
    }
    return Evaluation(len(judged), metrics)


def _verbatim(within: Sequence[tuple[Case, Judgement]]) -> Iterable[tuple[Pair, Judgement]]:
    """Each sentence of a passage as it stands there: faithful without any rewording."""
    seen: set[str] = set()
    aliases = city_names()
    for one, _ in within:
        if one.passage.id in seen:
            continue
        seen.add(one.passage.id)
        for sentence in readings(one.passage.text, one.language, one.passage.said, aliases):
            text = one.passage.text[sentence.start : sentence.end]
            yield Pair(text, one.language, one.passage, "same"), compare(text, one.language, one.passage, aliases=aliases)


def _rated(judged: Sequence[tuple[Case, Judgement]]) -> dict[str, object]:
    same = np.array([one.truth == "same" for one, _ in judged])
    said = np.array([verdict.verdict == "supported" for _, verdict in judged])
    blocked = np.array([verdict.verdict in BLOCKS for _, verdict in judged])
    precision, recall = rates(said, same)
    return {
        "supported_precision": precision,
        "supported_recall": recall,
        "wrongly_blocked": round(float(blocked[same].mean()), 4),
        "faults_blocked": round(float(blocked[~same].mean()), 4),
        "faithful": int(same.sum()),
        "faulty": int((~same).sum()),
    }


def _through(judged: Iterable[tuple[Pair, Judgement]], aliases: Aliases, meaning: Meaning) -> tuple[dict[str, object], dict[str, int]]:
    """Of the changes of supported sentences the share still supported, by kind, by language and kind; and how many were made."""
    told: dict[str, list[bool]] = defaultdict(list)
    made: Counter[str] = Counter()
    for one, verdict in judged:
        if verdict.verdict != "supported" or one.label not in ("supported", "same"):
            continue
        claim = read(one.text, one.language, one.passage.said, aliases)
        tongue = _tongue(one.passage.language)
        for change in changes(one.text, claim, together(readings(one.passage.text, tongue, one.passage.said, aliases))):
            passed = _judged(change.text, one.language, one.passage, aliases, meaning).verdict == "supported"
            told[change.kind].append(passed)
            told[f"{one.language} {change.kind}"].append(passed)
            made[one.language] += 1
    names = [*CHANGES, *(f"{language} {kind}" for language in TONGUES for kind in CHANGES)]
    return {name: _share(told[name]) for name in names if told[name]}, dict(sorted(made.items()))


# ---- figures ----------------------------------------------------------------------------------------------------------------
Flags = npt.NDArray[np.bool_]


def rates(said: Flags, true: Flags) -> tuple[float, float]:
    """Precision and recall; precision 1 where nothing was said."""
    right = int((said & true).sum())
    return (round(right / int(said.sum()), 4) if said.any() else 1.0), round(right / max(1, int(true.sum())), 4)


def recall_at(scores: npt.NDArray[np.float64], true: Flags, precision: float) -> float:
    """The highest recall at which the ranking by score still has this precision; equal scores stand or fall together."""
    best = 0.0
    for bar in np.unique(scores):
        said = scores >= bar
        if (said & true).sum() >= precision * said.sum():
            best = max(best, float((said & true).sum() / max(1, true.sum())))
    return round(best, 4)


def _share(flags: Iterable[bool]) -> float:
    found = list(flags)
    return round(sum(found) / len(found), 4) if found else 0.0
