"""How one is told oneself: channels, quiet hours, browsers. Registering a browser is the one thing here that needs its script."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from kentongan.errors import KentonganError
from kentongan.office.alerting import arranging, tasks
from kentongan.office.alerting.forms import BrowserForm, WishesForm
from kentongan.office.alerting.models import Browser, Preference
from kentongan.office.people.doors import act, attempt, office_of, room, say_at_field
from kentongan.office.people.requests import OfficeRequest

SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Macintosh", "Linux")
MAKERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))


@room("listening.read")
def notifications(request: OfficeRequest) -> HttpResponse:
    """One's own channels and quiet hours, and the browsers that were registered."""
    wish = Preference.objects.filter(person=request.user).first()
    form = WishesForm(request.POST if request.method == "POST" else None, wish=wish)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                arranging.change_wishes(request.user, form.wishes(), request.now)
            except KentonganError as error:
                say_at_field(form, error)
            else:
                messages.success(request, gettext("Kept."))
                return redirect("notifications")
    context = {
        "form": form,
        "browsers": Browser.objects.filter(person=request.user),
        "browser_form": BrowserForm(auto_id="push-%s"),
        "public_key": arranging.push_key(office_of(request)),
        "mail": bool(settings.CONFIG["mail_url"]),
    }
    return render(request, "alerting/notifications.html", context, status=status)


def browser_name(agent: str) -> str:
    """ "Firefox, Android", from what a browser says of itself; "" where it says nothing we know."""
    maker = next((word for mark, word in MAKERS if mark in agent), "")
    system = next((word for word in SYSTEMS if word in agent), "")
    return ", ".join(one for one in (maker, "Mac" if system == "Macintosh" else system) if one)


@act("listening.read")
def register_browser(request: OfficeRequest) -> HttpResponse:
    """This browser shows alerts from now on."""
    form = BrowserForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("This browser did not say how it can be reached. Try it again."))
        return redirect("notifications")
    draft = form.draft(browser_name(request.META.get("HTTP_USER_AGENT", "")))
    done = gettext("This browser shows alerts from now on.")
    attempt(request, lambda: arranging.register_browser(request.user, draft, request.now), done)
    return redirect("notifications")


@act("listening.read")
def forget_browser(request: OfficeRequest, pk: int) -> HttpResponse:
    """One's own browser shows no alerts any more."""
    found = Browser.objects.filter(office=office_of(request), person=request.user, pk=pk).first()
    if found is None:
        raise Http404(gettext("There is no such thing in your office."))
    attempt(request, lambda: arranging.forget_browser(request.user, found, request.now), gettext("Removed."))
    return redirect("notifications")


@act("listening.read")
def test_notifications(request: OfficeRequest) -> HttpResponse:
    """A test to oneself by every channel."""

    def test() -> None:
        made = arranging.test_me(request.user, request.now)
        tasks.plan([row.pk for row in made], office_of(request).pk)

    attempt(request, test, gettext("A test is on its way to you."))
    return redirect("notifications")
