"""People: roles, leaving and coming back, deputies, duty, agencies, invitations; each act with its line, in one transaction."""

from __future__ import annotations

import json
import threading
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from kentongan.errors import InputError, RefusedError
from kentongan.office.ledger.models import Line
from kentongan.office.people import inviting, queries, services, signals, standing, versions
from kentongan.office.people.models import Agency, Deputy, Duty, Invitation, Role, User
from kentongan.office.people.permissions import may_give
from kentongan.testing import builders

NOW = builders.NOW
DAY = timedelta(days=1)
WORD = "one word of chance that nobody guesses"
PASSWORD = "sungai bersih di pagi hari"


@pytest.fixture(autouse=True)
def in_english():
    """Refusals are read here: whatever language a browser of another test asked for."""
    with translation.override("en"):
        yield


def lines(act=None):
    found = Line.objects.order_by("id").values_list("act", "actor", "subject", "detail")
    return [(one, actor, subject, json.loads(detail)) for one, actor, subject, detail in found if act in (None, one)]


def colleague(office, name="sari", role="officer", **fields):
    return builders.make_user(office, name, role, **fields)


# Changing people


def test_an_administrator_changes_a_person_and_the_ledger_says_what_without_names(administrator, reader):
    changed = services.change_person(administrator, reader, {"first_name": "Budi", "role": "press", "more_roles": ["analyst"]}, 0, NOW)
    assert (changed.first_name, changed.roles, changed.version) == ("Budi", {"press", "analyst"}, 1)
    ((_, actor, subject, detail),) = lines("person.changed")
    assert (actor, subject) == (administrator.pk, f"person:{reader.pk}")
    assert detail == {"fields": ["first_name", "more_roles", "role"], "given": ["analyst", "press"], "taken": ["reader"]}


@pytest.mark.parametrize("role", sorted(set(Role.values) - {"administrator"}))
def test_nobody_but_an_administrator_changes_people(office, reader, role):
    with pytest.raises(RefusedError):
        services.change_person(colleague(office, role=role), reader, {"first_name": "X"}, 0, NOW)
    assert lines("person.changed") == []


def test_an_administrator_of_another_office_changes_nobody_here(other_office, reader):
    theirs = colleague(other_office, "lain", "administrator")
    for do in (
        lambda: services.change_person(theirs, reader, {"first_name": "X"}, 0, NOW),
        lambda: services.leave(theirs, reader, NOW),
        lambda: standing.name_deputy(theirs, reader, theirs, NOW, NOW + DAY, NOW),
        lambda: standing.plan_duty(theirs, reader, "reader", NOW, NOW + DAY, NOW),
    ):
        with pytest.raises(RefusedError, match="another office"):
            do()


def test_what_is_not_to_be_changed_is_a_mistake_of_ours(administrator, reader):
    for name in ("is_superuser", "office", "password", "username", "is_active", "version"):
        with pytest.raises(ValueError, match=name):
            services.change_person(administrator, reader, {name: True}, 0, NOW)


def test_nobody_gives_themselves_a_role(administrator):
    with pytest.raises(RefusedError, match="themselves"):
        services.change_person(administrator, administrator, {"more_roles": ["press"]}, 0, NOW)


def test_administering_and_auditing_are_two_peoples_work(office, administrator, reader):
    with pytest.raises(RefusedError, match="two people"):
        services.change_person(administrator, reader, {"role": "auditor", "more_roles": ["administrator"]}, 0, NOW)
    with pytest.raises(RefusedError, match="two people"):
        services.create_user("ani", PASSWORD, office=office, role="administrator", more_roles=("auditor",))


@pytest.mark.parametrize("role", ["administrator", "auditor"])
def test_the_last_one_of_a_role_that_must_not_end_stays(office, administrator, role):
    last = administrator if role == "administrator" else colleague(office, "pemeriksa", "auditor")
    with pytest.raises(RefusedError, match="last person"):
        services.change_person(administrator, last, {"role": "reader"}, 0, NOW)
    with pytest.raises(RefusedError, match="last person"):
        services.leave(administrator, last, NOW)
    colleague(office, "kedua", role="reader", more_roles=[role])
    assert services.leave(administrator, last, NOW).left == NOW


def test_a_deputy_of_the_administrator_makes_no_lasting_administrator(office, administrator, reader):
    deputy = colleague(office)
    deputy.standing_in = frozenset({"administrator"})
    assert [role for role in Role.values if not may_give(deputy, role)] == ["administrator", "auditor"]
    with pytest.raises(RefusedError, match="You may not give"):
        services.change_person(deputy, reader, {"role": "administrator"}, 0, NOW)
    assert services.change_person(deputy, reader, {"role": "press"}, 0, NOW).role == "press"


