"""Row-level security: the offices are kept apart by the database itself, whatever a query forgets."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction
from django.http import StreamingHttpResponse

from kentongan.office.people import scope
from kentongan.testing import builders

sys.path.insert(0, str(Path(__file__).parent))
from screens import client_of, furnished

FREE = {
    "django_content_type", "django_migrations", "django_session", "auth_permission", "auth_group", "auth_group_permissions",
    "account_emailconfirmation", "socialaccount_socialapp", "socialaccount_socialtoken", "kentongan_cache",
    "kentongan_host",
    "procrastinate_events", "procrastinate_periodic_defers", "procrastinate_workers", "django_site", "socialaccount_socialapp_sites",
}  # fmt: skip
"""Tables of packages that hold nothing of an office: each named here. A table that is in no list fails the test below."""


def rows(query: str, *values: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, list(values))
        return cursor.fetchall() if cursor.description else []


def ours() -> dict[str, str]:
    return scope.protected_tables()


@pytest.fixture
def house(db):
    return furnished()


@pytest.mark.django_db
def test_every_table_has_a_policy_or_is_named_as_one_that_needs_none():
    there = {name for (name,) in rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    guarded = {name for (name,) in rows("SELECT tablename FROM pg_policies WHERE policyname = 'own_office'")}
    on = {name for (name,) in rows("SELECT relname FROM pg_class WHERE relrowsecurity")}
    assert guarded <= on
    assert there - guarded - FREE - set(scope.NOBODYS) == set()
    assert set(ours()) <= guarded
    assert set(scope.BY_PERSON) | {scope.JOBS} <= guarded


@pytest.mark.django_db
def test_a_table_without_an_office_is_refused_when_the_policies_are_made(monkeypatch):
    monkeypatch.setattr(scope, "protected_tables", lambda: {"people_user": ""})
    with pytest.raises(ValueError, match="people_user has no office"):
        scope.protect()


def test_no_table_shows_a_row_of_another_office(house):
    counted = {table: rows(f'SELECT count(*) FROM "{table}" WHERE {column} = %s', house.ours.pk)[0][0] for table, column in ours().items()}
    assert sum(1 for count in counted.values() if count) > 8
    with scope.scope(house.theirs.pk):
        seen = {
            table: rows(f'SELECT count(*) FROM "{table}" WHERE {column} IS DISTINCT FROM %s', house.theirs.pk)[0][0]
            for table, column in ours().items()
        }
    assert {table: count for table, count in seen.items() if count} == {}
    with scope.scope(house.ours.pk):
        again = {
            table: rows(f'SELECT count(*) FROM "{table}" WHERE {column} = %s', house.ours.pk)[0][0] for table, column in ours().items()
        }
    assert again == counted


def test_outside_any_office_no_row_exists(house):
    with scope.scope(None):
        assert {table: rows(f'SELECT count(*) FROM "{table}"')[0][0] for table in ours()} == dict.fromkeys(ours(), 0)


def test_a_row_cannot_be_put_into_or_moved_to_another_office(house):
    with scope.scope(house.ours.pk):
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            rows("INSERT INTO people_agency (office_id, name, short, email) VALUES (%s, 'Dinas', '', '')", house.theirs.pk)
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            rows("UPDATE listening_source SET office_id = %s", house.theirs.pk)
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            rows("INSERT INTO ledger_line (office, at, act) VALUES (%s, now(), 'export.made')", house.theirs.pk)


ONLY_ADDED_TO = {"desk_factversion", "desk_factsettled", "desk_agencyanswer", "desk_agencyreply", "desk_givenout"}


@pytest.mark.parametrize("table", sorted(ONLY_ADDED_TO))
@pytest.mark.parametrize("act", ["UPDATE {table} SET {column} = {column}", "DELETE FROM {table}"])
def test_what_is_only_added_to_can_be_changed_or_deleted_by_nobody(house, table, act):
    with scope.scope(house.ours.pk), connection.cursor() as cursor, pytest.raises(DatabaseError, match="only ever added"):
        cursor.execute(act.format(table=table, column=ours()[table]))


def test_rows_of_another_office_can_neither_be_changed_nor_deleted(house):
    with scope.scope(house.theirs.pk), connection.cursor() as cursor:
        for table, column in ours().items():
            if table.startswith("ledger_") or table in ONLY_ADDED_TO:
                continue
            cursor.execute(f'UPDATE "{table}" SET {column} = {column} WHERE {column} = %s', [house.ours.pk])
            assert cursor.rowcount == 0, table
            cursor.execute(f'DELETE FROM "{table}" WHERE {column} = %s', [house.ours.pk])
            assert cursor.rowcount == 0, table


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_line SET act = 'x'",
        "DELETE FROM ledger_line",
        "TRUNCATE ledger_line",
        "UPDATE ledger_link SET seq = 0",
        "DELETE FROM ledger_link",
        "INSERT INTO ledger_link (line_id, office, seq, previous, hash) VALUES (1, 1, 1, '', '')",
        "ALTER TABLE ledger_line DISABLE TRIGGER ALL",
        "DROP TABLE ledger_line CASCADE",
        "ALTER TABLE people_user DISABLE ROW LEVEL SECURITY",
        "DROP POLICY own_office ON people_user",
        "CREATE POLICY all_of_it ON people_user USING (true)",
        "SELECT * FROM people_user_groups",
    ],
)
def test_the_offices_role_may_not_touch_the_ledger_or_the_walls(house, statement):
    with scope.scope(house.ours.pk), pytest.raises(DatabaseError), transaction.atomic():
        rows(statement)


@pytest.mark.django_db
def test_the_role_has_no_power_of_its_own():
    ((login, superuser, bypass, create),) = rows(
        "SELECT rolcanlogin, rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = %s", scope.ROLE
    )
    assert (login, superuser, bypass, create) == (False, False, False, False)


def test_scopes_nest_and_the_outer_one_comes_back(house):
    with scope.scope(house.ours.pk):
        with scope.scope(house.theirs.pk):
            assert rows("SELECT id FROM people_office") == [(house.theirs.pk,)]
        assert rows("SELECT id FROM people_office") == [(house.ours.pk,)]
        with scope.everything():
            assert len(rows("SELECT id FROM people_office")) == 2
        assert rows("SELECT id FROM people_office") == [(house.ours.pk,)]
    assert scope.current() is None
    assert len(rows("SELECT id FROM people_office")) == 2


def test_an_error_inside_leaves_the_scope(house):
    with pytest.raises(ZeroDivisionError), scope.scope(house.ours.pk):
        raise ZeroDivisionError
    assert scope.current() is None
    assert len(rows("SELECT id FROM people_office")) == 2


def test_an_error_of_the_database_inside_a_transaction_leaves_the_scope(house):
    with pytest.raises(IntegrityError), transaction.atomic(), scope.scope(house.ours.pk):
        rows("INSERT INTO people_agency (office_id, name, short, email) VALUES (%s, NULL, '', '')", house.ours.pk)
    assert scope.current() is None
    assert len(rows("SELECT id FROM people_office")) == 2


def test_a_rollback_inside_a_scope_does_not_open_it(house):
    with scope.scope(house.ours.pk):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            raise ZeroDivisionError
        assert rows("SELECT id FROM people_office") == [(house.ours.pk,)]


@pytest.mark.django_db(transaction=True)
def test_a_new_connection_inside_a_scope_keeps_it():
    one, _ = builders.make_office(), builders.make_office("Kota Lain", "lain")
    with scope.scope(one.pk):
        connection.close()
        assert rows("SELECT id FROM people_office") == [(one.pk,)]
        rows("SELECT pg_terminate_backend(pg_backend_pid()) WHERE false")
    assert len(rows("SELECT id FROM people_office")) == 2


@pytest.mark.django_db(transaction=True)
def test_threads_do_not_share_a_scope():
    one, other = builders.make_office(), builders.make_office("Kota Lain", "lain")
    seen: dict[str, list[tuple[object, ...]]] = {}
    both_inside = threading.Barrier(2, timeout=30)

    def look(name: str, office: int) -> None:
        with scope.scope(office):
            both_inside.wait()
            seen[name] = rows("SELECT id FROM people_office")
            both_inside.wait()
        connection.close()

    threads = [threading.Thread(target=look, args=(name, office.pk)) for name, office in (("one", one), ("other", other))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert seen == {"one": [(one.pk,)], "other": [(other.pk,)]}
    assert scope.current() is None


def test_a_request_leaves_no_scope_behind_even_where_the_view_fails(house, settings, rf):
    client = client_of(house.officer)
    client.raise_request_exception = False
    for address in ("/", "/nowhere/", f"/stories/{house.stories[0].pk}/"):
        client.get(address)
        assert scope.current() is None
        assert len(rows("SELECT id FROM people_office")) == 2


def test_whoever_has_no_office_is_in_a_scope_without_rows(house):
    from kentongan.office.people.middleware import Surroundings

    inside = []

    def view(request):
        return StreamingHttpResponse([])

    class Match:
        view_name = "somewhere"

    from django.contrib.auth.models import AnonymousUser
    from django.test import RequestFactory

    def answer(request):
        request.resolver_match = Match()
        surroundings.process_view(request, view, (), {})
        inside.append(scope.current())
        return StreamingHttpResponse([])

    surroundings = Surroundings(answer)
    for person in (AnonymousUser(), house.homeless, house.officer):
        request = RequestFactory().get("/")
        request.user = person
        surroundings(request)
    assert inside == [scope.NO_OFFICE, scope.NO_OFFICE, house.ours.pk]
    assert scope.current() is None


def test_jobs_are_seen_by_their_office_alone(house):
    with scope.scope(house.ours.pk):
        from kentongan.office.listening import tasks
        from kentongan.office.listening.models import Source

        source = Source.objects.filter(paused=False)[0]
        tasks.plan_visit(source.pk, builders.NOW)
        assert rows("SELECT count(*) FROM procrastinate_jobs")[0][0] >= 1
    with scope.scope(house.theirs.pk):
        assert rows("SELECT count(*) FROM procrastinate_jobs") == [(0,)]
