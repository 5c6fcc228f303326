"""An office filled with as many articles as one keeps, for figures of size: `python -m kentongan.measure.fill_office FOLDER ROWS`.

Real rows (title, text, language) are repeated with changed words, times, outlets and stories; the database's own triggers make the search
vectors, its own index the neighbours. Vectors are drawn: a middle for the language, a direction for the story, noise for the article, so
that nearness is as crowded as in news. Not made: what an engine would have said of these texts. The journal is there and counts as read.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import numpy as np
import numpy.typing as npt
import psycopg
from psycopg import sql

DAYS = 180
OUTLETS = 300
PEOPLE = 20
COPIES = 0.3
SIGNALS_A_STORY = 0.05
VISITS_A_SOURCE = 300
LEVELS = ("watch", "medium", "high", "crisis")
LEVEL_SHARES = (0.88, 0.1, 0.018, 0.002)
GIANTS = (0.025, 0.01, 0.005)
"""Shares of all articles that the largest stories have."""
DIMENSION = 384
CHUNK = 10_000
AREAS = ("Cempaka", "Kenanga", "Melati", "Anggrek", "Dahlia", "Teratai", "Seroja", "Kamboja")
Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Plan:
    """Who tells which story when: one entry an article, in order of time; `original` is -1 for an original, else its article."""

    story: Integers
    seed: Integers
    outlet: Integers
    minute: Floats
    original: Integers

    @property
    def size(self) -> int:
        return len(self.story)


def plan_of(articles: int, seeds: int, outlets: int, rng: np.random.Generator) -> Plan:
    """A plan of so many articles: few large stories, many small ones, told within days; `minute` is minutes before the end, negative."""
    sizes = [max(1, int(share * articles)) for share in GIANTS]
    while sum(sizes) < articles:
        sizes.append(min(int(rng.zipf(2.2)), 400, articles - sum(sizes)))
    if sum(sizes) > articles:
        sizes = [1] * articles
    starts = rng.uniform(-DAYS * 1440.0, 0.0, len(sizes))
    spans = rng.exponential(1200.0, len(sizes))
    spans[: len(GIANTS)], starts[: len(GIANTS)] = 20_000.0, (-30_000.0, -90_000.0, -4_000.0)[: len(sizes)]
    story = np.repeat(np.arange(len(sizes)), sizes)
    minute = np.minimum(starts[story] + rng.exponential(1.0, articles) * spans[story], -rng.uniform(0.0, 30.0, articles))
    order = np.argsort(minute, kind="stable")
    story, minute = story[order], minute[order]
    seed = rng.integers(0, seeds, len(sizes))[story]
    original, first = np.full(articles, -1), {}
    chance = rng.random(articles)
    for number, of in enumerate(story.tolist()):
        if of in first and chance[number] < COPIES:
            original[number] = first[of]
        else:
            first[of] = number
    return Plan(story, seed, rng.integers(0, outlets, articles), minute, original)


def vectors(plan: Plan, languages: list[str], rng: np.random.Generator) -> Iterator[tuple[int, npt.NDArray[np.float16]]]:
    """Vectors of length one for the plan's articles, in chunks: (number of the first, rows)."""
    middles = {language: _unit(rng.normal(size=DIMENSION)) for language in sorted(set(languages))}
    directions = rng.normal(size=(int(plan.story.max()) + 1, DIMENSION)).astype(np.float32) / np.sqrt(DIMENSION)
    for start in range(0, plan.size, CHUNK):
        part = slice(start, min(start + CHUNK, plan.size))
        middle = np.array([middles[languages[seed]] for seed in plan.seed[part]])
        noise = rng.normal(size=middle.shape) / np.sqrt(DIMENSION)
        yield start, _unit(0.85 * middle + 0.4 * directions[plan.story[part]] + 0.2 * noise).astype(np.float16)


