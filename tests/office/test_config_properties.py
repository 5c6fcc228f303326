"""Settings as properties: whatever stands where, the order of places holds, bounds hold, and children are given the same."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from kentongan import config
from kentongan.config import SETTINGS, Setting, variable
from kentongan.errors import SettingError

NUMBERS = [setting for setting in SETTINGS if setting.kind in {"whole", "number"}]
WHOLE = [setting for setting in SETTINGS if setting.kind == "whole"]
SECRETS = [setting for setting in SETTINGS if setting.kind == "secret"]
PLACES = ("flag", "environment", "file", "default")
QUICK = budget(max_examples=60, deadline=None)


def bounds(setting: Setting) -> tuple[int, int]:
    assert setting.low is not None
    assert setting.high is not None
    return int(setting.low), int(setting.high)


@QUICK
@given(st.sampled_from(WHOLE), st.sets(st.sampled_from(PLACES[:3])), st.data())
def test_the_first_place_wins_for_every_whole_number(setting, places, data):
    low, high = bounds(setting)
    told = {place: data.draw(st.integers(low, high), label=place) for place in places}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "kentongan.yaml"
        file.write_text(yaml.safe_dump({setting.name: told["file"]} if "file" in told else {}), encoding="utf-8")
        found = config.load(
            {setting.name: str(told["flag"])} if "flag" in told else {},
            {variable(setting.name): str(told["environment"])} if "environment" in told else {},
            file,
        )
    first = next((place for place in PLACES if place in told), "default")
    assert found.origins[setting.name] == first
    assert found[setting.name] == told.get(first, setting.default)


@QUICK
@given(st.sampled_from(WHOLE), st.integers())
def test_a_whole_number_is_taken_within_its_bounds_and_refused_outside(setting, value):
    low, high = bounds(setting)
    if low <= value <= high:
        assert config.load({setting.name: str(value)}, {})[setting.name] == value
    else:
        with pytest.raises(SettingError) as caught:
            config.load({setting.name: str(value)}, {})
        assert str(caught.value).startswith(variable(setting.name))


@pytest.mark.parametrize("setting", NUMBERS, ids=lambda setting: setting.name)
def test_both_ends_of_a_range_belong_to_it_and_the_default_lies_within(setting):
    assert setting.low <= setting.default <= setting.high
    for end in bounds(setting) if setting.kind == "whole" else (setting.low, setting.high):
        assert config.load({setting.name: str(end)}, {})[setting.name] == end


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e400", "", "0x10", "1,5"])
@pytest.mark.parametrize("setting", NUMBERS, ids=lambda setting: setting.name)
def test_what_is_no_number_of_the_range_is_refused(setting, value):
    with pytest.raises(SettingError, match=variable(setting.name)):
        config.load({setting.name: value}, {})


@QUICK
@given(st.text(min_size=1).filter(lambda name: name not in {setting.name for setting in SETTINGS}))
def test_an_unknown_name_is_never_passed_over(name):
    with pytest.raises(SettingError) as caught:
        config.load({name: "1"}, {})
    assert caught.value.subject == name


@QUICK
@given(st.lists(st.text("abcxyz019.:-", min_size=1, max_size=12), max_size=6))
def test_a_list_of_words_reaches_a_child_as_it_is(hosts):
    found = config.load({"allow_hosts": " , ".join(hosts)}, {})
    assert list(found["allow_hosts"]) == hosts
    assert config.load({}, found.environment()).values == found.values


@pytest.mark.parametrize("setting", SECRETS, ids=lambda setting: setting.name)
def test_a_secret_of_its_own_goes_before_the_file_that_holds_one(setting, tmp_path):
    file = tmp_path / "rahasia"
    file.write_text("dari-berkas\n", encoding="utf-8")
    named = {f"{variable(setting.name)}_FILE": str(file)}
    assert config.load({}, named)[setting.name] == "dari-berkas"
    assert config.load({}, named | {variable(setting.name): "langsung"})[setting.name] == "langsung"
    assert config.load({setting.name: "bendera"}, named)[setting.name] == "bendera"


def test_only_secrets_are_read_from_files(tmp_path):
    file = tmp_path / "port"
    file.write_text("99", encoding="utf-8")
    found = config.load({}, {"KENTONGAN_WEB_PORT_FILE": str(file)})
    assert (found["web_port"], found.origins["web_port"]) == (8600, "default")


@pytest.mark.parametrize(
    ("given_", "hosts", "url"),
    [
        ({}, {"127.0.0.1", "localhost"}, "http://127.0.0.1:8600"),
        ({"public_url": "https://kota.example/"}, {"127.0.0.1", "localhost", "kota.example"}, "https://kota.example"),
        ({"web_host": "0.0.0.0", "allowed_hosts": "a.example, b.example"}, {"0.0.0.0", "127.0.0.1", "localhost", "a.example", "b.example"}, "http://0.0.0.0:8600"),
    ],
)  # fmt: skip
def test_the_server_answers_to_its_own_names(given_, hosts, url):
    found = config.load(given_, {})
    assert set(found.hosts) == hosts
    assert found.public_url == url
