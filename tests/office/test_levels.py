"""A story's level by hand: with a reason, in force everywhere, heeded whenever the listener writes, outrun by an engine that rises."""

from __future__ import annotations

import json
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from kentongan.engine.records import LEVELS
from kentongan.engine.steps import Signalled, StoryChanged, StoryMerged
from kentongan.errors import InputError, RefusedError
from kentongan.office.alerting.models import Alert
from kentongan.office.ledger.models import Line
from kentongan.office.listening import briefing, heard, journal, levels, outputs, past, retention, stored
from kentongan.office.listening.levels_models import StoryLevel
from kentongan.office.listening.models import ListenerState, Signal, Story
from kentongan.office.people.versions import ConflictError
from kentongan.testing import builders

sys.path.insert(0, str(Path(__file__).parent))
from alerts import made
from screens import STILL, client_of
from test_api import Program, token_for
from test_listener import add_articles, new_listener, read_to_end

pytestmark = pytest.mark.django_db
NOW = builders.NOW
WHY = "Sudah ditangani BPBD sejak subuh"


@pytest.fixture
def flood(house):
    """A story of which the engine says high, with a signal of its own."""
    return Story.objects.get(pk=assessed(house.stories[0], "high").pk)


def assessed(story, level):
    """The story and its own signal as the engine says they are."""
    Signal.objects.filter(story=story).update(level=level, severity={**story.severity, "level": level})
    Story.objects.filter(pk=story.pk).update(level=level, severity={**story.severity, "level": level})
    return story


def lay(who, story, level="low", reason=WHY, now=NOW, seen=None):
    story = Story.objects.get(pk=story.pk)
    hand = levels.of(story)
    return levels.set_level(who, story, level, reason, seen or (levels.engine_of(story), hand.pk if hand else 0), now)


def says(house, story, level, **signal):
    """The listener writes what the engine says of a story, and of a signal where one is given."""
    row = Story.objects.select_related("headline_article").get(pk=story.pk)
    severity = replace(stored.severity_of(row.severity, level), level=level)
    told = [StoryChanged(stored.story_of(row), severity, ())]
    if signal:
        record = stored.signal_of(Signal.objects.select_related("story").filter(office=house.ours).first())
        told.append(Signalled(replace(record, story=row.key, severity=severity, **signal), True))
    with transaction.atomic():
        outputs.write(house.ours.pk, told, {}, 77, NOW)


def level_of(story):
    return Story.objects.values_list("level", flat=True).get(pk=story.pk)


def lines(act):
    return list(Line.objects.filter(act=act).order_by("id"))


# Setting it and taking it back


def test_an_officer_sets_a_level_with_a_reason_and_it_is_the_storys_and_its_signals(house, flood):
    hand = lay(house.officer, flood, "medium")
    assert (hand.level, hand.engine, hand.reason, hand.by, hand.at) == ("medium", "high", WHY, house.officer, NOW)
    story = Story.objects.get(pk=flood.pk)
    assert (story.level, levels.engine_of(story), levels.is_outrun(story)) == ("medium", "high", False)
    assert {signal.level for signal in Signal.objects.filter(story=flood)} == {"medium"}
    assert {signal.severity["level"] for signal in Signal.objects.filter(story=flood)} == {"high"}, "what the engine says stays"


def test_the_ledger_keeps_who_what_from_and_why_with_personal_data_hidden(house, flood):
    lay(house.officer, flood, "low", "Pak RT di 081234567890 sudah memastikan air surut")
    (line,) = lines("story.level_set")
    said = json.loads(line.detail)
    assert (line.actor, line.subject, line.at) == (house.officer.pk, f"story:{flood.pk}", NOW)
    assert (said["level"], said["before"], said["engine"]) == ("low", "high", "high")
    assert "081234567890" not in line.detail
    assert "air surut" in said["reason"]


def test_taken_back_the_engine_counts_again_and_the_ledger_says_so(house, flood):
    hand = lay(house.officer, flood, "low")
    levels.take_back(house.officer, flood, hand.pk, NOW)
    assert (level_of(flood), set(Signal.objects.filter(story=flood).values_list("level", flat=True))) == ("high", {"high"})
    assert not StoryLevel.objects.exists()
    (line,) = lines("story.level_taken_back")
    assert (line.actor, json.loads(line.detail)["level"]) == (house.officer.pk, "low")


