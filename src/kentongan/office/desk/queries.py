"""What the desk reads: issues as far as one person may see them, what they are about, and what was done. Counted queries each.

`get_seen` is the one door to issues: whatever lists, counts or opens them begins there, so what is need-to-know exists for nobody else.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber

from kentongan.office.desk import moves
from kentongan.office.desk.clocks import AT_ONCE
from kentongan.office.desk.models import Issue, IssueLink, IssueNote
from kentongan.office.ledger.models import Line
from kentongan.office.listening.queries import LEVEL_RANK
from kentongan.office.people.models import Agency, Office, Place, User
from kentongan.office.people.permissions import RIGHTS, may

IN_COLUMN = 20
"""Issues shown in one column of the board."""
PAGE = 50
LINES = 200
MOST_PLACES = 700
"""Above this number of places only those above the ward are offered in a list."""
SHOWN = ("lead", "agency", "place", "opened_by", "level_by", "truth_by")
"""What is read with an issue to be shown."""
URGENT = (F("rank").desc(), F("due").asc(nulls_last=True), F("opened").asc(), F("pk").asc())
"""The most serious first, then what is due first, then what has been open longest."""


def get_seen(person: User) -> QuerySet[Issue]:
    """Every issue of the person's office that they may see. Whoever may not read issues sees none."""
    rows = Issue.objects.filter(office=person.office_id)
    if person.office_id is None or not may(person, "issues.read"):
        return rows.none()
    return rows.filter(Q(need_to_know=False) | Q(lead=person) | Q(named__contains=[person.pk]))


def get_shared(office: int) -> QuerySet[Issue]:
    """Issues of an office that everybody sees who reads issues: whatever leaves the house (tables, feeds, messages) begins here."""
    return Issue.objects.filter(office=office, need_to_know=False)


def get_issue(person: User, pk: int) -> Issue | None:
    """One issue, where the person may see it. One query."""
    return get_seen(person).select_related(*SHOWN, "merged_into").filter(pk=pk).first()


def get_beside(person: User, issues: Collection[Issue]) -> dict[int, Issue]:
    """The issues that links of these lead to and those that link to them, by number, as far as the person may see them. One query."""
    own = {one.pk for one in issues}
    rows = get_seen(person).filter(Q(linked_from__issue__in=own) | Q(links__other__in=own)).exclude(pk__in=own)
    return {one.pk: one for one in rows.distinct().only("pk", "title", "state", "level")[:LINES]}


def get_parts(issue: Issue) -> list[Issue]:
    """What was merged into an issue: whoever sees the one sees the others. One query."""
    return list(Issue.objects.filter(office=issue.office_id, merged_into=issue).order_by("opened", "pk"))


def get_titled(person: User, numbers: Collection[int]) -> dict[int, Issue]:
    """Those of these issues that the person may see, by number, with their titles alone. One query where there are any."""
    return {one.pk: one for one in get_seen(person).filter(pk__in=numbers).only("pk", "title")} if numbers else {}


def get_links(issues: Collection[Issue]) -> list[IssueLink]:
    """What issues are about, in the order in which it was linked. One query."""
    rows = IssueLink.objects.filter(issue__in=[one.pk for one in issues])
    return list(rows.select_related("story", "story__merged_into", "signal", "claim")[:LINES])


def get_lines(issues: Collection[Issue]) -> list[Line]:
    """What was done with issues, the first first, as the ledger has it. One query."""
    subjects = [f"issue:{one.pk}" for one in issues]
    office = {one.office_id for one in issues}
    return list(reversed(Line.objects.filter(office__in=office, subject__in=subjects).order_by("-id")[:LINES]))


def get_notes(issues: Collection[Issue]) -> dict[int, str]:
    """The reasons that people wrote, by number. One query."""
    rows = IssueNote.objects.filter(issue__in=[one.pk for one in issues]).order_by("-pk").values_list("pk", "text")
    return dict(rows[:LINES])


def get_said(issues: Collection[Issue], act: str) -> QuerySet[Line]:
    """The lines of one act about these issues."""
    return Line.objects.filter(office__in={one.office_id for one in issues}, subject__in=[f"issue:{one.pk}" for one in issues], act=act)


def get_texts(office: int, notes: Collection[int]) -> dict[int, str]:
    """What these notes say, by number. One query where there are any."""
    return dict(IssueNote.objects.filter(office=office, pk__in=notes).values_list("pk", "text")) if notes else {}


def get_names(office: int, people: Collection[int]) -> dict[int, str]:
    """How colleagues read these people. One query where there are any."""
    return {one.pk: one.shown for one in User.objects.filter(office=office, pk__in=people)} if people else {}


def get_agency_names(issue: Issue) -> list[str]:
    """The agencies that support an issue. One query where there are any."""
    rows = Agency.objects.filter(office=issue.office_id, pk__in=issue.supporting).order_by("name")
    return [one.name for one in rows] if issue.supporting else []


def get_leads(office: Office) -> list[User]:
    """Who can lead an issue: everybody who works here and may change issues. One query."""
    rows = User.objects.filter(office=office, is_active=True).order_by("first_name", "username")
    return [one for one in rows if one.roles & RIGHTS["issues.change"]]


