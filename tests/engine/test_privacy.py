"""Personal data never reaches the disk: marks in place, everything else as it was."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kentongan.adapters.files import article_from
from kentongan.engine.names import Span
from kentongan.engine.privacy import MARK_KINDS, author_key, find_marks, hide, mark_text

SALT = bytes(range(32))


class SlametTagger:
    """Knows one name."""

    def spans(self, text: str) -> tuple[Span, ...]:
        start = text.find("Slamet")
        return ((start, start + 6),) if start >= 0 else ()


def test_it_puts_a_typed_mark_in_the_place_of_each_identifier() -> None:
    hidden = hide("Hub. 0812-3456-7890 (NIK 3273011203456789) atau a@b.id", source_kind="public")
    assert hidden.text == "Hub. ⟦phone⟧ (NIK ⟦NIK⟧) atau ⟦email⟧"
    assert [(mark.kind, hidden.text[mark.start : mark.end]) for mark in hidden.marks] == [
        ("phone", "⟦phone⟧"),
        ("NIK", "⟦NIK⟧"),
        ("email", "⟦email⟧"),
    ]
    assert hidden.counts == {"phone": 1, "NIK": 1, "email": 1}


@pytest.mark.parametrize("kind", ["press", "official", "public"])
def test_it_hides_identifiers_in_every_kind_of_source(kind: str) -> None:
    assert hide("WA 081234567890", source_kind=kind).text == "WA ⟦phone⟧"  # type: ignore[arg-type]


def test_it_hides_names_in_public_posts_and_keeps_them_in_press_and_official_text() -> None:
    text = "Pak Slamet melapor, Slamet marah"
    assert hide(text, source_kind="public", names=SlametTagger()).text == "Pak ⟦name⟧ melapor, ⟦name⟧ marah"
    for kind in ("press", "official"):
        assert hide(text, source_kind=kind, names=SlametTagger()).text == text  # type: ignore[arg-type]


def test_the_section_of_an_imported_article_is_hidden_like_its_title() -> None:
    row = {"title": "Air bau", "url": "https://papan.example/1", "outlet": "Papan", "time": "2025-11-21T08:00:00+07:00"}
    article = article_from(row | {"section": "Warga / WA.081234567890"})
    assert article.section == "Warga / WA.⟦phone⟧"
    assert article_from(row | {"section": "Kota"}).section == "Kota"


def test_it_leaves_a_text_without_personal_data_untouched() -> None:
    text = "Banjir 40 cm di RT 05, call center 112. Rp 1.200.000.000\n\tdan emoji 🌊"
    hidden = hide(text, source_kind="public")
    assert (hidden.text, hidden.marks, dict(hidden.counts)) == (text, (), {})


_PIECES = st.sampled_from(
    [
        "0812-3456-7890",
        "0912.345.678",
        "3273011203456789",
        "a@b.id",
        "@budi",
        "B 1234 XYZ",
        "rek BCA 1234567890",
        "Slamet",
        "⟦phone⟧",
        "⟦name⟧",
        " ",
        "-",
        ".",
        "12",
        "Rp 5.000",
        "kata ",
        "NIK ",
        "Ông ",
        "\n",
        "CMND 023456789",
        "t.me/x1",
        "/",
        ",",
        "\u200b",
        "０８１２３４５６７８９０",
        "Telp.",
        "WA",
    ]
)
_TEXTS = st.one_of(st.text(max_size=60), st.lists(_PIECES, max_size=12).map("".join))


@settings(max_examples=400)
@given(_TEXTS)
def test_hiding_twice_is_hiding_once(text: str) -> None:
    once = hide(text, source_kind="public", names=SlametTagger())
    assert hide(once.text, source_kind="public", names=SlametTagger()) == once


@settings(max_examples=400)
@given(_TEXTS)
def test_what_stands_between_marks_stands_in_the_original_in_the_same_order(text: str) -> None:
    hidden = hide(text, source_kind="public", names=SlametTagger())
    at, last = 0, 0
    for mark in hidden.marks:
        kept = hidden.text[last : mark.start]
        place = text.find(kept, at)
        assert place >= 0
        at, last = place + len(kept), mark.end
    assert text[at:].endswith(hidden.text[last:])


def test_marks_can_be_found_again_for_the_screen() -> None:
    text = " ".join(mark_text(kind) for kind in MARK_KINDS)
    assert [mark.kind for mark in find_marks(text)] == list(MARK_KINDS)
    assert find_marks("⟦something⟧ ⟦phone") == ()


def test_the_same_author_has_one_key_under_one_salt() -> None:
    assert author_key("Budi", salt=SALT) == author_key(" @budi ", salt=SALT)
    assert len(author_key("Budi", salt=SALT)) == 32
    assert author_key("Budi", salt=SALT) == "7fd8ca6d0f5282d0c7e08ba6686ca328"


def test_another_month_or_another_author_has_another_key() -> None:
    assert author_key("budi", salt=SALT) != author_key("budi", salt=SALT[::-1])
    assert author_key("budi", salt=SALT) != author_key("budis", salt=SALT)


def test_a_key_without_author_or_with_a_short_salt_is_refused() -> None:
    with pytest.raises(ValueError, match="author"):
        author_key(" @ ", salt=SALT)
    with pytest.raises(ValueError, match="salt"):
        author_key("budi", salt=b"short")
