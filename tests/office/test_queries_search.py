"""Searching: accents, phrases, exclusions, filters, meaning, the merged list, and what is highlighted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.office.listening import presenting, search
from kentongan.office.listening.embedding import HashedEmbedder
from kentongan.office.listening.models import Membership
from kentongan.testing import builders
from kentongan.testing.builders import NOW, Told

ITEMS = (
    Told("Suara", 1, "Banjir di kota lama", "Air masuk ke rumah warga di kota lama.", "id"),
    Told("Suara", 2, "Pertandingan sepak bola ditunda karena banjir", "Lapangan terendam.", "id"),
    Told("Báo", 3, "Địa phương cảnh báo ngập lụt", "Chính quyền địa phương cảnh báo ngập lụt trên diện rộng.", "vi"),
    Told("Courier", 30, "Flooding closes two schools", "Two schools were closed by the flood on Monday.", "en"),
    Told("Papan", 4, "Rumah kosong dijual", "Kota lama, dekat air.", "id", "public"),
)


@pytest.fixture
def office(db):
    office = builders.make_office()
    for told in ITEMS:
        builders.make_article(office, told)
    return office


def found(office, typed, embedder=None, **chosen):
    return [hit.article.title for hit in search.search(office, typed, search.SearchFilter(**chosen), embedder, NOW)]


def test_vietnamese_is_found_without_its_accents(office):
    assert found(office, "dia phuong ngap lut") == ["Địa phương cảnh báo ngập lụt"]
    assert found(office, "địa phương ngập lụt") == ["Địa phương cảnh báo ngập lụt"]


def test_english_and_indonesian_word_forms_are_found(office):
    assert found(office, "floods closing school") == ["Flooding closes two schools"]
    assert "Banjir di kota lama" in found(office, "kebanjiran rumahnya") or "Banjir di kota lama" in found(office, "banjir rumahnya")


def test_a_phrase_in_quotation_marks_is_found_only_as_it_stands(office):
    assert found(office, '"kota lama"') == ["Banjir di kota lama", "Rumah kosong dijual"]
    assert found(office, '"lama kota"') == []
    assert found(office, "“kota lama” banjir") == ["Banjir di kota lama"]


def test_a_word_with_a_minus_is_left_out_of_both_lists(office):
    assert found(office, "banjir -bola") == ["Banjir di kota lama"]
    assert not [title for title in found(office, "banjir -bola", HashedEmbedder()) if "bola" in title]
    assert "Flooding closes two schools" not in found(office, "banjir -school", HashedEmbedder())
    assert found(office, '-"kota lama" rumah') == []
    assert found(office, "-bola") == []


def test_one_word_or_the_other(office):
    assert set(found(office, "lapangan OR schools")) == {"Pertandingan sepak bola ditunda karena banjir", "Flooding closes two schools"}


def test_filters_narrow_both_lists(office):
    assert found(office, "rumah OR flood", language="en") == ["Flooding closes two schools"]
    assert found(office, "rumah OR flood", span="day") == found(office, "rumah")
    assert found(office, "rumah", kind="public") == ["Rumah kosong dijual"]
    assert found(office, "banjir", outlet="Báo") == []


def test_another_offices_articles_are_never_found(office, db):
    other = builders.make_office("Kota Lain", "lain")
    assert found(other, "banjir", HashedEmbedder()) == []


class Thesaurus:
    """Knows that an inundation is the flood in the old town; all else as the hashed words say."""

    name, dimension = "hashed", 384

    def embed(self, texts):
        return HashedEmbedder().embed([text.replace("inundasi", "Banjir di kota lama.") for text in texts])


def test_meaning_brings_what_words_do_not_and_says_so(office):
    hits = search.search(office, "inundasi", search.SearchFilter(), Thesaurus(), NOW)
    assert [(hit.article.title, hit.by_words, hit.by_meaning) for hit in hits] == [("Banjir di kota lama", None, 0)]
    assert found(office, "inundasi -air", Thesaurus()) == []
    assert found(office, "inundasi", Thesaurus(), language="vi") == []


def test_what_is_far_in_meaning_is_not_shown(office):
    assert found(office, "kereta", HashedEmbedder()) == []


def test_meaning_is_found_across_languages_by_the_real_model(office):
    from kentongan.engine.records import article_id
    from kentongan.engine.vectors import E5Embedder
    from kentongan.office.listening.models import Article

    e5 = E5Embedder()
    others = ("Harga emas hari ini turun", "Pemilihan ketua RW ditunda", "Festival lampion digelar Sabtu", "Bus kota tambah rute baru")
    for title in others:
        Article.objects.create(
            office=office,
            key=article_id(title),
            url=f"https://x.example/{article_id(title)}",
            outlet="X",
            source_kind="press",
            title=title,
            language="id",
            published=NOW,
            seen=NOW,
        )
    rows = list(Article.objects.all())
    for row, vector in zip(rows, e5.embed([row.title for row in rows]), strict=True):
        Article.objects.filter(pk=row.pk).update(embedding=vector)
    best = {query: found(office, query, e5)[:1] for query in ("ngập lụt nhà dân", "gold price", "flooded houses")}
    assert best["gold price"] == ["Harga emas hari ini turun"]
    floods = {"Địa phương cảnh báo ngập lụt", "Banjir di kota lama", "Flooding closes two schools"}
    assert {best["ngập lụt nhà dân"][0], best["flooded houses"][0]} <= floods, "which is nearest: rounding"
    assert "banjir" in found(office, "inundation", e5, language="id")[0].lower(), "one word, on no list"
    assert found(office, "flooded houses", e5, language="id")[0] in {"Banjir di kota lama", "Pertandingan sepak bola ditunda karena banjir"}


def test_an_article_in_both_lists_stands_above_one_in_a_single_list(office):
    class Row:
        pk = 1

    both, words = search.Hit(Row(), 3, 3), search.Hit(Row(), 0, None)
    assert both.score > words.score


def test_copies_are_folded_into_the_best_of_their_group(office):
    from kentongan.office.listening.models import Article

    first, second = Article.objects.order_by("-published")[:2]
    story = builders.make_story(office, builders.EVENTS[4])
    Membership.objects.create(article=first, story=story)
    Membership.objects.create(article=second, story=story, original=first, copy_kind="near")
    hits = search.search(office, "banjir", search.SearchFilter(), None, NOW)
    assert [(hit.article, hit.copies) for hit in hits] == [(first, 1)]


def test_nothing_typed_finds_nothing_and_asks_nothing(office, count_queries):
    with count_queries() as said:
        assert found(office, "  ") == []
        assert found(office, '""') == []
    assert said == []


@pytest.mark.parametrize("typed", ["--banjir", '-"banjir', "---banjir"])
def test_several_minuses_bar_a_word_as_one_does(typed):
    assert search.wish_from(f"hujan {typed}") == search.Wish("hujan", ("banjir",))


@given(st.text(max_size=60))
def test_whatever_is_typed_can_be_read(typed):
    wish = search.wish_from(typed)
    assert "-" not in {part[:1] for part in wish.barred}
    assert all(wish.barred)


@pytest.mark.parametrize("typed", ['"', "-", '-"', "a' OR 1=1 --", "a & | ! (", "\x00banjir", "OR OR", "' ; DROP TABLE"])
def test_whatever_is_typed_does_no_harm(office, typed):
    hits = search.search(office, typed, search.SearchFilter(), None, NOW + timedelta(hours=1))
    assert bool(hits) is ("banjir" in typed)
    assert office.articles.exists(), "nothing was dropped"


@given(st.text(max_size=80), st.lists(st.text(min_size=1, max_size=6), max_size=4))
def test_highlighting_loses_no_letter(text, terms):
    assert "".join(piece.text for piece in search.marked(text, [search.fold(term) for term in terms])) == text


def test_words_are_marked_without_regard_to_accents_or_case():
    pieces = [piece.text for piece in search.marked("Địa phương, DIA PHUONG, diaspora", {"dia", "phuong"}) if piece.hit]
    assert pieces == ["Địa", "phương", "DIA", "PHUONG"]


def test_function_words_are_not_marked():
    assert search.wish_from("where is the shelter di mana OR posko").terms == {"shelter", "posko"}


def test_a_long_word_also_marks_words_that_begin_with_it():
    assert [piece.text for piece in search.marked("banjirnya banjir ban", {"banjir"}) if piece.hit] == ["banjirnya", "banjir"]


def test_the_passage_is_cut_around_the_first_match():
    text = "kata " * 200 + "banjir datang " + "lagi " * 200
    passage = search.around(text, {"banjir"})
    assert "banjir datang" in passage
    assert passage.startswith("… ")
    assert passage.endswith(" …")
    assert len(passage) < 300


@given(st.text(max_size=400), st.sampled_from(["a", "e", "banjir"]))
def test_a_passage_is_a_stretch_of_the_text(text, term):
    inside = search.around(text, {term}).removeprefix("… ").removesuffix(" …")
    assert inside in text


def test_pieces_give_the_text_again():
    assert [(p.text, p.hit) for p in presenting.pieces("abcdef", [(1, 2), (4, 6)])] == [
        ("a", False),
        ("b", True),
        ("cd", False),
        ("ef", True),
    ]


def test_a_word_is_found_in_the_other_languages_after_its_own(office):
    hits = search.search(office, "banjir", search.SearchFilter(), HashedEmbedder(), NOW)
    assert [hit.tier for hit in hits] == sorted(hit.tier for hit in hits)
    assert {hit.article.language for hit in hits if hit.tier == 0} == {"id"}
    assert {hit.article.title for hit in hits if hit.tier == 1} == {"Địa phương cảnh báo ngập lụt", "Flooding closes two schools"}
    assert (
        set(found(office, "flood", HashedEmbedder())) == set(found(office, "ngập", HashedEmbedder())) == {hit.article.title for hit in hits}
    )


def test_the_words_of_another_language_are_marked_in_what_they_brought(office):
    english = next(hit for hit in search.search(office, "banjir", search.SearchFilter(), HashedEmbedder(), NOW) if hit.tier == 1)
    assert [piece.text for piece in (*english.title, *english.passage) if piece.hit]


def test_vietnamese_words_without_accents_find_their_line(office):
    assert "Banjir di kota lama" in found(office, "lu lut", HashedEmbedder())


def test_a_name_beside_a_word_must_be_there_in_every_language(office):
    assert found(office, "flood kota", HashedEmbedder())[:1] == found(office, "banjir kota")
    assert search.in_other_words(search.wish_from("banjir Banyuwari")).wanted.count('"Banyuwari"') == 10


@pytest.mark.parametrize("typed", ['"banjir"', "banjir OR sekolah", "Banyuwari"])
def test_what_was_asked_for_as_it_stands_is_not_said_in_other_words(typed):
    assert search.in_other_words(search.wish_from(typed)) is None
