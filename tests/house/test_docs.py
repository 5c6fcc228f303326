"""Documentation under test: links lead somewhere, and every setting and command is described."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from kentongan.config import SETTINGS, variable

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
MEASURED = [
    ROOT / "docs/reference/figures.md",
    *(page for name in ("explanation", "decisions") for page in (ROOT / "docs" / name).glob("*.md")),
    *(ROOT / "src/kentongan/engine/heads").glob("*.md"),
]
COMMIT = re.compile(r"\b(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{7,40}\b")


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_it_has_no_dead_link(page):
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.S)
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
    dead = [t for t in targets if "://" not in t and not t.startswith("mailto:") and not (page.parent / t).exists()]
    assert dead == []


def test_it_describes_every_setting():
    text = (ROOT / "docs/reference/settings.md").read_text(encoding="utf-8")
    assert [s.name for s in SETTINGS if variable(s.name) not in text] == []


def test_it_describes_every_command():
    from kentongan.cli.main import main

    text = (ROOT / "docs/reference/commands.md").read_text(encoding="utf-8")
    assert [name for name in main.list_commands(None) if f"kentongan {name}" not in text] == []


def test_its_decisions_say_what_would_change_our_mind():
    papers = [p for p in (ROOT / "docs/decisions").glob("*.md") if "change our mind" not in p.read_text(encoding="utf-8")]
    assert papers == []


def test_its_page_of_faults_names_tests_that_exist_and_says_which_are_storms():
    text = (ROOT / "docs/reference/faults.md").read_text(encoding="utf-8")
    storms, others = set(), set()
    for file in (ROOT / "tests").rglob("test_*.py"):
        code = file.read_text(encoding="utf-8")
        all_of_it = re.search(r"^pytestmark = .*mark\.soak", code, re.M)
        for marks, name in re.findall(r"((?:^@.*\n)*)^def (test_\w+)", code, re.M):
            (storms if all_of_it or "mark.soak" in marks else others).add(name)
    named = dict(re.findall(r"`(test_\w+)`( \(soak\))?", text.replace("\n", " ")))
    assert len(named) >= 15
    assert [name for name in named if name not in storms | others] == []
    said = {name for name, soak in named.items() if soak}
    assert said <= storms


def test_its_page_of_the_house_names_every_room_and_the_arrows_that_are_checked():
    text = (ROOT / "docs/explanation/house.md").read_text(encoding="utf-8")
    rooms = {app.parent.name for app in (ROOT / "src/kentongan/office").glob("*/__init__.py")}
    assert set(re.findall(r"^\| `(\w+)` \|", text, re.M)) == rooms
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    for contract in contracts:
        if contract["type"] == "layers":
            names = (re.sub(r"kentongan\.(office\.)?(?=\w)", "", layer) for layer in contract["layers"])
            assert f"`{' → '.join(names)}`" in text


def test_every_commit_it_was_measured_at_can_be_had():
    if not (ROOT / ".git").exists():
        pytest.skip("the repository's history is not here")
    git = ["git", "-C", str(ROOT)]
    if subprocess.run([*git, "rev-parse", "--is-shallow-repository"], capture_output=True, text=True, check=True).stdout != "false\n":
        pytest.skip("only a part of the repository's history is here")
    history = subprocess.run([*git, "rev-list", "HEAD"], capture_output=True, text=True, check=True).stdout.split()
    named = {(page.name, commit) for page in MEASURED for commit in COMMIT.findall(page.read_text(encoding="utf-8"))}
    assert len(named) >= 20
    assert [one for one in sorted(named) if not any(known.startswith(one[1]) for known in history)] == []


def test_its_page_of_claims_and_the_card_of_the_head_say_the_same():
    page, card = (
        (ROOT / name).read_text(encoding="utf-8") for name in ("docs/explanation/claims.md", "src/kentongan/engine/heads/claims.md")
    )
    number = r"(0\.\d+)"
    for there, here in (
        (rf"\| ours, \*suggest\* \| {number} \| {number} \|", rf"\| \*suggest\*, all pairs \| {number} \| {number} \|"),
        (rf"\| ours, \*sure\* \| {number} .*?\| {number} \|", rf"\| all pairs \| {number} \| {number} \|"),
    ):
        assert re.findall(there, page) == re.findall(here, card) != []
