"""What could be checked by somebody who was not there is a claim; wishes, views, plans and questions never are."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kentongan.engine.claims import LEAST, LONGEST, OPENING, TITLE, claims_in, worth_of
from kentongan.engine.reasons import sentence
from kentongan.engine.records import Article, Language
from kentongan.engine.topics_reading import lists_from

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
CLAIMS: tuple[tuple[str, Language], ...] = (
    ("Bendungan Citarik retak dan 300 warga diungsikan tadi malam.", "id"),
    ("Air PDAM di Kelurahan Sukasari mengandung merkuri, kata pesan berantai.", "id"),
    ("Pemkot menaikkan tarif parkir menjadi Rp 5.000 mulai 1 Maret.", "id"),
    ("Beredar kabar vaksin campak menyebabkan dua anak meninggal.", "id"),
    ("Harga beras naik 12 persen dalam sepekan di Pasar Induk.", "id"),
    ("Nghe nói nước máy ở Phường 5 bị nhiễm độc.", "vi"),
    ("Sở Y tế ghi nhận 45 ca sốt xuất huyết trong tuần.", "vi"),
    ("Cầu Long Kiểng sập lúc 5 giờ sáng khiến 3 người bị thương.", "vi"),
    ("The city closed two schools in Ward 9 after 14 pupils fell ill.", "en"),
    ("Eating garlic cures dengue, says a message circulating in Surabaya.", "en"),
)
NO_CLAIMS: tuple[tuple[str, Language], ...] = (
    ("Apakah benar bendungan Citarik retak dan 300 warga diungsikan?", "id"),
    ("Semoga pemerintah segera memperbaiki 12 jembatan di Garut.", "id"),
    ("Menurut saya pelayanan Puskesmas Sukasari payah sekali.", "id"),
    ("Ayo jaga kebersihan kota kita bersama.", "id"),
    ("Terima kasih banyak.", "id"),
    ("Cảnh ở đây đẹp và người dân thân thiện.", "vi"),
    ("Mong rằng thành phố sớm sửa 3 cây cầu.", "vi"),
    ("Khi nào trường học ở Quận 7 mở cửa lại?", "vi"),
    ("The council should repair all 12 bridges this year.", "en"),
    ("I think the new park in Ward 9 is beautiful.", "en"),
)


@pytest.mark.parametrize(("text", "language"), CLAIMS)
def test_what_can_be_checked_is_a_claim(text: str, language: Language) -> None:
    worth = worth_of(text, language)
    assert worth.is_claim and worth.score >= LEAST
    assert all(sentence(reason).endswith(".") for reason in worth.reasons)


@pytest.mark.parametrize(("text", "language"), NO_CLAIMS)
def test_wishes_views_plans_and_questions_are_never_claims(text: str, language: Language) -> None:
    assert not worth_of(text, language).is_claim


def test_a_matter_of_the_offices_own_list_makes_a_sentence_worth_checking() -> None:
    text = "Puluhan kios di Garut dipindah karena retak"
    own = lists_from("services: {kiosks: {id: [kios, lapak]}, flood: {id: [banjir]}}")
    without, known = worth_of(text, "id"), worth_of(text, "id", own)
    assert known.score == pytest.approx(without.score + 0.1)
    assert [reason.code for reason in known.reasons if reason not in without.reasons] == ["claim.service"]
    assert "claim.service" in {reason.code for reason in claims_in(article(text, ""), lists=own)[0].worth.reasons}


def test_what_makes_a_sentence_no_claim_is_named() -> None:
    assert worth_of("Apakah 300 warga sudah diungsikan dari Citarik?", "id").against == "claim.question"
    assert worth_of("Semoga 300 warga Citarik selamat semua.", "id").against == "claim.wish"
    assert worth_of("Banjir besar.", "id").against == "claim.short"


def article(title: str, text: str) -> Article:
    return Article("a1", "https://harian.example/1", "Harian", "press", title, text, "id", AT)


def test_the_claims_of_an_article_stand_where_they_say() -> None:
    text = "Bendungan Citarik retak Senin malam. Semoga tidak ada korban. Sebanyak 300 warga Desa Cikawung mengungsi ke balai desa."
    found = claims_in(article("Bendungan Citarik retak, 300 warga mengungsi", text))
    assert found[0].text == "Bendungan Citarik retak, 300 warga mengungsi"
    assert found[0].start == found[0].end == TITLE
    for one in found[1:]:
        assert text[one.start : one.end] == one.text
    assert not any("Semoga" in one.text for one in found)


def test_an_article_gives_no_more_claims_than_asked_and_the_best_of_them() -> None:
    lines = " ".join(f"Sebanyak {n}0 rumah di Desa Cikawung terendam banjir sejak {n} Maret." for n in range(1, 9))
    found = claims_in(article("Kabar pagi", lines), most=2)
    assert len(found) == 2 and [one.place for one in found] == sorted(one.place for one in found)


@settings(deadline=None)
@given(st.text(max_size=400), st.text(min_size=1, max_size=80).filter(str.strip))
def test_any_article_gives_claims_that_stand_in_it(text: str, title: str) -> None:
    for one in claims_in(article(title, text)):
        assert one.start == TITLE or (text[one.start : one.end] == one.text and len(one.text) <= LONGEST and one.end <= OPENING)