def test_the_signal_of_a_group_is_as_serious_as_its_reports_together(house, flood):
    group = builders.make_signal(flood, "c|floods", kind="topic")
    lay(house.officer, flood, "watch")
    group.refresh_from_db()
    assert group.level == "high"


@pytest.mark.parametrize(
    ("level", "reason", "seen", "field"),
    [
        ("", WHY, ("high", 0), "level"),
        ("normal", WHY, ("high", 0), "level"),
        ("low", "", ("high", 0), "reason"),
        ("low", "  ya ", ("high", 0), "reason"),
        ("low", "a" * 501, ("high", 0), "reason"),
        ("low", WHY, ("", 0), "engine"),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_changed(house, flood, level, reason, seen, field):
    with pytest.raises(InputError) as wrong:
        lay(house.officer, flood, level, reason, seen=seen)
    assert wrong.value.subject == field
    assert level_of(flood) == "high"
    assert not lines("story.level_set")


@pytest.mark.parametrize("length", [3, 500])
def test_a_reason_of_three_and_of_five_hundred_letters_is_one(house, flood, length):
    assert len(lay(house.officer, flood, "low", "a" * length).reason) == length


def test_readers_strangers_and_merged_stories_are_refused(house, flood):
    for who in (house.reader, house.stranger):
        with pytest.raises(RefusedError):
            lay(who, flood)
        with pytest.raises(RefusedError):
            levels.take_back(who, flood, 0, NOW)
    Story.objects.filter(pk=flood.pk).update(merged_into=house.stories[1])
    with pytest.raises(RefusedError):
        lay(house.officer, flood)
    with pytest.raises(InputError):
        levels.take_back(house.officer, house.stories[1], 0, NOW)
    assert not Line.objects.filter(act__startswith="story.level").exists()


def test_the_database_refuses_a_level_without_a_reason_and_one_that_is_none(house, flood):
    given = {"office": house.ours, "story": flood, "engine": "high", "by": house.officer, "at": NOW}
    for wrong in ({"level": "low", "reason": ""}, {"level": "normal", "reason": WHY}):
        with pytest.raises(IntegrityError), transaction.atomic():
            StoryLevel.objects.create(**given, **wrong)


# Two at once


def test_whoever_comes_second_is_told_who_was_quicker_and_changes_nothing(house, flood):
    lay(house.officer, flood, "medium")
    with pytest.raises(ConflictError, match="sari was quicker"):
        lay(house.administrator, flood, "low", seen=("high", 0))
    assert level_of(flood) == "medium"
    with pytest.raises(ConflictError):
        levels.take_back(house.administrator, flood, 0, NOW)
    assert lay(house.administrator, flood, "low").by == house.administrator, "having seen it, one may"


def test_a_level_set_anew_after_it_was_taken_back_is_not_the_one_that_was_seen(house, flood):
    first = lay(house.officer, flood, "medium")
    levels.take_back(house.officer, flood, first.pk, NOW)
    with pytest.raises(ConflictError, match="took the level by hand back"):
        lay(house.administrator, flood, "low", seen=("high", first.pk))
    lay(house.officer, flood, "medium")
    with pytest.raises(ConflictError):
        levels.take_back(house.administrator, flood, first.pk, NOW)


def test_nobody_calls_a_story_low_who_has_not_seen_that_the_engine_has_risen(house, flood):
    says(house, flood, "crisis")
    with pytest.raises(ConflictError, match="The engine has risen"):
        lay(house.officer, flood, "low", seen=("high", 0))
    assert level_of(flood) == "crisis"
    says(house, flood, "low")
    assert lay(house.officer, flood, "medium", seen=("high", 0)).engine == "low", "that it fell since then hurts nobody"


@contextmanager
def meanwhile(do):
    """Somebody else begins `do` on a connection of their own while what stands in here is done and not yet kept; it waits for that."""
    said = []

    def other():
        try:
            said.append(do())
        except (ConflictError, RefusedError) as error:
            said.append(str(error))
        finally:
            connection.close()

    thread = threading.Thread(target=other)
    with transaction.atomic():
        yield said
        thread.start()
        assert waits(), "the row is held"
        assert not said
    thread.join(30)
    assert len(said) == 1


def waits():
    """Whether somebody waits for what we hold, within ten seconds."""
    until = time.monotonic() + 10
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))")
            if cursor.fetchone() == (True,):
                return True
            time.sleep(0.005)
    return False