def test_the_second_of_two_administrators_sees_both_versions(administrator, reader):
    services.change_person(administrator, reader, {"first_name": "Budi"}, 0, NOW)
    with pytest.raises(versions.ConflictError) as conflict:
        services.change_person(administrator, reader, {"first_name": "Budi Santoso"}, 0, NOW)
    assert (conflict.value.stored["first_name"], conflict.value.version) == ("Budi", 1)
    assert User.objects.get(pk=reader.pk).first_name == "Budi"


@pytest.mark.django_db(transaction=True)
def test_two_administrators_cannot_send_each_other_away_at_once():
    office = builders.make_office()
    one, two = colleague(office, "satu", "administrator"), colleague(office, "dua", "administrator")
    outcomes = []

    def send_away(by, person):
        try:
            services.leave(by, person, NOW)
            outcomes.append("left")
        except RefusedError:
            outcomes.append("refused")
        connection.close()

    threads = [threading.Thread(target=send_away, args=pair) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["left", "refused"]
    assert User.objects.filter(office=office, role="administrator", is_active=True).count() == 1


@pytest.mark.parametrize(
    "bad", ["a b@kota.example", "a@kota.example\nBcc: semua@kota.example", '"x"@kota.example', "a@kota.example,b@kota.example"]
)
def test_an_address_carries_nothing_but_an_address(administrator, reader, bad):
    with pytest.raises(InputError, match="not an e-mail address"):
        services.change_person(administrator, reader, {"email": bad}, 0, NOW)


def test_two_colleagues_do_not_share_an_address_but_two_offices_may(administrator, reader, officer, stranger):
    with pytest.raises(InputError, match="already"):
        services.change_person(administrator, reader, {"email": officer.email.upper()}, 0, NOW)
    assert services.change_person(administrator, reader, {"email": stranger.email}, 0, NOW).email == stranger.email


# Leaving


def test_whoever_leaves_stays_the_author_of_their_work(administrator, officer):
    ended = []
    receiver = lambda person, **rest: ended.append(person.pk)  # noqa: E731
    signals.person_left.connect(receiver)
    gone = services.leave(administrator, officer, NOW)
    signals.person_left.disconnect(receiver)
    assert (gone.is_active, gone.left, gone.has_usable_password(), ended) == (False, NOW, False, [officer.pk])
    assert User.objects.filter(pk=officer.pk).exists()
    assert lines("person.left")[0][2] == f"person:{officer.pk}"
    with pytest.raises(RefusedError, match="already"):
        services.leave(administrator, officer, NOW)


def test_deputies_end_with_whoever_leaves(administrator, officer, reader):
    standing.name_deputy(administrator, officer, reader, NOW, NOW + DAY, NOW)
    services.leave(administrator, officer, NOW + timedelta(hours=1))
    assert Deputy.objects.get().ended == NOW + timedelta(hours=1)


def test_an_act_that_fails_leaves_neither_change_nor_line(administrator, officer):
    def breaks(**rest):
        raise RuntimeError("the room above fails")

    signals.person_left.connect(breaks)
    with pytest.raises(RuntimeError):
        services.leave(administrator, officer, NOW)
    signals.person_left.disconnect(breaks)
    assert User.objects.get(pk=officer.pk).is_active
    assert lines("person.left") == []


def test_whoever_returns_is_a_reader_without_a_password(administrator, officer):
    services.leave(administrator, officer, NOW)
    back = services.come_back(administrator, officer, NOW + DAY)
    assert (back.is_active, back.roles, back.left, back.has_usable_password()) == (True, {"reader"}, None, False)
    with pytest.raises(RefusedError, match="has not left"):
        services.come_back(administrator, officer, NOW + DAY)


# Deputies


def test_a_deputy_has_the_rights_while_standing_in_and_not_a_moment_longer(administrator, reader, officer):
    standing.name_deputy(administrator, officer, reader, NOW, NOW + DAY, NOW)

    def may(at):
        found = standing.fill(standing.with_standing(User.objects.select_related("office"), at).get(pk=reader.pk))
        return found.may("listening.decide")

    assert [may(NOW - DAY / 100), may(NOW), may(NOW + DAY / 2), may(NOW + DAY)] == [False, True, True, False]


def test_rights_are_not_lent_on(office, administrator, officer, reader):
    third = colleague(office, "tiga", "reader")
    standing.name_deputy(administrator, officer, reader, NOW, NOW + DAY, NOW)
    standing.name_deputy(administrator, reader, third, NOW, NOW + DAY, NOW)
    found = standing.fill(standing.with_standing(User.objects.all(), NOW).get(pk=third.pk))
    assert found.standing_in == {"reader"}


def test_a_person_is_read_with_office_standing_and_factor_in_one_query(administrator, reader, officer, count_queries, settings):
    from kentongan.office.people.backends import OfficeBackend

    standing.name_deputy(administrator, officer, reader, datetime.now(UTC) - DAY, datetime.now(UTC) + DAY, NOW - 2 * DAY)
    with count_queries() as said:
        found = OfficeBackend().get_user(reader.pk)
        assert (found.office.name, found.standing_in, found.has_factor) == ("Kota Tirtaloka", {"officer"}, False)
        assert found.stands_for[0]["name"] == officer.username
    assert len(said) == 1


@pytest.mark.parametrize(
    ("since", "until", "said"),
    [(NOW, NOW, "end after"), (NOW, NOW - DAY, "end after"), (NOW, NOW + 93 * DAY, "three months"), (NOW - 2 * DAY, NOW - DAY, "future")],
)
def test_standing_in_has_an_end_that_is_ahead(administrator, officer, reader, since, until, said):
    with pytest.raises(InputError, match=said):
        standing.name_deputy(administrator, officer, reader, since, until, NOW)


def test_a_person_names_and_ends_their_own_deputy_and_nobody_elses(office, officer, reader):
    other = colleague(office, "lain", "officer")
    made = standing.name_deputy(officer, officer, reader, NOW, NOW + DAY, NOW)
    with pytest.raises(RefusedError):
        standing.name_deputy(officer, other, reader, NOW, NOW + DAY, NOW)
    with pytest.raises(RefusedError):
        standing.end_deputy(other, made, NOW)
    with pytest.raises(InputError, match="already"):
        standing.name_deputy(officer, officer, reader, NOW + DAY / 2, NOW + 2 * DAY, NOW)
    with pytest.raises(InputError, match="themselves"):
        standing.name_deputy(officer, officer, officer, NOW, NOW + DAY, NOW)
    standing.end_deputy(reader, made, NOW)
    assert [act for act, *_ in lines()] == ["office.made", "route.made", "deputy.named", "deputy.ended"]


def test_an_auditor_does_not_stand_in_for_an_administrator(office, administrator):
    with pytest.raises(RefusedError, match="not even for a day"):
        standing.name_deputy(administrator, administrator, colleague(office, "a", "auditor"), NOW, NOW + DAY, NOW)


# Duty


SHIFT = st.tuples(st.integers(-48, 240), st.integers(1, 48)).map(
    lambda one: queries.Span(NOW + timedelta(hours=one[0]), NOW + timedelta(hours=one[0] + one[1]))
)


@given(st.lists(SHIFT, max_size=12))
def test_gaps_and_duties_cover_the_week_and_do_not_overlap(duties):
    start, end = NOW, NOW + 7 * DAY
    found = queries.gaps(duties, start, end)
    hours = [start + timedelta(hours=n) for n in range(168)]
    covered = {at for at in hours if any(one.start <= at < one.end for one in duties)}
    open_ = {at for at in hours if any(gap.start <= at < gap.end for gap in found)}
    assert covered | open_ == set(hours)
    assert not covered & open_
    assert all(a.end < b.start for a, b in pairwise(found))
    assert all(start <= gap.start < gap.end <= end for gap in found)


def test_a_week_shows_its_gaps_in_the_time_of_the_office(office, officer, count_queries):
    zone = ZoneInfo("Asia/Jakarta")
    monday = datetime(2025, 11, 24, tzinfo=zone)
    standing.plan_duty(officer, officer, "officer", monday, monday + 6 * DAY, NOW)
    with count_queries() as said:
        week = queries.get_week(office, date(2025, 11, 27), NOW)
    assert len(said) == 1
    assert (week.monday, week.hours_uncovered, [one.person_id for one in week.on_duty]) == (date(2025, 11, 24), 24, [officer.pk])
    assert [len(day.gaps) for day in week.days] == [0, 0, 0, 0, 0, 0, 1]
    assert week.days[6].gaps[0].whole_day
    assert [day.today for day in week.days].index(True) == 3


def test_duty_needs_the_role_the_right_and_a_free_hour(officer, reader):
    standing.plan_duty(officer, officer, "officer", NOW, NOW + DAY, NOW)
    for refused, do in (
        (RefusedError, lambda: standing.plan_duty(officer, reader, "officer", NOW, NOW + DAY, NOW)),
        (RefusedError, lambda: standing.plan_duty(reader, officer, "officer", NOW + DAY, NOW + 2 * DAY, NOW)),
        (InputError, lambda: standing.plan_duty(officer, officer, "officer", NOW + DAY / 2, NOW + 2 * DAY, NOW)),
        (InputError, lambda: standing.plan_duty(officer, officer, "officer", NOW, NOW, NOW)),
        (InputError, lambda: standing.plan_duty(officer, officer, "officer", NOW + DAY, NOW + 9 * DAY, NOW)),
    ):
        with pytest.raises(refused):
            do()
    standing.remove_duty(officer, Duty.objects.get(), NOW)
    assert [act for act, *_ in lines()][2:] == ["duty.planned", "duty.removed"]


# Agencies


def test_agencies_are_named_once_and_end_without_going(administrator, officer):
    made = standing.make_agency(administrator, "  Dinas   PU ", "PU", "pu@kota.example", NOW)
    assert made.name == "Dinas PU"
    with pytest.raises(InputError):
        standing.make_agency(administrator, "Dinas PU", "", "", NOW)
    with pytest.raises(RefusedError):
        standing.make_agency(officer, "Dinas Lain", "", "", NOW)
    standing.change_agency(administrator, made, "Dinas PUPR", "PU", "", date(2026, 1, 1), NOW)
    assert Agency.objects.get().ended == date(2026, 1, 1)
    assert [act for act, *_ in lines()][2:] == ["agency.made", "agency.changed"]


# Invitations


def invite(by, email="baru@kota.example", role="officer", word=WORD, now=NOW):
    return inviting.invite(by, inviting.Offer(email, role, ("press",)), word, now)


def take(word=WORD, now=NOW, name="baru-1a2b3c"):
    return inviting.take(word, name, "Baru", "Sekali", PASSWORD, now)


def test_an_invitation_makes_the_person_it_was_meant_for_and_keeps_only_a_hash(administrator):
    made = invite(administrator)
    assert WORD not in str(Invitation.objects.values().get(pk=made.pk))
    person = take()
    assert (person.office_id, person.email, person.roles) == (administrator.office_id, "baru@kota.example", {"officer", "press"})
    assert person.check_password(PASSWORD)
    assert [act for act, *_ in lines()][2:] == ["person.invited", "invitation.taken", "person.made"]
    assert not any("baru" in json.dumps(detail) for *_, detail in lines())


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda by, made: take(), "used before"),
        (lambda by, made: inviting.withdraw(by, made, NOW), "withdrawn"),
        (lambda by, made: Invitation.objects.update(expires=NOW), "older than a week"),
        (lambda by, made: Invitation.objects.update(digest="0" * 64), "not complete"),
        (lambda by, made: (colleague(by.office, "kedua", "administrator"), services.leave(None, by, NOW)), "left the office"),
    ],
)
def test_an_invitation_that_is_over_says_why(administrator, spoil, said):
    made = invite(administrator)
    spoil(administrator, made)
    before = User.objects.count()
    with pytest.raises(RefusedError, match=said):
        take(name="baru-2")
    assert User.objects.count() == before


