"""Articles closest in meaning to what was typed, across languages.

Observed. Raw e5 vectors lie in one narrow cone a language (see `engine.vectors`): an Indonesian query is nearer to any Indonesian
headline than to its own English translation.

Method. The shipped mean of its language is taken from the query and from each candidate, so that what is
compared is what is said beyond being that language. Within a language the order by a·(q-m) is that of the centred vectors but for
their lengths, so the index is asked once a group of languages, and the candidates are then compared exactly.

A few words. The vector of one word is mostly that of being a word. Up to SHORT words are asked twice, bare and in a sentence of their
language ("News about …"), and the two are added: of 20 service words in three languages 0.60 of the five nearest articles of another
language were right in the demo city, bare 0.56, raw 0.46, against the mean of other single words 0.57, with the first word hits added 0.57.

LEAST and SHARE. On 19,241 Indonesian headlines with eleven queries in three languages the first hits of a sensible query had a cosine
of 0.33 to 0.53 and those of a nonsense one 0.31; below seven tenths of the best one the hits were about something else. The share is
taken within a group of languages, since a word of one's own language always stands nearer. A few words stand less near: nonsense words
reached 0.19 bare, so LEAST_SHORT is 0.22. A handful of queries is an impression, not a measurement. Known failure: a name that means
nothing to the model; that is what the words are for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from django.db import connection, transaction
from django.db.models import BinaryField, Func, QuerySet
from pgvector.django import MaxInnerProduct

from kentongan.engine.language import detect
from kentongan.engine.records import Language
from kentongan.engine.vectors import Centres, Embedder, FloatArray, shipped_centres, unit, units
from kentongan.office.kept import Kept
from kentongan.office.listening.models import DIMENSION, MEANING_GROUPS, Article

CANDIDATES = 60
LEAST = 0.28
LEAST_SHORT = 0.22
SHORT = 3
"""Up to so many words are asked in a sentence too."""
SHARE = 0.7
MOST = 40
_SEARCH_WIDER = """
    SELECT '[1]'::halfvec, set_config(name, wanted, true) FROM pg_settings JOIN (VALUES
    ('hnsw.ef_search', %s), ('hnsw.iterative_scan', 'strict_order'), ('hnsw.max_scan_tuples', '4000')) t(name, wanted) USING (name)
"""
"""The literal loads pgvector, whose settings are then listed; one that this version does not have is passed over. A search narrowed to few
articles stops behind the 4,000 nearest: what stands behind them is hardly what was meant, and looking on took a tenth of a second."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed as a vector: centred, of length one."""

    vector: FloatArray
    centres: Centres
    least: float = LEAST


def asked(embedder: Embedder, typed: str) -> Asked | None:
    """The vector of what was typed; None where there is nothing to embed."""
    if not typed.strip():
        return None
    if not embedder.name.startswith("e5"):
        centres = _none()
        return Asked(centres.centred(embedder.embed([typed])[0], detect(typed)), centres)
    centres, language = shipped_centres(), detect(typed)
    if len(typed.split()) > SHORT:
        return Asked(centres.centred(embedder.embed([typed])[0], language), centres)
    frame = _FRAMES.get(language, _FRAMES["other"])
    plain, framed = (centres.centred(vector, language) for vector in embedder.embed([typed, frame.format(typed)]))
    return Asked(unit(plain + framed), centres, LEAST_SHORT)


_IN_INDONESIAN = "Berita tentang {}"
_FRAMES: Mapping[Language, str] = {
    "id": _IN_INDONESIAN,
    "ms": _IN_INDONESIAN,
    "jv": _IN_INDONESIAN,
    "su": _IN_INDONESIAN,
    "vi": "Tin về {}",
    "en": "News about {}",
    "other": "News about {}",
}


@cache
def _none() -> Centres:
    """For an embedder whose vectors stand around zero already."""
    return Centres({"other": np.zeros(DIMENSION, dtype=np.float32), "id": np.zeros(DIMENSION, dtype=np.float32)})


Bytes = bytes | memoryview


class Sent(Func):
    """A vector as PostgreSQL sends it to a program: hundreds of them are read at once, and text costs a hundred times as much."""

    function = "halfvec_send"
    output_field = BinaryField()  # type: ignore[assignment]


def search_on(at_once: int = 200) -> None:
    """Until the transaction ends the index looks on, `at_once` articles at a time, where the nearest are not those asked for. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_SEARCH_WIDER, [str(at_once)])


def nearest(rows: QuerySet[Article], wish: Asked) -> list[int]:
    """Ids of at most MOST articles, closest first, none below the least or SHARE of the best in its languages. Five queries."""
    found: list[tuple[float, int]] = []
    near = rows.exclude(embedding=None).order_by(MaxInnerProduct("embedding", wish.vector.tolist()))
    near = near.values_list("pk", "language", Sent("embedding"))
    alone = Kept(lambda language: near.filter(language=language)[:CANDIDATES])
    with transaction.atomic():
        search_on()
        for group in MEANING_GROUPS:
            stored = alone(*group) if len(group) == 1 else list(near.filter(language__in=group)[:CANDIDATES])
            alikes = compared(stored, wish)
            floor = max(wish.least, SHARE * max((alike for alike, _ in alikes), default=0.0))
            found += [(alike, pk) for alike, pk in alikes if alike >= floor]
    found.sort(reverse=True)
    return [pk for _, pk in found[:MOST]]


def compared(rows: Sequence[tuple[int, Language, Bytes]], wish: Asked) -> list[tuple[float, int]]:
    """Each candidate's centred cosine with the query."""
    if not rows:
        return []
    vectors = units(np.stack([vector_of(stored) for _, _, stored in rows]))
    alike = wish.centres.centred_all(vectors, [language for _, language, _ in rows]) @ wish.vector
    return [(float(one), pk) for one, (pk, _, _) in zip(alike, rows, strict=True)]


def vector_of(stored: Bytes) -> FloatArray:
    """A vector from what `Sent` gives: two numbers of two bytes, then the halves."""
    return np.frombuffer(stored, dtype=">f2", offset=4).astype(np.float32)
