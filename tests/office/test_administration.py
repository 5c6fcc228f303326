"""Settings of an office, what it says of itself, background work and parked work, and how everything is: acts, screens and their limits."""

from __future__ import annotations

import json
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection
from django.urls import reverse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from kentongan.config import SETTINGS
from kentongan.errors import FetchError, InputError, MailError, RefusedError, StateError
from kentongan.office import retries
from kentongan.office.administration import jobs, queries, sentences, services, storage
from kentongan.office.administration.models import Backup, ParkedJob
from kentongan.office.desk import moves
from kentongan.office.desk import services as desk_services
from kentongan.office.ledger.models import Line
from kentongan.office.listening import tasks
from kentongan.office.people import scope
from kentongan.office.people import settings as office_settings
from kentongan.office.people.models import Office, OfficeSetting
from kentongan.office.people.versions import ConflictError
from kentongan.testing import builders

sys.path.insert(0, str(Path(__file__).parent))
from screens import STILL, client_of

NOW = builders.NOW
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def still(settings):
    settings.CLOCK = STILL


def lines(act):
    return [(one.actor, one.subject, json.loads(one.detail)) for one in Line.objects.filter(act=act).order_by("id")]


# Settings


def test_a_setting_that_is_changed_holds_for_this_office_at_the_next_turn_and_for_no_other(administrator, other_office):
    services.change_setting(administrator, "keep_item_days", "90", 0, NOW)
    here, there = office_settings.of(administrator.office_id), office_settings.of(other_office.pk)
    assert (here["keep_item_days"], here.origins["keep_item_days"]) == (90, "office")
    assert (there["keep_item_days"], there.origins["keep_item_days"]) == (180, "default")
    ((actor, subject, detail),) = lines("setting.changed")
    assert (actor, subject, detail) == (
        administrator.pk, "setting:keep_item_days", {"name": "keep_item_days", "from": "", "to": "90"},
    )  # fmt: skip


def test_an_empty_value_gives_the_setting_back_and_its_version_goes_on_counting(administrator):
    services.change_setting(administrator, "visit_min_s", "300", 0, NOW)
    services.change_setting(administrator, "visit_min_s", "", 1, NOW)
    assert office_settings.of(administrator.office_id).origins["visit_min_s"] == "default"
    with pytest.raises(ConflictError):
        services.change_setting(administrator, "visit_min_s", "600", 1, NOW)


def test_of_two_administrators_the_second_is_told_what_the_first_wrote(office, administrator):
    second = builders.make_user(office, "kedua", "administrator")
    services.change_setting(administrator, "visit_max_s", "7200", 0, NOW)
    with pytest.raises(ConflictError) as error:
        services.change_setting(second, "visit_max_s", "3600", 0, NOW)
    assert (error.value.stored, error.value.version) == ({"value": "7200"}, 1)
    assert office_settings.of(office.pk)["visit_max_s"] == 7200


@pytest.mark.parametrize(
    ("name", "raw", "said"),
    [
        ("keep_item_days", "0", "from 1 to 3650"),
        ("keep_item_days", "many", "whole number"),
        ("visit_min_s", "1e400", "whole number"),
        ("visit_min_s", "٣٠٠٠٠٠٠", "from 1 to 86400"),
        ("visit_max_s", "60; DROP TABLE", "whole number"),
    ],
)
def test_a_value_that_is_not_allowed_is_refused_with_what_is(administrator, name, raw, said):
    with pytest.raises(InputError) as error:
        services.change_setting(administrator, name, raw, 0, NOW)
    assert said in str(error.value)
    assert not OfficeSetting.objects.exists()


def test_the_shortest_interval_may_not_be_longer_than_the_longest(administrator):
    services.change_setting(administrator, "visit_max_s", "600", 0, NOW)
    with pytest.raises(InputError, match="shortest"):
        services.change_setting(administrator, "visit_min_s", "601", 0, NOW)


def test_the_terms_of_the_first_answer_are_those_of_the_desk_until_somebody_changes_them(administrator):
    assert desk_services.terms_of(administrator.office_id) == dict(moves.FIRST_DUE)
    services.change_setting(administrator, "first_due_low_min", "1440", 0, NOW)
    services.change_setting(administrator, "first_due_medium_min", "0", 0, NOW)
    held = desk_services.terms_of(administrator.office_id)
    assert (held.get("low"), held.get("medium"), held["crisis"]) == (timedelta(days=1), None, timedelta(hours=1))


