"""What the tests of the desk share: an office with a story, people of several roles and agencies, and issues at a moment."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from screens import client_of

from kentongan.office.desk import services
from kentongan.office.desk.facts import FactDraft
from kentongan.office.desk.models import Issue
from kentongan.office.desk.services import IssueDraft, Seed
from kentongan.office.ledger.models import Line
from kentongan.office.people import standing
from kentongan.office.people.models import User
from kentongan.testing import builders

NOW = builders.NOW


@dataclass
class Desk:
    """Sari and Joko are officers, Lina drafts, Budi reads, the boss administers; the guest administers another office."""

    office: Any
    sari: Any
    joko: Any
    lina: Any
    reader: Any
    auditor: Any
    boss: Any
    guest: Any
    story: Any
    health: Any
    water: Any

    def opened(self, title: str = "Air berbau di Rawa Kenari", level: str = "high", by: Any = None, **fields: Any) -> Issue:
        """An issue opened by hand."""
        draft = IssueDraft(title, **fields)
        return services.open_issue(by or self.sari, draft, level, "laporan warga", Seed(), NOW)

    def secret(self, *named: Any, **fields: Any) -> Issue:
        """An issue that Sari leads and only these people see besides."""
        made = self.opened(fields.pop("title", "Rahasia"), lead=self.sari.pk, **fields)
        return services.restrict(self.sari, made, True, tuple(one.pk for one in named), made.version, NOW)


def made() -> Desk:
    office, other = builders.make_office(), builders.make_office("Kota Lain", "lain")
    boss = builders.make_user(office, "ibu", "administrator", first_name="Ratna")
    return Desk(
        office,
        builders.make_user(office, "sari", "officer", first_name="Sari"),
        builders.make_user(office, "joko", "officer", first_name="Joko"),
        builders.make_user(office, "lina", "drafter", first_name="Lina"),
        builders.make_user(office, "budi", "reader", first_name="Budi"),
        builders.make_user(office, "periksa", "auditor", first_name="Tri"),
        boss,
        builders.make_user(other, "tamu", "administrator"),
        builders.make_story(office, builders.EVENTS[0]),
        standing.make_agency(boss, "Dinas Kesehatan", "Dinkes", "", NOW),
        standing.make_agency(boss, "Perumda Air Minum", "PDAM", "", NOW),
    )


def lines(issue: Issue) -> list[str]:
    """The acts in the ledger about an issue, in order."""
    return list(Line.objects.filter(subject=f"issue:{issue.pk}").order_by("id").values_list("act", flat=True))


def detail(issue: Issue, act: str) -> dict[str, Any]:
    """What the last line of an act says."""
    return json.loads(Line.objects.filter(subject=f"issue:{issue.pk}", act=act).order_by("-id")[0].detail)


def page(person: Any, path: str) -> str:
    """What a person reads at an address; fails where it does not answer."""
    response = client_of(person).get(path)
    assert response.status_code == 200, (path, response.status_code)
    return response.content.decode()


ABOUT = "warga mengungsi di Rawa Kenari"


def draft(text: str = "Warga mengungsi ke balai kelurahan", **fields: Any) -> FactDraft:
    """A fact that is known, from a source in words; with somebody who answers for it where nobody is named."""
    first: dict[str, Any] = {"kind": "known", "grade": "likely", "about": ABOUT, "source": "Laporan lapangan BPBD", "as_of": NOW}
    if "agency" not in fields and "owner" not in fields:
        first["owner"] = User.objects.get(username="sari").pk
    return FactDraft(text=text, **{**first, **fields})
