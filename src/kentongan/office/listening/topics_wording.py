"""Why a list of topics cannot be read, in the reader's language (`engine.topics_reading.SAID` holds the codes)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kentongan.engine.topics_reading import LIMITS, Unfit
from kentongan.office.listening.presenting import Words

SENTENCES: dict[str, Words] = {
    "long": _("The list is longer than %(longest)s characters. Shorten it."),
    "yaml": _("Line %(line)s is no YAML. Look there for indentation, quotation marks and brackets."),
    "parts": _("Line %(line)s: a list has one or more of the parts names, aspects, services and not, and nothing else."),
    "twice": _("Line %(line)s: “%(name)s” stands there twice. Make one of the two."),
    "reference": _("Line %(line)s: references (& and *) are not read. Write the words out."),
    "mapping": _("Line %(line)s: below “%(name)s” come names, each with a colon and what belongs to it."),
    "words": _("Line %(line)s: “%(name)s” needs a list of words in brackets, such as [taman, kebun]."),
    "text": _("Line %(line)s: “%(name)s” is read as a number or a date. Put it in quotation marks."),
    "letters": _("Line %(line)s: “%(name)s” needs two letters or digits at least; so short a word stands everywhere."),
    "word": _("Line %(line)s: a word is longer than %(word)s characters. Shorten it."),
    "code": _("Line %(line)s: “%(name)s” is no code of a topic. Use small letters, digits, - and _, 20 at most, and not “none”."),
    "language": _("Line %(line)s: “%(name)s” is no language of the list. Use one of %(languages)s."),
    "topics": _("Line %(line)s: more than %(topics)s topics. Join some of them."),
    "all": _("The list has more than %(words)s words and phrases. Leave the rarest out."),
    "unknown": _("Line %(line)s: “%(name)s” has a name and no words. Write its words under services, or take the name out."),
    "name": _("Line %(line)s: a name is text of 1 to %(longest_name)s characters."),
}


def said(error: Unfit) -> str:
    """The sentence, with the line and the remedy."""
    return str(SENTENCES[error.code]) % {**LIMITS, "line": error.line, "name": error.name}
