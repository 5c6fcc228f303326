"""Rising stories are foretold every hour from the office's own past, what came is filled in, and the page of the story says both."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob

from kentongan.engine import forecast as engine
from kentongan.office.listening import charts, forecasts, forecasts_queries, retention, tasks
from kentongan.office.listening.forecasts_models import Forecast, ForecastFit
from kentongan.office.listening.held_models import HeldBack
from kentongan.office.listening.models import Article, ListenerState, Membership, Signal, Silence, Story
from kentongan.testing import builders

sys.path.insert(0, str(Path(__file__).parent))
from screens import client_of

pytestmark = pytest.mark.django_db
NOW = builders.NOW
HOUR = timedelta(hours=1)


def flood(house):
    return house.stories[0]


def report(story, hours, outlet="Suara Muarasena", copy_of=None):
    """One more report of a story, so many hours after now."""
    told = builders.Told(outlet, -hours, f"Banjir, kabar pada jam {hours} oleh {outlet}", "Air masih naik.", "id")
    article = builders.make_article(story.office, told)
    kind = "original" if copy_of is None else "near"
    return Membership.objects.create(article=article, story=story, original=copy_of, copy_kind=kind).article


def read_until(house, at):
    """The listener has read up to a moment."""
    ListenerState.objects.update_or_create(office=house.ours, defaults={"heard": at})


def foretold(house, now=NOW):
    read_until(house, now)
    return forecasts.run(house.ours, now)


def past(office, stories=40):
    """A past of one's own: stories of ten reports within two hours, and one more each half day."""
    rows, members = [], []
    for number in range(stories):
        start = NOW - timedelta(days=3 + number % 20, hours=number % 7)
        made = Story.objects.create(
            office=office, key=f"past{number}", headline="Pasar", first=start, last=start, changed=start, articles=12
        )  # fmt: skip
        for place in range(12):
            at = start + (timedelta(minutes=12 * place) if place < 10 else timedelta(hours=12 * (place - 9)))
            url = f"https://lalu.example/{number}/{place}"
            rows.append(
                Article(
                    office=office, key=f"{number}-{place}", url=url, outlet=f"Media {place % 5}", source_kind="press", title="Pasar",
                    language="id", published=at, seen=at, waiting=False,
                )
            )  # fmt: skip
            members.append(made)
    Article.objects.bulk_create(rows)
    Membership.objects.bulk_create(Membership(office=office, article=a, story=s) for a, s in zip(rows, members, strict=True))


# ---- foretelling ------------------------------------------------------------------------------------------------------------
def test_a_story_with_a_running_signal_that_rises_is_foretold_for_three_lengths_of_time(house):
    done = foretold(house)
    rows = Forecast.objects.filter(story=flood(house)).order_by("horizon_hours")
    assert [row.horizon_hours for row in rows] == [3, 6, 24] and done.made == Forecast.objects.count()
    for row in rows:
        assert (row.what, row.own, row.outcome, row.made_at) == ("items", False, None, NOW)
        assert row.low <= row.middle <= row.high and row.due_at == NOW + timedelta(hours=row.horizon_hours)
        assert row.baseline == 5, "as many originals as in the last period, copies left out"


def test_the_same_story_is_foretold_again_after_an_hour_and_not_before(house):
    foretold(house)
    assert foretold(house, NOW + timedelta(minutes=59)).made == 0
    assert foretold(house, NOW + timedelta(minutes=61)).made == 3
    assert Forecast.objects.filter(story=flood(house)).values("made_at").distinct().count() == 2


def test_what_does_not_rise_or_has_fallen_back_or_is_a_topic_is_not_foretold(house):
    quiet = house.stories[1]
    foretold(house)
    assert not Forecast.objects.filter(story=quiet).exists(), "fewer than three reports in six hours"
    Forecast.objects.all().delete()
    mine = Signal.objects.filter(story=flood(house))
    for change in (
        {"reasons": [{"code": "signal.count", "values": {}}, {"code": "signal.fell", "values": {"hours": 12}}]},
        {"reasons": [{"code": "signal.fell.clock", "values": {}}]},
        {"kind": "topic", "subject": "flood"},
        {"updated": NOW - timedelta(days=3)},
    ):
        before = {name: getattr(mine.get(), name) for name in change}
        mine.update(**change)
        assert foretold(house).made == 0, change
        assert not forecasts.is_running(mine.get(), NOW)
        mine.update(**before)
    assert forecasts.is_running(mine.get(), NOW) and foretold(house).made == 3


