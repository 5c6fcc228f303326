"""What the tests of approval and publication share: people of the roles, a statement nothing stands in the way of, asking and deciding."""

from __future__ import annotations

from typing import Any

from desk import NOW
from statements import SLOTS, Papers, sentences

from kentongan.office.desk import statement_approval, statement_queries, statement_services
from kentongan.office.desk.models import ApprovalStep, Statement
from kentongan.office.desk.statement_approval import Sight
from kentongan.testing import builders

URGENT = "Jauhi tepi sungai.\nPindah ke balai kecamatan.\nHubungi 112 untuk bantuan."


def people_of(made: Papers) -> Any:
    """Dewi approves, Rudi is legal, Tono owns issues."""
    office = made.desk.office
    made.dewi = builders.make_user(office, "dewi", "approver", first_name="Dewi")
    made.rudi = builders.make_user(office, "rudi", "legal", first_name="Rudi")
    made.tono = builders.make_user(office, "tono", "owner", first_name="Tono")
    return made


def sound(paper, update_time=SLOTS["update_time"], **frame):
    """A holding statement that nothing stands in the way of."""
    found = paper.begun(**frame)
    found, _missing = statement_services.fill_in(paper.desk.lina, found, {**SLOTS, "update_time": update_time}, found.version, NOW)
    for one in sentences(found):
        if one.section in {"known", "action"}:
            proofs = (paper.article(),)
            found = statement_services.settle_sentence(paper.desk.lina, found, one.key, one.section, proofs, found.version, NOW)
    return found


def asked(paper, found=None, in_order=False, **people):
    found = found or sound(paper)
    people = people or {"approver": paper.dewi}
    numbers = {kind: one.pk for kind, one in people.items()}
    statement_approval.ask(paper.desk.lina, found, numbers, in_order, found.version, NOW)
    return Statement.objects.get(pk=found.pk)


def sight_of(found):
    last = statement_queries.get_last(found)
    return Sight(last.number, last.text_hash)


def step_of(found, kind="approver"):
    return ApprovalStep.objects.filter(approval__statement=found, kind=kind).order_by("-pk")[0]


def decide(by, found, decision="approved", kind="approver", note="", sight=None, now=NOW):
    return statement_approval.decide(by, found, step_of(found, kind).pk, decision, note, sight or sight_of(found), now)


def urgent(paper, text=URGENT, sections=("instruction", "instruction", "contact"), **given):
    found = paper.written(text, kind="chat", next_update=None, **given)
    for one, section in zip(sentences(found), sections, strict=True):
        found = statement_services.settle_sentence(paper.desk.lina, found, one.key, section, (), found.version, NOW)
    return found