@pytest.mark.django_db(transaction=True)
def test_of_two_who_set_it_in_the_same_moment_exactly_one_does_and_the_other_reads_who_was_quicker(house, flood):
    start, said = threading.Barrier(2), {}

    def send(who, level):
        try:
            client = client_of(who)
            hidden = client.get(reverse("story", args=[flood.pk])).context["level_form"].initial
            start.wait(10)
            sent = {"engine": hidden["engine"], "hand": hidden["hand"], "level": level, "reason": WHY}
            said[who.username] = client.post(reverse("set_story_level", args=[flood.pk]), sent)
        finally:
            connection.close()

    people = {"medium": house.officer, "crisis": house.administrator}
    threads = [threading.Thread(target=send, args=[who, level]) for level, who in people.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    hand = StoryLevel.objects.select_related("by").get()
    assert sorted(answer.status_code for answer in said.values()) == [302, 409]
    assert (people[hand.level], said[hand.by.username].status_code) == (hand.by, 302)
    (told,) = (answer.content.decode() for answer in said.values() if answer.status_code == 409)
    assert f"{hand.by.username} was quicker and set this level." in told
    assert level_of(flood) == hand.level
    assert [line.actor for line in lines("story.level_set")] == [hand.by_id]


@pytest.mark.django_db(transaction=True)
def test_whoever_sets_it_while_a_colleague_does_waits_and_is_told(house, flood):
    with meanwhile(lambda: lay(house.administrator, flood, "low", seen=("high", 0))) as said:
        lay(house.officer, flood, "medium")
    assert said == ["sari was quicker and set this level. Both versions are shown; keep what is right."]
    assert (level_of(flood), len(lines("story.level_set"))) == ("medium", 1)


@pytest.mark.django_db(transaction=True)
def test_whoever_takes_it_back_while_a_colleague_does_is_told_and_it_is_taken_back_once(house, flood):
    hand = lay(house.officer, flood, "medium")
    with meanwhile(lambda: levels.take_back(house.administrator, flood, hand.pk, NOW)) as said:
        levels.take_back(house.officer, flood, hand.pk, NOW)
    assert said == ["Somebody else took the level by hand back since you opened this. Decide again if it is still right."]
    assert (level_of(flood), len(lines("story.level_taken_back"))) == ("high", 1)


@pytest.mark.django_db(transaction=True)
def test_a_listener_that_writes_while_somebody_sets_the_level_heeds_it(house, flood):
    with meanwhile(lambda: says(house, flood, "medium", kind="story")):
        lay(house.officer, flood, "watch")
    assert (level_of(flood), set(Signal.objects.filter(story=flood).values_list("level", flat=True))) == ("watch", {"watch"})
    assert levels.engine_of(Story.objects.get(pk=flood.pk)) == "medium"


@pytest.mark.django_db(transaction=True)
def test_whoever_sets_it_while_the_listener_writes_that_the_engine_has_risen_is_told(house, flood):
    with meanwhile(lambda: lay(house.officer, flood, "low", seen=("high", 0))) as said:
        says(house, flood, "crisis")
    assert said == ["The engine has risen since you opened this. Look at why, then decide again."]
    assert (level_of(flood), StoryLevel.objects.exists()) == ("crisis", False)


def raises(house, story, word):
    """The listener tells of one more signal of a story that is itself as it was."""
    record = stored.signal_of(Signal.objects.select_related("story").filter(story=story).order_by("pk").first())
    severity = replace(record.severity, level="high")
    told = [Signalled(replace(record, id=f"t|{word}", kind="term", subject=word, story=story.key, severity=severity), True)]
    with transaction.atomic():
        outputs.write(house.ours.pk, told, {}, 77, NOW)


@pytest.mark.django_db(transaction=True)
def test_a_signal_that_is_raised_while_somebody_sets_the_level_of_its_story_has_that_level(house, flood):
    with meanwhile(lambda: lay(house.officer, flood, "watch", seen=("high", 0))) as said:
        raises(house, flood, "hanyut")
    assert (said[0].level, Signal.objects.get(key="t|hanyut").level) == ("watch", "watch")
    with meanwhile(lambda: raises(house, flood, "tanggul")):
        lay(house.officer, flood, "low")
    assert set(Signal.objects.filter(story=flood).values_list("level", flat=True)) == {"low"}


@pytest.mark.django_db(transaction=True)
def test_what_is_set_while_the_story_goes_into_another_is_refused_and_weighs_nowhere(house, flood):
    into = house.stories[1]
    with meanwhile(lambda: lay(house.officer, flood, "crisis", seen=("high", 0))) as said:
        outputs.write(house.ours.pk, [StoryMerged(flood.key, into.key)], {}, 78, NOW)
    assert said == ["This story has been merged into another."]
    assert not StoryLevel.objects.exists()


# The listener


@pytest.mark.parametrize("hand", LEVELS)
@pytest.mark.parametrize(("engine", "outrun"), [("watch", False), ("medium", False), ("high", True), ("crisis", True)])
def test_whatever_the_engine_writes_the_hand_counts_until_the_engine_rises_above_what_it_said_then(house, flood, hand, engine, outrun):
    assessed(flood, "medium")
    lay(house.officer, flood, hand)
    says(house, flood, engine, kind="story")
    story = Story.objects.get(pk=flood.pk)
    expected = max(hand, engine, key=LEVELS.index) if outrun else hand
    assert (story.level, story.severity["level"], levels.is_outrun(story)) == (expected, engine, outrun)
    assert set(Signal.objects.filter(story=flood).exclude(kind="topic").values_list("level", flat=True)) == {expected}
    says(house, flood, "medium")
    assert level_of(flood) == hand, "and where it falls again the hand counts again"


def test_taken_back_after_the_engine_wrote_is_what_the_engine_wrote(house, flood):
    hand = lay(house.officer, flood, "watch")
    says(house, flood, "medium", kind="term")
    levels.take_back(house.officer, flood, hand.pk, NOW)
    assert level_of(flood) == "medium"
    assert Signal.objects.filter(story=flood, kind="term").values_list("level", flat=True).get() == "medium"


def test_the_number_of_queries_does_not_grow_with_the_hands(house, count_queries):
    def written(stories):
        told = [StoryChanged(stored.story_of(story), stored.severity_of(story.severity, "low"), ()) for story in stories]
        with count_queries() as asked:
            outputs.write(house.ours.pk, told, {}, 77, NOW)
        return len(asked)

    stories = list(Story.objects.filter(office=house.ours).select_related("headline_article"))
    without = written(stories)
    lay(house.officer, stories[0], "medium")
    one = written(stories)
    for story in stories[1:5]:
        lay(house.officer, story, "medium")
    assert (written(stories), one) == (one, without + 3)


def test_where_a_story_goes_into_another_the_one_that_remains_keeps_its_own(house, flood):
    gone = assessed(house.stories[1], "low")
    lay(house.officer, flood, "medium")
    lay(house.officer, gone, "crisis")
    moved = builders.make_signal(gone, "banjir", kind="term", level="crisis")
    outputs.write(house.ours.pk, [StoryMerged(gone.key, flood.key)], {}, 78, NOW)
    assert [(hand.story_id, hand.level) for hand in StoryLevel.objects.all()] == [(flood.pk, "medium")]
    moved.refresh_from_db()
    assert (moved.story_id, moved.level) == (flood.pk, "medium")
    (line,) = lines("story.level_taken_back")
    assert (line.actor, line.subject, json.loads(line.detail)) == (0, f"story:{gone.pk}", {"level": "crisis", "into": flood.pk})


def test_what_was_said_of_a_story_that_went_in_weighs_no_more_on_what_remains(house, flood):
    gone = assessed(house.stories[1], "medium")
    moved = builders.make_signal(gone, "banjir", kind="term", severity={**gone.severity, "level": "medium"}, level="medium")
    lay(house.officer, gone, "crisis")
    outputs.write(house.ours.pk, [StoryMerged(gone.key, flood.key)], {}, 78, NOW)
    moved.refresh_from_db()
    assert (moved.level, level_of(flood)) == ("medium", "high")


def test_it_stands_when_the_listener_begins_anew(office, officer, now):
    add_articles(office, now, 60)
    journal.append_waiting(office.pk)
    read_to_end(new_listener(office), now)
    story = Story.objects.filter(merged_into=None).order_by("-articles").first()
    hand = lay(officer, story, "crisis", now=now)
    lost = Story.objects.create(office=office, key="lost", headline="lost", first=now, last=now, changed=now, change_seq=3)
    lay(officer, lost, "low", now=now)
    ListenerState.objects.update(version="older hashed")
    again = new_listener(office)
    again.open()
    read_to_end(again, now)
    story.refresh_from_db()
    assert (story.level, levels.of(story), story.change_seq > 0) == ("crisis", hand, True)
    assert level_of(lost) == "low", "what a person spoke about does not go"


def test_the_briefing_of_a_past_moment_leaves_it_out_and_retention_takes_it_with_its_story(house, flood):
    assert StoryLevel._meta.db_table in past.HIDDEN
    lay(house.officer, flood)
    flood.members.all().delete()
    later = NOW + timedelta(days=400)
    retention.run(house.ours, later, retention.keep_for(house.ours))
    assert not StoryLevel.objects.exists()


def test_alerts_hear_of_it_in_the_same_transaction(house, flood):
    heard_of = []

    def listen(sender, office, now, **rest):
        heard_of.append((office, level_of(flood)))

    heard.signals_moved.connect(listen)
    try:
        hand = lay(house.officer, flood, "crisis")
        levels.take_back(house.officer, flood, hand.pk, NOW)
    finally:
        heard.signals_moved.disconnect(listen)
    assert heard_of == [(house.ours.pk, "crisis"), (house.ours.pk, "high")]


def test_an_alert_that_was_told_rises_with_the_level_by_hand(settings):
    settings.CLOCK = STILL
    post = made()
    alert = post.raised("high")
    lay(post.sari, alert.signal.story, "crisis")
    post.look(NOW + timedelta(minutes=1))
    assert Alert.objects.get(pk=alert.pk).level == "crisis"


# The briefing


def test_the_briefing_puts_it_where_its_level_says_and_gives_the_reason_first(house, flood):
    quiet = assessed(house.stories[2], "low")
    since = NOW - timedelta(days=1)
    lay(house.officer, quiet, "crisis", "Wali kota meminta dikawal " * 12)
    content = briefing.compose(house.ours, since, NOW, "en")
    first = content["lines"][0]
    assert (first["story"], first["level"], first["next"]["code"]) == (quiet.pk, "crisis", "briefing.next.hold")
    assert first["why"][0]["code"] == "severity.by_hand"
    assert first["why"][0]["values"]["reason"].endswith("dikawal …")
    says(house, flood, "medium")
    lay(house.officer, flood, "low")
    says(house, flood, "high")
    line = next(line for line in briefing.compose(house.ours, since, NOW, "en")["lines"] if line["story"] == flood.pk)
    assert (line["level"], line["why"][0]["code"] != "severity.by_hand") == ("high", True), "where the engine outran it, it decides nothing"


# The pages


def page_of(client, story, name="story"):
    return client.get(reverse(name, args=[story.pk])).content.decode()


def post(client, story, **given):
    """What the form on the page sends."""
    context = client.get(reverse("story", args=[story.pk])).context
    hidden = {name: context["level_form"].initial[name] for name in ("engine", "hand")}
    return client.post(reverse("set_story_level", args=[story.pk]), {**hidden, **given})


def test_the_form_stands_beside_why_and_sets_the_level(house, flood):
    client = client_of(house.officer)
    answer = post(client, flood, level="medium", reason=WHY)
    assert (answer.status_code, answer["Location"]) == (302, f"/stories/{flood.pk}/#why")
    html = page_of(client, flood)
    assert "Set by hand to Medium by sari, <time" in html
    assert f"</time>: {WHY}" in html
    assert "The engine says High:" in html
    assert "Set by hand, with your name and the reason." in html
    assert "level set by hand" in client.get(reverse("stories")).content.decode()
    signal = Signal.objects.filter(story=flood).first()
    assert WHY in page_of(client, signal, "signal")


def test_it_is_taken_back_on_the_page(house, flood):
    client = client_of(house.officer)
    post(client, flood, level="medium", reason=WHY)
    assert post(client, flood, back="1").status_code == 302
    html = page_of(client, flood)
    assert "Taken back. What the engine says counts again." in html
    assert WHY not in html
    assert level_of(flood) == "high"


def test_a_story_the_engine_outran_says_so(house, flood):
    lay(house.officer, flood, "low")
    says(house, flood, "crisis")
    html = page_of(client_of(house.officer), flood)
    assert "The engine has risen to Crisis since then" in html


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({"level": "low", "reason": "ya"}, "reason", "Say why in 3 to 500 characters"),
        ({"level": "delete", "reason": WHY}, "level", "Choose one of the five levels."),
        ({"reason": WHY}, "level", "Choose one of the five levels."),
    ],
)
def test_a_mistake_is_said_beside_its_field_and_nothing_typed_is_lost(house, flood, given, field, said):
    answer = post(client_of(house.officer), flood, **given)
    form = answer.context["level_form"]
    assert answer.status_code == 422
    assert next(iter(form.errors[field])).startswith(said)
    html = answer.content.decode()
    assert '<details class="fold noprint" open>' in html
    assert f">\n{given['reason']}</textarea>" in html