def held_back(house, story, **change):
    """A signal that rose beyond the day's budget."""
    given = {"key": f"held{HeldBack.objects.count()}", "kind": "story", "subject": story.headline, "reasons": [{"code": "signal.held"}]}
    return HeldBack.objects.create(
        office=house.ours, story=story, raised=NOW, updated=NOW, since=NOW, level="low", **{**given, **change}
    )  # fmt: skip


def test_a_rising_story_that_the_budget_held_back_is_foretold_like_one_that_was_told(house):
    Signal.objects.filter(story=flood(house)).delete()
    assert foretold(house).made == 0
    held = held_back(house, flood(house))
    assert forecasts.is_running(held, NOW) and forecasts.get_running(house.ours, NOW).count(flood(house).pk) == 1
    assert foretold(house).made == 3
    html = page(house).content.decode()
    assert 'id="ahead"' in html and "nothing is foretold" not in html


@pytest.mark.parametrize(
    "change",
    [{"kind": "topic"}, {"updated": NOW - timedelta(days=3)}, {"reasons": [{"code": "signal.fell"}]}, {"story": None}],
)
def test_what_was_held_back_and_is_over_or_no_story_is_not_foretold(house, change):
    Signal.objects.filter(story=flood(house)).delete()
    held = held_back(house, flood(house))
    HeldBack.objects.filter(pk=held.pk).update(**change)
    assert foretold(house).made == 0
    assert 'id="ahead"' not in page(house).content.decode()


def test_one_that_was_told_and_held_back_is_foretold_once_and_another_office_s_not_at_all(house, count_queries):
    Signal.objects.exclude(story=flood(house)).delete()
    held_back(house, flood(house))
    HeldBack.objects.create(
        office=house.theirs, story=house.stories[1], key="x", kind="story", subject="x", raised=NOW, updated=NOW, since=NOW, level="low"
    )
    with count_queries() as asked:
        assert forecasts.get_running(house.ours, NOW) == [flood(house).pk]
    assert len(asked) == 1


def test_a_listener_that_is_behind_foretells_nothing(house):
    read_until(house, NOW - 2 * HOUR)
    assert forecasts.run(house.ours, NOW).made == 0


def test_with_a_past_of_its_own_the_office_is_learned_from_and_outlets_are_foretold_too(house):
    past(house.ours)
    foretold(house)
    fit = ForecastFit.objects.get(office=house.ours)
    assert fit.samples >= engine.LEAST_SAMPLES and fit.stories >= 40
    assert engine.Fit.from_data(fit.fit).outlets >= 5
    rows = Forecast.objects.filter(story=flood(house))
    assert {(row.what, row.horizon_hours) for row in rows} == {(what, hours) for what in ("items", "outlets") for hours in (3, 6, 24)}
    assert all(row.own for row in rows)


def test_what_is_learned_is_the_office_s_own_and_learned_once_a_day(house):
    past(house.theirs)
    foretold(house)
    fit = ForecastFit.objects.get(office=house.ours)
    assert fit.fit is None and fit.samples < engine.LEAST_SAMPLES
    past(house.ours)
    foretold(house, NOW + 23 * HOUR)
    fit.refresh_from_db()
    assert fit.at == NOW
    foretold(house, NOW + 25 * HOUR)
    fit.refresh_from_db()
    assert fit.at == NOW + 25 * HOUR and fit.fit is not None


# ---- what came --------------------------------------------------------------------------------------------------------------
def due(house, made=NOW, what="items", hours=3, low=1, high=4, story=None, **more):
    return Forecast.objects.create(
        office=house.ours, story=story or flood(house), made_at=made, horizon_hours=hours, what=what, low=low, middle=low, high=high,
        baseline=2, due_at=made + hours * HOUR, **more,
    )  # fmt: skip


def filled(house, row, now):
    read_until(house, now)
    forecasts.fill(house.ours, now)
    row.refresh_from_db()
    return row.outcome


def test_what_came_is_counted_an_hour_after_it_was_due_and_copies_are_not(house):
    items, outlets = due(house), due(house, what="outlets")
    first = report(flood(house), 1, "Radio Baru")
    report(flood(house), 2.9, "Kabar Kalindra")
    report(flood(house), 2, "Media Salin", copy_of=first)
    report(flood(house), 3.1, "Terlambat")
    assert filled(house, items, NOW + timedelta(hours=3, minutes=59)) is None
    assert filled(house, items, NOW + 4 * HOUR) == 2
    outlets.refresh_from_db()
    assert outlets.outcome == 1, "Kabar Kalindra had told it before"


