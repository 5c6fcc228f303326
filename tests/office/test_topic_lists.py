"""The office's own list of topics: what counts, what would change, who may say so, and that the engine goes by it."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from kentongan.engine.topics import shipped_lists
from kentongan.engine.topics_reading import SAID, Unfit, shipped_text
from kentongan.errors import InputError, RefusedError
from kentongan.office import parts
from kentongan.office.alerting import arranging
from kentongan.office.alerting.forms import RouteForm
from kentongan.office.listening import (
    corrections,
    engine_settings,
    journal,
    labels_pages,
    listener,
    presenting,
    retention,
    topic_lists,
    topics_used,
    topics_wording,
)
from kentongan.office.listening.embedding import HashedEmbedder
from kentongan.office.listening.models import Article, ListenerState, Signal, Story
from kentongan.office.listening.topic_lists_looking import preview
from kentongan.office.listening.topics_models import TopicList
from kentongan.office.people import scope
from kentongan.office.people.versions import ConflictError
from kentongan.testing import builders

sys.path.insert(0, str(Path(__file__).parent))
from screens import STILL, client_of
from test_api import Program, acts, refused, token_for

pytestmark = pytest.mark.django_db
NOW = builders.NOW
DAY = timedelta(days=1)
OWN = """names:
  market: {id: Pasar kota, en: City markets}
services:
  market: {id: [pasar, kios, lapak, kedai, warung, gerai, bedak, stan, kantin, depot, ruko, los]}
  flood: {id: [banjir]}
