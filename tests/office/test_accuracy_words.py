"""Figures in words and pictures: few are hatched and said, the interval is drawn, what they are held against is there, three languages."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import pytest
from django.template import Context, Template
from django.template.loader import render_to_string
from django.utils.translation import override

from kentongan.engine.proof import Delays, Share
from kentongan.office.listening import accuracy, accuracy_words
from kentongan.office.listening.accuracy import Figures, Part, Tone, Week
from kentongan.testing import builders

MONDAY = datetime(2025, 11, 23, 17, 0, tzinfo=UTC)


NONE, NOTHING = Share(), Delays()
UNSAID = Tone("", 0, None, 0, None, Share())


def part(signals=0, useful=NONE, name="", recall=NONE):
    return Part(name, signals, useful, Delays(), Delays(), Share(), recall, Delays(), Share())


def week(back=0, signals=0, useful=NONE, recall=NONE, first=NOTHING, forecast=NONE, days=7.0, national=NOTHING, tone=UNSAID):
    return Week(MONDAY - timedelta(weeks=back), days, signals, useful, recall, first, national, forecast, tone)


def figures(weeks=(), whole=None, budget=8, **more):
    given = {
        "since": MONDAY - timedelta(weeks=11),
        "days": 84.0,
        "budget": budget,
        "all": whole or part(),
        "events": [],
        "horizons": [],
        "tone": [],
        "tone_kinds": [],
        "tone_toward": [],
        "languages": [],
        "kinds": [],
        "weeks": list(weeks),
        "nationals": 0,
    }
    return Figures(**{**given, **more})


def drawn(name, *weeks, **more):
    return next(one for one in accuracy_words.pictures(figures(weeks, **more)) if one.name == name)


def test_a_signal_before_the_national_outlet_is_drawn_as_nought_and_said_as_it_is():
    picture = drawn("national", week(1, national=Delays(1, -1.5, -1.5)), week(national=Delays(12, 2.25, 9.0)))
    assert [column.value for column in picture.columns] == [0.0, 2.25]
    assert [column.few for column in picture.columns] == [True, False]
    assert picture.columns[0].words == "1.5 hours earlier (one case)"
    assert not [one for one in accuracy_words.pictures(figures([week()])) if one.name == "national"]


def test_agreement_below_chance_is_drawn_as_nought_and_said_as_it_is():
    below, good = Tone("", 12, -0.2, 5, None, Share()), Tone("", 20, 0.83, 15, None, Share())
    picture = drawn("tone", week(1, tone=below), week(tone=good))
    assert [column.value for column in picture.columns] == [0.0, 0.83]
    assert "-0.2" in picture.columns[0].words.replace("−", "-") and "12 items" in picture.columns[0].words


@pytest.mark.parametrize(
    ("whole", "said"),
    [
        (part(), "Nothing was told in the last twelve weeks, so nothing can be measured yet"),
        (part(1), "1 signal in twelve weeks"),
        (part(1200, Share(14, 20)), "1,200 signals in twelve weeks; 14 of 20 judged were useful"),
        (part(36, recall=Share(5, 6)), "36 signals in twelve weeks; 5 of 6 recorded events were told"),
    ],
)
def test_the_first_line_says_what_was_counted_and_of_how_many(whole, said):
    assert accuracy_words.finding(figures(whole=whole)) == said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "70 % (14 of 20; likely between 48 and 85 %)"),
        ("id", "70 % (14 dari 20; kemungkinan antara 48 dan 85 %)"),
        ("vi", "70 % (14 trên 20; có thể trong khoảng 48 đến 85 %)"),
    ],
)
def test_a_share_is_said_in_the_readers_language(language, said):
    with override(language):
        assert accuracy_words.share(Share(14, 20)) == said


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        (None, "fewer than ten so far"),
        ({"n": 16, "share": 0.81, "low": 0.57, "high": 0.93}, "81 % of 16, likely between 57 and 93 %"),
        ({"n": 12, "median": 2.3}, "2.3 hours (middle of 12)"),
        ({"n": 14, "alpha": 0.78}, "0.78 over 14 items"),
    ],
)
def test_the_public_reads_a_figure_with_its_number_or_that_there_are_few(figure, said):
    assert accuracy_words.printed(figure) == said


@pytest.mark.parametrize(
    ("share", "printed"),
    [(Share(), None), (Share(0, 9), None), (Share(9, 9), None), (Share(0, 10), {"n": 10, "share": 0.0, "low": 0.0, "high": 0.28})],
)
def test_not_even_the_number_is_public_below_ten(share, printed):
    assert accuracy.public_share(share) == printed


def test_public_delays_and_agreement_begin_at_ten_too():
    assert accuracy.public_delay(Delays(9, 2.0, 3.0)) is None
    assert accuracy.public_delay(Delays(10, 2.04, 3.0)) == {"n": 10, "median": 2.0}
    tone = Tone("", 9, 0.7, 5, 0.6, Share(4, 5))
    assert accuracy.public_alpha([]) is accuracy.public_alpha([tone]) is None
    assert accuracy.public_alpha([Tone("", 10, None, 5, None, Share())]) is None
    assert accuracy.public_alpha([Tone("", 10, 0.712, 5, 0.6, Share(4, 5))]) == {"n": 10, "alpha": 0.71}


@pytest.mark.parametrize("nothing", [None, Share(), Share(3, 4), {}])
def test_no_strip_is_drawn_of_none_or_of_few(nothing):
    assert accuracy_words.strip(nothing) is None
    assert strip_of(nothing).strip() == ""


def strip_of(share, aim=""):
    given = {"share": share}
    return Template("{% load speaking %}{% strip share " + aim + " %}").render(Context(given))


def test_a_strip_stands_where_the_share_is_within_its_interval_also_the_publics():
    one = accuracy_words.strip(Share(33, 40))
    assert one.low < one.middle == 82.5 < one.low + one.width < 100
    assert accuracy_words.strip({"n": 40, "share": 0.825, "low": 0.68, "high": 0.91}) == accuracy_words.Strip(68.0, 23.0, 82.5)
    assert accuracy_words.strip(Share(0, 10)).middle == 0.0


def test_a_strip_says_nothing_the_words_beside_it_do_not_and_shows_where_it_should_lie():
    drawn_ = strip_of(Share(33, 40), "80")
    assert 'aria-hidden="true"' in drawn_ and 'x="80%"' in drawn_ and 'x="82.5%"' in drawn_
    assert "style" not in drawn_ and 'class="aim"' not in strip_of(Share(33, 40))


def test_a_picture_says_of_which_week_its_figure_is():
    shown = drawn("useful", week(2), week(1, useful=Share(5, 10)), week(0))
    assert shown.words == "Confirmed useful. Week from Mon 17 Nov: 50 % (5 of 10; likely between 24 and 76 %)."


def test_every_column_ends_where_its_bar_does():
    for column in drawn("told", week(1, 7), week(0, 14)).columns:
        assert column.right == pytest.approx(column.x + column.width)


@pytest.mark.parametrize(("language", "said"), [("id", "21.30"), ("vi", "21:30"), ("en", "21:30")])
def test_an_hour_of_any_day_is_written_as_other_hours_are(language, said):
    with override(language):
        assert Template("{% load speaking %}{{ at|time_of_day }}").render(Context({"at": time(21, 30)})) == said


def test_agreement_that_cannot_be_told_is_a_dash():
    assert accuracy_words.agreement(None) == "–"
    assert accuracy_words.agreement(0.8049) == "0.8"


def test_nothing_is_drawn_of_nothing():
    assert accuracy_words.pictures(figures()) == []
    assert accuracy_words.pictures(figures([week(), week(1)])) == []


def test_a_picture_is_made_only_of_measures_that_have_a_week():
    made = accuracy_words.pictures(figures([week(1, 21), week(0, 14, useful=Share(3, 4), forecast=Share(80, 100))]))
    assert [one.name for one in made] == ["told", "useful", "forecast"]


def test_bars_stand_in_order_of_time_within_the_plot_and_as_high_as_their_share():
    picture = drawn("useful", week(2, useful=Share(5, 10)), week(1), week(0, useful=Share(20, 20)))
    half, gap, whole = picture.columns
    assert (half.value, gap.value, whole.value) == (0.5, None, 1.0)
    assert half.height == pytest.approx(accuracy_words.PLOT_HEIGHT / 2)
    assert whole.y == accuracy_words.PLOT_TOP
    assert half.x < gap.x < whole.x < 100
    assert [half.words, gap.words] == ["50 % (5 of 10; likely between 24 and 76 %)", "none yet"]


def test_the_interval_is_drawn_around_the_share_and_few_are_marked():
    (one, two) = drawn("useful", week(1, useful=Share(2, 3)), week(0, useful=Share(20, 30))).columns
    assert one.few
    assert not two.few
    for column in (one, two):
        assert column.high_y < column.y < column.low_y
    assert one.low_y - one.high_y > two.low_y - two.high_y


def test_signals_a_day_are_held_against_the_budget_and_forecasts_against_where_they_should_lie():
    told = drawn("told", week(0, 14))
    assert (told.aim, told.aim_height) == ("at most 8 a day", 1.0)
    assert told.aim_y < told.columns[0].y
    assert drawn("told", week(0, 14), budget=0).aim_y is None
    forecast = drawn("forecast", week(0, forecast=Share(80, 100)))
    assert forecast.aim_y < forecast.columns[0].y < forecast.aim_y + forecast.aim_height


def test_a_week_that_was_told_before_its_first_item_draws_no_bar_below_the_ground():
    (column,) = drawn("delay", week(0, first=Delays(4, -2.0, 1.0))).columns
    assert (column.value, column.height) == (0.0, 0.0)
    assert column.words.startswith("2 hours earlier")


def test_labels_of_weeks_stay_within_the_picture_and_apart():
    marks = drawn("told", *(week(back, 7) for back in range(11, -1, -1))).marks
    assert len(marks) == 3
    assert all(8 <= mark.at <= 92 for mark in marks)
    places = sorted(mark.at for mark in marks)
    assert min(second - first for first, second in pairwise(places)) > 15


def test_a_picture_carries_its_words_its_table_and_no_style():
    picture = drawn("useful", week(1, useful=Share(2, 3)), week(0, useful=Share(20, 30)))
    html = render_to_string("listening/_weeks.html", {"picture": picture, "now": builders.NOW})
    assert html.count("<rect") == 4
    assert 'fill="url(#useful-few)"' in html
    assert html.count('class="range"') == 2
    assert html.count('<th scope="row">') == 2
    assert "style=" not in html
    assert f'aria-label="{picture.words}"' in html
    assert "2 of 3, too few for a share" in html


def test_a_week_that_has_only_begun_is_not_counted_as_seven_days():
    assert week(0, 3, days=1.5).a_day == 2.0
    assert figures(whole=part(42)).a_day == 0.5