def test_a_weak_password_does_not_use_the_invitation_up(administrator):
    invite(administrator)
    with pytest.raises(InputError, match="short"):
        inviting.take(WORD, "baru", "Baru", "", "pendek", NOW)
    assert take().pk


def test_an_invitation_is_refused_to_whoever_may_not_give_or_is_there_already(administrator, officer, reader):
    for by, email, role in (
        (officer, "baru@kota.example", "reader"),
        (administrator, reader.email, "reader"),
        (administrator, "baru@kota.example", "king"),
        (administrator, "baru@kota.example\nBcc: a@b.example", "reader"),
        (administrator, "nobody", "reader"),
    ):
        with pytest.raises((RefusedError, InputError)):
            invite(by, email, role)
    invite(administrator)
    with pytest.raises(InputError, match="open invitation"):
        invite(administrator, word="another word")
    assert Invitation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_use_one_link_at_once_one_gets_the_account():
    admin = colleague(builders.make_office(), "ibu", "administrator")
    invite(admin)
    outcomes = []

    def use(name):
        try:
            take(name=name)
            outcomes.append("made")
        except RefusedError as error:
            outcomes.append(str(error))
        connection.close()

    threads = [threading.Thread(target=use, args=(f"baru-{n}",)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(one == "made" for one in outcomes) == [False, True]
    assert any("used before" in one for one in outcomes)


@given(st.emails(), st.binary(min_size=3, max_size=3))
def test_a_made_name_can_be_signed_in_with_and_tells_of_nobody(email, chance):
    name = inviting.name_for(email, chance.hex())
    User.username_validator(name)
    assert name.endswith(f"-{chance.hex()}")
    assert len(name) <= 150