"""
OTHER = OWN.replace("kios", "toko")
SHOPS = ["kios", "lapak", "kedai", "warung", "gerai", "bedak", "stan", "kantin", "depot", "ruko", "los"]


@pytest.fixture(autouse=True)
def still(settings):
    settings.CLOCK = STILL


@pytest.fixture
def admin(office):
    return builders.make_user(office, "kepala", "administrator")


def add(office, *titles, at=NOW, text=""):
    rows = [
        Article(office=office, key=f"{at:%j%H%M}{n}{title}"[:32], url=f"https://a.example/{at:%j%H%M}/{n}", outlet="AB"[n % 2],
                source_kind="press", title=title, text=text, language="id", published=at, seen=at)
        for n, title in enumerate(titles)
    ]  # fmt: skip
    return Article.objects.bulk_create(rows)


# ---- what counts ------------------------------------------------------------------------------------------------------------
def test_without_a_list_of_its_own_an_office_goes_by_that_of_the_program(office):
    assert topics_used.in_force(office.pk) is None
    assert topics_used.used_by(office.pk) is shipped_lists()
    assert topics_used.get_text(office) == shipped_text()
    assert topics_used.number_of(office.pk) == 0


def test_a_list_that_is_saved_counts_with_a_line_that_says_how_much_and_not_what(office, admin):
    made = topic_lists.save(admin, OWN, 0, NOW)
    assert (made.number, made.topics, topics_used.number_of(office.pk)) == (1, 2, 1)
    assert topics_used.used_by(office.pk).topics("services") == ("flood", "market")
    assert acts("topics.saved") == [{"number": 1, "topics": 2, "words": made.words, "said_no_person": 0}]
    assert topics_used.used_by(builders.make_office("Kota Lain", "lain").pk) is shipped_lists()


def test_every_version_stays_readable_and_the_list_of_the_program_can_count_again(office, admin):
    topic_lists.save(admin, OWN, 0, NOW)
    topic_lists.save(admin, OTHER, 1, NOW)
    topic_lists.take_back(admin, 2, NOW)
    assert topics_used.used_by(office.pk) is shipped_lists()
    assert [(row.number, row.ended_by) for row in topics_used.get_versions(office)] == [(2, admin), (1, admin)]
    assert [topics_used.get_text(office, number) for number in (1, 2, 0, 3)] == [OWN, OTHER, shipped_text(), None]
    assert acts("topics.taken_back") == [{"number": 2}]
    topic_lists.save(admin, OWN, 0, NOW)
    assert topics_used.number_of(office.pk) == 3, "a number is never given twice"


def test_whoever_was_slower_or_saves_what_counts_already_changes_nothing(office, admin):
    topic_lists.save(admin, OWN, 0, NOW)
    with pytest.raises(ConflictError):
        topic_lists.save(admin, OTHER, 0, NOW)
    with pytest.raises(ConflictError):
        topic_lists.take_back(admin, 0, NOW)
    with pytest.raises(InputError, match="counts already"):
        topic_lists.save(admin, OWN, 1, NOW)
    topic_lists.take_back(admin, 1, NOW)
    with pytest.raises(InputError, match="counts already"):
        topic_lists.take_back(admin, 0, NOW)
    assert TopicList.objects.count() == 1


@pytest.mark.parametrize("role", ["officer", "analyst", "reader", "legal"])
def test_only_administrators_change_it(office, role):
    person = builders.make_user(office, "lain", role)
    for act in (lambda: topic_lists.save(person, OWN, 0, NOW), lambda: topic_lists.take_back(person, 0, NOW)):
        with pytest.raises(RefusedError):
            act()
    assert not TopicList.objects.exists()


def test_an_old_list_goes_when_it_has_been_kept_as_long_as_promised_and_the_one_in_force_stays(office, admin):
    topic_lists.save(admin, OWN, 0, NOW)
    topic_lists.save(admin, OTHER, 1, NOW)
    retention.run(office, NOW + 4000 * DAY, retention.keep_for(office))
    assert list(TopicList.objects.values_list("number", flat=True)) == [2]


def test_a_list_that_this_version_cannot_read_counts_as_none(office, admin):
    TopicList.objects.create(office=office, number=1, text="themes: {}", topics=1, words=1, by=admin, at=NOW)
    assert topics_used.lists_of(office.pk) is None
    assert topics_used.used_by(office.pk) is shipped_lists()


# ---- never a person ---------------------------------------------------------------------------------------------------------
def test_what_looks_like_a_name_is_shown_with_its_line_and_saved_only_by_somebody_who_says_it_is_none(office, admin):
    text = OWN.replace("los]", "los,\n    budi santoso]")
    checked = topic_lists.check(admin, office, text, NOW)
    assert [(one.word, one.line) for one in checked.doubts] == [("budi santoso", 5)]
    with pytest.raises(InputError, match="line 5") as refused_by:
        topic_lists.save(admin, text, 0, NOW)
    assert refused_by.value.subject == "no_person"
    topic_lists.save(admin, text, 0, NOW, no_person=True)
    assert acts("topics.saved")[0]["said_no_person"] == 1
    assert topic_lists.check(admin, office, text + "# again", NOW).doubts == (), "what was said once is not asked again"


def test_the_number_or_address_of_a_person_is_refused_whatever_is_said_and_the_ledger_keeps_that(office, admin):
    text = OWN.replace("kios", "sari@warga.example")
    with pytest.raises(RefusedError, match="Line 4"):
        topic_lists.save(admin, text, 0, NOW, no_person=True)
    assert acts("topics.refused") == [{}]
    assert not TopicList.objects.exists()


def test_too_many_new_phrases_at_once_are_not_looked_at_for_minutes(office, admin):
    many = ", ".join(f"pasar ke {n}" for n in range(topic_lists.MOST_NEW + 1))
    with pytest.raises(InputError, match="several steps"):
        topic_lists.check(admin, office, f"services: {{market: {{id: [{many}]}}}}", NOW)


@pytest.mark.parametrize("code", sorted(SAID))
def test_what_is_wrong_is_said_in_three_languages_with_the_line(code):
    said = set()
    for language in ("en", "id", "vi"):
        with override(language):
            said.add(topics_wording.said(Unfit(code, 12, "taman")))
    assert len(said) == 3
    assert "%(" not in "".join(said)
    if "{line}" in SAID[code]:
        assert all("12" in one for one in said)


# ---- what would change ------------------------------------------------------------------------------------------------------
def test_the_look_counts_which_items_of_thirty_days_would_move_from_where_to_where(office, admin):
    add(office, "Pasar ramai", "Pasar sepi", "Banjir di pasar", "Banjir lagi", "Sekolah libur", "Cuaca cerah")
    add(office, "Tanpa judul", text="Kios di pasar " + "x " * 200, at=NOW - DAY)
    add(office, "Pasar lama", at=NOW - 31 * DAY)
    add(office, "Pasar besok", at=NOW + DAY)
    seen = preview(office, topics_used.used_by(office.pk), topic_lists.check(admin, office, OWN, NOW).lists, NOW)
    assert (seen.total, seen.looked, seen.moved) == (7, 7, 4)
    assert [(one.before, one.after, one.n) for one in seen.moves] == [("food", "market", 3), ("education", "", 1)]
    held = {one.topic: one for one in seen.topics}
    assert [(held[name].before, held[name].after) for name in ("market", "flood", "food")] == [(0, 3), (2, 2), (3, 0)]
    assert held["market"].new and held["food"].gone and not held["flood"].gone
    assert "roads" in seen.gone
    assert seen.without == (1, 2)


def test_a_topic_that_a_third_of_everything_belongs_to_is_said_to_tell_little(office, admin):
    add(office, *(f"Pasar {n}" for n in range(40)), *(f"Lain {n}" for n in range(60)))
    lists = topic_lists.check(admin, office, OWN, NOW).lists
    assert preview(office, shipped_lists(), lists, NOW).wide == ("market",)
    Article.objects.filter(title__startswith="Lain").delete()
    assert preview(office, shipped_lists(), lists, NOW).wide == (), "of forty items a share says nothing"


def test_looking_asks_two_questions_however_much_was_heard(office, admin):
    lists = topic_lists.check(admin, office, OWN, NOW).lists
    for titles in (["Pasar"], [f"Pasar {n}" for n in range(30)]):
        add(office, *titles, at=NOW - len(titles) * timedelta(minutes=61))
        with CaptureQueriesContext(connection) as asked:
            preview(office, shipped_lists(), lists, NOW)
        assert len(asked) == 2


# ---- the engine goes by it --------------------------------------------------------------------------------------------------
def test_other_words_are_another_version_of_what_was_read_and_other_names_are_not(office, admin):
    embedder = HashedEmbedder()
    before = listener.version(embedder, engine_settings.of(office.pk))
    topic_lists.save(admin, shipped_text() + "\nnames: {water: {en: Taps}}", 0, NOW)
    assert listener.version(embedder, engine_settings.of(office.pk)) == before
    topic_lists.save(admin, OWN, 1, NOW)
    own = listener.version(embedder, engine_settings.of(office.pk))
    assert own != before
    topic_lists.take_back(admin, 2, NOW)
    assert listener.version(embedder, engine_settings.of(office.pk)) == before


def kiosks(office, now):
    """Ten quiet days, then kiosks burn in many streets at once: a matter that only the office's own list has a topic for."""
    for n in range(240):
        add(office, f"Kabar{n} dari{n}", at=now + n * timedelta(hours=1))
    for n in range(24):
        one, other = SHOPS[2 * n % 11], SHOPS[(2 * n + 1) % 11]
        add(office, f"Lorong{n} {one} di{n}", f"Gang{n} {other} dekat{n}", at=now + timedelta(days=10, minutes=10 * n))


