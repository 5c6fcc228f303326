"""The invented city: complete, checked, invented throughout, and told in three languages."""

import re
import time
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import phonenumbers
import pytest
from phonenumbers import carrier

from kentongan.demo.city import City, load, read_yaml, spellings, timeline
from kentongan.engine.places import Gazetteer
from kentongan.engine.privacy import find_marks, hide
from kentongan.errors import InputError

STORYLINES = ("flood", "water", "market", "fees")


@pytest.fixture(scope="module")
def city() -> City:
    return load()


def _copied_data(tmp_path: Path) -> Path:
    import kentongan.demo

    source = Path(kentongan.demo.__file__).parent / "data"
    for file in [*source.glob("*.yaml"), *source.glob("items/*.yaml")]:
        target = tmp_path / file.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.read_bytes())
    return tmp_path


def test_it_has_at_least_four_hundred_items_over_fourteen_days(city):
    assert len(city.items) >= 420
    assert {item.day for item in city.items} == set(range(1, 15))


def test_it_has_the_places_and_agencies_of_a_whole_city(city):
    assert len(city.wards) == 24
    assert sum(place.kind == "district" for place in city.places) == 5
    assert len(city.agencies) >= 10
    assert [key for key, n in Counter(place.key for place in city.places).items() if n > 1] == []


def test_it_names_everything_in_three_languages(city):
    named = [city.names, city.province, city.river, city.market, city.sister_city]
    named += [thing.names for thing in (*city.places, *city.agencies)]
    named += [service for agency in city.agencies for service in agency.services]
    assert all(set(names) == {"id", "vi", "en"} and all(names.values()) for names in named)


def test_it_spells_each_place_for_the_finding_of_places(city):
    found = Gazetteer(spellings(city))
    named = Counter(place for item in city.items for place in found.places_in(f"{item.title}. {item.text}"))
    assert {ward.key for ward in city.wards} <= set(named)
    assert found.places_in("Nước ngập ở Bến Sương và Vườn Trăng") == ("bensong", "kebun-bulan")


def test_it_floods_the_wards_it_says_it_floods(city):
    found = Gazetteer(spellings(city))
    flooded = Counter(p for i in city.items if i.thread == "flood" for p in found.places_in(i.title + ". " + i.text))
    north = {ward.key for ward in city.wards if ward.parent == "sena-hulu"}
    assert {place for place, _ in flooded.most_common(4)} <= north


def test_it_uses_every_outlet_language_kind_of_source_feed_and_layout(city):
    assert {item.outlet for item in city.items} == {outlet.key for outlet in city.outlets}
    spoken = Counter(item.language for item in city.items)
    assert spoken["vi"] >= 40
    assert spoken["en"] >= 30
    assert spoken["id"] > spoken["vi"] + spoken["en"]
    assert {outlet.source_kind for outlet in city.outlets} == {"press", "official", "public"}
    assert {outlet.feed for outlet in city.outlets} == {"rss", "rdf", "atom", "json", "sitemap", "listing"}
    assert {outlet.layout for outlet in city.outlets} == {"portal", "koran", "bao", "resmi"}


def test_it_gives_every_item_an_address_of_its_own_in_plain_letters(city):
    addresses = [(item.outlet, item.path) for item in city.items]
    assert len(addresses) == len(set(addresses))
    assert all(re.fullmatch(r"/[a-z0-9-]+/[a-z0-9-]+", item.path) for item in city.items)


def test_it_does_not_tell_the_answer_in_what_is_served(city):
    for item in city.items:
        assert not re.search(r"\b(?:noise|flood-day|flood-rising)\b", item.path)


def test_it_invents_every_host(city):
    hosts = [outlet.host for outlet in city.outlets] + [agency.site for agency in city.agencies]
    assert all(host.rstrip("/").endswith(".example") for host in hosts)
    assert not any(re.search(r"https?://|www\.", item.title + item.text) for item in city.items)