def test_a_stale_page_shows_who_was_quicker_and_what_stands_and_a_second_try_is_heard(house, flood):
    sari, ibu = client_of(house.officer), client_of(house.administrator)
    stale = {"engine": "high", "hand": "0", "level": "low", "reason": "Air sudah surut"}
    post(sari, flood, level="crisis", reason=WHY)
    answer = ibu.post(reverse("set_story_level", args=[flood.pk]), stale)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "sari was quicker and set this level." in html
    assert WHY in html, "what stands"
    assert "Air sudah surut</textarea>" in html, "and what was typed"
    fresh = answer.context["level_form"].data
    assert ibu.post(reverse("set_story_level", args=[flood.pk]), {**stale, "hand": fresh["hand"]}).status_code == 302
    assert level_of(flood) == "low"
    assert ibu.post(reverse("set_story_level", args=[flood.pk]), {"back": "1", "hand": "x"}).status_code == 409


def test_a_story_that_was_merged_meanwhile_leads_to_where_it_went(house, flood):
    Story.objects.filter(pk=flood.pk).update(merged_into=house.stories[1])
    answer = client_of(house.officer).post(
        reverse("set_story_level", args=[flood.pk]), {"level": "low", "reason": WHY, "engine": "high", "hand": "0"}, follow=True
    )
    assert answer.redirect_chain[-1][0] == f"/stories/{house.stories[1].pk}/"
    assert "This story has been merged into another." in answer.content.decode()