def read_all(office, now):
    mine = listener.Listener(office.pk, HashedEmbedder(), engine_settings.of(office.pk))
    mine.open()
    while mine.step(now, 500):
        pass
    said = Signal.objects.filter(office=office).order_by("key").values_list("kind", "subject", "raised")
    return list(said), listener.kept_form(mine.state)


def test_the_journal_read_with_the_own_list_has_its_topics_and_reading_it_again_gives_the_same(office, admin):
    begin = NOW - 11 * DAY
    kiosks(office, begin)
    journal.append_waiting(office.pk)
    plain, state = read_all(office, NOW)
    assert ("topic", "market") not in {one[:2] for one in plain}
    topic_lists.save(admin, OWN, 0, NOW)
    own, other = read_all(office, NOW)
    assert ("topic", "market") in {one[:2] for one in own}
    assert other != state
    Story.objects.filter(office=office).delete()
    Signal.objects.filter(office=office).delete()
    ListenerState.objects.filter(office=office).update(offset=0, snapshot=None, snapshot_offset=0)
    assert read_all(office, NOW) == (own, other)
    topic_lists.take_back(admin, 1, NOW)
    assert read_all(office, NOW)[1] == state, "taken back, everything is as it was"


def test_a_running_listener_is_opened_anew_when_another_list_counts(office, admin, settings):
    heed, mine = parts._opened(settings.CONFIG, office.pk)
    assert mine.settings.topics is None
    assert not heed.wants_anew(mine)
    topic_lists.save(admin, OWN, 0, NOW)
    assert heed.wants_anew(mine), "asked at every turn"
    heed, anew = parts._opened(settings.CONFIG, office.pk)
    assert anew.settings.topics.topics("services") == ("flood", "market")
    assert not heed.wants_anew(anew)


