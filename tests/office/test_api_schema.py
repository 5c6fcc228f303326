"""The API against its own description: whatever is asked, no error of ours, and every answer as the description says (schemathesis)."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import schemathesis
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from kentongan.config import Config
from kentongan.office.api.doors import api, operations
from kentongan.office.wsgi import application
from kentongan.testing import builders

sys.path.insert(0, str(Path(__file__).parent))
from screens import STILL, furnished
from test_api import token_for

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(240)]
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 8


class RolledBack(Exception):
    """Ends an example, so that the next one meets the same office."""


@pytest.mark.parametrize("name", [one.id for one in operations()])
def test_every_answer_is_as_the_description_says(name, settings_of_office):
    house, secret = settings_of_office
    schema = schemathesis.openapi.from_dict(api.get_openapi_schema())
    schema.app = application
    operation = schema.find_operation_by_id(name)
    real = {"pk": {"stories": house.stories[0].pk}}

    @settings(
        max_examples=EXAMPLES, derandomize=True, deadline=None, database=None, phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy())
    def asked(case):
        for pk in (None, real["pk"].get(operation.path.split("/")[3], 1)):
            if pk is not None and "pk" in (case.path_parameters or {}):
                case.path_parameters["pk"] = pk
            try:
                with transaction.atomic():
                    case.call_and_validate(headers={"Authorization": f"Bearer {secret}"}, checks=CHECKS)
                    raise RolledBack
            except RolledBack:
                continue

    asked()


@pytest.fixture
def settings_of_office(settings):
    settings.CLOCK = STILL
    settings.CONFIG = Config({**settings.CONFIG.values, "api_rate": 100_000}, settings.CONFIG.origins)
    house = furnished()
    return house, token_for(builders.make_user(house.ours, "kepala", "administrator"))
