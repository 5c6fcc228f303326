"""SMS parts are counted as a network counts them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine.sms import BASIC, EXTENDED, sms_of


def test_the_alphabet_has_its_hundred_and_twenty_seven_signs_and_the_escape_is_none_of_them() -> None:
    assert len(BASIC) == 127
    assert len(EXTENDED) == 10
    assert "\x1b" not in BASIC
    assert not BASIC & EXTENDED


@pytest.mark.parametrize(
    ("text", "alphabet", "places", "parts"),
    [
        ("", "gsm", 0, 0),
        ("a" * 160, "gsm", 160, 1),
        ("a" * 161, "gsm", 161, 2),
        ("a" * 306, "gsm", 306, 2),
        ("a" * 307, "gsm", 307, 3),
        ("€" * 80, "gsm", 160, 1),
        ("€" * 81, "gsm", 162, 2),
        ("a" * 152 + "€" + "a" * 152, "gsm", 306, 3),  # the euro would be cut: it begins the second part, which then is one short
        ("ạ" * 70, "ucs2", 70, 1),
        ("ạ" * 71, "ucs2", 71, 2),
        ("ạ" * 134, "ucs2", 134, 2),
        ("ạ" * 135, "ucs2", 135, 3),
        ("🌊" * 35, "ucs2", 70, 1),
        ("🌊" * 67, "ucs2", 134, 3),  # a wave takes two places: 33 stand in a part of 67
        ("Jauhi sungai. Bantuan: 112", "gsm", 26, 1),
        ("Tránh xa bờ sông", "ucs2", 16, 1),
        ("“Jauhi sungai”", "ucs2", 14, 1),
        ("Cà phê", "ucs2", 6, 1),
        ("à è é ì ò ù", "gsm", 11, 1),
    ],
)
def test_a_text_is_sent_in_as_many_parts_as_the_standard_says(text: str, alphabet: str, places: int, parts: int) -> None:
    sent = sms_of(text)
    assert (sent.alphabet, sent.places, sent.parts) == (alphabet, places, parts)


def test_it_names_the_letters_that_make_a_message_dear_each_once() -> None:
    assert sms_of("Đường Lê Lợi, đường Trần Phú").outside == ("Đ", "ư", "ờ", "ê", "ợ", "đ", "ầ", "ú")
    assert sms_of("Air surut. [112]").outside == ()


@given(st.text(max_size=400))
def test_letters_with_their_marks_apart_cost_what_composed_ones_cost(text: str) -> None:
    assert sms_of(unicodedata.normalize("NFD", text)) == sms_of(unicodedata.normalize("NFC", text))


@given(st.text(max_size=300), st.text(max_size=5))
def test_a_longer_text_never_takes_fewer_parts(text: str, more: str) -> None:
    assert sms_of(text + " " + more).parts >= sms_of(text).parts or unicodedata.normalize("NFC", text + " " + more) != text + " " + more