def get_readers(office: Office) -> list[User]:
    """Who can be named as somebody who sees an issue. One query."""
    rows = User.objects.filter(office=office, is_active=True).order_by("first_name", "username")
    return [one for one in rows if one.roles & RIGHTS["issues.read"]]


def get_places(office: Office) -> list[Place]:
    """Places an issue can be in: never finer than a ward, and only those above where there are too many. Two queries at most."""
    now = Place.objects.filter(office=office, until=None).order_by("name", "pk")
    found = list(now[: MOST_PLACES + 1])
    if len(found) <= MOST_PLACES:
        return found
    return list(now.exclude(level__in=["ward", "village", "commune"])[:MOST_PLACES])


def get_near(person: User, issue: Issue, size: int = 8) -> list[Issue]:
    """Issues that this one could be part of: those under way that the same people see, of the same topic first. One query."""
    rows = get_seen(person).exclude(pk=issue.pk).exclude(state__in=moves.OVER).filter(need_to_know=issue.need_to_know)
    same = Case(When(topic=issue.topic, then=Value(0)), default=Value(1), output_field=IntegerField())
    return list(rows.order_by(same, "-opened", "pk")[:size])


def get_about(person: User, kind: str, pk: int) -> list[Issue]:
    """Issues under way, as far as the person sees them, that are about a story, a signal or a claim already. One query."""
    rows = get_seen(person).exclude(state__in=moves.OVER).filter(**{f"links__{kind}": pk})
    return list(rows.select_related("lead").order_by("opened", "pk")[:5])


COLUMNS: Mapping[str, tuple[str, ...]] = {
    "open": ("open", "reopened"),
    "checking": ("checking",),
    "answering": ("answering",),
    "answered": ("answered",),
    "watching": ("watching",),
}
"""The columns of the board and the states in each."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, how many issues there are, and the first of them."""

    name: str
    count: int
    issues: list[Issue]

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.count - len(self.issues)


@dataclass(frozen=True, slots=True)
class Board:
    """What is under way, how much of it is overdue, and in how much something is due at once by law."""

    columns: list[Column]
    overdue: int
    at_once: int

    @property
    def count(self) -> int:
        """How many issues are under way."""
        return sum(one.count for one in self.columns)


def get_board(person: User, now: datetime, *, mine: bool = False) -> Board:
    """The issues under way that a person may see, by column; those at their own desk where `mine`. Two queries."""
    rows = _under_way(person, mine)
    counts = _counts(rows, now)
    column = Case(*(When(state__in=states, then=Value(n)) for n, states in enumerate(COLUMNS.values())), output_field=IntegerField())
    place = Window(RowNumber(), partition_by=[F("column")], order_by=list(URGENT))
    shown = rows.annotate(rank=LEVEL_RANK, column=column).annotate(nth=place).filter(nth__lte=IN_COLUMN).order_by("column", "nth")
    found: dict[int, list[Issue]] = {}
    for one in shown.select_related("lead", "place", "agency"):
        found.setdefault(one.column, []).append(one)  # type: ignore[attr-defined]
    return _board(counts, found)


def get_counts(person: User, now: datetime, *, mine: bool = False) -> Board:
    """How many issues there are in each column, without the issues. One query."""
    return _board(_counts(_under_way(person, mine), now), {})


def _under_way(person: User, mine: bool) -> QuerySet[Issue]:
    rows = get_seen(person).exclude(state__in=moves.OVER)
    return rows.filter(lead=person) if mine else rows


def _counts(rows: QuerySet[Issue], now: datetime) -> dict[str, tuple[int, int, int]]:
    """By state: how many, how many of them are overdue, and in how many something is due at once by law."""
    late, at_once = Count("pk", filter=overdue(now)), Count("pk", filter=Q(due_law__in=AT_ONCE))
    found = rows.order_by().values_list("state").annotate(n=Count("pk"), late=late, at_once=at_once)
    return {state: (n, late, at_once) for state, n, late, at_once in found}


def overdue(now: datetime) -> Q:
    """What `Issue.overdue` says, for rows."""
    return Q(due__lt=now) & ~Q(due_law__in=AT_ONCE)


def _board(counts: Mapping[str, tuple[int, int, int]], found: Mapping[int, list[Issue]]) -> Board:
    columns = [
        Column(name, sum(counts.get(state, (0, 0, 0))[0] for state in states), found.get(n, []))
        for n, (name, states) in enumerate(COLUMNS.items())
    ]
    return Board(columns, sum(late for _, late, _ in counts.values()), sum(at_once for *_, at_once in counts.values()))


def get_page(person: User, name: str, start: int) -> tuple[list[Issue], bool]:
    """Fifty issues of one column, or of what is over ("closed", the latest first), and whether there are more. One query."""
    rows = get_seen(person).annotate(rank=LEVEL_RANK).select_related("lead", "place", "agency")
    if name == "closed":
        rows = rows.filter(state="closed").order_by("-moved", "pk")
    else:
        rows = rows.filter(state__in=COLUMNS[name]).order_by(*URGENT)
    found = list(rows[start : start + PAGE + 1])
    return found[:PAGE], len(found) > PAGE
