"""Why a query of a watch cannot be read, in the reader's language (`engine.watching.SAID` holds the codes)."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kentongan.engine.watching import DEEPEST, FARTHEST, LONGEST, TERMS, Unclear
from kentongan.office.listening.presenting import Words

SENTENCES: dict[str, Words] = {
    "long": _("The words are longer than %(longest)s characters. Make two watches of them."),
    "terms": _("More than %(terms)s words. Make two watches of them."),
    "deep": _("Parentheses at character %(at)s stand more than %(deepest)s deep. Write it flatter."),
    "quote": _("The quotation mark at character %(at)s is never closed. Put one after the last word of the phrase."),
    "open": _("The parenthesis at character %(at)s is never closed. Put one after the last word that belongs to it."),
    "close": _("The parenthesis at character %(at)s closes nothing. Take it out."),
    "empty": _("Nothing stands in the parentheses or quotation marks at character %(at)s. Write a word there or take them out."),
    "or": _("OR at character %(at)s needs words to look for on both sides."),
    "not": _("After the minus or NOT at character %(at)s comes what is excluded."),
    "near": _("NEAR at character %(at)s needs a word or phrase on both sides, or several with OR in parentheses."),
    "distance": _("NEAR/ at character %(at)s takes a number of words from 1 to %(farthest)s, such as NEAR/5."),
    "nothing": _("Give at least one word to look for, not only what is excluded."),
    "pattern": _("The words hold a pattern, from character %(at)s on. There are no patterns here: write each word, with OR between them."),
    "groups": _("So many alternatives side by side cannot be judged. Make several watches of them."),
}
LIMITS = {"longest": LONGEST, "terms": TERMS, "deepest": DEEPEST, "farthest": FARTHEST}


def said(error: Unclear) -> str:
    """The sentence, with the place and the remedy."""
    sentence = SENTENCES.get(error.code)
    return str(sentence) % {**LIMITS, "at": error.at} if sentence is not None else gettext("These words cannot be read.")
