"""Whether somebody typed a pattern (a regular expression, a wildcard) where words are asked for. Pure.

Observed. Whoever knows another system pastes `ban.*jir`, `(a+)+$`, `banjir|rob` or `banj*`. Read as words these find something else than
was meant, and nobody notices. But a full stop, a question mark, a plus, a dollar and brackets stand in ordinary words too: "Rp5.000",
"C++", "Disney+", "(lagi)?", "[BREAKING]", "US$", "anj*ng", "skor [2-1]".

Method. Only what nobody writes otherwise is taken for a pattern: a dot with a repetition, a repetition behind brackets, a class with a
range or in the midst of a word, a backslash with a class or a sign, counted repetitions, anchors at the edge of a word, words joined by a
bar, a star at the end of a word. The signs are looked for by expressions of ours in which nothing repeats within a repetition, so the time
grows with the length alone.

Known failures. "ban+jir", "ban.jir" and "banjir?" are read as words: so much ordinary writing looks like that. A footnote's star behind a
pasted word is refused."""

from __future__ import annotations

import re

_SIGNS = re.compile(
    r"""
      \.[*+]                                                  # ban.*jir
    | \)(?:[*+]|\{\d)                                         # (a+)+ but not (lagi)?
    | \]\{\d | [^\W\d_]\{\d+,?\d*\}                           # a{2,3}
    | \[\^ | \[[^\]\s]{0,40}(?:a-z|A-Z|0-9)[^\]\s]{0,40}\]    # [a-z], [^x]
    | \][*+](?!\]) | (?<=[^\W\d_])\[\w{2,20}\](?=[^\W\d_])    # [abc]+, ban[jy]ir
    | \\[wWdDsSbB](?![^\W\d_]) | (?<!\w)\\[bB](?=\w)          # \d+, \bbanjir\b
    | \\[.*+?^$|(){}\[\]]                                     # \.
    | (?<![^\s("])\^(?=[^\W_])                                # ^banjir
    | (?:(?<=[^\W\d_]{4})|(?<=[)*+?]))\$(?![^\s)"])           # banjir$, +$
    | (?<=\w)\|(?=\w)                                         # banjir|rob
    | \(\s*\?(?:[:\#]|[imsx]{1,4}[:)]|P?<|[=!](?![)?!]))       # (?:x), (?i)
    | (?<=[^\W\d_])\*(?![^\s)"])                              # banj*
    """,
    re.VERBOSE,
)
_BOLD = re.compile(r"(?<!\S)\*[^*]{1,80}\*(?!\S)")
"""*penting*: how a chat writes bold."""


def place_of(text: str) -> int:
    """The character at which a pattern shows, counted from 1; 0 where these are words."""
    bold = {match.end() - 1 for match in _BOLD.finditer(text)}
    return next((sign.start() + 1 for sign in _SIGNS.finditer(text) if sign.start() not in bold), 0)
