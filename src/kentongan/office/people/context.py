"""What every page needs: the look that was chosen, and the links of the frame."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import get_language

LOOKS = ("system", "light", "dark")
LOOK_COOKIE = "look"


def frame(request: HttpRequest) -> dict[str, object]:
    """`look` is one of LOOKS; `speech` the active language; `now` the office's time (absent where a request failed early)."""
    look = request.COOKIES.get(LOOK_COOKIE, "system")
    return {
        "look": look if look in LOOKS else "system",
        "looks": LOOKS,
        "speech": get_language() or "en",
        "now": getattr(request, "now", None),
    }
