"""What a watch finds in the stored past: the grammar in PostgreSQL, places, meaning, the preview and its refusal."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kentongan.engine import watching
from kentongan.errors import InputError, RefusedError
from kentongan.office.ledger.models import Line
from kentongan.office.listening import purposes, watches, watches_looking
from kentongan.office.listening.embedding import HashedEmbedder
from kentongan.office.listening.models import Article, Membership, Signal, Source, Watch
from kentongan.office.listening.watches import Draft
from kentongan.office.listening.watches_looking import Topic
from kentongan.office.people.models import Place
from kentongan.office.people.scope import scope
from kentongan.testing import builders

pytestmark = pytest.mark.django_db
EMBEDDER = HashedEmbedder()
NOW = builders.NOW


@pytest.fixture
def purpose(office):
    admin = builders.make_user(office, "kepala", "administrator")
    draft = purposes.Draft("watch", "Air bersih", "Mendengar.", "Perwali 25/2017", admin, date(2025, 11, 1), date(2026, 11, 1))
    return purposes.register(admin, draft, NOW)


def stored(office, title, hours=2.0, language="id", source=None, outlet="Radar"):
    at = NOW - timedelta(hours=hours)
    key = f"{Article.objects.count()}-{title}"[:32]
    return Article.objects.create(
        office=office, key=key, url=f"https://a.example/{key[:6]}", outlet=outlet, source_kind="press", title=title, language=language,
        published=at, seen=at, source=source, embedding=EMBEDDER.embed([title])[0].tolist(),
    )  # fmt: skip


def titles(office, topic, since=timedelta(days=14)):
    found = watches_looking.matching(office, topic, NOW - since, 100, False)
    return [Article.objects.get(pk=one.pk).title for one in found]


TITLES = [
    ("Air PAM di Pelita keruh", "id"), ("Keruh lagi: warga mengeluh soal sungai dan laut dan air", "id"), ("Banjir dan lagu", "id"),
    ("Genangan di pasar", "id"), ("Bốn phường ngập sâu", "vi"), ("Flooded wards ask for shelter", "en"), ("The water is cloudy", "en"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("air keruh", [0, 1]), ("air NEAR/4 keruh", [0]), ("keruh NEAR/4 air", [0]), ("(air OR sungai) NEAR/5 keruh", [0, 1]),
        ("banjir OR genangan -lagu", [3]), ("(banjir -lagu) OR genangan", [3]), ("banjir OR genangan", [2, 3]), ("ngap", [4]),
        ('"phuong ngap"', [4]), ("flood", [5]), ("flood -wards", []), ('"water cloudy"', []), ("water NEAR/2 cloudy", [6]),
        ("air di pelita", [0]), ("(banjir OR ngập OR flood) -(lagu OR sâu)", [5]),
    ],
)  # fmt: skip
def test_the_stored_past_is_looked_through_by_the_same_grammar(office, query, expected):
    for at, (title, language) in enumerate(TITLES):
        stored(office, title, at + 1, language)
    topic = Topic(watching.parse(query))
    assert titles(office, topic) == [TITLES[at][0] for at in expected]
    aggregated = Article.objects.filter(office=office).filter(watches_looking.condition(topic, False)).order_by("-published")
    assert [row.title for row in aggregated] == [TITLES[at][0] for at in expected]


def test_another_office_finds_nothing_of_ours(office, stranger):
    stored(office, "Air keruh")
    topic = Topic(watching.parse("air"))
    with scope(stranger.office_id):
        assert watches_looking.matching(office, topic, NOW - timedelta(days=3), 10, False) == []
    with scope(office.pk):
        assert len(watches_looking.matching(office, topic, NOW - timedelta(days=3), 10, False)) == 1


@pytest.fixture
def places(office):
    hulu = Place.objects.create(office=office, code="1", level="district", name="Sena Hulu")
    Place.objects.create(office=office, code="1.1", level="ward", name="Rawa Kenari", parent=hulu, names={"vi": "Rừng Yến"})
    Place.objects.create(office=office, code="2", level="district", name="Lebak Damar")
    return hulu


def test_places_are_found_by_name_with_those_below_and_by_the_area_of_the_source(office, places):
    local = Source.objects.create(
        office=office, purpose=builders.purpose_of(office), name="Papan", outlet="Papan", url="https://p.example/f", area="sena hulu"
    )
    stored(office, "Banjir di Rawa Kenari", 1)
    stored(office, "Banjir di Lebak Damar", 2)
    stored(office, "Banjir lagi", 3, source=local)
    stored(office, "Pasar Sena Hulu sepi", 4)
    (placed,) = watches_looking.placed_of(office, [["1"]])
    assert titles(office, Topic(watching.parse("banjir"), placed)) == ["Banjir di Rawa Kenari", "Banjir lagi"]
    everything = Topic(watching.parse("", narrowing=True), placed)
    assert titles(office, everything) == ["Banjir di Rawa Kenari", "Banjir lagi", "Pasar Sena Hulu sepi"]
    why = [
        hit.why
        for hit in watches_looking.hits_of(everything, watches_looking.matching(office, everything, NOW - timedelta(days=3), 9, False), 9)
    ]
    assert why == ["place: Rawa Kenari", "place: area of the source", "place: Sena Hulu"]


def test_of_two_places_with_one_name_the_stored_past_is_searched_for_the_one_with_its_city(office):
    for code, name in (("a", "Kota Anggrek"), ("b", "Kota Melati")):
        city = Place.objects.create(office=office, code=code, level="city", name=name)
        Place.objects.create(office=office, code=f"{code}1", level="district", name="Cempaka", parent=city)
    Place.objects.create(office=office, code="b2", level="ward", name="Lubuk Sari", parent=Place.objects.get(code="b1"))
    for hours, title in enumerate(("Banjir Cempaka Kota Anggrek", "Banjir Cempaka Kota Melati", "Banjir Cempaka", "Banjir Lubuk Sari")):
        stored(office, title, hours + 1)
    first, second, both, ward = watches_looking.placed_of(office, [["a1"], ["b1"], ["a1", "b1"], ["b2"]])
    assert first.beside == {"Cempaka": ("Kota Anggrek",)}
    assert titles(office, Topic(watching.parse("banjir"), first)) == ["Banjir Cempaka Kota Anggrek"]
    assert titles(office, Topic(watching.parse("banjir"), second)) == ["Banjir Cempaka Kota Melati", "Banjir Lubuk Sari"]
    assert both.beside == ward.beside == {}
    assert len(titles(office, Topic(watching.parse("banjir"), both))) == 4


def test_a_name_that_nothing_tells_apart_finds_nothing_and_one_that_ended_gives_way(office):
    Place.objects.create(office=office, code="1", level="ward", name="Melati")
    Place.objects.create(office=office, code="2", level="ward", name="Melati")
    Place.objects.create(office=office, code="3", level="ward", name="Kenanga")
    Place.objects.create(office=office, code="4", level="ward", name="Kenanga", until=date(2025, 7, 1))
    stored(office, "Banjir Melati")
    stored(office, "Banjir Kenanga", 3)
    for code, expected in (("1", []), ("3", ["Banjir Kenanga"]), ("4", [])):
        (placed,) = watches_looking.placed_of(office, [[code]])
        assert titles(office, Topic(watching.parse("banjir"), placed)) == expected


EXAMPLES = ("harga beras naik lagi", "harga beras naik di pasar", "harga beras naik tajam", "beras naik lagi hari ini")


def test_headlines_find_what_is_like_them_without_what_the_words_exclude(office, officer, purpose):
    stored(office, "Harga beras naik terus", 1)
    stored(office, "Harga beras naik karena banjir", 2)
    stored(office, "Jalan rusak diperbaiki", 3)
    watch = watches.begin(officer, purpose, "Beras", "-banjir", NOW, examples=EXAMPLES)
    assert watch.wider <= watch.close
    (hit,) = watches.get_hits(office, watch, NOW)
    assert (hit.article.title, hit.why) == ("Harga beras naik terus", "meaning: like the examples")
    (row,) = watches.get_watches(office, NOW)
    assert row.recent == 1


def test_the_centred_cosine_in_the_database_is_that_of_the_engine(office):
    import numpy as np

    from kentongan.engine.vectors import prior_centres, unit

    centres, chance = prior_centres(), np.random.default_rng(3)
    wanted = unit(chance.standard_normal(384).astype(np.float32))
    for language in ("id", "jv", "vi", "en", "other"):
        row = stored(office, f"Judul {language}", 1, language)
        vector = unit(centres.means["en"] + unit(wanted + 0.1 * chance.standard_normal(384).astype(np.float32)) * 0.5)
        Article.objects.filter(pk=row.pk).update(embedding=vector.tolist())
        alike = float(centres.centred(vector, language) @ wanted)
        for least, expected in ((alike - 0.01, True), (alike + 0.01, False)):
            query = watching.parse("", narrowing=True)
            condition = watches_looking.condition(Topic(query, None, wanted, least), True)
            assert Article.objects.filter(pk=row.pk).filter(condition).exists() is expected, language


def test_examples_are_three_to_ten_of_one_matter_and_name_no_private_person(officer, purpose):
    with pytest.raises(InputError, match="3 to 10"):
        watches.begin(officer, purpose, "Beras", "", NOW, examples=EXAMPLES[:2])
    with pytest.raises(InputError, match="too little in common"):
        watches.begin(officer, purpose, "Beras", "", NOW, examples=("harga beras", "jalan rusak", "listrik padam"))
    with pytest.raises(RefusedError) as raised:
        watches.begin(officer, purpose, "Beras", "", NOW, examples=(*EXAMPLES, "Keluhan Budi Santoso viral"))
    assert raised.value.subject == "examples"
    assert json.loads(Line.objects.get(act="watch.refused").detail) == {"field": "examples", "finding": "name"}


@pytest.mark.parametrize("query", ["Budi NEAR/2 Santoso", '"Budi" "Santoso"', "(Budi OR Siti) Santoso", "air -(budi santoso)"])
def test_operators_do_not_hide_a_private_person(officer, purpose, query):
    with pytest.raises(RefusedError, match="Mayor of"):
        watches.begin(officer, purpose, "Dia", query, NOW)


def test_a_query_that_cannot_be_read_says_where_and_what_to_do(officer, purpose):
    with pytest.raises(InputError, match=r"character 5 is never closed.*last word"):
        watches.begin(officer, purpose, "Air", 'air "keruh', NOW)
    with pytest.raises(InputError, match="office's list"):
        watches.begin(officer, purpose, "Air", "air", NOW, places=("nirgends",))


def month(office, n=120):
    """A month in which something is said every six hours."""
    plain = {"office": office, "outlet": "Lentera", "source_kind": "press", "language": "id", "seen": NOW}
    times = [NOW - timedelta(hours=6 * at + 1) for at in range(n)]
    rows = [Article(key=f"m{at}", url=f"https://m.example/{at}", title="Rapat", published=when, **plain) for at, when in enumerate(times)]
    Article.objects.bulk_create(rows)


def test_the_preview_says_what_would_have_matched_and_how_often_it_would_have_called(office, officer, purpose):
    month(office)
    for at in range(8):
        stored(office, f"Tanggul jebol di Tepi Welar {at}", 100 + at / 10, outlet=f"Koran {at}")
    stored(office, "Tanggul lama", 24 * 40)
    seen = watches.preview(officer, office, Draft("Tanggul", "tanggul NEAR/3 jebol"), NOW)
    assert (seen.matched, sum(seen.by_hour), seen.total, seen.too_wide) == (8, 8, 128, False)
    assert len(seen.alerts) == 1
    assert len(seen.latest) == 8
    assert seen.latest[0].why == "words: tanggul NEAR/3 jebol"
    with CaptureQueriesContext(connection) as asked:
        watches.preview(officer, office, Draft("Tanggul", "tanggul NEAR/3 jebol"), NOW)
    stored(office, "Tanggul jebol lagi", 50)
    with CaptureQueriesContext(connection) as again:
        watches.preview(officer, office, Draft("Tanggul", "tanggul NEAR/3 jebol"), NOW)
    assert len(asked) == len(again) <= 11
    assert not Watch.objects.exists()


def rise(office, stories, seq=70):
    """A month with eight reports of one hour, dealt out to so many stories."""
    month(office)
    told = [builders.Told(f"Koran {at}", 100 + at / 10, f"Tanggul jebol di Tepi Welar {at}", "", "id", "press", ()) for at in range(8)]
    dealt = [builders.Event("medium", (2, 2, 2, 0, 2), tuple(told[at::stories])) for at in range(stories)]
    return [builders.make_story(office, event, NOW, seq + at) for at, event in enumerate(dealt)]


def looked(office, officer):
    return watches.preview(officer, office, Draft("Tanggul", "tanggul NEAR/3 jebol"), NOW)


@pytest.mark.parametrize(("stories", "alerts"), [(1, 0), (2, 0), (4, 1)])
def test_the_preview_counts_by_the_rules_by_which_a_watch_rings(office, officer, purpose, stories, alerts):
    rise(office, stories)
    assert len(looked(office, officer).alerts) == alerts


def test_what_a_storys_own_signal_told_is_no_alert_of_the_watch_and_is_said_beside(office, officer, purpose):
    stories = rise(office, 4)
    for story in stories:
        at = NOW - timedelta(hours=100)
        builders.make_signal(story, story.headline, NOW, raised=at, updated=at + timedelta(hours=2), since=at)
    seen = looked(office, officer)
    assert (len(seen.alerts), seen.carried, seen.matched) == (0, 4, 8)
    Signal.objects.update(kind="watch")
    assert (len(looked(office, officer).alerts), looked(office, officer).carried) == (1, 0)


def test_copies_ring_nothing_in_the_preview(office, officer, purpose):
    rise(office, 4)
    Membership.objects.update(copy_kind="exact")
    seen = looked(office, officer)
    assert (seen.matched, len(seen.alerts)) == (8, 0)


def test_what_matches_almost_everything_is_shown_as_such_and_not_saved(office, officer, purpose):
    month(office)
    assert watches.preview(officer, office, Draft("Rapat", "rapat"), NOW).too_wide
    with pytest.raises(RefusedError, match="almost everything: 100 %"):
        watches.begin(officer, purpose, "Rapat", "rapat", NOW)
    watch = watches.begin(officer, purpose, "Tanggul", "tanggul", NOW)
    with pytest.raises(RefusedError, match="almost everything"):
        watches.change(officer, watch, 0, Draft("Tanggul", "rapat OR tanggul"), NOW)


def test_a_changed_watch_keeps_what_it_was_and_who_comes_late_looks_again(officer, reader, purpose):
    watch = watches.begin(officer, purpose, "Air", "air keruh", NOW)
    watches.change(officer, watch, 0, Draft("Air", "air NEAR/3 keruh"), NOW)
    with pytest.raises(RefusedError, match="Somebody else"):
        watches.change(officer, watch, 0, Draft("Air", "air bau"), NOW)
    with pytest.raises(RefusedError):
        watches.change(reader, watch, 1, Draft("Air", "air bau"), NOW)
    assert [(one.version, one.query) for one in watches.get_versions(watch)] == [(1, "air NEAR/3 keruh"), (0, "air keruh")]
    assert json.loads(Line.objects.get(act="watch.changed").detail) == {"version": 1, "places": 0, "examples": 0}


def test_a_stored_query_of_before_the_grammar_is_read_as_its_words():
    assert watches_looking.read('air "keruh (OR) NEAR/99 -x') == watching.parse("air keruh x")
