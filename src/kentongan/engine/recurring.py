"""Whether a headline is a text of service that is written anew every day in the same form: weather, prayer times, the price of gold.

Observed. Such texts say the same words every morning and mean nothing beyond their day. Compared by words and meaning, a fortnight of
forecasts is one story, and the longest of the city.

Method. A headline that names a service (`data/recurring.yaml`) together with a day ("hari ini", "Senin", "8 Oktober", "ngày 8/10"), or one
that is made of words of forecasts but for one (the city's name). Both by whole words. Stories and copies ask for it: what is of another
day is other news, whatever the words.

Known failures: a service the list does not know gathers as before; a rise in the price of gold that goes on for days is a story a day where
every headline names its day. Why not learn the form from the stream: a small outlet that reports a real event once a day has that form too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from kentongan.engine.lexicon import Finder, folded, word_list

DAY_S = 86_400
EAST_S = 7 * 3600
"""Days are counted as in Jakarta and Hanoi; in Jayapura a day begins two hours into it, while nothing of service is written."""
_LEAST, _STRANGE = 2, 1
"""Words of forecasts a bare forecast has at least, and other words at most."""
_WORD = re.compile(r"[^\W\d_]+")


@cache
def _lists() -> tuple[Finder, Finder, re.Pattern[str], frozenset[str]]:
    data = word_list("recurring")
    months = "|".join(re.escape(word) for word in sorted(_words(data["months"]), key=len, reverse=True))
    date = re.compile(rf"\b\d{{1,2}}\s+(?:{months})\b|\b\d{{1,2}}/\d{{1,2}}\b|\b(?:{months})\s+\d{{1,2}}\b")
    return Finder(_words(data["services"])), Finder(_words(data["days"])), date, frozenset(_words(data["forecast"]))


def _words(languages: Mapping[str, list[str]]) -> list[str]:
    return [folded(word) for words in languages.values() for word in words]


def is_recurring(title: str) -> bool:
    """Whether the headline is one of a text of service that belongs to its day alone."""
    services, days, date, forecast = _lists()
    line = folded(title)
    if services.find(line) and (days.find(line) or date.search(line)):
        return True
    words = _WORD.findall(line)
    strange = sum(word not in forecast for word in words)
    return len(words) - strange >= _LEAST and strange <= _STRANGE


def day_of(seconds: float) -> int:
    """The number of the day a text of service belongs to."""
    return int((seconds + EAST_S) // DAY_S)
