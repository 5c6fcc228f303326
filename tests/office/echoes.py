"""What the tests of the echo share: a publication two hours old, and articles that come after it through the journal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from approvals import asked, decide, people_of, sight_of
from desk import NOW
from statements import papers

from kentongan.office.desk import echo_reading, statement_publishing
from kentongan.office.desk.echo_models import EchoReading, EchoTie
from kentongan.office.listening import journal
from kentongan.office.listening.embedding import HashedEmbedder
from kentongan.office.listening.models import Article, ListenerState, Membership
from kentongan.testing.builders import Told, make_article

AT = NOW - timedelta(hours=2)
OTHER = "Persija menang 3-1 atas Persib di Stadion Patriot. Gol pertama dicetak pada menit kelima oleh pemain muda dari Bandung."


def published(not_before: Any = None) -> tuple[Any, Any]:
    """The papers of a desk and a holding statement that was published two hours ago, held back until a moment or not."""
    paper = people_of(papers())
    found = decide(paper.dewi, asked(paper))
    return paper, statement_publishing.publish(paper.desk.sari, found, sight_of(found), AT, not_before)


def comes(
    office: Any, text: str, minutes: float = 30.0, outlet: str = "Suara Muarasena", title: str = "Kabar hari ini", **given: Any
) -> Article:
    """An article that many minutes after the publication, as the listener leaves it: in the journal, read, with its vector."""
    kind, original, language = given.pop("kind", "press"), given.pop("original", None), given.pop("language", "id")
    made = make_article(office, Told(outlet, 2.0 - minutes / 60, title, text, language, kind), NOW)
    if original is not None:
        story = Membership.objects.filter(article=original).values_list("story", flat=True).first() or given["story"]
        Membership.objects.create(article=made, story_id=story, original=original, copy_kind="near")
        Article.objects.filter(pk=made.pk).update(embedding=None)
    heard(office, made)
    return made


def heard(office: Any, *articles: Article) -> int:
    """Put articles into the journal and let the listener be there."""
    journal.append_lines(office.pk, [journal.Line(one.pk, one.published) for one in articles])
    last = journal.JournalEntry.objects.filter(office=office).order_by("-seq").values_list("seq", flat=True)[0]
    ListenerState.objects.update_or_create(office=office, defaults={"offset": last})
    return last


def read(office: Any, now: Any = NOW) -> echo_reading.Read:
    return echo_reading.read(office, HashedEmbedder(), now)


def ties() -> dict[str, str]:
    """Outlet → way, of every tie."""
    return dict(EchoTie.objects.values_list("outlet", "way"))


def reading() -> EchoReading:
    return EchoReading.objects.get()


def quotable(made: Any) -> str:
    """Some sentences of a publication one after the other, enough of them to be a quotation."""
    return " ".join(made.version.text.split("\n")[1:4])
