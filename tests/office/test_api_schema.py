"""The API against its own description: whatever is asked, no error of ours, and every answer as the description says (schemathesis)."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from kentongan.config import Config
from kentongan.office.api import scopes
from kentongan.office.api.doors import api, operations
from kentongan.office.desk import facts, questions, statement_services
from kentongan.office.desk import services as desk
from kentongan.office.desk.statement_services import Frame
from kentongan.office.listening.models import Article, Purpose, Signal, Source
from kentongan.office.people.standing import make_agency
from kentongan.office.wsgi import application
from kentongan.testing import builders
from kentongan.testing.accuracy import furnish_accuracy

sys.path.insert(0, str(Path(__file__).parent))
from screens import STILL, furnished
from test_api import published, token_for

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(240)]
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


class RolledBack(Exception):
    """Ends an example, so that the next one meets the same office."""


@pytest.mark.parametrize("examples", [2, pytest.param(20, marks=[pytest.mark.soak, pytest.mark.timeout(3600)])])
def test_every_answer_is_as_the_description_says(house_and_token, examples):
    house, everything, secret = house_and_token
    schema = schemathesis.openapi.from_dict(api.get_openapi_schema())
    schema.app = application
    agency = make_agency(everything, "Dinas Air", "D", "", builders.NOW)
    issue = desk.open_issue(everything, desk.IssueDraft("Air keruh", agency=agency.pk), "high", "laporan", desk.Seed(), builders.NOW)
    said = facts.FactDraft("known", "Air keruh", builders.NOW, source="Laporan", grade="likely", owner=everything.pk)
    wish = questions.QuestionDraft(agency.pk, "Berapa rumah tanpa air?", builders.NOW + timedelta(hours=2))
    frame = Frame("low", "victim")
    paper = statement_services.begin(everything, issue, "chat", "id", frame, builders.NOW)
    keys = {
        "stories": house.stories[0].pk,
        "signals": Signal.objects.filter(state="new").values_list("pk", flat=True)[0],
        "sources": Source.objects.values_list("pk", flat=True)[0],
        "articles": Article.objects.values_list("pk", flat=True)[0],
        "purposes": Purpose.objects.values_list("pk", flat=True)[0],
        "people": house.reader.pk,
        "issues": issue.pk,
        "facts": facts.add(everything, issue, said, builders.NOW).pk,
        "agency-questions": questions.ask(everything, issue, wish, builders.NOW).pk,
        "statements": statement_services.write(everything, paper, "Air masuk ke 42 rumah.", frame, 0, builders.NOW).pk,
        "publications": (urgent := published(everything, issue).pk),
        "record": urgent,
        "recorded-events": furnish_accuracy(house.ours, house.administrator)[0].pk,
    }
    wrong = {}
    for one in operations():
        pk = keys.get(one.path.split("/")[3])
        try:
            ask(schema.find_operation_by_id(one.id), secret, pk, examples)
        except FailureGroup as error:
            wrong[one.id] = [f"{failure.title}: {failure.message}"[:600] for failure in error.exceptions]
    assert wrong == {}


def ask(operation, secret, pk, examples):
    """Ask with what the description allows, about any number and about one that is there."""
    headers = {"Authorization": f"Bearer {secret}", "Accept-Encoding": "identity"}

    @settings(
        max_examples=examples, derandomize=True, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy())
    def asked(case):
        for number in {None, pk if "pk" in (case.path_parameters or {}) else None}:
            if number is not None:
                case.path_parameters["pk"] = number
            try:
                with transaction.atomic():
                    case.call_and_validate(headers=headers, checks=CHECKS)
                    raise RolledBack
            except RolledBack:
                continue

    asked()


@pytest.fixture
def house_and_token(settings):
    """An office, and the connection of this test kept open between requests, as Django's own client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    settings.CLOCK = STILL
    settings.CONFIG = Config({**settings.CONFIG.values, "api_rate": 100_000}, settings.CONFIG.origins)
    house = furnished()
    everything = builders.make_user(house.ours, "kepala", "administrator", more_roles=["auditor"])
    yield house, everything, token_for(everything, list(scopes.SCOPES))
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
