"""A tutorial as a script: its numbered lines are read as actions and done in a browser by keyboard alone.

A line is `N. keys: **name**. Words.` Keys stand in backticks, with ×n where they are pressed n times; longer words in backticks are typed;
*the password* and *a code* are what the terminal printed. In bold stands the control that has the focus when it is used, or the page
that a key goes to. So a line that does not lead where it says fails.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

KEY_S, MIND_S = 0.28, 1.35
"""Card, Moran and Newell 1980, the keystroke-level model: a key of an average typist who is no professional; a moment of preparing for an
action. Their pointing (P) and homing (H) do not happen here; what the machine needs (R) is measured and said beside it."""
WORDS_A_MINUTE = 238
"""Brysbaert 2019: silent reading of non-fiction by adults."""
_KEYS = frozenset({"Tab", "Shift+Tab", "Enter", "Space", "Escape"})
_LINE = re.compile(r"^(\d+)\. (.+(?:\n {3}.+)*)", re.MULTILINE)
_PART = re.compile(r"`([^`]+)`(?: ×(\d+))?|\*\*([^*]+)\*\*|(?<!\*)\*([^*]+)\*(?!\*)")
_NAME = """() => {
  const at = document.activeElement;
  return ((at.labels && at.labels.length ? at.labels[0] : at).innerText || "").trim();
}"""


@dataclass(frozen=True)
class Action:
    """One numbered line: what is pressed and typed in order, and the name of what is used or gone to."""

    number: int
    parts: tuple[tuple[str, str], ...]
    """("key", name), ("text", words) or ("secret", which)."""
    name: str = ""

    @property
    def tabs(self) -> int:
        return self.parts.count(("key", "Tab")) + self.parts.count(("key", "Shift+Tab"))

    @property
    def uses(self) -> int:
        """How many controls it uses: fields typed into, keys that press something, places gone to by `g` or a menu's key."""
        pressed = sum(kind == "key" and words in {"Enter", "Space"} for kind, words in self.parts)
        typed = sum(kind != "key" for kind, _ in self.parts)
        return pressed + typed or 1


@dataclass(frozen=True)
class Tutorial:
    """Its headings in order, each with its actions, and the words that are read on the way."""

    sections: dict[str, list[Action]]
    words: int

    @property
    def actions(self) -> list[Action]:
        return [action for actions in self.sections.values() for action in actions]


@dataclass
class Walked:
    """What a walk took."""

    keys: int = 0
    read: int = 0
    machine_s: float = 0.0
    seen: list[str] = field(default_factory=list)

    def minutes(self, actions: int) -> float:
        """What a person needs by the model, reading included."""
        return (self.keys * KEY_S + actions * MIND_S) / 60 + self.read / WORDS_A_MINUTE


def read(text: str) -> Tutorial:
    """The tutorial of a document."""
    sections: dict[str, list[Action]] = {}
    for heading, body in re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL):
        found = [_action(int(number), " ".join(words.split())) for number, words in _LINE.findall(body)]
        if found:
            sections[heading] = found
    first = text.index("## 1.")
    return Tutorial(sections, len(re.findall(r"\w[\w'’-]*", text[first:])))


def _action(number: int, line: str) -> Action:
    parts: list[tuple[str, str]] = []
    name = ""
    for code, times, bold, slanted in _PART.findall(line):
        if code:
            kind = "key" if code in _KEYS or len(code) == 1 else "text"
            parts += [(kind, code)] * int(times or 1)
        elif bold:
            assert not name, f"two names in line {number}"
            name = bold
        else:
            parts.append(("secret", slanted))
    return Action(number, tuple(parts), name)


def do(page: Any, action: Action, secrets: dict[str, str], walked: Walked) -> None:
    """One action by the keyboard; what is used bears the name the line gives it."""
    for place, (kind, words) in enumerate(action.parts):
        if kind == "key":
            _press(page, action, words, before=action.parts[place - 1][1] if place else "")
            walked.keys += 1
        else:
            typed = secrets[words] if kind == "secret" else words
            assert page.evaluate(_NAME) == action.name, action
            page.keyboard.type(typed)
            walked.keys += len(typed)


def _press(page: Any, action: Action, key: str, before: str) -> None:
    used = key in {"Enter", "Space"}
    if used and action.name:
        assert page.evaluate(_NAME) == action.name, action
    goes = before == "g" if not used else page.evaluate("document.activeElement.tagName") != "SUMMARY"
    if not goes:
        page.keyboard.press(key)
        return
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press(key)
    if not used:
        shown = page.locator("[aria-current=page]").all_inner_texts()
        assert action.name in [one.strip() for one in shown], (action, shown)
