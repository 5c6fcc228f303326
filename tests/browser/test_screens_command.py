"""`kentongan screens` from its own throw-away office."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.soak
@pytest.mark.timeout(300)
def test_it_makes_a_picture_of_a_screen_and_leaves_nothing_else(tmp_path):
    out = tmp_path / "screens"
    words = ["kentongan", "screens", "--out", str(out), "--only", "keys", "--language", "vi", "--width", "390", "--scheme", "dark"]
    code = f"import sys; sys.argv = {words!r}; from kentongan.cli.main import main; main()"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=240, cwd=tmp_path, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines()[-1] == f"1 pictures of 1 screens in {out}"
    picture = out / "keys.vi.390.dark.png"
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert sorted(tmp_path.iterdir()) == [out]
