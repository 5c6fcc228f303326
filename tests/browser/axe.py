"""axe-core, run in a page of ours, and what else a page must never be."""

from __future__ import annotations

from functools import cache
from pathlib import Path

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],
}
SMALL = """() => [...document.querySelectorAll('main button, main select, main input:not([type=hidden]), .rooms a, .me > summary')]
  .filter((e) => e.offsetParent !== null && !e.closest('label')).map((e) => [e.outerHTML.slice(0, 80), e.getBoundingClientRect().height])
  .filter(([, height]) => height < 43.5)"""


@cache
def source():
    return AXE.read_text()


def findings(page):
    if not page.evaluate("'axe' in window"):
        page.evaluate(source())  # through the debugger, since the policy rightly lets no page load it
    found = page.evaluate("(rules) => axe.run(document, rules)", RULES)["violations"]
    return [(one["id"], one["help"], [node["html"][:160] for node in one["nodes"]][:3]) for one in found]


def problems_of(page, language="", without=""):
    """Everything that is wrong with what a page shows now, one rule excepted."""
    problems = [one for one in findings(page) if one[0] != without] + page.evaluate(SMALL)
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        problems.append("scrolls sideways")
    if language and page.evaluate("document.documentElement.lang") != language:
        problems.append("wrong language")
    return problems
