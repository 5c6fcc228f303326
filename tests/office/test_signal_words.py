"""Why a signal was raised, in one sentence: what is unusual, against what, since when, carried by whom, what would change the mind."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

sys.path.insert(0, str(Path(__file__).parent))
from screens import client_of

from kentongan.engine.reasons import SENTENCES
from kentongan.office.listening import signal_words
from kentongan.office.listening.models import Signal
from kentongan.testing import builders

NOW = builders.NOW
COUNT = {"code": "signal.count", "values": {"count": 34, "hours": 6.0, "expected": 3.2}}
UNTIL = {"code": "signal.until_more", "values": {"count": 3, "time": (NOW + timedelta(hours=5)).isoformat()}}
OUTLETS = ("Suara Muarasena", "Warta Hilir", "Kabar Kalindra", "Lentera Kota", "Radio Sena")


def why(*reasons, outlets=OUTLETS, language="en"):
    with override(language), timezone.override("Asia/Jakarta"):
        return signal_words.why(reasons, NOW - timedelta(hours=2), outlets, NOW)


def test_the_five_things_stand_in_one_sentence():
    assert why(COUNT, UNTIL) == (
        "34 items in 6 h, usually 3.2 at this time, since 05:30, carried by Suara Muarasena, Warta Hilir, Kabar Kalindra "
        "and 2 more outlets; it falls back if fewer than 3 further items come by 12:30."
    )


def test_it_is_one_sentence_in_indonesian_and_vietnamese():
    said = {language: why(COUNT, UNTIL, language=language) for language in ("id", "vi")}
    for words in said.values():
        assert (words.count("; "), words[-1], "{" in words or "%(" in words, "falls back" in words) == (1, ".", False, False)
    assert "05.30" in said["id"] and "12:30" in said["vi"]


@pytest.mark.parametrize(("outlets", "words"), [(OUTLETS[:1], "by Suara Muarasena;"), (OUTLETS[:4], "Kabar Kalindra and 1 more outlet;")])
def test_few_outlets_are_all_named(outlets, words):
    assert words in why(COUNT, UNTIL, outlets=outlets)


@pytest.mark.parametrize("lacking", [(COUNT,), (UNTIL,), ()])
def test_where_one_of_the_five_is_missing_there_is_no_sentence(lacking):
    assert why(*lacking) == ""
    assert why(COUNT, UNTIL, outlets=()) == ""


@pytest.mark.parametrize("code", sorted(code for code in SENTENCES if code.startswith(("signal.until", "signal.fell"))))
def test_every_mind_the_engine_can_have_is_said(code):
    values = {"count": 3, "hours": 6.0, "time": NOW.isoformat()}
    assert why(COUNT, {"code": code, "values": values}).startswith("34 items in 6 h")


def test_every_kind_of_rise_is_what_is_unusual():
    told = {code for code, words in SENTENCES.items() if code.startswith("signal.") and "usually" in words}
    assert told == signal_words.UNUSUAL


@pytest.mark.django_db
def test_it_stands_at_the_top_of_the_signal_and_its_details_below(house):
    signal = Signal.objects.filter(office=house.ours, state="new").first()
    top = client_of(house.officer).get(reverse("signal", args=[signal.pk])).content.decode().split('class="pair"')[0]
    at = [top.index(words) for words in ("<h1>", ", carried by ", "In detail", "Outlets:")]
    assert at == sorted(at)
    signal.reasons = signal.reasons[:1]
    signal.save()
    page = client_of(house.officer).get(reverse("signal", args=[signal.pk])).content.decode()
    assert ", carried by " not in page and '<ul class="why"><li>20 items' in page
