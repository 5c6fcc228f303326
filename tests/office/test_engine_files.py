"""What was read is read again when the engine that read it changed, and only then."""

from __future__ import annotations

import subprocess
import sys

from kentongan.office.listening import engine_files
from kentongan.office.listening.engine_files import ROOT, read_by

RUN = """
import sys
from pathlib import Path
opened = set()
sys.addaudithook(lambda event, given: opened.add(str(given[0])) if event == "open" else None)
from datetime import UTC, datetime, timedelta
import numpy as np
from kentongan.engine import pipeline
from kentongan.engine.places import Gazetteer, Place
from kentongan.engine.records import Article, article_id
from kentongan.engine.steps import Arrive, Tick

class Embedder:
    name, dimension = "e5/test", 384
    def embed(self, texts):
        made = np.stack([np.random.default_rng(len(text)).normal(size=384) for text in texts])
        return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)

start = datetime(2026, 3, 2, 1, tzinfo=UTC)
steps = []
for number in range(120):
    language, text = [("id", "Kapan air mengalir di Rawa Kenari? Dua orang tewas tertimbun longsor, kata Dinas PU. Warga kecewa sekali."),
                      ("vi", "Bao giờ có nước ở Rawa Kenari? Lũ quét làm hai người chết. Người dân rất bức xúc."),
                      ("en", "When will the water be back in Rawa Kenari? A landslide killed two. People are angry.")][number % 3]
    kind = ("press", "official", "public")[number % 3 - 1]
    url = f"https://outlet.example/{number}"
    title = text.split("?")[0] + f", {number} hari lagi, prakiraan cuaca hari ini 8 Oktober"
    at = start + timedelta(minutes=3 * number)
    steps.append(Arrive(Article(article_id(url), url, f"Outlet {number % 7}", kind, title, text, language, at)))
    steps.append(Tick(at))
places = Gazetteer({"Rawa Kenari": "1"}, [Place("1", ("Rawa Kenari",), "ward")])
pipeline.run(pipeline.start(pipeline.Settings(places=places)), steps, Embedder(), pipeline.Settings(places=places))
print("\\n".join(sorted(opened)))
"""


def opened() -> set[str]:
    """The engine's files that a run of the pipeline opened, modules by their source."""
    run = subprocess.run([sys.executable, "-c", RUN], capture_output=True, text=True, check=False, timeout=300)
    assert run.returncode == 0, run.stderr
    inside = {line.removeprefix(f"{ROOT}/") for line in run.stdout.splitlines() if line.startswith(f"{ROOT}/")}
    return {one.split("/")[-1].split(".")[0] + ".py" if one.endswith((".py", ".pyc")) else one for one in inside} - {"__init__.py"}


def test_every_file_that_a_run_opens_makes_what_was_read_another_version() -> None:
    told = {file.relative_to(ROOT).as_posix() for file in read_by("pipeline")}
    found = opened()
    assert {"pipeline.py", "stories.py", "data/harm.yaml", "data/topics.yaml", "heads/kinds.npz"} <= found, (
        "the run read too little to tell"
    )
    assert found <= told


def test_statements_and_pages_are_no_part_of_what_was_read() -> None:
    told = {file.relative_to(ROOT).as_posix() for file in read_by("pipeline")}
    assert not {"statement_rules.py", "data/statement_words.yaml", "echo.py", "pages.py", "data/claims.yaml"} & told


def test_a_module_is_followed_through_every_way_of_importing_it(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(engine_files, "ROOT", tmp_path)
    for name, text in {
        "one": "from kentongan.engine import two\nfrom kentongan.engine.three import x\nimport kentongan.engine.four as f\nimport os",
        "two": "from kentongan.engine import one\nNAMED = read('words')",
        "three": "",
        "four": "FILE = 'list.npz'",
        "five": "",
    }.items():
        (tmp_path / f"{name}.py").write_text(text)
    for name in ("data/words.yaml", "data/other.yaml", "heads/list.npz", "heads/listing.npz"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    read_by.cache_clear()
    try:
        found = {file.relative_to(tmp_path).as_posix() for file in read_by("one")}
    finally:
        read_by.cache_clear()
    assert found == {"one.py", "two.py", "three.py", "four.py", "data/words.yaml", "heads/list.npz"}
