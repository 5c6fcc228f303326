"""The Makefile's promises: every target says what it does, and cleaning takes what was built and nothing else."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TARGETS = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
SAYS_IT_ITSELF = {"help": "prints the targets", "demo": "kentongan demo begins with the city", "bench": "names each measure as it begins"}

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="there is no make here")


@pytest.mark.parametrize("target", sorted(set(TARGETS) - set(SAYS_IT_ITSELF)))
def test_each_target_says_in_a_line_what_it_does(target):
    dry = subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert len(re.findall(r'^echo "· .+"', dry, re.M)) >= 1


def test_a_target_that_needs_the_setup_does_not_speak_of_it():
    dry = subprocess.run(["make", "--dry-run", "heads"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert re.findall(r'echo "· (.+)"', dry) == ["Training the small heads again"]


def _names(text):
    return text.split()


def test_cleaning_takes_what_was_built_and_leaves_data_and_source(tmp_path):
    built = _names(""".venv/bin/python build/x node_modules/x .pytest_cache/x .ruff_cache/x .import_linter_cache/x .hypothesis/x
        src/kentongan.egg-info/PKG-INFO src/kentongan/office/static/vendor/x src/kentongan/office/locale/id/LC_MESSAGES/django.mo
        src/kentongan/__pycache__/x.pyc tests/house/__pycache__/x.pyc""")
    kept = _names("""
        Makefile src/kentongan/config.py src/kentongan/office/locale/id/LC_MESSAGES/django.po src/kentongan/engine/heads/tone.npz
        tests/house/test_make.py tools/house.py .demo/settings.toml .demo/__pycache__/mine .demo/mine.mo .data/__pycache__/mine data/mine.mo
        .data/postgres/PG_VERSION .git/HEAD""")
    for name in (*built, *kept):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    shutil.copy(ROOT / "Makefile", tmp_path / "Makefile")
    subprocess.run(["make", "clean"], cwd=tmp_path, capture_output=True, check=True)
    assert sorted(str(one.relative_to(tmp_path)) for one in tmp_path.rglob("*") if one.is_file()) == sorted(kept)
