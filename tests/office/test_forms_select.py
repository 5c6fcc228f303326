"""The choice among hundreds is written by hand: it must read as Django's own would."""

from __future__ import annotations

import pytest
from django import forms
from django.test.html import parse_html

from kentongan.office.listening.forms import LongSelect, SearchForm

NAMES = ['Harian "A" & B', "Báo <mới>", "Radio 7"]


@pytest.mark.parametrize("chosen", ["", None, NAMES[0], NAMES[1], "not on offer"])
def test_it_offers_and_marks_what_the_usual_select_does(chosen):
    choices = [("", "All"), *((name, name) for name in NAMES)]
    ours = LongSelect(choices=choices).render("outlet", chosen, {"id": "id_outlet", "aria-describedby": "hint"})
    usual = forms.Select(choices=choices).render("outlet", chosen, {"id": "id_outlet", "aria-describedby": "hint"})
    assert parse_html(ours) == parse_html(usual)


def test_a_form_escapes_the_names_of_outlets():
    html = str(SearchForm({"outlet": NAMES[1]}, outlets=NAMES)["outlet"])
    assert "<mới>" not in html
    assert '<option value="Báo &lt;mới&gt;" selected>Báo &lt;mới&gt;</option>' in html
