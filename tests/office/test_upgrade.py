"""Earlier versions' tables, full of rows, become this version's: nothing is lost, every row has its office, the walls stand.

Tried are the ends of parts 1 and 2, and two moments within part 3 before a migration that binds rows anew: docs/how-to/backup.md.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.timeout(600)  # each migrates two or three times
HERE = Path(__file__).parent
EARLIER = {
    "before the search": ("people.0001_initial", "listening.0001_initial"),
    "part 1": ("people.0001_initial", "listening.0002_search"),
    "part 2": ("people.0005_holders", "listening.0008_left_out", "ledger.0001_initial", "api.0002_limits", "administration.0002_first_run"),
}
"""By the last migration of each room that it had."""
EARLIER |= {
    "claims": (*EARLIER["part 2"], "listening.0009_claims"),
    "labels": (*EARLIER["part 2"], "listening.0012_labels", "alerting.0002_first_routes"),
}
"""Before what belongs to claims (0010) and to labels (0013) is bound anew."""
LONG = {"before the search", "claims", "labels"}
"""Only the ends of parts are tried every day."""
TRIED = [pytest.param(name, marks=pytest.mark.soak) if name in LONG else name for name in sorted(EARLIER)]
CHANGES = {"people_user": {"is_superuser", "is_staff"}, "listening_article": {"search"}}
"""Columns that an upgrade is meant to change: rights come from roles alone; the search is made by the next change of the row."""
COLUMNS = """SELECT table_name, string_agg(column_name, ',' ORDER BY ordinal_position) FROM information_schema.columns
WHERE table_schema = 'public' AND table_name ~ '^(people|listening|administration|api|alerting)_|^ledger_line$' GROUP BY 1 ORDER BY 1"""


def rows_of(one, columns):
    """Every row of every table with these columns."""
    kept = {}
    for table, names in columns.items():
        quoted = ", ".join(f'"{name}"' for name in names)
        kept[table] = one.ask(f"SELECT {quoted} FROM {table} ORDER BY id")
    return kept


def earlier(version, installation, url):
    """An installation of an earlier version with three rows in every table."""
    one = installation(url=url)
    command = [sys.executable, str(HERE / "old_rows.py"), *EARLIER[version]]
    done = subprocess.run(command, env=one.env, capture_output=True, text=True, timeout=250, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return one


@pytest.mark.parametrize("version", TRIED)
def test_an_earlier_version_with_data_becomes_this_one(version, installation, fresh_url):
    old = earlier(version, installation, fresh_url)
    columns = {
        table: [name for name in names.split(",") if name not in CHANGES.get(table, set())]
        for table, names in old.ask(COLUMNS)
        if table not in {"people_user_groups", "people_user_user_permissions"}
    }
    before = rows_of(old, columns)
    assert len(before) >= 12
    assert {table for table, rows in before.items() if len(rows) < 3} == set()

    assert "brought to this version" in old.run("migrate")
    assert rows_of(old, columns) == before

    offices = """SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE a.attname = 'office_id' AND c.relkind = 'r' AND c.relname ~ '^(people|listening)_' AND a.attnotnull"""
    with_office = {table for (table,) in old.ask(offices)}
    assert {"listening_visit", "listening_membership", "listening_briefingvisit", "listening_source"} <= with_office
    assert old.ask(
        "SELECT count(*) FROM listening_source s JOIN listening_purpose p ON p.id = s.purpose_id AND p.office_id = s.office_id"
    ) == [(3,)]
    wrong = """SELECT count(*) FROM listening_visit v JOIN listening_source s ON s.id = v.source_id WHERE v.office_id <> s.office_id"""
    assert old.ask(wrong) == [(0,)]

    open_tables = """SELECT relname FROM pg_class WHERE relkind = 'r' AND relname ~ '^(people|listening|ledger|administration|api)_'
    AND NOT relrowsecurity AND relname !~ '^people_user_'"""
    assert old.ask(open_tables) == []
    assert old.ask("SELECT count(*) FROM people_user WHERE is_superuser OR is_staff") == [(0,)]

    # and it lives: a person is added, the record begins, a backup can be restored
    old.run("people", "add", "ani", "--role", "auditor", "--password", "sungai-bersih-2026")
    assert "✓" in old.run("verify-ledger")
    assert "of this version already" in old.run("migrate")


def test_a_backup_of_an_earlier_version_is_brought_to_this_one(installation, fresh_url, other_fresh_url):
    """The file is made by this version's code from the earlier tables, which it copies as they are."""
    old = earlier("part 1", installation, fresh_url)
    file = old.data / "old.backup"
    make = (
        "from pathlib import Path; from datetime import UTC, datetime; from kentongan.config import load\n"
        "from kentongan.office.database import open_office\n"
        "with open_office(load(), migrate=False) as office:\n"
        "    from kentongan.office.administration import backup\n"
        f"    backup.make(Path({str(file)!r}), office.config.data, datetime(2026, 9, 1, tzinfo=UTC))\n"
    )
    done = subprocess.run([sys.executable, "-c", make], env=old.env, capture_output=True, text=True, timeout=250, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    new = type(old)(old.data, other_fresh_url)
    assert "compared" in new.run("restore", str(file))
    assert new.ask("SELECT id, name FROM people_office ORDER BY 1") == old.ask("SELECT id, name FROM people_office ORDER BY 1")
    assert new.ask("SELECT count(*) FROM listening_source WHERE purpose_id IS NOT NULL") == [(3,)]
    assert "of this version already" in new.run("migrate")
    new.close()
