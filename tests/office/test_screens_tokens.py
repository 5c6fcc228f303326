"""The look: contrast of all colours that meet, no inline style or script, the policy on every answer, and the weight."""

from __future__ import annotations

import gzip
import re
import sys
from pathlib import Path

import pytest

from kentongan.office import files, security

sys.path.insert(0, str(Path(__file__).parent))
from screens import STILL, client_of, furnished

ROOM = Path(__file__).resolve().parents[2] / "src/kentongan/office"
TOKENS = (ROOM / "static/kentongan/tokens.css").read_text()
TEXT = ("ink", "soft", "link", "done", "warn", "watch", "low", "medium", "high", "crisis")
GROUNDS = ("paper", "sheet", "shade")
SHAPES = ("edge", "focus", "now", "usual-line", "machine")
FONT_KB, PAGE_KB = 150, 60


def themes():
    """Light as written; dark in both its places, which must be the same."""
    blocks = dict(re.findall(r"^(:root[^{]*)\{(.*?)^\}", TOKENS, re.S | re.M))
    system = re.search(r'data-look="system"\] \{(.*?)\}', TOKENS, re.S).group(1)
    read = lambda text: dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", text))  # noqa: E731
    light, dark = read(blocks[":root "]), read(blocks[':root[data-look="dark"] '])
    assert dark == read(system)
    return {"light": light, "dark": dark}


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_reaches_aa_on_every_ground(theme):
    colours = themes()[theme]
    low = {(text, ground): contrast(colours[text], colours[ground]) for text in TEXT for ground in GROUNDS}
    assert {pair: round(value, 2) for pair, value in low.items() if value < 4.5} == {}
    assert contrast(colours["act-ink"], colours["act"]) >= 4.5
    assert contrast(colours["ink"], colours["hit"]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_controls_shapes_and_focus_can_be_told_from_the_ground(theme):
    colours = themes()[theme]
    low = {(shape, ground): contrast(colours[shape], colours[ground]) for shape in SHAPES for ground in GROUNDS}
    assert {pair: round(value, 2) for pair, value in low.items() if value < 3} == {}


def test_every_colour_comes_from_the_tokens():
    css = (ROOM / "static/kentongan/app.css").read_text()
    screen = css.split("@media print")[0]
    assert re.findall(r"#[0-9a-fA-F]{3,6}\b", screen) == []


def test_no_template_has_inline_style_or_script():
    for path in (ROOM / "templates").rglob("*.html"):
        text = re.sub(r"{%.*?%}", "", path.read_text())
        assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:", text), path.name
        scripts = [tag for tag in re.findall(r"<script[^>]*>", text) if tag != '<script type="application/ld+json">']
        assert all("src=" in tag for tag in scripts), f"{path.name}: only metadata, which no browser runs, may stand in a page"


@pytest.mark.django_db
def test_every_answer_carries_the_policy(client):
    for address in ("/accounts/login/", "/nowhere/", "/static/kentongan/app.css"):
        response = client.get(address)
        policy = response.headers["Content-Security-Policy"]
        response.close()
        assert policy == security.POLICY
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy


def arrives(client, address):
    """What a browser that takes gzip has to load for an address, in KB."""
    response = client.get(address, headers={"accept-encoding": "gzip"})
    body = b"".join(response.streaming_content) if response.streaming else response.content
    response.close()
    assert response.status_code == 200, address
    return len(body) / 1024, response


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["/", "/stories/", "/signals/", "/sources/"])
def test_the_first_load_is_light_enough_for_a_weak_network(page, settings):
    if not (ROOM / "static/vendor/fonts.css").is_file():
        pytest.skip("the front-end files are not there: run tools/assets.py")
    settings.CLOCK = STILL
    client = client_of(furnished().officer)
    names = set(re.findall(r"/static/[\w./-]+", client.get(page).content.decode()))
    own = arrives(client, page)[0] + sum(arrives(client, name)[0] for name in names)
    fonts = sum(path.stat().st_size for path in (ROOM / "static/vendor").glob("*.woff2")) / 1024
    assert own <= PAGE_KB, f"{own:.1f} KB without the font"
    assert own + fonts <= FONT_KB, f"{own + fonts:.1f} KB with the font"


@pytest.mark.django_db  # the end of an answer looks after the connections
def test_a_compressed_file_is_the_same_file_and_is_not_sent_twice(client):
    plain, squeezed = client.get("/static/kentongan/app.css"), arrives(client, "/static/kentongan/app.css")[1]
    body = b"".join(plain.streaming_content)
    plain.close()
    assert body == (ROOM / "static/kentongan/app.css").read_bytes()
    assert squeezed.headers["Content-Encoding"] == "gzip"
    again = client.get("/static/kentongan/app.css", headers={"if-none-match": squeezed.headers["ETag"], "accept-encoding": "gzip"})
    assert again.status_code == 304


def test_a_twin_is_made_once_and_follows_its_file(tmp_path):
    source, folder = tmp_path / "a.css", tmp_path / "twins"
    source.write_text("a { color: red }" * 100)
    first = files.twin(source, folder)
    assert files.twin(source, folder) == first
    assert gzip.decompress(first.read_bytes()) == source.read_bytes()
    source.write_text("b { color: red }" * 100)
    assert files.twin(source, folder) != first
    source.write_text("small")
    assert files.twin(source, folder) is None