def _unit(rows: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def fill(url: str, office: int, rows: list[dict[str, str]], articles: int, now: datetime, seed: int = 1) -> None:
    """Fill an empty office. `rows` have title, text and lang."""
    rng = np.random.default_rng(seed)
    plan = plan_of(articles, len(rows), OUTLETS, rng)
    with psycopg.connect(url, options="-c maintenance_work_mem=1GB -c synchronous_commit=off") as session:
        _drafts(session, rows, plan, now, rng)
        later = session.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'listening_article' AND indexdef ~ 'USING (hnsw|gin)'"
        ).fetchall()
        for name, _ in later:
            session.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
        values = {"office": office, "now": now, "outlets": OUTLETS, "visits": VISITS_A_SOURCE, "areas": list(AREAS)}
        for statement in _STATEMENTS:
            session.execute(statement.encode(), values)
        _signals(session, office, rng)
        session.commit()
        for _, definition in later:
            session.execute(definition.encode())
    with psycopg.connect(url, autocommit=True) as session:
        session.execute("VACUUM ANALYZE")


def _drafts(session: psycopg.Connection[Any], rows: list[dict[str, str]], plan: Plan, now: datetime, rng: np.random.Generator) -> None:
    """Temporary tables: the real rows, the plan, the vectors."""
    session.execute("CREATE TEMP TABLE row_draft (n int PRIMARY KEY, language text, title text, text text)")
    with session.cursor().copy("COPY row_draft FROM STDIN") as copy:
        for number, row in enumerate(rows):
            copy.write_row((number, row["lang"], row["title"][:900], row["text"].replace("\0", "")))
    session.execute(
        "CREATE TEMP TABLE plan (id bigint PRIMARY KEY, story int, seed int, outlet int, published timestamptz, original bigint,"
        " level text)"
    )
    levels = rng.choice(LEVELS, int(plan.story.max()) + 1, p=LEVEL_SHARES)
    with session.cursor().copy("COPY plan FROM STDIN") as copy:
        for n in range(plan.size):
            of, moment = int(plan.story[n]), now + timedelta(minutes=float(plan.minute[n]))
            original = int(plan.original[n]) + 1 if plan.original[n] >= 0 else None
            copy.write_row((n + 1, of + 1, int(plan.seed[n]), int(plan.outlet[n]) + 1, moment, original, str(levels[of])))
    session.execute("CREATE TEMP TABLE vector_draft (id bigint PRIMARY KEY, vector halfvec(384))")
    with session.cursor().copy("COPY vector_draft FROM STDIN (FORMAT binary)") as copy:
        copy.set_types(["int8", "bytea"])  # the bytes are what the type receives
        for start, part in vectors(plan, [row["lang"] for row in rows], rng):
            for offset, vector in enumerate(part):
                body = DIMENSION.to_bytes(2, "big") + b"\0\0" + vector.astype(">f2").tobytes()
                copy.write_row((start + offset + 1, body))
    session.execute("CREATE INDEX ON plan (story); ANALYZE row_draft; ANALYZE plan; ANALYZE vector_draft")


