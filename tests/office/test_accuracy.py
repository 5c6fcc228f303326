"""The office sees how good its signals are: events recorded and told or missed, useful or not, how soon; few stay few."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from kentongan.engine.proof import Delays, Share
from kentongan.errors import InputError, RefusedError
from kentongan.office.api import services as programs
from kentongan.office.api.models import Token
from kentongan.office.ledger.models import Line
from kentongan.office.listening import accuracy, accuracy_words, corrections, events
from kentongan.office.listening.events_models import RecordedEvent
from kentongan.office.listening.forecasts_models import Forecast
from kentongan.office.listening.labels_models import Label
from kentongan.office.listening.models import Article, Signal, Source, Story
from kentongan.office.people.models import Place
from kentongan.testing import builders
from kentongan.testing.accuracy import furnish_accuracy

sys.path.insert(0, str(Path(__file__).parent))
from screens import client_of

pytestmark = pytest.mark.django_db
NOW = builders.NOW


@pytest.fixture
def past(house):
    furnish_accuracy(house.ours, house.officer)
    return house


def draft(what="Banjir di Sena Hulu", words="banjir", began=3.0, ended=None, place=""):
    return events.Draft(what, words, NOW - timedelta(hours=began), NOW - timedelta(hours=ended) if ended is not None else None, place)


def flood(house):
    return Signal.objects.get(office=house.ours, subject__startswith="Banjir")


def test_an_event_is_recorded_with_the_signal_that_told_it_and_a_line(house):
    place = Place.objects.create(office=house.ours, code="77", level="ward", name="Rawa Kenari")
    row = events.record_event(house.officer, draft(place="77"), NOW)
    assert (row.signal, row.told_at, row.place, row.verdict) == (flood(house), flood(house).raised, place, "")
    standing = events.get_row(row, NOW)
    assert (standing.state, standing.judged, round(standing.delay, 2)) == ("told", False, 2.17)
    line = Line.objects.get(act="event.recorded")
    assert line.subject == f"event:{row.pk}"
    assert json.loads(line.detail) == {"began": row.began.isoformat(), "state": "told"}
    assert "Banjir" not in line.detail


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"what": "  "}, "what"), ({"words": ""}, "words"), ({"words": '"banjir'}, "words"), ({"began": -1.0}, "began"),
        ({"ended": 4.0}, "ended"), ({"began": 24.0 * 90, "ended": 0.0}, "ended"), ({"what": "Banjir, hubungi 0812-3456-7890"}, "what"),
        ({"place": "nowhere"}, "place"),
    ],
)  # fmt: skip
def test_an_event_that_says_too_little_or_cannot_be_read_is_refused_beside_its_field(house, fields, field):
    with pytest.raises(InputError) as raised:
        events.record_event(house.officer, draft(**fields), NOW)
    assert raised.value.subject == field
    assert not RecordedEvent.objects.exists()


def test_an_event_is_never_about_a_private_person(house):
    with pytest.raises(RefusedError):
        events.record_event(house.officer, draft(words='"Siti Aminah Rahayu"'), NOW)
    assert not RecordedEvent.objects.exists()


def test_a_ward_of_the_office_is_no_private_person_and_a_thing_neither(house):
    with pytest.raises(RefusedError):
        events.record_event(house.officer, draft(words="Pelita Dalam"), NOW)
    Place.objects.create(office=house.ours, code="78", level="ward", name="Pelita Dalam")
    events.record_event(house.officer, draft(words="Pelita Dalam OR tandon"), NOW)
    with pytest.raises(RefusedError):
        events.record_event(house.officer, draft(words="Pelita Dalam OR Siti Aminah"), NOW)


def test_readers_and_strangers_record_and_decide_nothing(house):
    row = events.record_event(house.officer, draft(), NOW)
    for nobody in (house.reader, house.stranger):
        for act in (lambda: events.decide(nobody, row, None, 0, NOW), lambda: events.remove(nobody, row, NOW)):  # noqa: B023
            with pytest.raises(RefusedError):
                act()
    with pytest.raises(RefusedError):
        events.record_event(house.reader, draft(), NOW)
    assert RecordedEvent.objects.get().version == 0


def test_what_nobody_told_is_open_until_it_is_over_and_then_missed_and_told_when_a_signal_comes(house):
    row = events.record_event(house.officer, draft("Gempa", "gempa", began=5.0), NOW)
    assert events.get_row(row, NOW).state == "open"
    assert events.get_row(row, NOW + timedelta(days=3)).state == "missed"
    builders.make_signal(house.stories[5], "Gempa guncang pesisir", NOW)
    assert events.get_row(row, NOW).state == "told"
    row.refresh_from_db()
    assert row.told_at is None


def test_an_officers_word_counts_before_what_the_words_found_and_the_later_of_two_is_asked_again(house):
    row = events.record_event(house.officer, draft(), NOW)
    events.decide(house.officer, row, None, 0, NOW)
    row = events.get_event(house.ours, row.pk)
    assert (events.get_row(row, NOW).state, row.signal, row.told_at, row.decided_by) == ("missed", None, None, house.officer)
    with pytest.raises(InputError, match="Somebody else"):
        events.decide(house.officer, row, flood(house).pk, 0, NOW)
    row = events.decide(house.officer, row, flood(house).pk, 1, NOW)
    assert (events.get_row(row, NOW).state, row.verdict) == ("told", "told")
    details = [json.loads(line.detail)["state"] for line in Line.objects.filter(act="event.decided").order_by("pk")]
    assert details == ["missed", "told"]
    theirs = builders.make_story(house.theirs, builders.EVENTS[0], NOW)
    with pytest.raises(InputError):
        events.decide(house.officer, row, builders.make_signal(theirs, "Banjir", NOW).pk, 2, NOW)


def test_a_told_event_stays_told_when_its_signal_is_kept_no_longer(house):
    row = events.record_event(house.officer, draft(), NOW)
    flood(house).delete()
    row = events.get_event(house.ours, row.pk)
    assert (row.signal, events.get_row(row, NOW + timedelta(days=9)).state) == (None, "told")
    assert "kept no longer" in client_of(house.reader).get(reverse("event", args=[row.pk])).content.decode()


@pytest.mark.parametrize(
    "fields",
    [{"ended": NOW - timedelta(hours=9)}, {"verdict": "told"}, {"verdict": "missed", "told_at": NOW}],
)
def test_the_table_itself_refuses_what_cannot_be(house, fields):
    given = {"office": house.ours, "what": "x", "words": "x", "began": NOW, "ended": NOW + timedelta(hours=1)}
    given |= {"by": house.officer, "at": NOW}
    with pytest.raises(IntegrityError), transaction.atomic():
        RecordedEvent.objects.create(**{**given, **fields})


def test_an_event_is_recorded_put_right_and_removed_on_its_pages(house):
    client = client_of(house.officer)
    form = {"what": "Banjir di Sena Hulu", "words": "banjir", "began": "2025-11-27T04:00", "ended": ""}
    answer = client.post(reverse("record_event"), form)
    row = RecordedEvent.objects.get()
    assert answer.url == reverse("event", args=[row.pk])
    assert row.began.isoformat() == "2025-11-26T21:00:00+00:00"
    page = client.get(answer.url).content.decode()
    assert "2.7 hours after it began" in page
    assert f'value="{flood(house).pk}" required checked' in page
    assert "sari" in page
    client.post(reverse("decide_event", args=[row.pk]), {"signal": "missed", "version": "0"})
    assert "It was missed" in client.get(answer.url).content.decode()
    assert "What was missed" in client.get(reverse("accuracy")).content.decode()
    for bad in ({"signal": "x", "version": "1"}, {"signal": "9" * 30, "version": "1"}, {"version": "z"}):
        client.post(reverse("decide_event", args=[row.pk]), bad)
        row.refresh_from_db()
        assert row.verdict == "missed"
    client.post(reverse("remove_event", args=[row.pk]))
    assert not RecordedEvent.objects.exists()
    assert json.loads(Line.objects.get(act="event.removed").detail) == {"state": "missed"}
    wrong = client.post(reverse("record_event"), {**form, "words": "(banjir"})
    assert wrong.status_code == 422
    assert "parenthesis" in wrong.content.decode()
    assert "Record an event" in client.get(reverse("accuracy")).content.decode()
    assert "Record an event" not in client_of(house.reader).get(reverse("accuracy")).content.decode()


def test_the_figures_are_counted_from_what_was_told_judged_and_recorded(past):
    found = accuracy.get_figures(past.ours, NOW)
    assert found.all.signals == Signal.objects.filter(office=past.ours).count() == 28
    assert found.all.useful == Share(13, 16)
    assert found.all.recall == Share(2, 3)
    assert [row.event.what for row in found.missed] == ["Kebakaran gudang di Pelita Dalam"]
    assert found.all.told.n == 2
    assert {one.name: one.signals for one in found.languages} == {"id": 22, "vi": 6}
    assert {one.name: one.signals for one in found.kinds} == {"press": 21, "official": 6, "public": 1}
    assert sum(week.signals for week in found.weeks) == 28
    assert sum(week.useful.n for week in found.weeks) == 16
    assert (found.all.forecast is None or found.all.forecast.n == 0, found.budget) == (True, 8)
    assert found.tone[0].items == 14
    assert found.tone[0].people == pytest.approx(0.78, abs=0.1)
    assert found.tone[0].right.k < found.tone[0].right.n == found.tone[0].agreed


def foretell(story, outcome, now=NOW, **given):
    fields = {"horizon_hours": 6, "what": "items", "low": 1, "middle": 2, "high": 4, "baseline": 2, "outcome": outcome, **given}
    made = now - timedelta(hours=9)
    return Forecast.objects.create(office=story.office, story=story, made_at=made, due_at=now - timedelta(hours=3), **fields)


def test_events_delays_and_forecasts_are_counted_by_language_and_by_kind_of_source_too(past):
    vietnamese = Story.objects.filter(office=past.ours, headline_article__language="vi", headline_article__source_kind="press").first()
    official = Story.objects.filter(office=past.ours, headline_article__source_kind="official", headline_article__language="id").first()
    for story, what, outcome in ((vietnamese, "items", 3), (vietnamese, "outlets", 9), (official, "items", 4)):
        foretell(story, outcome, what=what)
    fire = draft("Cháy kho hàng ở Bến Sương", "cháy OR hỏa hoạn", began=90.0, ended=80.0)
    events.record_event(past.officer, fire, NOW)
    found = accuracy.get_figures(past.ours, NOW)
    by_language = {one.name: one for one in found.languages}
    assert {name: (one.recall, one.told.n, one.forecast) for name, one in by_language.items()} == {
        "id": (Share(2, 3), 2, Share(1, 1)),
        "vi": (Share(0, 1), 0, Share(1, 2)),
    }
    by_kind = {one.name: one for one in found.kinds}
    assert (by_kind["press"].forecast, by_kind["official"].forecast) == (Share(1, 2), Share(1, 1))
    assert sum(one.told.n for one in found.kinds) == found.all.told.n == 2
    assert all(one.recall == Share() for one in found.kinds)
    assert found.all.forecast == Share(2, 3)
    assert [hours for hours, _ in found.horizons] == [6.0]
    body = client_of(past.reader).get(reverse("accuracy")).content.decode()
    assert "An event counts for the language of the signal that told it" in body
    assert "1 of 2, too few for a share" in body


def test_an_event_is_in_the_language_of_what_told_it_and_else_of_its_words(past):
    row = events.record_event(past.officer, draft("Cúp nước ở Bến Sương", "nước", began=90.0, ended=80.0), NOW)
    assert events.language_of(row) == "vi"
    events.decide(past.officer, row, flood(past).pk, 0, NOW)
    (indonesian, *others) = accuracy.get_figures(past.ours, NOW).languages
    assert (indonesian.name, indonesian.recall) == ("id", Share(3, 4))
    assert [one.recall for one in others] == [Share()]


def test_a_delay_begins_with_the_first_item_of_the_story_and_with_the_first_national_outlet(house):
    Signal.objects.all().delete()
    Source.objects.filter(name="Kabar Kalindra").update(area="Indonesia")
    builders.make_signal(house.stories[0], "Banjir", NOW, raised=NOW - timedelta(hours=1.0))
    (one,) = accuracy._signals(house.ours, NOW - timedelta(days=9), NOW)
    assert one.first_h == pytest.approx(1.3, abs=0.01)
    assert one.national_h == one.first_h
    Article.objects.filter(outlet="Kabar Kalindra").update(published=NOW)
    (one,) = accuracy._signals(house.ours, NOW - timedelta(days=9), NOW)
    assert one.national_h == pytest.approx(-1.0, abs=0.01)
    assert accuracy.get_figures(house.ours, NOW).all.ahead == Share(1, 1)
    Article.objects.filter(outlet="Kabar Kalindra").update(source=None)
    (one,) = accuracy._signals(house.ours, NOW - timedelta(days=9), NOW)
    assert one.national_h is None  # of no outlet we know


def test_the_delay_from_the_first_national_outlet_is_counted_week_by_week(house):
    Signal.objects.all().delete()
    Source.objects.filter(name="Kabar Kalindra").update(area="Indonesia")
    builders.make_signal(house.stories[0], "Banjir", NOW, raised=NOW - timedelta(hours=1.0))
    weeks = accuracy.get_figures(house.ours, NOW).weeks
    assert [week.national.n for week in weeks] == [*([0] * (len(weeks) - 1)), 1]
    assert weeks[-1].national.middle == pytest.approx(1.3, abs=0.01)
    body = client_of(house.reader).get(reverse("accuracy")).content.decode()
    assert "Hours from the first national outlet to the signal. Week from" in body and "1.3 hours (one case)" in body
    Source.objects.update(area="")
    body = client_of(house.reader).get(reverse("accuracy")).content.decode()
    assert "Hours from the first national outlet" not in body, "no picture where no source is national"


def test_agreement_on_tone_is_said_by_kind_of_source_where_there_is_more_than_one(past):
    found = accuracy.get_figures(past.ours, NOW)
    blind = Label.objects.filter(office=past.ours, what="tone").exclude(sample=None)
    kinds = sorted(set(blind.values_list("article__source_kind", flat=True)))
    assert sum(one.items for one in found.tone_kinds) == found.tone[0].items
    assert [one.name for one in found.tone_kinds] == kinds and len(kinds) > 1
    assert sum(one.right.n for one in found.tone_kinds) == found.tone[0].right.n
    body = client_of(past.reader).get(reverse("accuracy")).content.decode().split('id="tone"')[1].split("</section>")[0]
    assert body.count("<table") == 3 and 'aria-label="Tone, beside what people say: Kind of source"' in body
    told = read_by(past.officer).json()
    assert [one["source_kind"] for one in told["tone_by_source_kind"]] == kinds
    Article.objects.filter(pk__in=blind.values("article")).update(source_kind="press")
    assert accuracy.get_figures(past.ours, NOW).tone_kinds == []
    assert (
        client_of(past.reader).get(reverse("accuracy")).content.decode().split('id="tone"')[1].split("</section>")[0].count("<table") == 2
    )


def test_an_item_of_an_old_story_from_days_before_is_not_its_first(house):
    Signal.objects.all().delete()
    builders.make_signal(house.stories[2], "Pasar", NOW + timedelta(hours=60), raised=NOW + timedelta(hours=60))
    (one,) = accuracy._signals(house.ours, NOW, NOW + timedelta(hours=61))
    assert one.first_h == pytest.approx(68.0, abs=0.01)


def test_people_who_disagree_evenly_do_not_make_a_signal_useful(house):
    other = builders.make_user(house.ours, "dewi")
    corrections.say_useful(house.officer, flood(house), "yes", NOW)
    corrections.say_useful(other, flood(house), "no", NOW)
    assert accuracy.get_figures(house.ours, NOW).all.useful == Share(0, 1)


def test_an_office_that_heard_nothing_has_kind_words_instead_of_noughts(house):
    found = accuracy.get_figures(house.theirs, NOW)
    assert (found.all.signals, found.all.recall, found.all.first, found.weeks) == (0, Share(), Delays(), [])
    page = client_of(house.stranger).get(reverse("accuracy")).content.decode()
    assert "nothing can be measured yet" in page
    assert "Nobody has recorded an event yet" in page
    assert "No forecasts have come due yet." in page
    assert "There is nothing to draw yet." in page


def test_forecasts_are_counted_by_the_week_in_which_they_came_due_and_by_their_length(past):
    (first, second) = accuracy._mondays(past.ours, NOW)[-2:]
    foretold = [
        accuracy.Foretold(3.0, first, Share(7, 9)),
        accuracy.Foretold(24.0, first, Share(1, 3)),
        accuracy.Foretold(3.0, second, Share(2, 2)),
    ]
    assert accuracy._inside(foretold) == Share(10, 14)
    assert accuracy._horizons(foretold) == [(3.0, Share(9, 11)), (24.0, Share(1, 3))]
    weeks = accuracy._weeks([first, second], first, NOW, accuracy.Counted([], [], foretold), [], accuracy.WHOLE)
    assert [week.forecast for week in weeks] == [Share(8, 12), Share(2, 2)]
    assert accuracy._foretold(past.ours, first, NOW) in (None, [])


@pytest.mark.parametrize("language", ["en", "id", "vi"])
def test_the_page_speaks_the_readers_language_and_draws_without_scripts_or_styles(past, language):
    answer = client_of(past.reader, language).get(reverse("accuracy"))
    body = answer.content.decode().split("<main")[1]
    assert answer.headers["Content-Language"] == language
    assert body.count("<figure") == 6
    assert "style=" not in body
    assert ("Missed" in body) is (language == "en")


def test_the_page_costs_the_same_however_much_there_is(past):
    client, counts = client_of(past.officer), []
    for number in range(3):
        events.record_event(past.officer, draft(f"Angin {number}", "angin", began=40.0, ended=30.0), NOW)
        event = builders.Event("low", (1, 1, 1, 1, 1), (builders.Told("Warta Hilir", 30.0, f"Angin kecil {number}", "x", "id"),))
        story = builders.make_story(past.ours, event, NOW, 900 + number)
        corrections.say_useful(past.officer, builders.make_signal(story, f"Angin kecil {number}", NOW), "no", NOW)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(reverse("accuracy")).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] == counts[2]
    assert counts[0] <= 16


def test_the_public_reads_no_share_of_fewer_than_ten_and_nothing_of_what_was_missed(past):
    public = accuracy.get_public(past.ours, NOW)
    assert public["useful"] == {"n": 16, "share": 0.81, "low": 0.57, "high": 0.93}
    assert public["events_told"] is public["forecasts_inside"] is None
    assert public["by_language"] == {"id": 22}
    body = client_of(None).get(reverse("transparency", args=[past.ours.slug])).content.decode()
    assert "81 % of 16, likely between 57 and 93 %" in body
    assert "fewer than ten so far" in body
    assert "Kebakaran" not in body
    told = json.loads(client_of(None).get(reverse("transparency_json", args=[past.ours.slug])).content)
    assert told["accuracy"] == public


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (None, "none yet"),
        (Share(), "none yet"),
        (Share(1, 3), "1 of 3, too few for a share"),
        (Share(14, 20), "70 % (14 of 20; likely between 48 and 85 %)"),
    ],
)
def test_few_are_said_to_be_few(share, said):
    assert accuracy_words.share(share) == said


def test_a_delay_says_of_how_many_it_is_the_middle():
    assert accuracy_words.delay(Delays()) == "none yet"
    assert accuracy_words.delay(Delays(1, -1.5, -1.5)) == "1.5 hours earlier (one case)"
    assert accuracy_words.delay(Delays(12, 2.25, 9.0)) == "2.2 hours (middle of 12; nine in ten at most 9 hours)"
    assert accuracy_words.delay(Delays(24, -2.5, 1.5)) == "2.5 hours earlier (middle of 24; nine in ten at most 1.5 hours)"
    assert accuracy_words.delay(Delays(1, -0.01, -0.01)) == "0 hours (one case)"
    with translation.override("id"):
        assert accuracy_words.delay(Delays(1, -1.5, -1.5)) == "1,5 jam lebih dulu (satu kejadian)"


def read_by(person, asked=None, **headers):
    secret = f"ktg_test-{person.username}"
    if not Token.objects.filter(person=person).exists():
        programs.make_token(person, "uji", ["read"], NOW + timedelta(days=1), secret, NOW)
    return Client(headers={"authorization": f"Bearer {secret}", **headers}).get("/api/v1/accuracy", asked)


def test_a_program_reads_the_figures_of_the_page_and_no_share_of_fewer_than_ten(past):
    answer = read_by(past.officer)
    told, found = answer.json(), accuracy.get_figures(past.ours, NOW)
    assert told["all"]["useful"] == {"k": 13, "n": 16, "share": 0.8125, "low": 0.5699, "high": 0.9341}
    assert told["all"]["events_told"] == {"k": 2, "n": 3, "share": None, "low": None, "high": None}
    assert told["all"]["hours_from_event"]["n"] == 2
    assert [(one["name"], one["signals"]) for one in told["by_language"]] == [("id", 22), ("vi", 6)]
    assert [one["events_told"]["n"] for one in told["by_source_kind"]] == [0, 0, 0]
    assert (len(told["by_week"]), told["budget"], told["national_outlets"]) == (len(found.weeks), 8, 1)
    assert sorted((row["state"], row["judged"]) for row in told["events"]) == [("missed", False), ("told", False), ("told", False)]
    assert (told["tone"][0]["language"], told["tone"][0]["items"]) == (None, 14)
    assert sum(one["hours_from_national_outlet"]["n"] for one in told["by_week"]) == told["all"]["hours_from_national_outlet"]["n"]
    assert read_by(past.officer, **{"if-none-match": answer["ETag"]}).status_code == 304


def test_a_program_of_an_office_that_heard_nothing_reads_nulls(house):
    told = read_by(house.stranger).json()
    assert told["all"]["signals"] == 0 and told["tone_by_what_was_judged"] == []
    for name in ("useful", "events_told", "before_national_outlets", "forecasts_inside"):
        assert told["all"][name] == {"k": 0, "n": 0, "share": None, "low": None, "high": None}
    for name in ("hours_from_event", "hours_from_first_item", "hours_from_national_outlet"):
        assert told["all"][name] == {"n": 0, "median": None, "p90": None}
    assert (told["by_language"], told["by_week"], told["events"], told["tone"], told["tone_by_source_kind"]) == ([], [], [], [], [])


# Of one language or kind of source


def of(past, **asked):
    return accuracy.get_figures(past.ours, NOW, accuracy.Narrow(**asked))


def test_the_weeks_are_narrowed_to_a_language_a_kind_of_source_or_both_and_all_else_is_of_everything(past):
    whole = of(past)
    assert [sum(week.signals for week in of(past, language=one.name).weeks) for one in whole.languages] == [22, 6]
    assert [sum(week.signals for week in of(past, kind=one.name).weeks) for one in whole.kinds] == [one.signals for one in whole.kinds]
    both = of(past, language="id", kind="official")
    assert sum(week.signals for week in both.weeks) == 6 and (both.all, both.languages) == (whole.all, whole.languages)
    assert sum(week.useful.n for week in of(past, language="vi").weeks) < 16
    assert [week.start for week in both.weeks] == [week.start for week in whole.weeks]


def test_a_recorded_event_counts_in_the_weeks_of_its_language_and_in_no_share_of_a_kind_of_source(past):
    fire = draft("Cháy kho hàng ở Bến Sương", "cháy OR hỏa hoạn", began=90.0, ended=80.0)
    events.record_event(past.officer, fire, NOW)
    recalls = {name: sum(week.recall.n for week in of(past, language=name).weeks) for name in ("id", "vi")}
    assert recalls == {"id": 3, "vi": 1}
    assert all(week.recall == Share() for week in of(past, kind="press").weeks)


def test_forecasts_and_agreement_on_tone_are_narrowed_too(past):
    story = Story.objects.filter(office=past.ours, headline_article__language="vi", headline_article__source_kind="press").first()
    foretell(story, 3)
    assert [sum(week.forecast.n for week in of(past, language=name).weeks) for name in ("vi", "id")] == [1, 0]
    tones = {name: sum(week.tone.items for week in of(past, language=name).weeks) for name in ("", "id", "vi")}
    assert tones == {"": 14, "id": 11, "vi": 2}
    assert any(week.tone.people is not None for week in of(past).weeks)


@pytest.mark.parametrize("asked", [{"language": "xx"}, {"kind": "radio"}, {"language": "<b>", "kind": "' OR 1"}])
def test_a_language_or_kind_of_which_nothing_was_told_narrows_nothing(past, asked):
    found = of(past, **asked)
    assert found.narrow == accuracy.WHOLE and sum(week.signals for week in found.weeks) == 28
    assert client_of(past.reader).get(reverse("accuracy"), asked).status_code == 200


def test_the_page_narrows_its_weeks_by_links_that_keep_each_other(past):
    body = client_of(past.reader).get(reverse("accuracy"), {"language": "vi"}).content.decode()
    weeks = body.split('id="weeks"')[1].split("</section>")[0]
    assert 'href="?language=vi#weeks" aria-current="true"' in weeks
    assert 'href="?language=vi&amp;kind=press#weeks"' in weeks and 'href="?#weeks"' in weeks
    assert "Two people agree on tone" in client_of(past.reader).get(reverse("accuracy")).content.decode()
    assert "what was missed came from none" in client_of(past.reader).get(reverse("accuracy"), {"kind": "press"}).content.decode()


def test_a_narrowed_page_asks_no_more(past, count_queries):
    client = client_of(past.reader)
    client.get(reverse("accuracy"))
    counts = []
    for asked in ({}, {"language": "id", "kind": "press"}):
        with count_queries() as said:
            client.get(reverse("accuracy"), asked)
        counts.append(len(said))
    assert counts[0] == counts[1]


def test_a_program_narrows_the_weeks_as_the_page_does(past):
    answer = read_by(past.officer, {"language": "vi", "source_kind": "press"}).json()
    assert (answer["language"], answer["source_kind"]) == ("vi", "press")
    weeks = of(past, language="vi", kind="press").weeks
    assert [(one["signals"], one["tone"]["items"]) for one in answer["by_week"]] == [(one.signals, one.tone.items) for one in weeks]
    assert {one["judged"]: one["items"] for one in answer["tone_by_what_was_judged"]} == {"whole": 14}
