"""What every page needs: the look that was chosen, and the links of the frame."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

LOOKS = ("system", "light", "dark")
LOOK_COOKIE = "look"
SPEECHES = (("id", "Indonesia"), ("vi", "Tiếng Việt"), ("en", "English"))
"""Each language by its own name, composed letters only: Django's own table has them in pieces, which fonts and searches trip over."""


def frame(request: HttpRequest) -> dict[str, object]:
    """The frame of a page.

    `look` is one of LOOKS; `speech` the active language, `speeches` all of them;
    `now` the office's time (absent where a request failed early).
    """
    look = request.COOKIES.get(LOOK_COOKIE, "system")
    return {
        "look": look if look in LOOKS else "system",
        "looks": LOOKS,
        "speech": get_language() or "en",
        "speeches": SPEECHES,
        "now": getattr(request, "now", None),
        "own_provider": bool(settings.CONFIG["oidc_url"]),
    }