@pytest.mark.parametrize(
    ("name", "raw", "said"),
    [
        ("first_due_crisis_min", "0", "from 5 to 10080"),
        ("first_due_high_min", "10081", "from 0 to 10080"),
        ("first_due_crisis_min", "241", "lower level"),
        ("first_due_watch_min", "479", "lower level"),
    ],
)
def test_a_term_out_of_bounds_or_shorter_than_a_higher_levels_is_refused(administrator, name, raw, said):
    with pytest.raises(InputError, match=said):
        services.change_setting(administrator, name, raw, 0, NOW)


def test_giving_a_term_back_to_the_installation_may_not_turn_the_order_round(administrator):
    services.change_setting(administrator, "first_due_crisis_min", "20", 0, NOW)
    services.change_setting(administrator, "first_due_high_min", "30", 0, NOW)
    with pytest.raises(InputError, match="lower level"):
        services.change_setting(administrator, "first_due_crisis_min", "", 1, NOW)
    services.change_setting(administrator, "first_due_high_min", "", 1, NOW)
    services.change_setting(administrator, "first_due_crisis_min", "", 1, NOW)
    assert desk_services.terms_of(administrator.office_id) == dict(moves.FIRST_DUE)


@pytest.mark.parametrize("name", ["database_url", "mail_url", "web_port", "no_such_setting"])
def test_what_belongs_to_the_machine_is_not_changed_on_the_screen(administrator, name):
    with pytest.raises(RefusedError):
        services.change_setting(administrator, name, "1", 0, NOW)


@pytest.mark.parametrize("role", ["officer", "reader", "auditor", "leader", "analyst"])
def test_nobody_but_an_administrator_changes_settings_or_tries_work_again(office, role):
    person = builders.make_user(office, "orang", role)
    parked = ParkedJob.objects.create(office=office, task="visit_source", reason="x", at=NOW)
    for do in (
        lambda: services.change_setting(person, "keep_item_days", "9", 0, NOW),
        lambda: services.change_office(person, office, {"name": "Lain"}, 0, NOW),
        lambda: services.try_again(person, parked, NOW),
    ):
        with pytest.raises(RefusedError):
            do()
    assert not Line.objects.filter(act__in=["setting.changed", "office.changed", "job.retried"]).exists()


def test_a_stored_value_that_is_allowed_no_more_counts_as_none(office):
    OfficeSetting.objects.create(office=office, name="keep_item_days", value="999999", at=NOW)
    OfficeSetting.objects.create(office=office, name="mail_url", value="smtp://evil.example", at=NOW)
    config = office_settings.of(office.pk)
    assert config["keep_item_days"] == 180
    assert config["mail_url"] == ""


@given(st.text(max_size=30))
def test_whatever_is_typed_a_setting_is_a_number_within_its_bounds_or_refused(raw):
    one = next(one for one in SETTINGS if one.name == "visit_max_s")
    try:
        value = services.value_of(one.name, raw)
    except InputError:
        return
    assert isinstance(value, int)
    assert one.low <= value <= one.high


@pytest.mark.django_db(transaction=True)
def test_two_administrators_at_the_same_moment_one_wins_and_one_is_told(office, administrator):
    outcomes = []

    def change(value):
        try:
            services.change_setting(administrator, "hold_first_s", value, 0, NOW)
            outcomes.append("kept")
        except ConflictError:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=change, args=(value,)) for value in ("5", "6")]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    assert sorted(outcomes) == ["kept", "told"]
    assert OfficeSetting.objects.get().version == 1


def test_every_setting_has_its_sentence_in_the_translated_table():
    assert {one.name: one.sentence for one in SETTINGS} == {name: str(said) for name, said in sentences.SENTENCES.items()}


def test_the_page_shows_every_setting_once_and_no_secret(administrator, settings):
    settings.CONFIG = SimpleNamespace(
        values=dict(settings.CONFIG.values) | {"mail_url": "smtp://surat:rahasia-sekali@mail.example:587"}, origins=settings.CONFIG.origins
    )
    shown = queries.get_settings(administrator.office)
    assert sorted(one.name for one in shown) == sorted(one.name for one in SETTINGS)
    assert "rahasia" not in repr(shown)
    assert next(one for one in shown if one.name == "mail_url").value == "set, not shown"


