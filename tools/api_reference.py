"""Writes the table of operations into docs/reference/api.md, from the API's own description. `tests/office/test_api.py` holds it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs/reference/api.md"
BEGIN, END = "<!-- operations -->", "<!-- end of operations -->"


def main() -> None:
    """Replace what stands between the two marks."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kentongan.office.settings")
    os.environ.setdefault("KENTONGAN_DATA", tempfile.mkdtemp(prefix="kentongan-reference-"))
    import django

    django.setup()
    from kentongan.office.api.doors import operations

    rows = ["| | address | scope | right | what |", "|---|---|---|---|---|"]
    for one in operations():
        rows.append(f"| `{one.method}` | `{one.path.removeprefix('/api/v1')}` | {one.scope} | {one.right} | {one.summary} |")
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n" + "\n".join(rows) + f"\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
