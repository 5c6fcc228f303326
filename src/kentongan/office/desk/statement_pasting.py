"""What comes in with a pasted text and is no text: marks that nobody sees are taken out, markup is refused. Pure.

Observed. Word processors, chats and web pages bring zero-width marks, soft hyphens, marks of direction, blanks that do not break and signs
of private fonts. They are invisible, so a hash of two texts that look the same would differ, and a mark of direction can make a figure
read backwards. Markup is visible only here: what is printed, sent as an SMS or read aloud would carry it along.
"""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext

from kentongan.engine.alignment import LONGEST
from kentongan.errors import InputError
from kentongan.office.desk import moves
from kentongan.office.listening import purposes

MARKUP = re.compile(r"</?[a-zA-Z][^<>]{0,2000}>|<!--|<\?xml|<!\[if|\{\\rtf", re.IGNORECASE)
_BREAKS = re.compile(r"\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_BLANKS = re.compile(r"[^\S\n]+")
_UNSEEN = frozenset({"Cf", "Cc", "Co", "Cs", "Cn"})
SHOWN = 40
LONGEST_REASON = 500


def cleaned(text: str, field: str, subject: str, *, longest: int = LONGEST) -> str:
    """The text as it is read: NFC, one blank between words, nothing invisible. `field` is what people call where it was typed.

    Raises `InputError` (its subject is `subject`) for markup and for more than `longest` characters.
    """
    if len(text) > longest:
        said = gettext(
            "%(field)s: %(found)s characters are too many (%(most)s at most). Attach the long part as a file, or make two papers."
        )
        raise InputError(said % {"field": field, "found": f"{len(text):,}", "most": f"{longest:,}"}, subject=subject)
    found = MARKUP.search(text)
    if found:
        said = gettext("%(field)s: this is markup, not text: %(found)s. Paste it without formatting.")
        raise InputError(said % {"field": field, "found": found[0][:SHOWN]}, subject=subject)
    text = unicodedata.normalize("NFC", _BREAKS.sub("\n", text))
    text = "".join(sign for sign in text if sign in "\n\t" or unicodedata.category(sign) not in _UNSEEN)
    lines = (_BLANKS.sub(" ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def cleaned_line(text: str, field: str, subject: str, *, longest: int) -> str:
    """The same for what is one line."""
    return " ".join(cleaned(text, field, subject, longest=longest).split())


def decent_line(text: str, field: str, subject: str, *, longest: int) -> str:
    """The same without telephone numbers, addresses and handles of people, for which it raises `InputError`, too."""
    found = cleaned_line(text, field, subject, longest=longest)
    purposes.need_no_identifiers(found, subject)
    return found


def why(text: str, subject: str) -> str:
    """The reason of an act, as one line of some words. Raises `InputError` at its field."""
    found = decent_line(text, gettext("Why"), subject, longest=LONGEST_REASON)
    if len(found) < moves.SHORTEST_REASON:
        raise InputError(gettext("Say in a few words why."), subject=subject)
    return found