def test_a_report_that_was_heard_late_is_in_the_outcome(house):
    row = due(house)
    report(flood(house), 2.5, "Radio Lambat")
    Article.objects.filter(outlet="Radio Lambat").update(seen=NOW + timedelta(hours=3, minutes=40))
    assert filled(house, row, NOW + 4 * HOUR) == 1


def test_what_came_stays_as_it_was_written(house):
    row = due(house)
    assert filled(house, row, NOW + 4 * HOUR) == 0
    report(flood(house), 1)
    assert filled(house, row, NOW + 5 * HOUR) == 0


def test_a_listener_that_is_behind_fills_nothing_in(house):
    row = due(house)
    read_until(house, NOW + 2 * HOUR)
    assert forecasts.fill(house.ours, NOW + 9 * HOUR) == 0
    row.refresh_from_db()
    assert row.outcome is None


@pytest.mark.parametrize(("since", "ended", "known"), [(-1, 2, False), (1, None, False), (-5, -1, True), (3.5, None, True)])
def test_where_all_was_silent_nobody_knows_what_came(house, since, ended, known):
    row = due(house)
    Silence.objects.create(
        office=house.ours, kind="system", subject="*", since=NOW + since * HOUR, noticed=NOW, expected=9, observed=0,
        ended=None if ended is None else NOW + ended * HOUR, reason={},
    )  # fmt: skip
    assert (filled(house, row, NOW + 4 * HOUR) is not None) == known


def test_a_story_that_was_merged_is_followed_to_where_it_went(house):
    row = due(house)
    step, end = house.stories[2], house.stories[3]
    Story.objects.filter(pk=flood(house).pk).update(merged_into=step)
    Story.objects.filter(pk=step.pk).update(merged_into=end)
    report(end, 1)
    assert filled(house, row, NOW + 4 * HOUR) == 1


def test_after_a_week_an_outcome_is_given_up(house):
    row = due(house)
    assert filled(house, row, NOW + timedelta(days=8)) is None


def test_a_clock_that_had_jumped_leaves_no_forecast_behind(house):
    due(house, made=NOW + timedelta(days=400))
    ForecastFit.objects.create(office=house.ours, at=NOW + timedelta(days=400))
    foretold(house)
    assert {row.made_at for row in Forecast.objects.all()} == {NOW}
    assert ForecastFit.objects.get().at == NOW


def test_a_forecast_goes_with_its_story(house):
    old = NOW - timedelta(days=400)
    due(house, story=Story.objects.create(office=house.ours, key="old", headline="x", first=old, last=old, changed=old))
    retention.run(house.ours, NOW, {"keep_raw_days": 30, "keep_item_days": 180, "keep_count_days": 365})
    assert not Forecast.objects.exists()


def test_the_database_refuses_a_range_that_is_upside_down_and_the_same_forecast_twice(house):
    due(house)
    for wrong in ({"low": 5, "high": 4, "hours": 6}, {}):
        with pytest.raises(IntegrityError), transaction.atomic():
            due(house, **wrong)


def test_filling_in_asks_as_often_for_many_forecasts_as_for_one(house, count_queries):
    due(house)
    read_until(house, NOW + 4 * HOUR)
    with count_queries() as few:
        assert forecasts.fill(house.ours, NOW + 4 * HOUR) == 1
    for story in house.stories:
        for hours in range(1, 4):
            due(house, hours=hours, what="outlets", story=story)
    with count_queries() as many:
        assert forecasts.fill(house.ours, NOW + 4 * HOUR) == 3 * len(house.stories)
    assert len(many) == len(few)


def test_the_job_foretells_each_office_in_its_own_scope_and_only_where_something_is_due(house):
    read_until(house, NOW)
    tasks.foretell(0)
    tasks.foretell(0)
    jobs = [job.args["office"] for job in ProcrastinateJob.objects.filter(task_name="foretell_of")]
    assert sorted(jobs) == sorted({house.ours.pk, house.theirs.pk}), "both have something to learn"
    for office in jobs:
        tasks.foretell_of(office)
    assert set(Forecast.objects.values_list("office_id", flat=True)) == {house.ours.pk}
    assert not forecasts.is_due(house.theirs, NOW)
    Signal.objects.exclude(story=flood(house)).delete()
    assert not forecasts.is_due(house.ours, NOW)
    assert not forecasts.is_due(house.ours, NOW + 2 * HOUR), "the listener has not read so far"
    read_until(house, NOW + 2 * HOUR)
    assert forecasts.is_due(house.ours, NOW + 2 * HOUR)


