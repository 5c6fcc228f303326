"""The only code that makes offices and people."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify

from kentongan.errors import InputError
from kentongan.office.people.models import Office, Role, User

FIRST_OFFICE = "Kentongan"


@transaction.atomic
def create_office(name: str, *, language: str = "id", time_zone: str = "Asia/Jakarta", country: str = "ID") -> Office:
    """A new office. Raises `InputError` where one of that name exists."""
    slug = slugify(name) or "office"
    if Office.objects.filter(slug=slug).exists():
        raise InputError(f"There is already an office called “{name}”.", subject="name")
    return Office.objects.create(name=name, slug=slug, language=language, time_zone=time_zone, country=country)


def first_office(name: str = FIRST_OFFICE, *, time_zone: str = "Asia/Jakarta") -> Office:
    """The office of this installation, made when there is none. Part 1 knows one; part 2 several."""
    with transaction.atomic():
        office = Office.objects.select_for_update().order_by("pk").first()
        return office or create_office(name, time_zone=time_zone)


@transaction.atomic
def create_user(name: str, password: str, *, office: Office, role: str, email: str = "", language: str = "") -> User:
    """A person who may sign in; administrators also see the admin pages. Raises `InputError` with every complaint."""
    if role not in Role.values:
        raise InputError(f"A role is one of {', '.join(Role.values)}, not “{role}”.", subject="role")
    if User.objects.filter(username=name).exists():
        raise InputError(f"There is already somebody called “{name}”.", subject="name")
    admin = role == Role.ADMINISTRATOR
    user = User(username=name, email=email, office=office, role=role, language=language, is_staff=admin, is_superuser=admin)
    try:
        validate_password(password, user)
        user.set_password(password)
        user.full_clean()
    except ValidationError as error:
        raise InputError(" ".join(error.messages), subject="password") from error
    user.save()
    return user
