"""Weekly and monthly counts: closed once when they are over, judged against their own past, shown with n and the usual range."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from screens import client_of

from kentongan.office.listening import briefing, papers, periods, presenting, releases, tasks, watches
from kentongan.office.listening.counting_models import HourCount, PeriodCount
from kentongan.office.listening.models import JournalEntry, ListenerState
from kentongan.office.listening.retention_models import ReleasedTable
from kentongan.office.people.models import Place
from kentongan.testing import builders

NOW = builders.NOW
WEEK, MONTH = PeriodCount.Grid.WEEK, PeriodCount.Grid.MONTH
MONDAY = date(2025, 11, 17)
"""NOW is Thursday, 27 November: the last week that is over began here."""
QUIET_YEAR = [20, 22, 18, 21, 19, 23, 20, 18, 22, 21, 19, 20]


# Grids


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([WEEK, MONTH]), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_every_day_is_in_one_week_and_one_month(grid, day):
    start = periods.start_of(grid, day)
    after = periods.next_of(grid, start)
    assert start <= day < after
    assert periods.start_of(grid, after) == after
    assert periods.start_of(grid, after - timedelta(days=1)) == start


# Judging


def judged(counts, name="cwater", grid=WEEK, ratio=1.0, beside=0):
    others = {f"c{n}": [*QUIET_YEAR, 20] for n in range(beside)}
    return periods.judge(grid, {name: counts, **others}, ratio)[name]


@pytest.mark.parametrize(("last", "verdict"), [(20, "usual"), (26, "usual"), (60, "rise"), (0, "fall"), (None, "unknown")])
def test_a_week_is_held_against_its_own_past(last, verdict):
    found = judged([*QUIET_YEAR, last])
    assert (found.count, found.verdict) == (last, verdict)
    if last is not None:
        assert 17 < found.usual.mean < 24


def test_a_month_is_judged_by_the_same_code_with_another_grid():
    assert judged([*QUIET_YEAR, 60], grid=MONTH).verdict == "rise"


@pytest.mark.parametrize("counts", [[], [20, 22, 18], [20, None, None, 22, 60], [1, 2, 0, 1, 3]])
def test_with_too_little_past_nothing_is_known(counts):
    assert judged([*counts, 9]).verdict == "unknown"


def test_weeks_that_were_not_heard_are_missing_and_not_nought():
    assert judged([*QUIET_YEAR[:6], None, None, *QUIET_YEAR[6:], 20]).verdict == "usual"


def test_more_of_everything_is_no_news():
    assert judged([*QUIET_YEAR, 60]).verdict == "rise"
    found = judged([*QUIET_YEAR, 60], ratio=3.0)
    assert found.verdict == "usual"
    assert 50 < found.usual.mean < 72, "the band is of what is usual when so much is heard"
    assert judged([*QUIET_YEAR, 6], ratio=3.0).verdict == "fall", "of a flood of news it has no part"


def test_among_many_more_evidence_is_asked_for():
    counts = [*QUIET_YEAR, 50]
    assert judged(counts).verdict == "rise"
    assert judged(counts, beside=150).verdict == "usual"
    assert judged([*QUIET_YEAR, 150], beside=150).verdict == "rise"


def test_of_a_place_fewer_than_ten_are_no_rise():
    few = [1, 1, 0, 1, 2, 1, 1, 0, 1, 1, 1, 0, 9]
    assert judged(few).verdict == "rise"
    assert judged(few, name="pLubuk Sari").verdict == "usual"


@pytest.mark.parametrize(("total", "before", "covered"), [(0, [], False), (5, [], True), (49, [100, 100], False), (50, [None, 100], True)])
def test_a_week_is_heard_in_full_where_it_is_half_of_what_it_was_lately(total, before, covered):
    assert periods.is_covered(total, before) is covered


# Closing


def heard(office, counts, subject="cwater", until=MONDAY, whole=True):
    """So many of a subject in each of these weeks, the last of which begins at `until`; and of everything a hundred a week."""
    rows = []
    for back, count in enumerate(reversed(counts)):
        at = datetime.combine(until - timedelta(days=7 * back), datetime.min.time(), UTC) + timedelta(hours=30)
        rows.append(HourCount(office=office, subject=subject, hour=at, count=count, last=at))
        if whole:
            rows.append(HourCount(office=office, subject="kpress", hour=at, count=100, last=at))
    HourCount.objects.bulk_create(rows)


def verdicts(office, grid=WEEK, start=MONDAY):
    return dict(PeriodCount.objects.filter(office=office, grid=grid, start=start).values_list("subject", "verdict"))


@pytest.mark.django_db
def test_every_week_that_is_over_is_closed_once_from_the_first_whole_one_on(office):
    heard(office, [9, *QUIET_YEAR, 60])
    assert periods.close(office, NOW) > 0
    weeks = PeriodCount.objects.filter(office=office, grid=WEEK, subject="cwater").order_by("start")
    assert list(weeks.values_list("count", flat=True)) == [*QUIET_YEAR, 60], "the first may have been heard in part"
    assert weeks.last().start == MONDAY
    assert verdicts(office) == {"*": "usual", "cwater": "rise"}
    assert periods.close(office, NOW) == 0
    heard(office, [500], subject="cflood", whole=False)
    assert periods.close(office, NOW) == 0
    assert "cflood" not in verdicts(office), "what comes later changes nothing"


@pytest.mark.django_db
@pytest.mark.parametrize(("hours", "closed"), [(23, False), (25, True)])
def test_a_week_is_closed_a_day_after_its_end_in_the_offices_time(office, hours, closed):
    heard(office, [9, 20, 20])
    end = datetime(2025, 11, 23, 17, tzinfo=UTC)
    assert office.time_zone == "Asia/Jakarta"
    periods.close(office, end + timedelta(hours=hours))
    assert bool(verdicts(office)) is closed


@pytest.mark.django_db
def test_months_are_closed_too(office):
    heard(office, [20] * 14)
    periods.close(office, NOW)
    months = PeriodCount.objects.filter(office=office, grid=MONTH, subject="cwater").order_by("start")
    assert [row.start for row in months] == [date(2025, 9, 1), date(2025, 10, 1)]


@pytest.mark.django_db
def test_while_the_listener_still_reads_nothing_is_closed(office):
    heard(office, [9, 20, 20])
    JournalEntry.objects.create(office=office, seq=5, kind="tick", at=NOW)
    ListenerState.objects.create(office=office, counted=4)
    assert periods.close(office, NOW) == 0
    ListenerState.objects.update(counted=5)
    assert periods.close(office, NOW) == 2


@pytest.mark.django_db
def test_a_week_in_which_nobody_listened_is_missing_for_everything(office):
    heard(office, [9, *QUIET_YEAR])
    HourCount.objects.filter(hour__date__gte=MONDAY, subject="kpress").update(count=20)
    HourCount.objects.filter(hour__date__gte=MONDAY, subject="cwater").update(count=0)
    periods.close(office, NOW)
    assert verdicts(office) == {"*": "unknown", "cwater": "unknown"}
    assert PeriodCount.objects.get(subject="cwater", grid=WEEK, start=MONDAY).count is None


@pytest.mark.django_db
def test_where_more_of_everything_is_heard_a_topic_that_grew_with_it_is_as_usual(office):
    heard(office, [9, *QUIET_YEAR, 60])
    HourCount.objects.filter(hour__date__gte=MONDAY, subject="kpress").update(count=300)
    periods.close(office, NOW)
    assert verdicts(office) == {"*": "rise", "cwater": "usual"}


@pytest.mark.django_db
def test_places_watches_and_agencies_are_counted_while_they_are_there(office, admin, purpose):
    Place.objects.create(office=office, code="1", level="ward", name="Lubuk Sari")
    Place.objects.create(office=office, code="2", level="ward", name="Lama", until=NOW.date())
    watch = watches.begin(admin, purpose, "Pasar", "pasar", NOW)
    heard(office, [9, *QUIET_YEAR])
    for subject in ("pLubuk Sari", "pLama", "wPasar", "wSudah berakhir", "kpublic"):
        heard(office, [9, *QUIET_YEAR], subject=subject, whole=False)
    periods.close(office, NOW)
    assert set(verdicts(office)) == {"*", "cwater", "pLubuk Sari", "wPasar"}
    watches.end(admin, watch, NOW)
    heard(office, [20], until=MONDAY + timedelta(days=7))
    periods.close(office, NOW + timedelta(days=7))
    assert "wPasar" not in verdicts(office, start=MONDAY + timedelta(days=7))


@pytest.mark.django_db
def test_questions_have_weeks_of_their_own_and_are_named_in_the_readers_language(house):
    heard(house.ours, [9, *QUIET_YEAR, 60], subject="qquestion")
    periods.close(house.ours, NOW)
    assert verdicts(house.ours)["qquestion"] == "rise"
    for language, name in (("en", "Questions from the public"), ("id", "Pertanyaan warga"), ("vi", "Câu hỏi của người dân")):
        assert name in client_of(house.officer, language).get(reverse("periods")).content.decode()


@pytest.mark.django_db
def test_an_office_counts_its_own(office, other_office):
    heard(other_office, [9, *QUIET_YEAR])
    assert periods.close(office, NOW) == 0
    assert not PeriodCount.objects.filter(office=office).exists()


@pytest.mark.django_db
def test_the_job_closes_what_is_over(office, settings):
    heard(office, [9, 20, 20])
    settings.CLOCK = type("At", (), {"now": staticmethod(lambda: NOW)})
    tasks.count_periods_of(office.pk)
    assert set(verdicts(office)) == {"*", "cwater"}


# Complaints


def released(office, month, water, ward=None):
    groups = [{"topic": "Air", "place": "1", "rest": True, "members": ["1", "2"], "count": water}]
    groups += [{"topic": "Air", "place": "33.01", "rest": False, "members": ["33.01"], "count": ward}] if ward else []
    ReleasedTable.objects.create(office=office, kind=releases.KIND, month=month, content={"groups": groups, "withheld": 0}, at=NOW)


@pytest.mark.django_db
def test_complaints_are_judged_by_month_as_they_were_released(office):
    Place.objects.create(office=office, code="33.01", level="ward", name="Lubuk Sari")
    month, at = date(2024, 10, 1), NOW - timedelta(days=18)
    for n, count in enumerate([30, 28, 33, 31, 29, 30, 32, 28, 31, 30, 29, 31, 90]):
        if n != 4:
            released(office, month, count, 12 if n % 2 else None)
        month = periods.next_of(MONTH, month)
    assert periods.close_complaints(office, at) == 12
    rows = {row.subject: row for row in PeriodCount.objects.filter(grid=MONTH, start=date(2025, 10, 1))}
    assert set(rows) == {"rAir"}, "a place that is not shown by itself has no count"
    assert (rows["rAir"].count, rows["rAir"].verdict) == (90, "rise")
    assert PeriodCount.objects.filter(subject="rAir|33.01").exclude(count=12).count() == 0
    assert periods.close_complaints(office, at) == 0
    (said,) = periods.get_reasons(office, at)
    with override("en"):
        assert presenting.sentence(said).startswith("Complaints: Air: 90 in the month from 1 Oct, more than usual (")
    assert periods.get_reasons(office, NOW) == [], "what is said for a week is said no more"


# What is said of it


@pytest.fixture
def told(house):
    """An office in which water rose and a ward fell quiet last week."""
    office = house.ours
    Place.objects.create(office=office, code="77.1", level="ward", name="Lubuk Baru")
    heard(office, [9, *QUIET_YEAR, 60])
    heard(office, [9, *[4 * n for n in QUIET_YEAR], 3], subject="pLubuk Baru", whole=False)
    heard(office, [9, *QUIET_YEAR, 20], subject="croads", whole=False)
    periods.close(office, NOW)
    return house


@pytest.mark.django_db
def test_what_stands_out_is_one_line_of_the_briefing_for_a_week(told):
    content = briefing.compose(told.ours, NOW - timedelta(hours=24), NOW, "en")
    with override("en"):
        said = [presenting.sentence(reason) for reason in content["periods"]]
        printed = " ".join(papers.briefing_text(content, "en").split())
    assert any(one.startswith("Water supply: 60 items in the week from 17 Nov, more than usual (") for one in said)
    assert any(one.startswith("Lubuk Baru: fewer than 10 items in the week from 17 Nov, less than usual (") for one in said)
    assert len(said) == 2
    assert "Water supply: 60" in printed
    assert briefing.compose(told.ours, NOW, NOW + timedelta(days=8), "en")["periods"] == []
    assert briefing.compose(told.ours, NOW, NOW - timedelta(days=1), "en")["periods"] == [], "before it was closed nobody knew"


@pytest.mark.django_db
def test_the_page_says_first_what_stands_out_and_hides_what_is_below_ten_of_a_place(told):
    client = client_of(told.officer)
    body = client.get(reverse("periods")).content.decode()
    assert "2 counts stood out in the week from 17 Nov" in body
    assert body.count("<figure") == 2
    assert "fewer than 10" in body
    one = client.get(reverse("periods"), {"of": "croads"}).content.decode()
    assert one.count("<figure") == 1
    month = client.get(reverse("periods"), {"by": "month", "of": "nothing"})
    assert month.status_code == 200
    assert "Nothing stood out in the month from" in month.content.decode()


@pytest.mark.django_db
def test_before_anything_was_counted_the_page_says_so(house):
    client = client_of(house.officer)
    assert "No week is counted yet" in client.get(reverse("periods")).content.decode()
    assert "No month is counted yet" in client.get(reverse("periods"), {"by": "month"}).content.decode()


@pytest.mark.django_db
def test_the_page_costs_the_same_with_many_subjects(told, count_queries):
    client = client_of(told.officer)
    client.get(reverse("periods"))
    with count_queries() as few:
        client.get(reverse("periods"))
    for n in range(30):
        PeriodCount.objects.create(
            office=told.ours, grid=WEEK, subject=f"ct{n}", start=MONDAY, count=20, mean=19.0, low=12, high=27, verdict="usual", at=NOW
        )
    with count_queries() as many:
        client.get(reverse("periods"))
    assert len(few) == len(many)


@pytest.mark.django_db
def test_closing_a_week_costs_the_same_with_many_topics(office, other_office, count_queries):
    heard(office, [9, 20, 20])
    heard(other_office, [9, 20, 20])
    for n in range(20):
        heard(other_office, [9, 20, 20], subject=f"ct{n}", whole=False)
    with count_queries() as few:
        periods.close(office, NOW)
    with count_queries() as many:
        periods.close(other_office, NOW)
    assert len(few) == len(many)


@pytest.mark.parametrize("language", ["id", "vi"])
@pytest.mark.parametrize("code", ["rise", "fall", "few"])
@pytest.mark.parametrize("grid", [WEEK, MONTH])
def test_it_is_said_in_the_readers_language(grid, code, language):
    values = {"subject": "cwater", "first": "2025-11-17", "low": 12.0, "high": 27.0, "n": 60, "least": 10}
    reason = {"code": f"period.{grid}.{code}", "values": values}
    with override("en"):
        english = presenting.sentence(reason)
    with override(language):
        said = presenting.sentence(reason)
    assert "Water supply" in english
    assert "Water supply" not in said
    assert said != english
    assert "2025-11-17" not in said
