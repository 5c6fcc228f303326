"""The demo's folder: what it remembers, and what a second start makes of it."""

import os
import socket
from datetime import UTC, datetime, timedelta

import pytest

from kentongan.cli.demo import forget
from kentongan.demo import city, stage
from kentongan.errors import FileError, InputError

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def town():
    return city.load()


def test_it_opens_on_the_morning_of_the_flood(tmp_path, town):
    clock = stage.stage(tmp_path, town, 30, NOW).clock
    assert clock.at(NOW) == datetime(2025, 11, 27, 0, 0, tzinfo=UTC)  # 07:00 in the city
    assert clock.at(NOW + timedelta(minutes=2)) == datetime(2025, 11, 27, 1, 0, tzinfo=UTC)


def test_it_runs_as_fast_as_life_once_the_stream_is_over(tmp_path, town):
    clock = stage.stage(tmp_path, town, 60, NOW).clock
    over = clock.real(datetime(2025, 11, 27, 5, 30, tzinfo=UTC))  # 12:30 in the city
    assert clock.at(over + timedelta(minutes=5)) == datetime(2025, 11, 27, 5, 35, tzinfo=UTC)


def test_a_second_start_goes_on_where_the_first_stood(tmp_path, town):
    first = stage.stage(tmp_path, town, 30, NOW)
    stage.remember(tmp_path, first)
    stopped = (NOW + timedelta(minutes=4)).timestamp()
    os.utime(tmp_path / stage.FILE, (stopped, stopped))
    later = NOW + timedelta(days=1)
    second = stage.stage(tmp_path, town, 10, later)
    assert second.clock.at(later) == first.clock.at(NOW + timedelta(minutes=4))
    assert (second.port, second.password, second.speed) == (first.port, first.password, 10)


def test_it_says_that_the_demo_is_running_already(tmp_path, town):
    first = stage.stage(tmp_path, town, 30, NOW)
    stage.remember(tmp_path, first)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", first.port))
        taken.listen()
        with pytest.raises(InputError, match="running already"):
            stage.stage(tmp_path, town, 30, NOW)


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"port": 1}', '{"port":1,"origin":"x","started":"","until":"","speed":1,"password":""}']
)
def test_it_names_a_folder_it_cannot_read_and_the_remedy(tmp_path, town, content):
    (tmp_path / stage.FILE).write_text(content)
    with pytest.raises(FileError, match="--fresh"):
        stage.stage(tmp_path, town, 30, NOW)


def test_it_keeps_the_sign_ins_to_the_owner(tmp_path, town):
    stage.remember(tmp_path, stage.stage(tmp_path, town, 30, NOW))
    assert (tmp_path / stage.FILE).stat().st_mode & 0o077 == 0


def test_fresh_never_removes_a_folder_that_is_not_a_demo(tmp_path):
    (tmp_path / "letters.txt").write_text("mine")
    with pytest.raises(InputError, match="not a demo"):
        forget(tmp_path)
    assert (tmp_path / "letters.txt").exists()


def test_fresh_removes_a_demo(tmp_path, town):
    folder = tmp_path / "demo"
    stage.remember(folder, stage.stage(folder, town, 30, NOW))
    forget(folder)
    assert not folder.exists()
