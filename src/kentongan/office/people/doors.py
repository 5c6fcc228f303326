"""Who passes into a view of the office, and how an act is done and said. For the views of this room and those above."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from kentongan.errors import KentonganError
from kentongan.office.people.models import Office
from kentongan.office.people.requests import OfficeRequest

P = ParamSpec("P")
View = Callable[Concatenate[OfficeRequest, P], HttpResponse]


def room(right: str = "") -> Callable[[View[P]], View[P]]:
    """Only for people who are signed in, belong to an office and have the right."""

    def around(view: View[P]) -> View[P]:
        @wraps(view)
        def inside(request: OfficeRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if request.user.office_id is None:
                return render(request, "people/no_office.html", status=403)
            if right and not request.user.may(right):
                raise PermissionDenied(gettext("Your role does not allow this. Ask an administrator of your office."))
            return view(request, *args, **kwargs)

        return login_required(inside)

    return around


def act(right: str = "") -> Callable[[View[P]], View[P]]:
    """The same, and only by a form."""
    return lambda view: room(right)(require_POST(view))


def office_of(request: OfficeRequest) -> Office:
    """The office of the person who asks; `room` has made sure that there is one."""
    return cast(Office, request.user.office)


def own(request: OfficeRequest, rows: QuerySet[Any], pk: int) -> Any:
    """The row of the person's own office; another office's is answered as one that does not exist."""
    found = rows.filter(office=office_of(request), pk=pk).first()
    if found is None:
        raise Http404(gettext("There is no such thing in your office."))
    return found


def shown_once(request: OfficeRequest, title: str, secret: str, how: str, back: str) -> HttpResponse:
    """The page that shows a secret, this one time."""
    response = render(request, "secret.html", {"room": "office", "title": title, "secret": secret, "how": how, "back": back})
    response["Cache-Control"] = "no-store"
    return response


def attempt(request: OfficeRequest, do: Callable[[], object], done: str) -> bool:
    """Do it and say so; a refusal is said in its own words."""
    try:
        do()
    except KentonganError as error:
        messages.error(request, str(error))
        return False
    messages.success(request, done)
    return True


def say_at_field(form: BaseForm, error: KentonganError) -> None:
    """A refusal at the field it is about; above the form where it is about none of its fields."""
    form.add_error(error.subject if error.subject in form.fields else None, str(error))


def say_what_is_wrong(request: OfficeRequest, form: BaseForm) -> None:
    """The form's complaints as one message, for acts whose form stands on another page."""
    said = [str(one) if name == NON_FIELD_ERRORS else f"{form[name].label}: {one}" for name, found in form.errors.items() for one in found]
    messages.error(request, " ".join(said))
