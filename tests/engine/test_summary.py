"""Sentences and summaries: every sentence stands word for word where it says it stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kentongan.engine.records import Article, article_id
from kentongan.engine.sentences import spans
from kentongan.engine.summary import TITLE_ONLY, sentences_for

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
TEXTS = st.text(alphabet=st.sampled_from("aB1 .!?\n\"”'()…độ,"), max_size=200)
FLOOD = (
    "Banjir merendam tiga kelurahan di tepi sungai sejak Senin dini hari. Sebanyak 1.200 warga mengungsi ke balai kota, kata Kepala "
    "BPBD Dr. A. Wibowo. Air diperkirakan surut besok pagi bila hujan berhenti."
)


def article(number: int, title: str, text: str = "", outlet: str = "Harian Kota") -> Article:
    url = f"https://outlet.example/{number}"
    return Article(article_id(url), url, outlet, "press", title, text, "id", START + timedelta(minutes=number))


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Warga mengungsi ke Jl. Merdeka No. 5. Air naik.", ["Warga mengungsi ke Jl. Merdeka No. 5.", "Air naik."]),
        ("Kerugian Rp 1.3 miliar. Ada 1.200 orang.", ["Kerugian Rp 1.3 miliar.", "Ada 1.200 orang."]),
        ('"Kami siap." Ia pergi.', ['"Kami siap."', "Ia pergi."]),
        ("“Ada apa?” tanya warga. Tak ada jawaban.", ["“Ada apa?” tanya warga.", "Tak ada jawaban."]),
        ("UBND TP. Hồ Chí Minh họp. Đường ngập.", ["UBND TP. Hồ Chí Minh họp.", "Đường ngập."]),
        ("Mr. J. Smith left. He will return.", ["Mr. J. Smith left.", "He will return."]),
        ("Baris satu\nBaris dua.", ["Baris satu", "Baris dua."]),
        ("", []),
    ],
)
def test_it_ends_a_sentence_where_a_reader_would(text: str, sentences: list[str]) -> None:
    assert [text[start:end] for start, end in spans(text)] == sentences


@given(TEXTS)
@example("? 1")
def test_sentences_lie_in_order_and_leave_out_nothing_but_white_space(text: str) -> None:
    found = list(spans(text))
    assert all(start < end for start, end in found)
    assert all(left[1] <= right[0] for left, right in pairwise(found))
    edges = [0, *(edge for span in found for edge in span), len(text)]
    left_out = " ".join(text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True))
    assert all(len(sign) == 1 for sign in left_out.split()), "a lone sign is no sentence; whatever is longer is one or part of one"


@given(st.lists(st.tuples(TEXTS, st.sampled_from(("A", "B"))), max_size=6))
def test_every_chosen_sentence_stands_word_for_word_at_its_source(rows: list[tuple[str, str]]) -> None:
    articles = {f"{n}": article(n, f"Judul {n}", text, outlet) for n, (text, outlet) in enumerate(rows)}
    by_id = {one.id: one for one in articles.values()}
    for sentence in sentences_for(list(articles.values())):
        source = by_id[sentence.article]
        assert (sentence.url, sentence.outlet, sentence.published) == (source.url, source.outlet, source.published)
        if sentence.start == TITLE_ONLY:
            assert (sentence.text, sentence.end) == (source.title, TITLE_ONLY)
        else:
            assert sentence.text == source.text[sentence.start : sentence.end]


def test_it_takes_the_lead_and_does_not_repeat_it_from_another_outlet() -> None:
    twin = article(2, "Tiga kelurahan terendam", FLOOD.replace("tepi sungai", "bantaran sungai"), "Radio D")
    other = article(3, "Air keruh", "Perusahaan air minum menutup keran umum di pasar karena air keruh dan berbau.", "Kabar")
    chosen = sentences_for([article(1, "Banjir", FLOOD), twin, other])
    assert any("merendam tiga kelurahan" in sentence.text for sentence in chosen)
    assert sum("merendam tiga kelurahan" in sentence.text for sentence in chosen) == 1
    assert len({sentence.outlet for sentence in chosen}) >= 2


def test_a_bare_headline_stands_for_itself() -> None:
    (only,) = sentences_for([article(1, "Banjir di tiga kelurahan")])
    assert (only.text, only.start, only.end) == ("Banjir di tiga kelurahan", TITLE_ONLY, TITLE_ONLY)


def test_the_order_in_which_articles_are_given_does_not_matter() -> None:
    articles = [article(n, f"Judul {n}", FLOOD[n * 10 :], "ABC"[n % 3]) for n in range(6)]
    assert sentences_for(articles) == sentences_for(articles[::-1])


def test_no_articles_give_no_sentences() -> None:
    assert sentences_for([]) == ()