def test_it_prints_no_telephone_number_that_anyone_could_have(city):
    """0810 is a form the numbering plan accepts and no operator has been given."""
    numbers = [m.group() for item in city.items for m in re.finditer(r"\b0\d{3}-\d{4}-\d{4}\b", item.title + item.text)]
    assert len(numbers) >= 20
    for number in numbers:
        assert number.startswith("0810-")
        assert carrier.name_for_number(phonenumbers.parse(number, "ID"), "en") == ""


def test_it_prints_only_plates_and_identity_numbers_that_are_never_issued(city):
    """Plates do not end in the letters I and O; no province has the code 99; addresses end in .example."""
    text = "\n".join(item.text for item in city.items)
    plates = re.findall(r"\b[A-Z]{1,2} \d{4} ([A-Z]{2})\b", text)
    assert len(plates) >= 4
    assert all(set(suffix) <= set("IO") for suffix in plates)
    assert [number for number in re.findall(r"\b\d{16}\b", text) if not number.startswith("99")] == []
    assert all(address.endswith(".example") for address in re.findall(r"\S+@([\w.-]*\w)", text))


def test_it_gives_the_hiding_of_personal_data_something_of_every_kind_to_hide(city):
    public = {outlet.key for outlet in city.outlets if outlet.source_kind == "public"}
    kinds: Counter[str] = Counter()
    for item in city.items:
        if item.outlet in public:
            kinds.update(mark.kind for mark in find_marks(hide(item.text, source_kind="public").text))
    assert {"phone", "plate", "handle", "email", "account", "NIK"} <= set(kinds)


def test_it_leaves_no_personal_number_behind_in_public_posts(city):
    public = {outlet.key for outlet in city.outlets if outlet.source_kind == "public"}
    for item in city.items:
        if item.outlet in public:
            hidden = hide(item.text, source_kind="public").text
            assert not re.search(r"0810|@\w|\b\d{16}\b|[IO]{2}\b", hidden), hidden


def test_it_lets_each_storyline_grow(city):
    for key in STORYLINES:
        days = Counter(item.day for item in city.items if item.thread == key)
        first = min(days)
        assert max(days.values()) >= 1.5 * days[first], key
        assert len({item.outlet for item in city.items if item.thread == key}) >= 8, key
        assert {item.language for item in city.items if item.thread == key} == {"id", "vi", "en"}, key


def test_it_starts_the_storylines_on_their_days(city):
    assert {key: min(i.day for i in city.items if i.thread == key) for key in STORYLINES} == {
        "flood": 12, "water": 10, "market": 5, "fees": 11,
    }  # fmt: skip


def test_it_surrounds_them_with_ordinary_life(city):
    noise = [item for item in city.items if item.thread.startswith("noise-")]
    originals = [item for item in noise if not item.copy_of]
    assert len(originals) >= 180
    assert len({item.thread for item in originals}) >= 20
    assert len({item.text for item in originals}) == len(originals)
    assert all(sum(item.day == day for item in noise) >= 8 for day in range(1, 15))


def test_it_copies_wire_reports_as_papers_do(city):
    by_id = {item.id: item for item in city.items}
    outlets = {outlet.key: outlet for outlet in city.outlets}
    copies = [item for item in city.items if item.copy_of]
    assert len(copies) >= 60
    exact = [item for item in copies if item.text == by_id[item.copy_of].text]
    edited = [item for item in copies if item.text != by_id[item.copy_of].text]
    assert exact
    assert edited
    for item in copies:
        assert outlets[item.outlet].copies_wire
        assert item.outlet != by_id[item.copy_of].outlet
        assert item.thread == by_id[item.copy_of].thread
    for item in edited:
        assert item.text.startswith(outlets[item.outlet].name.upper())
        assert item.text.split(" – ", 1)[1][:60] in by_id[item.copy_of].text


def test_it_writes_two_to_seven_sentences_and_no_leftovers(city):
    for item in city.items:
        assert not re.search(r"TODO|lorem|xxx|\?\?|[{}<>\[\]]|\.\.\.|  |�", item.title + " " + item.text, re.I), item.id
        assert item.text[-1] in '.!?”"', item.id
        assert 40 <= len(item.text) <= 1100, item.id
        assert 10 <= len(item.title) <= 110, item.id


