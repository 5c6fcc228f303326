"""What the tests of the office's pages and API stand on: a furnished office whose clock stands still, and a program of its officer."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def house(settings: Any) -> Any:
    from screens import STILL, furnished

    settings.CLOCK = STILL
    return furnished()


@pytest.fixture
def program(house: Any) -> Any:
    """Asks the API with a good token of the officer."""
    from test_api import Program, token_for

    return Program(token_for(house.officer))