def test_on_the_screen_the_second_administrator_sees_both_values_and_may_keep_theirs(administrator):
    client = client_of(administrator)
    page = reverse("change_setting", args=["tick_minutes"])
    assert client.get(page).status_code == 200
    assert client.post(page, {"value": "7", "version": "0"}).status_code == 302
    late = client.post(page, {"value": "9", "version": "0"})
    body = late.content.decode()
    assert late.status_code == 409
    assert "Both versions" in body
    assert '<dd class="n">7</dd>' in body
    assert '<dd class="n">9</dd>' in body
    assert client.post(page, {"value": "9", "version": "1"}).status_code == 302
    assert office_settings.of(administrator.office_id)["tick_minutes"] == 9


def test_fields_that_are_not_on_the_form_change_nothing(administrator, other_office):
    client = client_of(administrator)
    given = {"value": "8", "version": "0", "office": other_office.pk, "name": "mail_url", "by": "1"}
    client.post(reverse("change_setting", args=["tick_minutes"]), given)
    row = OfficeSetting.objects.get()
    assert (row.office_id, row.name, row.by_id) == (administrator.office_id, "tick_minutes", administrator.pk)
    about = {
        "name": "Kota Baru",
        "country": "ID",
        "time_zone": "Asia/Jakarta",
        "language": "id",
        "contact": "",
        "about": "",
        "version": "0",
    }
    client.post(reverse("about_office"), {**about, "slug": "lain", "ready": "", "second_factor_roles": "reader"})
    found = Office.objects.get(pk=administrator.office_id)
    assert (found.name, found.slug, found.ready, found.second_factor_roles) == ("Kota Baru", "kota-tirtaloka", True, [])


# The office


def test_what_an_office_says_of_itself_is_kept_with_its_line(office, administrator):
    said = {"name": "Kota Tirtaloka Raya", "contact": "humas@tirtaloka.example", "time_zone": "Asia/Makassar"}
    changed = services.change_office(administrator, office, said, 0, NOW)
    assert (changed.name, changed.contact, changed.version) == ("Kota Tirtaloka Raya", "humas@tirtaloka.example", 1)
    assert lines("office.changed")[0][2] == {"fields": ["contact", "name", "time_zone"]}
    with pytest.raises(ConflictError):
        services.change_office(administrator, office, {"name": "Lain"}, 0, NOW)


@pytest.mark.parametrize(
    ("field", "value"),
    [("time_zone", "Asia/Nowhere"), ("country", "XX"), ("language", "fr"), ("name", ""), ("contact", "humas@kota.example\r\nX-Evil: 1"),
     ("contact", "bộ phận báo chí")],
)  # fmt: skip
def test_an_office_says_nothing_that_cannot_be(office, administrator, field, value):
    with pytest.raises(InputError) as error:
        services.change_office(administrator, office, {field: value}, 0, NOW)
    assert error.value.subject == field


def test_outlets_are_told_the_settings_contact_else_the_offices_else_our_address(office, administrator, settings):
    values = dict(settings.CONFIG.values)
    told = []
    for contact, of_office in (
        ("tests@kentongan.example", "x@kota.example"), ("", "x@kota.example"), ("http://localhost:8600", "x@kota.example"),
        ("", "root@localhost"), ("", ""),
    ):  # fmt: skip
        Office.objects.filter(pk=office.pk).update(contact=of_office)
        settings.CONFIG = type(settings.CONFIG)(values | {"contact": contact}, settings.CONFIG.origins)
        told.append(office_settings.contact())
    assert told == ["tests@kentongan.example", "x@kota.example", "x@kota.example", settings.CONFIG.public_url, settings.CONFIG.public_url]


# Work


def context(task, office, attempts=0, **args):
    job = Job(id=1, queue="default", lock=None, queueing_lock=None, task_name=task, attempts=attempts,
              task_kwargs={**args, **({"office": office} if office else {})}, status="doing")  # fmt: skip
    return SimpleNamespace(job=job, task=app.tasks.get(task))


def fails(error):
    def call():
        raise error

    return call


def test_work_that_cannot_succeed_is_parked_once_with_its_reason_however_often_it_fails(office):
    for _ in range(3):
        jobs.parking(fails(RefusedError("The purpose has ended.")), context("visit_source", office.pk, source_id=5), None)
    row = ParkedJob.objects.get()
    assert (row.task, row.tries, row.reason) == ("visit_source", 3, "RefusedError: The purpose has ended.")
    assert row.args == {"source_id": 5, "office": office.pk}
    assert len(lines("job.parked")) == 1


