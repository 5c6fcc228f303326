"""Beginning and ending clocks set by law: plain forms on the page of an issue and on that of a publication."""

from __future__ import annotations

from django.http import HttpResponse

from kentongan.office.desk import clock_services, clocks, forms
from kentongan.office.desk.views import by_form, issue_or_404, version_of
from kentongan.office.people.doors import act, office_of
from kentongan.office.people.requests import OfficeRequest


@act("issues.change")
def begin_clock(request: OfficeRequest, pk: int) -> HttpResponse:
    """Begin a clock that a publication meets."""
    found, seen = issue_or_404(request, pk), version_of(request)
    form = forms.ClockForm(request.POST, laws=clocks.offered(office_of(request).country, "publication"), auto_id="clock_%s")
    return by_form(request, found, "clock", form, lambda _data: clock_services.begin(request.user, found, form.event(), seen, request.now))


@act("issues.change")
def end_clock(request: OfficeRequest, pk: int, number: int) -> HttpResponse:
    """Say what became of a clock."""
    found, name = issue_or_404(request, pk), f"end_{pk}_{number}"
    form = forms.EndClockForm(request.POST, auto_id=f"{name}_%s")
    return by_form(request, found, name, form, lambda data: clock_services.end(request.user, found, number, **data, now=request.now))