def test_a_reader_sees_it_and_has_no_form(house, flood):
    lay(house.officer, flood, "medium")
    client = client_of(house.reader)
    html = page_of(client, flood)
    assert WHY in html
    assert reverse("set_story_level", args=[flood.pk]) not in html
    assert client.post(reverse("set_story_level", args=[flood.pk]), {"level": "low", "reason": WHY}).status_code == 403


def test_the_list_and_the_page_ask_no_more_for_stories_set_by_hand(house, count_queries):
    client = client_of(house.reader)

    def asked(address):
        with count_queries() as queries:
            client.get(address)
        return len(queries)

    pages = [reverse("stories"), reverse("story", args=[house.stories[0].pk]), "/"]
    for page in pages:
        client.get(page)
    before = [asked(page) for page in pages]
    for story in house.stories:
        lay(house.officer, story, "medium")
    assert [asked(page) for page in pages] == before


# The API


def test_a_program_sets_it_reads_it_and_takes_it_back(house, flood):
    program = Program(token_for(house.officer))
    path = f"stories/{flood.pk}/level"
    answer = program.post(path, {"level": "medium", "reason": WHY, "engine": "high"})
    said = answer.json()
    assert (answer.status_code, said["level"], said["engine_level"]) == (200, "medium", "high")
    hand = said["by_hand"]
    assert {name: hand[name] for name in ("level", "engine", "reason", "by", "outrun")} == {
        "level": "medium", "engine": "high", "reason": WHY, "by": "sari", "outrun": False,
    }  # fmt: skip
    assert program.get(f"stories/{flood.pk}").json()["story"]["by_hand"] == hand
    assert next(row for row in program.get("stories").json()["rows"] if row["id"] == flood.pk)["by_hand"] == hand
    assert flood.pk in [row["id"] for row in program.get("stories?level=medium").json()["rows"]]
    assert flood.pk not in [row["id"] for row in program.get("stories?level=high").json()["rows"]]
    signal = next(row for row in program.get("signals").json()["rows"] if row["story"] == flood.pk)
    assert (signal["level"], signal["engine_level"]) == ("medium", "high")
    assert program.post(path, {"level": "low", "reason": WHY, "engine": "high"}).status_code == 409
    back = program.post(path, {"level": "", "engine": "high", "hand": hand["id"]})
    assert (back.status_code, back.json()["by_hand"], back.json()["level"]) == (200, None, "high")


def test_a_program_is_told_which_field_is_wrong(house, flood):
    program = Program(token_for(house.officer))
    short = program.post(f"stories/{flood.pk}/level", {"level": "low", "reason": "ya", "engine": "high"})
    assert (short.status_code, [one["field"] for one in short.json()["errors"]]) == (422, ["reason"])
    without = program.post(f"stories/{flood.pk}/level", {"level": "low", "reason": WHY})
    assert without.status_code == 422
    assert "engine" in without.json()["errors"][0]["field"]