def test_a_reason_never_holds_the_words_of_an_unknown_error_nor_an_address(office):
    jobs.parking(fails(ValueError("budi@warga.example wrote 0812-3456-7890")), context("visit_source", office.pk, source_id=1), None)
    jobs.parking(fails(MailError("no mail for budi@warga.example", permanent=True)), context("mail_briefing", office.pk), None)
    said = " ".join(ParkedJob.objects.values_list("reason", flat=True))
    assert "ValueError" in said
    assert "MailError: no mail for ⟦email⟧" in said
    assert "budi" not in said
    assert "0812" not in said


def test_the_same_work_that_succeeds_later_is_parked_no_more(office):
    about = context("visit_source", office.pk, source_id=5)
    jobs.parking(fails(ValueError()), about, None)
    jobs.parking(lambda: None, context("visit_source", office.pk, source_id=6), None)
    assert jobs.get_parked(office).count() == 1
    jobs.parking(lambda: None, about, None)
    assert jobs.get_parked(office).count() == 0


def test_what_will_be_tried_again_or_lost_its_database_is_left_to_the_worker(office):
    for error, about in (
        (MailError("away"), context("mail_briefing", office.pk)),
        (OperationalError("the database is away"), context("visit_source", office.pk, source_id=1)),
        (OperationalError("the database is away"), context("sweep", None, timestamp=1)),
    ):
        with pytest.raises(type(error)):
            jobs.parking(fails(error), about, None)
    assert not ParkedJob.objects.exists()


def fail_for_all(error, task="backup", times=1):
    """Work of the whole installation fails, each time for another hour; the worker counts it as failed."""
    for hour in range(times):
        with pytest.raises(type(error)):
            jobs.parking(fails(error), context(task, None, timestamp=3600 * hour), None)


def test_work_of_the_installation_that_fails_is_shown_with_its_reason_and_still_counts_as_failed(office, administrator):
    fail_for_all(StateError("The folder for backups is full."), times=3)
    row = ParkedJob.objects.get()
    assert (row.office, row.task, row.tries, row.reason) == (office, "backup", 3, "StateError: The folder for backups is full.")
    assert len(lines("job.parked")) == 1
    page = client_of(administrator).get(reverse("jobs")).content.decode()
    assert "Nightly backup" in page
    assert "The folder for backups is full." in page
    assert "for the whole installation" in page


def test_where_there_are_several_offices_each_sees_it_without_a_sentence_that_may_speak_of_another(office, other_office):
    fail_for_all(StateError("The backup of Kota Lain is bad."))
    fail_for_all(ValueError("budi@warga.example"), "forget")
    rows = ParkedJob.objects.order_by("pk").values_list("office", "task")
    assert set(rows) == {(one.pk, task) for one in (office, other_office) for task in ("backup", "forget")}
    said = " ".join(ParkedJob.objects.values_list("reason", flat=True))
    assert "Kota Lain" not in said
    assert "budi" not in said
    assert "StateError" in said
    with scope.scope(office.pk):
        assert {row.office_id for row in jobs.get_work(office, datetime.now(UTC)).parked} == {office.pk}


def test_work_of_the_installation_that_succeeds_later_is_parked_no_more_in_any_office(office, other_office):
    jobs.parking(fails(ValueError()), context("visit_source", office.pk, source_id=5), None)
    for task in ("backup", "forget"):
        fail_for_all(ValueError(), task)
    jobs.parking(lambda: None, context("backup", None, timestamp=9), None)
    left = set(ParkedJob.objects.filter(retried=None).values_list("task", flat=True))
    assert left == {"visit_source", "forget"}


