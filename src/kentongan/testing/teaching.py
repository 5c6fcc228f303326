"""Labels enough to teach from, and what was learned, as an office would have them: invented items of which two people say the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import kentongan
from kentongan.engine.kinds import KINDS
from kentongan.engine.teaching import HeadName, digest_of
from kentongan.engine.tone import POLES
from kentongan.office.listening.labels_models import Label, SampleItem, Teaching
from kentongan.office.listening.models import Article
from kentongan.office.people.models import Office, User
from kentongan.testing.builders import NOW

CLASSES_OF = {"kinds": KINDS, "tone": POLES}
TITLES = {
    "kinds": (("Dishub membuka rute bus {n}", "claim"), ("Apakah kantor nomor {n} buka besok?", "question")),
    "tone": (("Pelayanan loket {n} buruk", "negative"), ("Pelayanan loket {n} bagus", "positive")),
}
"""Per head two sentences and what this office says they are; to the shipped head the first of kinds is an announcement."""
AS_BELIEVED = ("announcement",) * 7 + ("claim",) * 2 + ("report",)
"""What the shipped head believes of it, as answers: who labels so teaches nothing."""


def item(office: Office, number: int, title: str = "", kind: str = "public") -> Article:
    """An item of its own, in no story."""
    title = title or TITLES["kinds"][0][0].format(n=number)
    url = f"https://papan.example/{office.pk}/{number}-{kind}"
    given: dict[str, Any] = {"outlet": "Papan", "source_kind": kind, "language": "id", "published": NOW, "seen": NOW}
    return Article.objects.create(office=office, key=f"t{office.pk}-{number}-{kind}", url=url, title=title, **given)


def label(article: Article, by: User, what: str, said: str, at: datetime = NOW, *, drawn: bool = False) -> Label:
    """One person's word; `drawn`: in the sample, blind."""
    sample = None
    if drawn:
        given = {"week": NOW.date(), "defaults": {"place": 1}}
        sample, _ = SampleItem.objects.get_or_create(office=article.office, article=article, **given)
    return Label.objects.create(
        office=article.office, article=article, sample=sample, what=what, said=said, by=by, at=at, version=kentongan.__version__
    )


def make_labels(
    office: Office, people: Sequence[User], head: str, n: int, *, first: int = 0, lean: bool = True, at_odds: bool = False
) -> None:
    """So many items of the sample, labelled by each of `people`: as this office calls them, or (`lean` false) as the head does."""
    what, own = ("kind" if head == "kinds" else "tone"), TITLES[head]
    for number in range(first, first + n):
        title, said = own[number % len(own)]
        if head == "kinds" and number % len(own) == 0 and not lean:
            said = AS_BELIEVED[number // len(own) % len(AS_BELIEVED)]
        article = item(office, number, title.format(n=number))
        for place, person in enumerate(people):
            other = CLASSES_OF[head][(number + 1) % len(CLASSES_OF[head])]
            label(article, person, what, other if at_odds and place else said, drawn=True)


def make_teaching(office: Office, by: User, head: str, *, shift: Sequence[float] = (), **fields: Any) -> Teaching:
    """What was learned, used unless `fields` say otherwise."""
    name: HeadName = "kinds" if head == "kinds" else "tone"
    given: dict[str, Any] = {
        "state": Teaching.State.ACTIVE,
        "asked_by": by,
        "asked_at": NOW,
        "at": NOW,
        "digest": digest_of(name),
        "weights": {"shift": list(shift) or [0.4] + [0.0] * (len(CLASSES_OF[head]) - 1), "mix": []},
        "items": 143,
        "drawn": 96,
        "figures": {"verdict": "better", "by_shares": 1.6, "loss": [1.2, 0.9, -0.4, -0.2], "f1": [0.51, 0.64, 0.05, 0.21]},
    }
    if fields.get("state") == Teaching.State.KEPT:
        given["figures"] |= {"verdict": "unclear", "loss": [0.62, 0.6, -0.06, 0.02], "f1": [0.71, 0.72, -0.03, 0.05]}
    return Teaching.objects.create(office=office, head=head, **{**given, **fields})


def furnish_teaching(office: Office, officer: User, administrator: User) -> None:
    """A head of kinds that is used and was taught twice before, one of tone that is being worked out, and labels of both."""
    make_labels(office, [officer, administrator], "kinds", 54)
    make_labels(office, [officer, administrator], "tone", 24, first=1000)
    weeks = [NOW - timedelta(weeks=number) for number in (1, 6, 12)]
    back: dict[str, Any] = {"ended_by": administrator, "ended_at": weeks[1]}
    past: tuple[tuple[str, str, datetime, dict[str, Any]], ...] = (
        ("kinds", "few", weeks[2], {"figures": {}, "items": 31, "drawn": 28, "left_out": 24}),
        ("kinds", "ended", weeks[2], back),
        ("tone", "kept", weeks[1], {"items": 66, "drawn": 52, "left_out": 9}),
        ("kinds", "active", weeks[0], {"left_out": 1}),
    )
    for head, state, at, more in past:
        make_teaching(office, administrator, head, state=state, asked_at=at, at=at, **more)
    Teaching.objects.create(office=office, head="tone", asked_by=administrator, asked_at=NOW - timedelta(minutes=1))
