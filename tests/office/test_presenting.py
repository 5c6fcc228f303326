"""Times, numbers and pictures, as people of three languages read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine.severity import Evidence, assess
from kentongan.office.listening import charts, presenting
from kentongan.testing.builders import NOW


@pytest.mark.parametrize(("language", "said"), [("id", "1.234,5"), ("vi", "1.234,5"), ("en", "1,234.5")])
def test_numbers_are_written_as_the_language_writes_them(language, said):
    with override(language):
        assert presenting.number(1234.5, 1) == said
        assert presenting.number(1234.0, 1) == said[:-2]


@pytest.mark.parametrize(
    ("language", "today", "yesterday"),
    [("id", "05.12", "Rab 26 Nov, 05.12"), ("vi", "05:12", "Thứ Tư 26/11, 05:12"), ("en", "05:12", "Wed 26 Nov, 05:12")],
)
def test_a_moment_is_as_short_as_it_can_be_without_being_doubtful(language, today, yesterday):
    moment = datetime(2025, 11, 26, 22, 12, tzinfo=UTC)
    with override(language):
        assert presenting.when(moment, NOW) == today
        assert presenting.when(moment - timedelta(days=1), NOW) == yesterday
        assert "2024" in presenting.when(moment - timedelta(days=365), NOW)


def test_the_day_is_the_offices_day_not_greenwichs():
    moment = datetime(2025, 11, 26, 16, 30, tzinfo=UTC)
    with override("en"), timezone.override(ZoneInfo("Asia/Jayapura")):
        assert presenting.when(moment, NOW) == "01:30"
        assert presenting.zone() == "WIT"
    with override("en"), timezone.override(ZoneInfo("Asia/Jakarta")):
        assert presenting.when(moment, NOW) == "Wed 26 Nov, 23:30"
        assert presenting.zone() == "WIB"


@pytest.mark.parametrize(("language", "said"), [("id", "3 menit yang lalu"), ("vi", "3 phút trước"), ("en", "3 minutes ago")])
def test_how_long_ago_is_said_in_words(language, said):
    with override(language):
        assert presenting.ago(NOW - timedelta(minutes=3), NOW) == said


def test_an_unknown_level_ranks_as_watch():
    assert [presenting.level_rank(level) for level in ("watch", "low", "medium", "high", "crisis", "odd")] == [0, 1, 2, 3, 4, 0]


counts = st.lists(st.integers(0, 500), min_size=1, max_size=60)


@given(counts)
def test_a_sparkline_has_a_bar_for_each_hour_and_stays_inside_its_frame(values):
    end = NOW.replace(minute=0)
    said = [[(end - timedelta(hours=back)).isoformat(), n] for back, n in enumerate(values)]
    with override("en"):
        spark = charts.spark(said, NOW)
    assert len(spark.bars) == charts.SPARK_HOURS
    assert all(0 <= bar.y <= charts.SPARK_HEIGHT and bar.height > 0 for bar in spark.bars)
    assert [bar.last for bar in spark.bars].count(True) == 1
    shown = values[: charts.SPARK_HOURS]
    assert (spark.words == "Nothing in the last 24 hours.") is (sum(shown) == 0)


def series(values):
    return [
        {
            "hour": (NOW.replace(minute=0) - timedelta(hours=len(values) - i)).isoformat(),
            "count": n,
            "expected": 2.0,
            "low": 0.5,
            "high": 4.0,
        }
        for i, n in enumerate(values)
    ]


@given(counts)
def test_a_chart_stays_inside_its_frame_and_keeps_every_figure(values):
    with override("en"):
        chart = charts.against_usual(series(values))
    shown = values[-charts.CHART_HOURS :]
    assert [column.count for column in chart.columns] == shown
    assert all(charts.PLOT_TOP - 0.1 <= column.bar_y <= chart.base for column in chart.columns)
    assert all(abs(column.bar_y + column.bar_height - chart.base) < 0.2 for column in chart.columns)
    assert [column.above for column in chart.columns] == [n > 4 for n in shown]
    assert chart.columns[0].x == 0
    assert chart.columns[-1].x + chart.columns[-1].width <= 100.1


def test_a_chart_says_its_finding_and_that_it_does_not_know():
    with override("en"):
        assert charts.against_usual(series([1, 9, 2])).words == "Most at Thu 27 Nov, 05:00: 9 items, where 2 is usual."
        alone = charts.counts_only([[NOW.replace(minute=0).isoformat(), 3]], NOW)
        assert alone.words == "Most at Thu 27 Nov, 07:00: 3 items. What is usual is drawn once the story raises a signal."
        assert not alone.usual
    assert charts.against_usual([]) is None
    assert charts.counts_only([], NOW) is None
    assert charts.counts_only([[NOW.replace(minute=0).isoformat(), charts.LEAST_DRAWN - 1]], NOW) is None


def test_the_axis_names_the_weekday_at_midnight_of_the_office():
    with override("id"), timezone.override(ZoneInfo("Asia/Jakarta")):
        marks = charts.against_usual(series([1] * 48)).hours
    assert [mark.text for mark in marks] == ["12.00", "Rab 26 Nov", "12.00", "Kam 27 Nov"]


@pytest.mark.parametrize(("language", "written"), [("id", "12.345"), ("vi", "12.345"), ("en", "12,345")])
def test_thousands_in_a_sentence_are_written_as_people_write_them(language, written):
    with override(language):
        assert written in presenting.sentence({"code": "briefing.waiting", "values": {"n": 12_345}})


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("id", "5 berita dalam 6 jam, biasanya hampir tidak ada pada waktu ini."),
        ("vi", "5 tin trong 6 giờ, bình thường hầu như không có vào thời điểm này."),
        ("en", "5 items in 6 h, usually almost none at this time."),
    ],
)
def test_next_to_nothing_is_said_in_words_not_as_nought(language, said):
    reason = {"code": "signal.count", "values": {"count": 5, "hours": 6.0, "expected": 0.04}}
    with override(language):
        assert presenting.sentence(reason) == said
        assert presenting.usual(0.1) == presenting.number(0.1, 1)


def reason(code, **values):
    return {"code": code, "values": values}


RISING = reason("briefing.rising", count=5, hours=6, expected=1.2)
WHY = [reason("severity.harm.0"), reason("severity.velocity", observed=14, hours=24, expected=2.0), reason("severity.reach", outlets=10)]


def test_a_line_does_not_say_twice_what_rises_or_how_many_outlets_tell_it():
    rising = presenting.unsaid({"changed": [RISING], "why": WHY})
    assert [one["code"] for one in rising] == ["severity.harm.0"]
    new = {"changed": [reason("briefing.new", time="2025-11-27T03:30:00+00:00")], "why": WHY}
    assert [one["code"] for one in presenting.unsaid(new)] == ["severity.harm.0", "severity.velocity"]
    assert presenting.begins(new) and not presenting.begins({"changed": [RISING]}) and not presenting.begins({"changed": []})


WHO_SPEAKS = {
    4: Evidence(0, 0, (), 1, 1, 24, press_outlets=3, official=True, public_posts=9, outlets=4, questions=0, answered=False),
    3: Evidence(0, 0, (), 1, 1, 24, press_outlets=2, official=False, public_posts=9, outlets=3, questions=0, answered=False),
    2: Evidence(0, 0, (), 1, 1, 24, press_outlets=1, official=False, public_posts=9, outlets=2, questions=0, answered=False),
    1: Evidence(0, 0, (), 1, 1, 24, press_outlets=0, official=False, public_posts=9, outlets=1, questions=0, answered=False),
}
SAID = {
    "en": {4: "official", 3: "two press", 2: "one press", 1: "public posts"},
    "id": {4: "resmi", 3: "dua media", 2: "satu media", 1: "unggahan warga"},
    "vi": {4: "chính thức", 3: "hai báo", 2: "một báo", 1: "bài đăng"},
}


@pytest.mark.parametrize("language", sorted(SAID))
def test_the_help_on_credibility_says_for_each_figure_who_the_engine_heard(language):
    assert {figure: assess(evidence).credibility for figure, evidence in WHO_SPEAKS.items()} == {n: n for n in WHO_SPEAKS}
    with override(language):
        words = {name: str(help_) for name, _, help_ in presenting.FACTORS}["credibility"]
    parts = {int(part.strip()[0]): part for part in words.split(";")}
    assert sorted(parts, reverse=True) == sorted(WHO_SPEAKS, reverse=True)
    assert [figure for figure, said in SAID[language].items() if said not in parts[figure]] == []