# ---- names and whatever else asks -------------------------------------------------------------------------------------------
def test_a_topic_is_called_as_the_office_calls_it_there_alone(office, admin):
    topic_lists.save(admin, OWN, 0, NOW)
    with scope.scope(office.pk), override("id"):
        assert presenting.topic("market") == "Pasar kota"
        assert presenting.subject("topic", "market") == "Pasar kota"
        assert presenting.subject("matter", "Kampung Lentera|market") == "Pasar kota, Kampung Lentera"
        assert presenting.topics() == [("market", "Pasar kota"), ("flood", "Banjir dan drainase")]
    with scope.scope(office.pk), override("vi"):
        assert presenting.topic("market") == "Pasar kota", "where it has no name in a language any name is better than the code"
    assert presenting.topic("market") == "market"


def test_names_are_looked_up_once_a_request_however_many_are_shown(office, admin):
    topic_lists.save(admin, OWN, 0, NOW)
    with scope.scope(office.pk), CaptureQueriesContext(connection) as asked:
        assert {presenting.topic(code) for code in ("market", "flood", "roads", "market")}
    assert sum("topiclist" in one["sql"] for one in asked) == 1


def test_corrections_labels_and_the_engines_word_offer_the_office_s_topics(office, admin):
    topic_lists.save(admin, OWN, 0, NOW)
    (article,) = add(office, "Kios roboh")
    assert corrections.said_by_engine(article, NOW).topic == "market"
    assert corrections.allowed(office, "topic") == ("flood", "market", "none")
    with scope.scope(office.pk):
        assert [code for code, _ in labels_pages._choices("topic")] == ["market", "flood", "none"]
        assert labels_pages.words_of("topic", "market") == "City markets"


def route(**given):
    return replace(arranging.FIRST, **{"name": "Pasar", "topics": ("market",)} | given)


def test_routes_ask_for_the_office_s_topics_and_keep_one_that_is_gone(office, admin):
    with pytest.raises(InputError):
        arranging.make_route(admin, route(), NOW)
    topic_lists.save(admin, OWN, 0, NOW)
    made = arranging.make_route(admin, route(), NOW)
    topic_lists.take_back(admin, 1, NOW)
    with scope.scope(office.pk):
        form = RouteForm(office=office, route=made)
        assert ("market", "market (no longer in the list of topics)") in form.fields["topics"].choices
    arranging.change_route(admin, made, route(name="Pasar besar"), made.version, NOW)
    page = client_of(admin).get(reverse("routes")).content.decode()
    assert "no longer in the list of topics" in page


# ---- pages ------------------------------------------------------------------------------------------------------------------
def test_the_page_shows_the_list_in_force_with_words_hidden_phrases_and_versions(office, admin):
    reader = builders.make_user(office, "pembaca", "reader")
    page = client_of(reader).get(reverse("topics")).content.decode()
    assert "counts: 17 areas" in page and "gorong-gorong" in page and "jalan pintas" in page
    assert reverse("change_topics") not in page
    topic_lists.save(admin, OWN, 0, NOW)
    page = client_of(admin).get(reverse("topics")).content.decode()
    assert "own list of topics counts: 2 areas" in page and "City markets" in page and "kios" in page
    assert reverse("take_back_topics") in page


def test_a_list_is_downloaded_as_it_was_written(office, admin):
    client = client_of(admin)
    assert client.get(reverse("download_topics")).content.decode() == shipped_text()
    topic_lists.save(admin, OWN, 0, NOW)
    answer = client.get(reverse("download_topics"))
    assert (answer.content.decode(), answer["Content-Disposition"]) == (OWN, f'attachment; filename="{office.slug}-topics.yaml"')
    assert client.get(reverse("download_topics"), {"number": 0}).content.decode() == shipped_text()
    assert client.get(reverse("download_topics"), {"number": 9}).status_code == 404


