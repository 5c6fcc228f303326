"""Clocks: aware, in UTC, and a shifted one that several processes read alike."""

import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.adapters.clock import ShiftedClock, SystemClock, synchronised

ORIGIN = datetime(2025, 12, 10, tzinfo=UTC)
STARTED = datetime(2026, 11, 21, 8, tzinfo=UTC)


def test_the_system_clock_is_aware_and_in_utc():
    assert SystemClock().now().utcoffset() == timedelta(0)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux is asked")
def test_the_kernel_says_whether_the_clock_is_kept_and_asking_changes_nothing():
    before = time.time() - time.monotonic()
    said = synchronised()
    assert said in (True, False, None)
    assert said == synchronised()
    assert abs(time.time() - time.monotonic() - before) < 1


@pytest.mark.skipif(not shutil.which("timedatectl"), reason="no timedatectl on this machine")
def test_it_says_what_the_system_says_itself():
    told = subprocess.run(["timedatectl", "show", "-p", "NTPSynchronized", "--value"], capture_output=True, text=True)
    if told.returncode:
        pytest.skip("timedatectl has nobody to ask here")
    assert synchronised() is (told.stdout.strip() == "yes")


def test_elsewhere_it_is_not_known():
    assert synchronised("darwin") is None


def test_a_shifted_clock_runs_at_its_own_speed():
    clock = ShiftedClock(ORIGIN, STARTED, 60)
    assert clock.at(STARTED) == ORIGIN
    assert clock.at(STARTED + timedelta(minutes=1)) == ORIGIN + timedelta(hours=1)
    assert clock.now() > ORIGIN


def test_a_clock_that_stands_still_stands_still():
    clock = ShiftedClock(ORIGIN, STARTED, 0)
    assert clock.now() == ORIGIN
    with pytest.raises(ValueError, match="stands still"):
        clock.real(ORIGIN)


def test_other_time_zones_are_turned_into_utc():
    wib = timezone(timedelta(hours=7))
    clock = ShiftedClock(ORIGIN.astimezone(wib), STARTED.astimezone(wib), 2)
    assert clock.at(STARTED) == ORIGIN
    assert clock.at(STARTED).utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("origin", "started", "speed"),
    [(datetime(2025, 1, 1), STARTED, 1), (ORIGIN, datetime(2026, 1, 1), 1), (ORIGIN, STARTED, -1)],
)
def test_naive_times_and_clocks_that_run_backwards_are_refused(origin, started, speed):
    with pytest.raises(ValueError):
        ShiftedClock(origin, started, speed)


@given(st.floats(0.5, 5000), st.timedeltas(timedelta(0), timedelta(days=30)))
def test_the_real_moment_of_a_shown_time_shows_that_time(speed, passed):
    clock = ShiftedClock(ORIGIN, STARTED, speed)
    shown = clock.at(STARTED + passed)
    assert abs(clock.at(clock.real(shown)) - shown) < timedelta(seconds=0.01)