# ---- the page ---------------------------------------------------------------------------------------------------------------
def page(house, language="en", who=None, story=None):
    return client_of(who or house.officer, language).get(reverse("story", args=[(story or flood(house)).pk]))


def test_the_page_says_the_day_ahead_draws_it_and_gives_the_figures_as_a_table(house):
    for hours, low, middle, high, baseline in ((3, 0, 1, 2, 5), (6, 1, 2, 4, 5), (24, 2, 6, 1200, 5)):
        row = due(house, hours=hours, low=low, high=high)
        Forecast.objects.filter(pk=row.pk).update(middle=middle, baseline=baseline)
    html = page(house).content.decode()
    assert "2 to 1,200 further items by Fri 28 Nov, 07:30" in html
    assert "As many as in the last 24 hours would be 5." in html
    section = html.split('id="ahead"')[1].split("</section>")[0]
    assert section.count('class="middle"') == section.count('class="plain"') == 4, "three and the key"
    assert section.count('<th scope="row">') == 3 and "0 to 2" in section
    assert "too little past of its own" not in section
    Forecast.objects.update(own=False)
    assert "too little past of its own" in page(house).content.decode()


def test_the_page_says_outlets_too_where_they_were_foretold(house):
    due(house, hours=24, low=3, high=9)
    due(house, hours=24, what="outlets", low=1, high=1)
    html = page(house).content.decode()
    assert "3 to 9 further items and 1 further outlet by" in html
    assert html.count('class="middle"') == 3, "items, outlets and the key"


@pytest.mark.parametrize("language", ["id", "vi"])
def test_the_page_says_it_in_the_reader_s_language(house, language):
    due(house, hours=24, low=2, high=1200)
    html = page(house, language).content.decode()
    section = html.split('id="ahead"')[1].split("</section>")[0]
    assert "1.200" in section and "further" not in section and "outcomes" not in section


def test_a_story_that_rises_no_more_or_has_no_signal_is_not_foretold_on_its_page(house):
    assert "nothing is foretold" in page(house).content.decode()
    due(house, made=NOW - 3 * HOUR)
    assert "nothing is foretold" in page(house).content.decode(), "what was foretold three hours ago is old"
    Signal.objects.filter(story=flood(house)).delete()
    assert 'id="ahead"' not in page(house).content.decode()


def test_a_reader_sees_it_and_a_stranger_does_not(house):
    due(house)
    assert 'id="ahead"' in page(house, who=house.reader).content.decode()
    assert page(house, who=house.stranger).status_code == 404


def test_how_often_ranges_held_is_said_from_ten_on_of_the_last_fortnight(house):
    for number in range(9):
        due(house, made=NOW - timedelta(days=2, hours=number), outcome=2)
    due(house, made=NOW - timedelta(days=20), outcome=2)
    due(house, made=NOW - timedelta(days=2), what="outlets", outcome=2)
    assert (forecasts_queries.get_held(house.ours, NOW).n, forecasts_queries.get_held(house.ours, NOW).inside) == (9, 9)
    due(house)
    assert "Too few forecasts" in page(house).content.decode()
    due(house, made=NOW - timedelta(days=1), outcome=5)
    due(house, made=NOW - timedelta(days=1, hours=1), outcome=1)
    held = forecasts_queries.get_held(house.ours, NOW)
    assert (held.n, held.inside) == (11, 10), "both ends are in the range"
    assert "10 of the last 11 ranges held" in page(house).content.decode()


def test_the_page_asks_as_often_with_forecasts_of_a_week_as_with_one(house, count_queries):
    due(house)
    client = client_of(house.officer)
    client.get(reverse("story", args=[flood(house).pk]))
    with count_queries() as few:
        client.get(reverse("story", args=[flood(house).pk]))
    for number in range(60):
        due(house, made=NOW - number * HOUR, what="outlets", outcome=number)
    with count_queries() as many:
        client.get(reverse("story", args=[flood(house).pk]))
    assert len(many) == len(few)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 5000), st.integers(0, 5000), st.integers(0, 5000)), min_size=1, max_size=4))
def test_every_range_is_drawn_inside_the_picture(found):
    rows = [charts.Span(f"{n}", *sorted(row[:3]), row[3]) for n, row in enumerate(found)]
    drawn = charts.ranges(rows)
    for one, row in zip(drawn.bars, rows, strict=True):
        assert 0 <= one.x <= one.middle_x <= 100 and one.width > 0 and one.x + one.width <= 100.01
        assert 0 <= one.plain_x <= 100
        assert one.words == row.words
    assert drawn.top >= max(max(row.high, row.plain) for row in rows)
