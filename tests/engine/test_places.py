"""Places: homonyms, old and new names, types before a name, and nothing finer than a ward of private people's posts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine.places import Gazetteer, Place

INDONESIA = Gazetteer(
    places=(
        Place("kalsel", ("Kalimantan Selatan",), "province"),
        Place("bjb", ("Banjarbaru",), "city", "kalsel"),
        Place("bjb-cem", ("Cempaka",), "district", "bjb"),
        Place("bjb-cem-kel", ("Cempaka",), "ward", "bjb-cem"),
        Place("bjb-sbt", ("Sungai Tiung",), "ward", "bjb-cem"),
        Place("mtp", ("Martapura",), "regency", "kalsel"),
        Place("mtp-cem", ("Cempaka",), "district", "mtp"),
        Place("sby", ("Surabaya",), "city", "jatim"),
        Place("sby-mkr", ("Mekar",), "ward", "sby"),
        Place("bjb-mkr", ("Mekar",), "ward", "bjb-cem"),
        Place("jl-mawar", ("Jalan Mawar",), "road", "bjb-sbt"),
        Place("jl-lost", ("Jalan Kenanga",), "road"),
    )
)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Banjir di Kecamatan Cempaka, Banjarbaru", ("bjb-cem", "bjb")),
        ("Banjir di Kecamatan Cempaka, Martapura", ("mtp-cem", "mtp")),
        ("Banjir di Kec. Cempaka", ("kalsel",)),
        ("Banjir di Kelurahan Cempaka", ("bjb-cem-kel",)),
        ("Cempaka, Banjarbaru, terendam", ("bjb-cem", "bjb")),
        ("Dari Surabaya, bantuan tiba di Mekar", ("sby", "sby-mkr")),
        ("Warga Mekar mengungsi", ()),
        ("Mekar (Banjarbaru) dan Surabaya", ("bjb-mkr", "bjb", "sby")),
        ("Surabaya: kabar dari Mekar, Cempaka", ("sby", "bjb-mkr", "kalsel")),
        ("Macet di Jl. Mawar", ("jl-mawar",)),
        ("Macet di Jl.Mawar dan jalan mawar", ("jl-mawar",)),
        ("Bunga mawar mekarlah", ()),
        ("", ()),
    ],
)
def test_a_name_that_two_places_share_is_told_by_its_type_and_its_nearest_container(text: str, places: tuple[str, ...]) -> None:
    assert INDONESIA.places_in(text) == places


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Lampu mati di Jl. Mawar", ("bjb-sbt",)),
        ("Lampu mati di Jalan Mawar, Sungai Tiung", ("bjb-sbt",)),
        ("Lampu mati di Jalan Kenanga", ()),
        ("Lampu mati di Banjarbaru", ("bjb",)),
    ],
)
def test_of_private_people_nothing_finer_than_a_ward_is_told(text: str, places: tuple[str, ...]) -> None:
    assert INDONESIA.places_in(text, public=True) == places


VIETNAM = Gazetteer(
    places=(
        Place("hcm", ("Thành phố Hồ Chí Minh", "TP.HCM", "TP HCM"), "province"),
        Place("q1", ("Quận 1",), "district", "hcm", ended=True),
        Place("q3", ("Quận 3",), "district", "hcm", ended=True),
        Place("q1-bn", ("Phường Bến Nghé",), "ward", "q1", ended=True, became=("sg",)),
        Place("q1-dk", ("Phường Đa Kao",), "ward", "q1", ended=True, became=("sg", "td")),
        Place("q3-4", ("Phường 4",), "ward", "q3", ended=True, became=("bc",)),
        Place("q1-4", ("Phường 4",), "ward", "q1", ended=True, became=("bt",)),
        Place("q1-bt", ("Phường Bến Thành",), "ward", "q1", ended=True, became=("sg",)),
        Place("sg", ("Phường Sài Gòn",), "ward", "hcm"),
        Place("td", ("Phường Tân Định",), "ward", "hcm"),
        Place("bc", ("Phường Bàn Cờ",), "ward", "hcm"),
        Place("bt", ("Phường Bến Thành",), "ward", "hcm"),
        Place("hb", ("Phường Hòa Bình",), "ward", "hcm"),
    )
)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Ngập ở phường Bến Nghé", ("sg",)),
        ("Ngập ở P. Bến Nghé và P.Bàn Cờ", ("sg", "bc")),
        ("Ngập ở phường Đa Kao", ("hcm",)),
        ("Ngập ở phường 4, quận 3", ("bc", "q3")),
        ("Ngập ở P.4, Q.3, TP.HCM", ("bc", "q3", "hcm")),
        ("Ngập ở phường 4", ("hcm",)),
        ("Ngập ở phường Bến Thành", ("bt",)),
        ("Ngập ở phường Bến Thành, quận 1", ("sg", "q1")),
        ("Người dân Bàn Cờ phản ánh", ("bc",)),
        ("Đánh bàn cờ với nhau", ()),
        ("Mong hòa bình", ()),
        ("Nước ngập 4 phường", ()),
    ],
)
def test_an_old_name_leads_to_what_the_place_is_today(text: str, places: tuple[str, ...]) -> None:
    assert VIETNAM.places_in(text) == places


def test_spellings_without_a_list_of_places_work_as_before_and_beside_one() -> None:
    both = Gazetteer({"Kota Hujan": "bjb"}, INDONESIA.places)
    assert both.places_in("Kota Hujan, Cempaka") == ("bjb", "bjb-cem")


def test_a_circle_in_the_list_ends() -> None:
    round_and_round = Gazetteer(places=(Place("a", ("Anu",), "ward", "b", became=("b",)), Place("b", ("Itu",), "ward", "a", became=("a",))))
    assert round_and_round.path("a") == ("a", "b")
    assert round_and_round.places_in("Anu dan Itu")


IDS = sorted(place.id for place in INDONESIA.places)
NAMES = sorted({name for place in INDONESIA.places for name in place.names})


@given(st.lists(st.sampled_from([*NAMES, "Kecamatan", "Kelurahan", "di", ",", "Jl."]), max_size=8))
def test_whatever_is_named_what_is_told_is_in_the_list_and_of_private_people_no_road(words: list[str]) -> None:
    text = " ".join(words)
    told = INDONESIA.places_in(text)
    assert set(told) <= set(IDS) and len(set(told)) == len(told)
    assert not {place for place in INDONESIA.places_in(text, public=True) if place.startswith("jl-")}


@given(st.permutations(INDONESIA.places), st.lists(st.sampled_from(NAMES), max_size=4))
def test_the_order_of_the_list_changes_nothing(places: list[Place], words: list[str]) -> None:
    text = ", ".join(words)
    assert Gazetteer(places=places).places_in(text) == INDONESIA.places_in(text)


@pytest.mark.parametrize(
    ("named", "apart"),
    [
        ((), ()),
        (("bjb-sbt",), ("bjb-sbt",)),
        (("bjb-sbt", "bjb-cem", "bjb"), ("bjb-sbt",)),
        (("bjb", "bjb-sbt", "bjb-cem-kel"), ("bjb-sbt", "bjb-cem-kel")),
        (("bjb", "mtp", "bjb"), ("bjb", "mtp")),
        (("sby-mkr", "elsewhere"), ("sby-mkr", "elsewhere")),
    ],
)
def test_a_place_and_one_it_lies_in_are_one_place(named: tuple[str, ...], apart: tuple[str, ...]) -> None:
    assert INDONESIA.apart(named) == apart


def test_places_of_a_list_that_goes_in_a_circle_are_still_one() -> None:
    assert Gazetteer(places=(Place("a", ("A",), parent="b"), Place("b", ("B",), parent="a"))).apart(("a", "b")) == ("a",)


@given(st.lists(st.sampled_from([place.id for place in INDONESIA.places])))
def test_of_places_that_are_apart_none_lies_in_another_and_all_are_covered(named: list[str]) -> None:
    apart = INDONESIA.apart(named)
    assert not any(one in INDONESIA.path(other)[1:] for one in apart for other in apart)
    assert all(any(one in INDONESIA.path(other) for other in apart) for one in named)
