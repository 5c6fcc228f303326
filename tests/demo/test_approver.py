"""The demo's approver: a second factor that is asked for, codes made by chance that open once each, and none for anybody else's folder."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from kentongan.cli.part import command
from kentongan.demo import city as cities
from kentongan.demo import furnishing, stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(tmp_path):
    """Furnishes the city; the demo's people by name."""
    from kentongan.office.people.models import User

    city = cities.load()
    what = stage.stage(tmp_path / "demo", city, 1, datetime.now(UTC))

    def furnish():
        furnishing.furnish(city, what)
        return {one.username: one for one in User.objects.select_related("office")}

    return furnish


def recovery(person):
    from allauth.mfa.models import Authenticator

    return Authenticator.objects.get(user=person, type=Authenticator.Type.RECOVERY_CODES).wrap()


def test_only_the_approver_is_asked_for_a_second_factor(people):
    found = people()
    assert {name: one.role for name, one in found.items()} == dict(stage.PEOPLE)
    assert found["rina"].office.second_factor_roles == ["approver"]
    assert found["penyetuju"].office.contact


def test_a_code_opens_once_and_new_ones_come_where_few_are_left(people):
    person = people()["penyetuju"]
    codes = furnishing.codes()
    assert (len(set(codes)), {len(one) for one in codes}, furnishing.codes()) == (10, {8}, codes)
    assert recovery(person).validate_code(codes[0])
    assert not recovery(person).validate_code(codes[0])
    assert furnishing.codes() == codes[1:]
    for code in codes[1:6]:
        assert recovery(person).validate_code(code)
    fresh = furnishing.codes()
    assert (len(fresh), set(fresh) & set(codes)) == (10, set())
    assert not recovery(person).validate_code(codes[8])


def test_two_demos_have_other_codes(people):
    from allauth.mfa.models import Authenticator

    people()
    first = furnishing.codes()
    Authenticator.objects.all().delete()
    assert not set(first) & set(furnishing.codes())


def test_a_folder_of_an_earlier_version_gets_who_is_missing_and_nothing_twice(people):
    from kentongan.office.ledger.models import Line
    from kentongan.office.listening.models import Source
    from kentongan.office.people.models import User

    before = people()
    lines, sources = Line.objects.count(), Source.objects.count()
    assert people().keys() == before.keys()
    assert (Line.objects.count(), Source.objects.count()) == (lines, sources)
    User.objects.filter(username="penyetuju").update(username="lama")
    assert set(people()) == {*before, "lama"}
    assert Source.objects.count() == sources


def test_there_are_no_codes_for_what_is_no_demos_folder(tmp_path):
    said = CliRunner().invoke(command, ["codes", "--folder", str(tmp_path)])
    assert said.exit_code != 0
    assert "demo.json" in str(said.exception)