def test_nothing_is_saved_whose_effect_was_not_shown(office, admin):
    add(office, "Pasar ramai")
    client, sent = client_of(admin), {"text": OWN, "seen": "0"}
    page = client.post(reverse("change_topics"), sent)
    assert "1 item of 1 would have another topic" in page.content.decode()
    looked = page.context["form"].data["looked"]
    assert client.post(reverse("change_topics"), {**sent, "text": OTHER, "looked": looked}).status_code == 200
    assert not TopicList.objects.exists()
    assert client.post(reverse("change_topics"), {**sent, "looked": looked}).status_code == 302
    assert TopicList.objects.get().text == OWN
    assert client.post(reverse("take_back_topics"), {"seen": "1"}).status_code == 302
    assert topics_used.number_of(office.pk) == 0


def test_a_file_stands_in_the_field_after_the_look_and_what_is_wrong_is_shown_with_its_line(admin):
    client = client_of(admin)
    page = client.post(reverse("change_topics"), {"file": SimpleUploadedFile("a.yaml", OWN.replace("\n", "\r\n").encode()), "seen": "0"})
    assert page.context["form"]["text"].value() == OWN
    wrong = client.post(reverse("change_topics"), {"file": SimpleUploadedFile("a.yaml", b"services:\n  parks: {id: taman}\n"), "seen": "0"})
    assert wrong.status_code == 422
    said = wrong.content.decode()
    assert "Line 2: “parks” needs a list of words" in said and "<b>2</b>   parks: {id: taman}" in said
    assert client.post(reverse("change_topics"), {"file": SimpleUploadedFile("a.yaml", b"\xff\xfe"), "seen": "0"}).status_code == 422
    assert client.post(reverse("change_topics"), {"file": SimpleUploadedFile("a.yaml", b"a" * 900_000), "seen": "0"}).status_code == 422


def test_the_page_asks_about_names_and_a_slower_colleague_is_told(office, admin):
    client, text = client_of(admin), OWN.replace("kios", "budi santoso")
    page = client.post(reverse("change_topics"), {"text": text, "seen": "0"})
    assert "budi santoso" in page.content.decode() and "no_person" in page.context["form"].fields
    sent = {"text": text, "seen": "0", "looked": page.context["form"].data["looked"]}
    assert client.post(reverse("change_topics"), sent).status_code == 422
    topic_lists.save(admin, OWN, 0, NOW)
    assert client.post(reverse("change_topics"), {**sent, "no_person": "on"}).status_code == 409


def test_the_public_reads_the_office_s_own_topics_with_their_words(office, admin):
    address = reverse("transparency", args=[office.slug])
    assert "own topics" not in client_of(None).get(address).content.decode()
    topic_lists.save(admin, OWN, 0, NOW)
    assert "City markets" in client_of(None).get(address).content.decode()
    told = client_of(None).get(reverse("transparency_json", args=[office.slug])).json()["own_topics"]
    assert told[0]["name"] == "City markets" and "kios" in told[0]["words"]["id"]


# ---- the API ----------------------------------------------------------------------------------------------------------------
def test_a_program_reads_looks_saves_and_takes_back_as_its_person_may(office, admin):
    add(office, "Pasar ramai")
    boss, reader = Program(token_for(admin)), Program(token_for(builders.make_user(office, "pembaca", "reader")))
    said = reader.get("topics").json()
    assert (said["number"], said["versions"], said["text"]) == (0, [], shipped_text())
    assert {one["code"]: one["name"] for one in said["services"]}["roads"] == "Roads and traffic"
    refused(reader.post("topics", {"text": OWN, "version": 0}), 403)
    look = boss.post("topics/preview", {"text": OWN}).json()
    assert (look["moved"], look["moves"], look["doubts"]) == (1, [{"before": "food", "after": "market", "n": 1}], [])
    made = boss.post("topics", {"text": OWN, "version": 0}).json()
    assert (made["number"], [one["name"] for one in made["services"]]) == (1, ["City markets", "Floods and drainage"])
    refused(boss.post("topics", {"text": OTHER, "version": 0}), 409)
    assert boss.post("topics/take-back", {"version": 1}).json()["number"] == 0
    assert reader.get("topics").json()["versions"][0]["ended"]


def test_a_program_is_told_the_line_in_its_language(admin):
    said = refused(Program(token_for(admin), "id").post("topics/preview", {"text": "services: {parks: {id: taman}}"}), 422)
    assert said["errors"][0]["field"] == "text" and said["detail"].startswith("Baris 1")
