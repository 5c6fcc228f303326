"""What the tests of statements share: a desk with an issue about a story, and papers about it that break no rule."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from desk import NOW, Desk, made

from kentongan.office.desk import services, statement_queries, statement_services
from kentongan.office.desk.models import Issue, Statement
from kentongan.office.desk.statement_services import Frame
from kentongan.office.ledger.models import Line
from kentongan.office.listening.models import Article

CONTACT = "112"
FRAME = Frame("low", "victim", NOW + timedelta(hours=3), CONTACT)
"""Half past ten in the office's time."""
TEXT = """Jauhi tepi sungai.
Kami turut prihatin dan mendampingi warga yang rumahnya tergenang.
Pembaruan berikutnya pukul 10.30 WIB.
Hubungi 112 untuk bantuan dan pertanyaan."""
SLOTS = {
    "event": "banjir", "place": "Rawa Kenari", "office": "Pemerintah Kota Muarasena", "time": "Kamis, pukul 07.30 WIB",
    "instruction": "Jauhi tepi sungai.", "known": "Air masuk ke 42 rumah sejak pukul 05.00 WIB.",
    "action": "BPBD mengirim tiga perahu karet.", "affected": "warga yang rumahnya tergenang",
    "update_time": "10.30 WIB", "contact": CONTACT,
}  # fmt: skip

COUNTED_AGAIN = "Air masuk ke 24 rumah sejak pukul 05.00 WIB."
"""What a correction says; the article of the story says both, and what is being done."""


@dataclass
class Papers:
    """A desk, an issue about its story, and what rests on it."""

    desk: Desk
    issue: Issue
    dewi: Any = None
    rudi: Any = None
    tono: Any = None

    def begun(self, kind: str = "holding", by: Any = None, issue: Issue | None = None, **frame: Any) -> Statement:
        """A statement without a sentence."""
        given = {"level": "low", "cluster": "victim", "next_update": FRAME.next_update, "contact": CONTACT, **frame}
        return statement_services.begin(by or self.desk.lina, issue or self.issue, kind, "id", Frame(**given), NOW)

    def written(self, text: str = TEXT, by: Any = None, **given: Any) -> Statement:
        """A statement with this text."""
        found = self.begun(by=by, **given)
        return statement_services.write(by or self.desk.lina, found, text, statement_services.frame_of(found), found.version, NOW)

    def article(self) -> str:
        """The id of something a sentence can rest on."""
        return f"article:{self._heard()}"

    def hears(self, *sentences: str) -> str:
        """The same, in which these sentences stand besides: they are carried by it."""
        rows = Article.objects.filter(pk=self._heard())
        rows.update(text=" ".join((rows.get().text, *sentences)))
        return self.article()

    def _heard(self) -> int:
        return self.desk.story.members.order_by("pk").values_list("article_id", flat=True)[0]


def papers() -> Papers:
    desk = made()
    issue = desk.opened("Air naik di Rawa Kenari", lead=desk.sari.pk)
    services.link(desk.sari, issue, "story", desk.story.pk, NOW)
    found = Papers(desk, Issue.objects.get(pk=issue.pk))
    found.hears(SLOTS["known"], COUNTED_AGAIN, SLOTS["action"])
    return found


def sentences(statement: Statement) -> list[Any]:
    """The sentences of its last version."""
    return statement_queries.sentences_of(statement_queries.get_last(statement))


def lines(statement: Statement) -> list[str]:
    """The acts in the ledger about a statement, in order."""
    return list(Line.objects.filter(subject=f"statement:{statement.pk}").order_by("id").values_list("act", flat=True))


def detail(statement: Statement, act: str) -> dict[str, Any]:
    """What the last line of an act says."""
    return json.loads(Line.objects.filter(subject=f"statement:{statement.pk}", act=act).order_by("-id")[0].detail)
