"""axe-core, run in a page of ours."""

from __future__ import annotations

from pathlib import Path

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}


def findings(page):
    page.evaluate(AXE.read_text())  # through the debugger, since the policy rightly lets no page load it
    found = page.evaluate("(rules) => axe.run(document, rules)", RULES)["violations"]
    return [(one["id"], one["help"], [node["html"][:160] for node in one["nodes"]][:3]) for one in found]
