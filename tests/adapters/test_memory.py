"""What was freed goes back: the process is as small as before."""

from __future__ import annotations

import ctypes
import sys
import weakref
from pathlib import Path

import pytest

from kentongan.adapters import memory


def resident() -> int:
    """Megabytes of this process's own pages."""
    lines = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Private_Dirty:")) // 1024


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_what_was_freed_is_the_systems_again():
    before = resident()
    held = [bytearray(60_000) for _ in range(1500)]  # below the size that is mapped apart
    last = bytearray(60_000)
    del held
    memory.give_back()
    assert resident() < before + 30
    assert last


def test_a_library_without_it_is_no_fault(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ctypes, "CDLL", lambda name: object())
    one = type("One", (), {})()
    one.itself = one
    gone = weakref.ref(one)
    del one
    memory.give_back()
    assert gone() is None, "what only refers to itself is collected all the same"
