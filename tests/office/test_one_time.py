"""The link printed at the terminal signs one person in once."""

import time
from unittest import mock
from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from kentongan.office.people import one_time

pytestmark = pytest.mark.django_db


def _path(user):
    return urlsplit(one_time.link_for(user, "http://127.0.0.1:8600/")).path


def test_it_signs_in_and_leads_to_the_briefing(client, officer):
    answer = client.get(_path(officer))
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(officer.pk)


def test_it_works_once(client, officer):
    path = _path(officer)
    client.get(path)
    client.logout()
    assert client.get(path)["Location"] == reverse("account_login")
    assert "_auth_user_id" not in client.session


def test_it_refuses_a_forged_link(client, officer):
    assert client.get(_path(officer)[:-2] + "x/")["Location"] == reverse("account_login")


def test_it_refuses_a_link_older_than_ten_minutes(client, officer):
    with mock.patch("django.core.signing.time.time", return_value=time.time() - one_time.MAX_AGE_S - 1):
        path = _path(officer)
    assert client.get(path)["Location"] == reverse("account_login")


def test_it_refuses_somebody_who_left(client, officer):
    path = _path(officer)
    officer.is_active = False
    officer.save()
    assert client.get(path)["Location"] == reverse("account_login")