_STATEMENTS = (
    """INSERT INTO listening_source (id, office_id, purpose_id, name, outlet, url, site_url, kind, source_kind, pattern, language, area,
            paused, paused_reason, etag, last_modified, cursor, rhythm, backfilled, next_visit, last_visit, last_success, last_item,
            failures, outcome, outcome_detail, created, version)
        SELECT n, %(office)s, (SELECT min(id) FROM listening_purpose WHERE office_id = %(office)s), 'Harian ' || n, 'Harian ' || n,
            'https://harian-' || n || '.example/feed.xml', 'https://harian-' || n || '.example/', 'feed',
            CASE WHEN n %% 10 = 0 THEN 'official' ELSE 'press' END, '', 'id', CASE WHEN n %% 3 = 0 THEN 'Kecamatan ' || n %% 40 ELSE '' END,
            false, '', '', '', '', '{}', true, %(now)s + interval '10 years', %(now)s, %(now)s, %(now)s, 0, 'ok', '',
            %(now)s - interval '200 days', 0
        FROM generate_series(1, %(outlets)s) n""",
    """INSERT INTO listening_visit (office_id, source_id, at, outcome, detail, status, size, elapsed_ms, found, new, problems)
        SELECT %(office)s, n, %(now)s - v * interval '90 minutes', 'ok', '', 200, 20000, 150, 30, 2, '[]'
        FROM generate_series(1, %(outlets)s) n, generate_series(1, %(visits)s) v""",
    """INSERT INTO listening_article (id, office_id, source_id, key, url, outlet, source_kind, title, summary, text, language, section,
            published, published_known, seen, page_state, embedding, voice, waiting)
        SELECT p.id, %(office)s, p.outlet, md5(p.id::text), 'https://harian-' || p.outlet || '.example/' || p.id, 'Harian ' || p.outlet,
            CASE WHEN p.outlet %% 10 = 0 THEN 'official' ELSE 'press' END,
            r.title || ' di ' || (%(areas)s::text[])[1 + p.story %% 8] || ' ' || p.story,
            left(r.text, 200), substr(r.text, 1 + (p.id * 37 %% 200)::int) || E'\\n' || (%(areas)s::text[])[1 + p.id %% 8] || ' ' || p.id,
            r.language, '', p.published, true, p.published + interval '5 minutes', 'ok', v.vector, '', false
        FROM plan p JOIN row_draft r ON r.n = p.seed JOIN vector_draft v ON v.id = p.id ORDER BY p.id""",
    """INSERT INTO listening_story (id, office_id, key, headline, lead, headline_article_id, first, last, outlets, languages, outlet_count,
            articles, copies, level, severity, counts, merged_into_id, changed, change_seq)
        SELECT p.story, %(office)s, md5('story' || p.story), (array_agg(a.title ORDER BY p.id))[1],
            left((array_agg(a.text ORDER BY p.id))[1], 240),
            (array_agg(p.id ORDER BY p.id) FILTER (WHERE p.original IS NULL))[1], min(p.published), max(p.published),
            array_agg(DISTINCT a.outlet), array_agg(DISTINCT a.language), count(DISTINCT p.outlet),
            count(*) FILTER (WHERE p.original IS NULL), count(*) FILTER (WHERE p.original IS NOT NULL), min(p.level),
            jsonb_build_object('harm', p.story %% 50, 'velocity', p.story %% 40, 'reach', p.story %% 60, 'service_gap', 0,
                'credibility', 70, 'score', p.story %% 60, 'low', p.story %% 50, 'high', p.story %% 70, 'level', min(p.level),
                'reasons', '[]'::jsonb),
            (SELECT coalesce(jsonb_agg(jsonb_build_array(h.hour, h.n) ORDER BY h.hour), '[]') FROM
                (SELECT to_char(date_trunc('hour', q.published), 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"') AS hour, count(*) AS n FROM plan q
                WHERE q.story = p.story AND q.original IS NULL GROUP BY 1 ORDER BY 1 DESC LIMIT 72) h),
            NULL, max(p.published), max(p.id)
        FROM plan p JOIN listening_article a ON a.id = p.id GROUP BY p.story""",
    """INSERT INTO listening_membership (office_id, article_id, story_id, original_id, copy_kind, copy_score, copy_reason, score,
            reasons)
        SELECT %(office)s, p.id, p.story, p.original, CASE WHEN p.original IS NULL THEN 'original' ELSE 'rewrite' END, 0.9,
            '{"code": "copy.same_text", "values": {}}', 0.8, '[{"code": "story.near", "values": {"score": 0.8}}]'
        FROM plan p ORDER BY p.id""",
    """INSERT INTO listening_journalentry (office_id, seq, kind, article_id, at, payload)
        SELECT %(office)s, p.id, 'article', p.id, p.published, '{}' FROM plan p ORDER BY p.id""",
    """SELECT setval(pg_get_serial_sequence(t, 'id'), (SELECT max(id) FROM listening_article) + 1)
        FROM unnest(ARRAY['listening_article', 'listening_story', 'listening_source']) t""",
)