def test_it_puts_the_items_on_real_dates_in_order(city):
    dated = timeline(city)
    times = [entry.published for entry in dated]
    assert times == sorted(times)
    assert all(moment.tzinfo is UTC for moment in times)
    assert times[0].astimezone(city.zone).date() == date(2025, 11, 14)
    last = times[-1].astimezone(city.zone)
    assert last.date() == date(2025, 11, 27)
    assert last.time() <= city.until
    overflow = next(entry for entry in dated if entry.item.id == "flood-day-001")
    assert overflow.published == datetime(2025, 11, 26, 21, 55, tzinfo=UTC)


def test_it_can_be_moved_to_another_fortnight(city):
    moved = timeline(city, date(2026, 3, 12))
    usual = timeline(city)
    assert {later.published - sooner.published for later, sooner in zip(moved, usual, strict=True)} == {
        datetime(2026, 3, 12) - datetime(2025, 11, 27)
    }


def test_it_is_read_quickly_enough_to_start_a_demo():
    start = time.perf_counter()
    load()
    assert time.perf_counter() - start < 10  # against hanging only; an idle machine takes a quarter of a second


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("items/fees.yaml", "outlet: papan", "outlet: nowhere", "no outlet 'nowhere'"),
        ("items/fees.yaml", "day: 11", "day: 15", "it must be 1 to 14"),
        ("items/fees.yaml", "copy_of: fee-pesisir", "copy_of: fee-lost", "not an original's id"),
        ("items/fees.yaml", "how: light", "how: loosely", "allowed are exact, light"),
        ("items/fees.yaml", "id: fees-002", "id: fees-001", "used twice"),
        ("items/fees.yaml", "time: '19:25'", "time: evening", "not a time"),
        ("outlets.yaml", "feed: rdf", "feed: fax", "allowed are rss"),
        ("outlets.yaml", "language: en", "language: xx", "allowed are id, vi, en"),
        ("outlets.yaml", "rhythm: 4", "rhythm: often", "`rhythm` must be a whole number"),
        ("city.yaml", "{id: Kota Muarasena, ", "{", "`id` must be a text"),
        ("city.yaml", "day14: 2025-11-27", "day14: soon", "`day14` must be a date"),
        ("city.yaml", "population: 412600", "population: many", "`population` must be a whole number"),
        ("city.yaml", "agencies:", "offices:", "`agencies` must be a list"),
    ],
)
def test_it_names_the_file_and_the_fault_when_the_data_is_wrong(tmp_path, file, old, new, said):
    data = _copied_data(tmp_path)
    text = (data / file).read_text("utf-8")
    assert old in text
    (data / file).write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(InputError) as caught:
        load(data)
    assert said in str(caught.value)
    assert Path(file).name in str(caught.value)


def test_it_refuses_a_copy_that_comes_before_its_original(tmp_path):
    data = _copied_data(tmp_path)
    rows = (data / "items/fees.yaml").read_text("utf-8")
    start = rows.index("copy_of: fee-pesisir")
    (data / "items/fees.yaml").write_text(rows[:start] + rows[start:].replace("day: 12", "day: 11", 1), "utf-8")
    with pytest.raises(InputError, match="must come after its original"):
        load(data)


def test_it_says_where_a_file_is_not_yaml(tmp_path):
    broken = tmp_path / "broken.yaml"
    broken.write_text("a: [1", "utf-8")
    with pytest.raises(InputError, match=r"broken\.yaml is not valid YAML"):
        read_yaml(broken)


def test_its_tutorial_counts_what_is_there(city):
    page = Path(__file__).resolve().parents[2] / "docs" / "tutorial" / "demo-city.md"
    text = page.read_text("utf-8")
    assert f"publish {len(city.items)} items" in text
    assert all(outlet.name.split(",")[0].removesuffix(" Muarasena").removesuffix(" Kota") in text for outlet in city.outlets)
    assert all(f"{ward.names['id']}" in text for ward in city.wards if ward.parent == "sena-hulu")
    noise = sum(item.thread.startswith("noise-") for item in city.items)
    assert 0.55 < noise / len(city.items) < 0.65, "the page says three in five are ordinary life"
