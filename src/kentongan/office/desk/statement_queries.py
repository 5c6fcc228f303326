"""What is read of statements: those about issues a person may see, their versions and sentences. Counted queries each.

`get_seen` is the one door: whoever does not see the issue sees nothing that is written about it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import F, Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce

from kentongan.engine.alignment import Former
from kentongan.engine.statement_records import Claim, ClaimStatus
from kentongan.office.desk import moves, queries
from kentongan.office.desk.models import Approval, ApprovalStep, Issue, IssueLink, Publication, Sentence, Statement, StatementVersion
from kentongan.office.ledger.models import Line
from kentongan.office.listening import claims_queries
from kentongan.office.listening.claims_models import Claim as Heard
from kentongan.office.listening.claims_queries import Reach
from kentongan.office.people.models import User

MOST = 50
ON_BOARD = 8
"""Steps of approval that stand on the board; the others are one click away."""
FOR_EVERYBODY = (
    Statement.Kind.HOLDING, Statement.Kind.PRESS, Statement.Kind.RELEASE, Statement.Kind.CLARIFICATION, Statement.Kind.FAQ,
    Statement.Kind.SOCIAL, Statement.Kind.CHAT, Statement.Kind.SMS, Statement.Kind.RADIO,
)  # fmt: skip
"""What is said to everybody, on whatever channel. Notes to the leader, situation reports and papers for spokespersons are not."""
STATUS: dict[str, ClaimStatus] = {"true": "true", "partly": "partly", "false": "false"}
"""What a person found about a claim, as the rules know it; anything else is not checked."""


def get_seen(person: User) -> QuerySet[Statement]:
    """Every statement about an issue that the person may see."""
    return Statement.objects.filter(office=person.office_id, issue__in=queries.get_seen(person))


def get_statement(person: User, pk: int) -> Statement | None:
    """One statement, where the person may see its issue. One query."""
    return get_seen(person).select_related("issue", "begun_by", "office").filter(pk=pk).first()


def get_of_issues(person: User, issues: Collection[Issue]) -> list[Statement]:
    """The statements about issues, the latest first. One query."""
    rows = get_seen(person).filter(issue__in=[one.pk for one in issues])
    return list(rows.select_related("begun_by", "publication").order_by("-made", "pk")[:MOST])


def get_last(statement: Statement) -> StatementVersion | None:
    """Its latest version with its sentences. Two queries."""
    return _with_sentences(statement).order_by("-number").first()


def get_version(statement: Statement, number: int) -> StatementVersion | None:
    """One of its versions with its sentences. Two queries."""
    return _with_sentences(statement).filter(number=number).first()


def _with_sentences(statement: Statement) -> QuerySet[StatementVersion]:
    rows = StatementVersion.objects.filter(statement=statement).select_related("by")
    return rows.prefetch_related(Prefetch("sentences", Sentence.objects.select_related("reviewer").order_by("position")))


def get_versions(statement: Statement) -> list[StatementVersion]:
    """Its versions without their texts, the latest first. One query."""
    return list(StatementVersion.objects.filter(statement=statement).select_related("by").defer("text").order_by("-number")[:MOST])


def get_keys(statement: Statement) -> set[str]:
    """Every key a sentence of it ever had. One query."""
    return set(Sentence.objects.filter(version__statement=statement).values_list("key", flat=True).distinct())


def sentences_of(version: StatementVersion | None) -> list[Sentence]:
    """The sentences of a version that was read with them, in order; none of none."""
    return list(version.sentences.all()) if version is not None else []


def get_former(statement: Statement, key: str) -> Sentence | None:
    """A sentence as it was in the last version that had it. One query."""
    return Sentence.objects.filter(version__statement=statement, key=key).order_by("-version__number").first()


def formers_of(version: StatementVersion | None) -> list[Former]:
    """The same, for comparing."""
    return [Former(one.key, one.text) for one in sentences_of(version)]


@dataclass(frozen=True, slots=True)
class Answered:
    """What a clarification about an issue answers: a claim that was heard, with its reach; or the issue itself, whose reach is unknown."""

    row: Heard | Issue
    reach: Reach | None

    @property
    def claim(self) -> Claim:
        """The same as the rules read it."""
        shows = tuple(filter(None, (self.row.evidence, self.row.evidence_url)))
        words = self.row.title if isinstance(self.row, Issue) else self.row.text
        small = None if self.reach is None or self.reach.answer else self.reach.spread.outlets
        return Claim(words, STATUS.get(self.row.truth, "unverified"), shows, small)


def get_claimed(issue: Issue) -> Heard | Issue | None:
    """The claim a clarification about the issue answers: the first that is linked, else the issue itself where it is one. One query."""
    rows = IssueLink.objects.filter(issue=issue, kind="claim", claim__isnull=False).select_related("claim__review_by")
    link = rows.order_by("at", "pk").first()
    if link is not None and link.claim is not None:
        return link.claim
    return issue if issue.kind in moves.CLAIMS else None


def get_answered(issue: Issue, now: datetime) -> Answered | None:
    """The same with how far it has gone. Three queries."""
    found = get_claimed(issue)
    if found is None:
        return None
    return Answered(found, None if isinstance(found, Issue) else claims_queries.get_reach(found, now))


def get_answered_by(statement: Statement, now: datetime) -> Answered | None:
    """What a statement answers: only a clarification answers a claim. Three queries at most."""
    return get_answered(statement.issue, now) if statement.kind == Statement.Kind.CLARIFICATION else None


def get_lines(statement: Statement) -> list[Line]:
    """What was done with it, the first first, as the ledger has it. One query."""
    rows = Line.objects.filter(office=statement.office_id, subject=f"statement:{statement.pk}").order_by("-id")
    return list(reversed(rows[: queries.LINES]))


def get_waiting(person: User) -> tuple[list[ApprovalStep], list[ApprovalStep]]:
    """Open steps whose turn it is, of statements the person may see: those at their desk, and the others. One query."""
    found = list(_waiting(person).select_related("approval__version").defer("approval__version__text")[:MOST])
    mine = [one for one in found if person.pk in one.asked]
    return mine, [one for one in found if one not in mine]


def get_at_desks(person: User, *, mine: bool = False) -> tuple[list[ApprovalStep], bool]:
    """The first of the same for the board, those at their own desk where `mine`, and whether there are more. One query."""
    rows = _waiting(person)
    if mine:
        rows = rows.filter(Q(person=person) | Q(first=person) | Q(before__contains=[person.pk]))
    found = list(rows[: ON_BOARD + 1])
    return found[:ON_BOARD], len(found) > ON_BOARD


def _waiting(person: User) -> QuerySet[ApprovalStep]:
    """What is due first first; found by what is open of the office, however much is over."""
    turn = ApprovalStep.objects.filter(decision="", due__isnull=False, approval__outcome="", approval__office=person.office_id)
    rows = turn.filter(approval__statement__in=get_seen(person)).select_related("approval__statement__issue", "person", "first")
    return rows.order_by("due", "pk")


def get_publication(statement: Statement) -> Publication | None:
    """That it was published, with the version and its sentences. Three queries."""
    rows = Publication.objects.filter(statement=statement).select_related(
        "statement__office", "statement__corrects__publication", "by", "reviewed_by", "version", "ending"
    )
    return rows.prefetch_related("version__sentences").first()


def get_published(person: User) -> QuerySet[Publication]:
    """Every publication of a statement about an issue that the person may see, without its text."""
    rows = Publication.objects.filter(statement__in=get_seen(person))
    return rows.select_related("statement", "version", "by", "reviewed_by", "ending").defer("version__text")


def readable(rows: QuerySet[Publication], now: datetime) -> QuerySet[Publication]:
    """What is held back is not there until it was compared again at its moment and opened, nor ever what was stopped then, nor what was
    withdrawn or corrected before."""
    rows = rows.annotate(since=Coalesce("not_before", "at")).filter(Q(not_before=None) | Q(ending__why=""), since__lte=now)
    return rows.exclude(~Q(statement__state=Statement.State.PUBLISHED), statement__moved__lt=F("not_before"))


def get_approval(statement: Statement) -> Approval | None:
    """The request that was approved last. One query."""
    return Approval.objects.filter(statement=statement, outcome=Approval.Outcome.APPROVED).order_by("-pk").first()


def get_still_standing(person: User, statement: Statement) -> list[Publication]:
    """What else is published about its issue and was neither corrected nor withdrawn, the latest first. One query."""
    rows = get_published(person).filter(statement__issue=statement.issue_id, statement__state=Statement.State.PUBLISHED)
    return list(rows.exclude(statement=statement).order_by("-at", "pk")[:MOST])


def is_published(statement: Statement) -> bool:
    """Whether it ever was. One query."""
    return Publication.objects.filter(statement=statement).exists()


def get_correction(statement: Statement) -> Statement | None:
    """What takes its place or is going to. One query."""
    return statement.corrections.exclude(state=Statement.State.WITHDRAWN).select_related("publication").first()


def get_reviews(person: User) -> list[Publication]:
    """What one person published alone and nobody has reviewed yet, what is due first first. One query."""
    rows = Publication.objects.filter(statement__in=get_seen(person), review="", review_due__isnull=False)
    return list(rows.select_related("statement__issue", "by").order_by("review_due", "pk")[:MOST])


def zone_of(statement: Statement) -> ZoneInfo:
    """Where its readers live."""
    return ZoneInfo(statement.office.time_zone)


def evidence_of(sentences: Sequence[Sentence]) -> list[str]:
    """Every id of evidence of the sentences, each once."""
    return list(dict.fromkeys(one for sentence in sentences for one in sentence.evidence))