def _signals(session: psycopg.Connection[Any], office: int, rng: np.random.Generator) -> None:
    """Signals on a part of the stories, a third of them still new; the largest stories first."""
    found = session.execute(
        "SELECT id, headline, first, last, outlets, level, articles, change_seq FROM listening_story ORDER BY articles DESC"
    )
    stories = found.fetchall()
    with session.cursor().copy(
        "COPY listening_signal (office_id, key, kind, subject, story_id, raised, updated, since, observed, expected, outlets, level,"
        " severity, series, reasons, change_seq, state, state_reason) FROM STDIN"
    ) as copy:
        for pk, headline, first, last, outlets, level, count, seq in stories[: int(SIGNALS_A_STORY * len(stories)) or 1]:
            hours = [first + timedelta(hours=n) for n in range(48)]
            series = [
                {"hour": hour.isoformat(), "count": int(rng.integers(0, 9)), "expected": 1.5, "low": 0.0, "high": 4.0} for hour in hours
            ]
            severity = {"harm": 20, "velocity": 30, "reach": 20, "service_gap": 0, "credibility": 70, "score": 30, "low": 20, "high": 40}
            reasons = [{"code": "signal.above", "values": {"observed": count, "expected": 1.5}}]
            state = str(rng.choice(["new", "acknowledged", "dismissed"]))
            copy.write_row(
                (office, f"signal{pk}", "story", headline, pk, first, last, first, float(count), 1.5, outlets[:30], level,
                 json.dumps({**severity, "level": level, "reasons": []}), json.dumps(series), json.dumps(reasons), seq, state, "")
            )  # fmt: skip


def real_rows(data: Path) -> list[dict[str, str]]:
    """Rows of the evaluation data in the shares of an Indonesian office: about eight in ten Indonesian, one each Vietnamese and English."""
    from kentongan.measure.form import read_jsonl

    found = [_row(row, "id") for row in read_jsonl(data / "duplicates" / "id-news-2025-06-18.jsonl.gz")]
    found += [_row(row, "vi") for row in read_jsonl(data / "stories" / "vi-mds.jsonl.gz")][: len(found) // 8]
    heads = [str(row["title"]) for row in read_jsonl(data / "stories" / "en-news-t.jsonl.gz")][:2500]
    found += [{"title": heads[n], "text": ". ".join(heads[n : n + 20]), "lang": "en"} for n in range(0, 2400, 10)]
    for language in ("jv", "su"):
        texts = [str(row["text"]) for row in read_jsonl(data / "tone" / f"nusax-{language}-train.jsonl.gz")][:40]
        found += [{"title": " ".join(text.split()[:10]), "text": text, "lang": language} for text in texts]
    return found


def _row(row: dict[str, Any], language: str) -> dict[str, str]:
    return {"title": str(row["title"]).replace("_", " "), "text": str(row["text"]).replace("_", " ")[:6000], "lang": language}


def read_journal(office: int) -> None:
    """Say that the journal is read to its end by today's engine, which remembers nothing of it."""
    from django.db.models import Max

    from kentongan.engine import pipeline
    from kentongan.office import outside
    from kentongan.office.listening import engine_settings, listener
    from kentongan.office.listening.models import JournalEntry, ListenerState, Signal, Story

    for table in (Story, Signal):  # an engine that changed between two measures has called them old, and would drop them
        table.objects.filter(office_id=office, change_seq=listener.OLD).update(change_seq=0)
    last = JournalEntry.objects.filter(office_id=office).aggregate(at=Max("seq"))["at"] or 0
    settings = engine_settings.of(office)
    snapshot, version = listener.kept_form(pipeline.start(settings)), listener.version(outside.embedder(), settings)
    state = {"offset": last, "snapshot": snapshot, "snapshot_offset": last, "version": version}
    now = datetime.now(UTC)
    ListenerState.objects.update_or_create(office_id=office, defaults={**state, "updated": now, "heard": now})


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("rows", type=click.Path(path_type=Path))
@click.option("--articles", default=200_000)
@click.option("--password", default="a-long-bench-password")
def main(folder: Path, rows: Path, articles: int, password: str) -> None:
    """Fill the office in FOLDER once (ROWS: the evaluation data), with people to sign in; let its journal count as read."""
    from kentongan import config as settings_table
    from kentongan.office.database import open_office

    config = settings_table.load({"data": str(folder)})
    with open_office(config) as office:
        from kentongan.office.listening.models import Article
        from kentongan.office.people.models import User
        from kentongan.office.people.services import create_user, first_office

        home = first_office(time_zone="Asia/Jakarta")
        for number in range(User.objects.count(), PEOPLE):
            create_user(f"bench{number}", password, office=home, role="officer")
        if not Article.objects.exists():
            from kentongan.office.listening import purposes

            purposes.first_for(home, datetime.now(UTC))
            fill(office.database.url, home.pk, real_rows(rows), articles, datetime.now(UTC))
        read_journal(home.pk)


if __name__ == "__main__":
    sys.exit(main())
