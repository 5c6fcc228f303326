"""A request as the office's views see it, after `Surroundings`: for annotations only."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime

from django.http import HttpRequest

from kentongan.office.people.models import User


class OfficeRequest(HttpRequest):
    """`user` is a signed-in person behind the views' doors; `now` the office's time at which the request came in, UTC;
    `doors` closes the scope of the office when the answer is made."""

    user: User
    now: datetime
    doors: ExitStack
