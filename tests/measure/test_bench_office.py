"""The bench's own counting: what became of every line of an imported file, on a real import."""

from __future__ import annotations

import json

from kentongan.measure.bench_office import accounted


def test_every_line_of_an_import_is_accounted_for(tmp_path, installation):
    rows = [
        {"title": f"Banjir di kelurahan {n}", "url": f"https://a.example/{n}", "outlet": "A", "time": f"2025-11-20T0{n}:00:00+07:00"}
        for n in range(6)
    ]
    stream = tmp_path / "stream.jsonl"
    stream.write_text("\n".join([*map(json.dumps, rows), json.dumps(rows[0]), "{not a line"]), encoding="utf-8")
    place = installation()
    place.run("import", str(stream), "--quiet")
    found = {what: value for what, value, _ in accounted(stream, place.url)}
    assert found["lines"] == 8
    assert found["lines that cannot be read"] == 1
    assert found["lines that repeat an address"] == 1
    assert found["articles stored"] == 6
    assert found["lines lost"] == found["articles without a story"] == 0
    assert 1 <= found["stories, demo city included"] <= 6
    with_one_more = tmp_path / "more.jsonl"
    with_one_more.write_text(stream.read_text() + "\n" + json.dumps(rows[1] | {"url": "https://a.example/new"}))
    assert {what: value for what, value, _ in accounted(with_one_more, place.url)}["lines lost"] == 1
