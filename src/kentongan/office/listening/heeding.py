"""When a running listener takes on what its office has changed.

Another list of topics counts at once: one small query, asked at every turn. The budget of signals counts from the next look on, one every
LOOK_S. Places and the calendar change what was usual, so everything is read again (the vectors are there already); whoever enters places
does so for a while, so it begins once they stood still between two looks.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from kentongan.office.listening import engine_settings, topics_used
from kentongan.office.listening.listener import Listener

LOOK_S = 30.0


@dataclass(slots=True)
class Heed:
    """What a listener was opened with. Make it before the listener's settings are read: what changes in between is seen then."""

    office: int
    clock: Callable[[], float] = time.monotonic
    topics: int = field(init=False)
    looked: float = field(init=False)
    resting: str = field(init=False, default="")

    def __post_init__(self) -> None:
        self.topics = topics_used.number_of(self.office)
        self.looked = self.clock()

    def wants_anew(self, mine: Listener) -> bool:
        """Whether the listener must be opened anew. Another budget is handed to it as it runs."""
        if topics_used.number_of(self.office) != self.topics:
            return True
        if self.clock() - self.looked < LOOK_S:
            return False
        self.looked = self.clock()
        wanted = engine_settings.of(self.office)
        before, self.resting = self.resting, engine_settings.digest(wanted)
        if self.resting == engine_settings.digest(mine.settings):
            mine.settings = replace(mine.settings, bursts=wanted.bursts)
            return False
        return self.resting == before
