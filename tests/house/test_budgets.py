"""The style budgets as a test. Every exception is named here with its reason; an exception that is no longer needed fails too."""

import importlib.util
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_spec = importlib.util.spec_from_file_location("house", ROOT / "tools" / "house.py")
house = importlib.util.module_from_spec(_spec)
sys.modules["house"] = house
_spec.loader.exec_module(house)

LONG_FUNCTIONS: dict[str, str] = {}
LONG_FILES: dict[str, str] = {}
MOCKS_ALLOWED = 0.05
TEST_LINES_AT_LEAST = 0.7
"""The aim is 1.0 to 1.4 test lines for each line of source. Named exception: it stands at about 0.71 (35,289 lines to 49,618),
because most tests are tables of cases and properties. The limit may only be raised."""
CATCHES_EVERYTHING: dict[str, str] = {
    "src/kentongan/adapters/imap.py:_wrapped": "closes the socket, raises again",
    "src/kentongan/adapters/imap.py:__init__": "closes the socket, raises again",
    "src/kentongan/adapters/postgres.py:open_database": "gives the lease back, raises again",
    "src/kentongan/adapters/smtp.py:session": "closes the session, raises again",
    "src/kentongan/measure/bench_scale.py:guarded": "border of a thread: told by the one that waits",
    "src/kentongan/measure/feeds_eval.py:evaluate": "counting crashes of any kind is what it measures",
    "src/kentongan/office/administration/backup_restore.py:restore": "puts the old tables back, raises again",
    "src/kentongan/office/administration/jobs.py:parking": "border of a job: what will not be tried again is parked with its reason",
    "src/kentongan/office/listening/listener.py:step": "lets go of a state the tables do not have, raises again",
}


def test_it_keeps_functions_short():
    found = house.functions(house.sources())
    assert house.percentile([f.lines for f in found], 0.95) <= 45
    too_long = {f.place for f in found if f.lines > 100}
    assert too_long == set(LONG_FUNCTIONS)


def test_it_annotates_every_return():
    assert [f.place for f in house.functions(house.sources()) if not f.annotated] == []


def test_it_keeps_files_below_five_hundred_lines_of_code():
    too_long = {str(p.relative_to(ROOT)) for p in house.sources() if house.code_lines(p) > 500}
    assert too_long == set(LONG_FILES)


def test_it_catches_everything_only_at_job_and_request_borders():
    lines = sum(house.code_lines(p) for p in house.sources())
    found = house.broad_excepts(house.sources())
    assert sorted(found) == sorted(CATCHES_EVERYTHING)
    assert len(found) <= 0.5 * lines / 1000


def test_it_finds_what_catches_everything_however_it_is_written(tmp_path, monkeypatch):
    monkeypatch.setitem(vars(house), "ROOT", tmp_path)
    written = {"bare": "", "wide": " Exception", "widest": " BaseException as e", "among": " (OSError, Exception)", "narrow": " OSError"}
    code = "".join(f"def {name}():\n    try:\n        pass\n    except{what}:\n        pass\n" for name, what in written.items())
    (tmp_path / "one.py").write_text(code, encoding="utf-8")
    assert house.broad_excepts([tmp_path / "one.py"]) == ["one.py:bare", "one.py:wide", "one.py:widest", "one.py:among"]


def test_it_has_no_import_cycles_counting_local_imports():
    assert house.import_cycles() == []


def test_it_has_about_as_many_lines_of_test_as_of_source():
    source = sum(house.code_lines(p) for p in house.sources())
    test = sum(house.code_lines(p) for p in house.tests())
    assert test / source >= TEST_LINES_AT_LEAST


def test_it_runs_real_parts_instead_of_mocks():
    text = "\n".join(p.read_text(encoding="utf-8") for p in house.tests())
    mocks = len(re.findall(r"MagicMock\(|mock\.patch|monkeypatch\.setattr|@patch\(", text))
    tests = len(re.findall(r"^\s*(?:async )?def test_", text, re.M))
    assert mocks <= MOCKS_ALLOWED * tests


def test_it_names_no_class_after_nothing():
    text = "\n".join(p.read_text(encoding="utf-8") for p in house.sources())
    assert re.findall(r"^class \w*(?:Manager|Helper|Util|Utils|Processor)\b", text, re.M) == []


def test_it_names_no_machine_path_and_no_registry():
    assert house.forbidden_words() == []


def test_its_readme_fits_on_a_screen_or_two():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 120