def test_work_of_the_installation_is_tried_again_once_as_due_now(office, administrator):
    fail_for_all(ValueError(), "anchor_ledger")
    row = ParkedJob.objects.get()
    before = int(datetime.now(UTC).timestamp())
    with scope.scope(office.pk):
        services.try_again(administrator, row, NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, queueing_lock, (args->>'timestamp')::bigint >= %s FROM procrastinate_jobs", [before])
        assert cursor.fetchall() == [("anchor_ledger", "anchor_ledger", True)]
    assert jobs.get_parked(office).count() == 0
    assert lines("job.retried")[0][1] == f"parked:{row.pk}"
    with pytest.raises(RefusedError, match="already"):
        services.try_again(administrator, row, NOW)


def test_every_kind_of_work_has_words_in_three_languages():
    app.perform_import_paths()
    ours = {name for name, task in app.tasks.items() if task.func.__module__.startswith("kentongan.")}
    assert len(ours) >= 25
    assert ours == set(jobs.TASKS)
    english = {name: jobs.word_of(name) for name in ours}
    for language in ("id", "vi"):
        with translation.override(language):
            assert [name for name in ours if jobs.word_of(name) == english[name]] == []


@given(st.integers(0, 10), st.sampled_from([FetchError("away"), MailError("no", permanent=True), ValueError(), OperationalError()]))
def test_patience_ends_and_is_kept_only_for_what_may_pass(attempts, error):
    job = Job(id=1, queue="default", lock=None, queueing_lock=None, task_name="x", attempts=attempts)
    decided = retries.Patience().get_retry_decision(exception=error, job=job)
    may = retries.may_pass(error) and attempts < retries.MOST
    assert (decided is not None) == may
    if decided is not None:
        wait = decided.retry_at - datetime.now(UTC)
        assert timedelta(0) < wait <= timedelta(seconds=retries.LONGEST_S)


def planned(office):
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, args FROM procrastinate_jobs WHERE args->>'office' = %s ORDER BY id", [str(office.pk)])
        return [(name, args if isinstance(args, dict) else json.loads(args)) for name, args in cursor.fetchall()]


def test_parked_work_is_tried_again_once_and_says_who_did(office, administrator):
    args = {"content": {}, "to": ["x@kota.example"], "language": "id", "office": office.pk}
    parked = jobs.park(office.pk, "mail_briefing", args, "MailError: no", NOW)
    services.try_again(administrator, parked, NOW)
    assert planned(office) == [("mail_briefing", args)]
    with pytest.raises(RefusedError, match="already"):
        services.try_again(administrator, parked, NOW)
    ((actor, subject, detail),) = lines("job.retried")
    assert (actor, subject, detail) == (administrator.pk, f"parked:{parked.pk}", {"task": "mail_briefing", "tries": 1})


def test_a_visit_that_waits_anyway_is_not_put_into_the_queue_twice(office, administrator):
    source = builders.make_source(office, "Warta")
    tasks.plan_visit(source.pk, NOW)
    before = planned(office)
    parked = jobs.park(office.pk, "visit_source", {"source_id": source.pk, "office": office.pk}, "ValueError", NOW)
    services.try_again(administrator, parked, NOW)
    assert planned(office) == before
    assert jobs.get_parked(office).count() == 0


def test_work_of_a_version_gone_by_is_refused_in_words(office, administrator):
    parked = jobs.park(office.pk, "beat_the_drum", {"office": office.pk}, "ValueError", NOW)
    with pytest.raises(RefusedError, match="does not know"):
        services.try_again(administrator, parked, NOW)


def test_another_offices_work_is_neither_seen_nor_tried(office, other_office, administrator):
    theirs = jobs.park(other_office.pk, "visit_source", {"source_id": 1, "office": other_office.pk}, "ValueError", NOW)
    tasks.plan_visit(builders.make_source(other_office, "Warta Lain").pk, NOW)
    with scope.scope(office.pk):
        seen = jobs.get_work(office, datetime.now(UTC))
    assert (seen.waiting, seen.jobs, seen.parked) == (0, [], [])
    with pytest.raises(RefusedError):
        services.try_again(administrator, theirs, NOW)
    assert client_of(administrator).post(reverse("try_again", args=[theirs.pk])).status_code == 404
    assert jobs.get_parked(other_office).count() == 1


def test_the_page_of_work_says_what_runs_waits_and_is_parked(office, administrator):
    tasks.plan_visit(builders.make_source(office, "Warta").pk, NOW)
    parked = jobs.park(office.pk, "read_pages", {"source_id": 1, "office": office.pk}, "StateError: a bad page", NOW)
    client = client_of(administrator)
    body = client.get(reverse("jobs")).content.decode()
    assert "1 piece of work cannot succeed as it is" in body
    assert "StateError: a bad page" in body
    assert "Visit a source" in body
    assert client.post(reverse("try_again", args=[parked.pk]), follow=True).status_code == 200
    assert "All background work goes its way" in client.get(reverse("jobs")).content.decode()


# Condition


def found(office, title):
    return next(one for one in storage.look(office, NOW, datetime.now(UTC)) if one.title == title)


def test_the_page_of_the_condition_asks_a_constant_number_of_questions(administrator, count_queries):
    client = client_of(administrator)
    with count_queries() as few:
        assert client.get(reverse("condition")).status_code == 200
    builders.furnish(administrator.office, administrator)
    for n in range(5):
        jobs.park(administrator.office_id, "visit_source", {"n": n, "office": administrator.office_id}, "x", NOW)
    with count_queries() as many:
        body = client.get(reverse("condition")).content.decode()
    assert len(many) == len(few)
    assert "5 jobs cannot succeed as they are" in body


def test_no_worker_and_no_listener_are_said_with_what_to_do(office):
    for title in ("Workers", "Listener"):
        one = found(office, title)
        assert not one.ok
        assert "systemctl restart" in one.remedy


def test_a_listener_that_works_and_one_that_is_behind(office):
    from kentongan.office.listening import journal, listener
    from kentongan.office.listening.models import JournalEntry

    assert listener.take_lock(office.pk)
    try:
        assert found(office, "Listener").ok
        JournalEntry.objects.create(office=office, seq=storage.BEHIND + 5, kind="tick", at=NOW)
        behind = found(office, "Listener")
        assert not behind.ok
        assert "1,005" in behind.said
    finally:
        listener.give_lock_back(office.pk)
    assert journal.CHANNEL


@pytest.mark.parametrize(
    ("age", "tried", "ok"), [(timedelta(hours=5), True, True), (timedelta(hours=5), False, False), (timedelta(days=3), True, False)]
)
def test_a_backup_is_well_only_where_it_is_young_and_was_restored_on_trial(office, age, tried, ok):
    Backup.objects.create(office=office, at=NOW - age, file="x", size=1, digest="d", verified=NOW if tried else None)
    one = found(office, "Backup")
    assert one.ok == ok
    assert bool(one.remedy) != ok


def test_sizes_of_the_disk_are_hidden_where_another_office_shares_it(office):
    assert [one.megabytes > 0 for one in storage.get_sizes()] == [True] * len(storage.KINDS)
    builders.make_office("Kota Lain", "lain")
    with scope.scope(office.pk):
        assert storage.get_sizes() == []


def test_articles_a_day_are_of_this_office_in_its_own_days(office, officer):
    builders.furnish(office, officer)
    other = builders.make_office("Kota Lain", "lain")
    days = storage.get_days(office, NOW)
    assert sum(one.articles for one in days) > 10
    assert days == sorted(days, key=lambda one: one.day, reverse=True)
    assert storage.get_days(other, NOW) == []


def test_a_test_mail_without_a_server_says_how_to_set_one(administrator, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    body = client_of(administrator).post(reverse("test_mail"), follow=True).content.decode()
    assert "KENTONGAN_MAIL_URL" in body


# The running parts


def test_a_real_worker_parks_what_it_cannot_do_and_goes_on_and_its_row_closes_when_the_work_succeeds(installation):
    place = installation()
    process = place.start("run", "--port", "0")
    place.line(process, "Ready: ")
    place.ask(
        """INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, args)
        VALUES ('visits', 'visit_source', 0, 'a', '{"source_id": "budi@warga.example", "office": 1}') RETURNING id"""
    )
    found = until(lambda: place.ask("SELECT task, reason, tries FROM administration_parkedjob WHERE retried IS NULL"))
    assert [(task, tries) for task, _reason, tries in found] == [("visit_source", 1)]
    assert found[0][1].startswith("ValueError")
    assert "budi" not in found[0][1]
    assert "budi" not in place.said(process)
    place.ask('UPDATE administration_parkedjob SET args = \'{"source_id": 4711, "office": 1}\' RETURNING id')
    place.ask(
        """INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, args)
        VALUES ('visits', 'visit_source', 0, 'b', '{"source_id": 4711, "office": 1}') RETURNING id"""
    )
    until(lambda: place.ask("SELECT 1 FROM administration_parkedjob WHERE retried IS NOT NULL"))
    assert place.ask("SELECT act FROM ledger_line WHERE act = 'job.parked'") == [("job.parked",)]


def until(true, within_s=90):
    end = time.monotonic() + within_s
    while not (got := true()):
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.2)
    return got


@pytest.mark.django_db(transaction=True)
def test_a_visit_follows_the_offices_own_rhythm_at_once(office, administrator):
    from kentongan.office import outside

    source = builders.make_source(office, "Warta", rhythm={}, url="http://127.0.0.1:9/feed")
    services.change_setting(administrator, "visit_max_s", "90", 0, NOW)
    try:
        tasks.visit_source(source.pk, office.pk)
    finally:
        outside.close()
    source.refresh_from_db()
    assert source.outcome not in {"", "ok"}
    assert timedelta(0) < source.next_visit - STILL.now() <= timedelta(seconds=90 * 1.5)
