"""Row-level security: inside `scope(office)` this thread's database session is another role, to which only that office's rows exist.

PostgreSQL keeps the offices apart even where a query of ours forgets to (`office=…` in every query is the first wall, this the second). The
policies read `kentongan.office`; `protect` (run after every migration) makes role, grants and policies for each table that has an office.
The owner's session, outside any scope, sees everything: only start-up, migrations, signing in and the planning of jobs run there. A
connection that is made anew inside a scope enters it again before its first query (`reconnected`).
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.apps import apps
from django.db import ProgrammingError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import errors, sql
from psycopg.pq import TransactionStatus

from kentongan.errors import DatabaseError

ROLE = "kentongan_office"
NO_OFFICE = 0
"""The scope of a stranger: no row has this office."""
ROOMS = ("people", "ledger", "listening", "alerting", "desk", "newsroom", "administration", "api")
_current: ContextVar[int | None] = ContextVar("kentongan_office", default=None)
_memo: ContextVar[dict[str, Any] | None] = ContextVar("kentongan_memo", default=None)
_ENTER = "SELECT set_config('role', %s, false), set_config('kentongan.office', %s, false)"


def current() -> int | None:
    """The office whose rows this thread sees; None outside any scope."""
    return _current.get()


def memo() -> dict[str, Any]:
    """What is looked up once while this scope lasts (a request, a job), by who looks it up. Outside any scope nothing is kept."""
    kept = _memo.get()
    return kept if kept is not None else {}


@contextmanager
def scope(office: int | None) -> Generator[None]:
    """See and change only the rows of `office` (None: of no office). Scopes nest; the outer one comes back. Two short queries."""
    before = _current.get()
    token, memory = _current.set(office or NO_OFFICE), _memo.set({})
    try:
        _enter(office or NO_OFFICE)
        yield
    finally:
        _memo.reset(memory)
        _current.reset(token)
        _return_to(before)


@contextmanager
def everything() -> Generator[None]:
    """Leave the scope for a moment: for signing in and for planning the system's own work, never for showing anything."""
    before = _current.get()
    token, memory = _current.set(None), _memo.set(None)
    try:
        _return_to(None)
        yield
    finally:
        _memo.reset(memory)
        _current.reset(token)
        _return_to(before)


def _enter(office: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_ENTER, [ROLE, str(office)])


def _return_to(office: int | None) -> None:
    if connection.connection is None or connection.connection.closed:
        return
    if connection.connection.info.transaction_status == TransactionStatus.INERROR:
        return  # the rollback that must come undoes what was set inside; until then nothing can be read
    with connection.cursor() as cursor:
        cursor.execute(_ENTER, ["none" if office is None else ROLE, str(office if office is not None else "")])


def reconnected(sender: Any, connection: BaseDatabaseWrapper, **rest: Any) -> None:
    """A new connection inside a scope must not see more than the old one."""
    office = _current.get()
    if office is not None:
        with connection.connection.cursor() as cursor:
            cursor.execute(_ENTER, [ROLE, str(office)])


BY_PERSON = ("account_emailaddress", "mfa_authenticator", "usersessions_usersession", "socialaccount_socialaccount")
"""Tables of the packages for signing in: a row is its person's, and the person is of one office."""
NOBODYS = ("people_user_groups", "people_user_user_permissions")
"""Tables that Django brings and nobody here uses."""
JOBS = "procrastinate_jobs"
"""Every job that belongs to an office says so in its arguments (`office`)."""


def protected_tables() -> dict[str, str]:
    """Every table of our rooms and the column that says its office."""
    tables: dict[str, str] = {}
    for room in ROOMS:
        if not apps.is_installed(f"kentongan.office.{room}"):
            continue
        for model in apps.get_app_config(room).get_models(include_auto_created=True):
            names = {field.column for field in model._meta.local_concrete_fields}
            table = model._meta.db_table
            if table not in NOBODYS:
                tables[table] = "id" if table == "people_office" else next((name for name in ("office_id", "office") if name in names), "")
    return tables


def protect(**rest: Any) -> None:
    """Make role, grants and policies anew. Raises `ValueError` for a table of ours that has no office."""
    with connection.cursor() as cursor:
        _role(cursor)
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {ROLE}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {ROLE}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {ROLE}")
        for table, column in protected_tables().items():
            if not column:
                raise ValueError(f"{table} has no office: give it one, so that offices stay apart")
            _allow(cursor, table, sql.SQL("{} = {}").format(sql.Identifier(column), _OFFICE))
        for table in BY_PERSON:
            _allow(cursor, table, sql.SQL("user_id IN (SELECT id FROM people_user)"))
        _allow(cursor, JOBS, sql.SQL("(args->>'office')::bigint = {}").format(_OFFICE))
        for table in NOBODYS:
            cursor.execute(f"REVOKE ALL ON {table} FROM {ROLE}")
        for table in ("ledger_line", "ledger_link", "ledger_anchor"):
            cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {ROLE}")
        cursor.execute(f"REVOKE INSERT ON ledger_link FROM {ROLE}")


def _role(cursor: Any) -> None:
    """Make the office's role and let us become it. Where a database administrator made it already nothing more is asked of us."""
    try:
        cursor.execute(
            f"""DO $$ BEGIN
                IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN CREATE ROLE {ROLE} NOLOGIN; END IF;
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"""
        )
        cursor.execute(
            f"""DO $$ BEGIN EXECUTE format('GRANT {ROLE} TO %I', current_user);
            EXCEPTION WHEN insufficient_privilege THEN
                IF NOT pg_has_role(current_user, '{ROLE}', 'MEMBER') THEN RAISE; END IF; END $$"""
        )
    except ProgrammingError as error:
        if not isinstance(error.__cause__, errors.InsufficientPrivilege):
            raise
        raise DatabaseError(
            "The database's user may not make the role that keeps offices apart. Let the database's administrator run: "
            f"CREATE ROLE {ROLE} NOLOGIN; GRANT {ROLE} TO {connection.settings_dict['USER'] or 'kentongan'};",
            subject=ROLE, permanent=True,
        ) from error  # fmt: skip


_OFFICE = sql.SQL("NULLIF(current_setting('kentongan.office', true), '')::bigint")


def _allow(cursor: Any, table: str, which: sql.Composable) -> None:
    """Let the office's role see and write only the rows for which `which` holds."""
    for statement in (
        "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        "DROP POLICY IF EXISTS own_office ON {table}",
        "CREATE POLICY own_office ON {table} TO {role} USING ({which})",
    ):
        cursor.execute(sql.SQL(statement).format(table=sql.Identifier(table), role=sql.Identifier(ROLE), which=which))
