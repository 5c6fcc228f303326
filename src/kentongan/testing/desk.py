"""Invented issues: one in every column of the board, one that is overdue, one that few may see, one that is closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from kentongan.office.desk import evidence, services, statement_approval, statement_publishing, statement_services
from kentongan.office.desk.models import Issue, Statement
from kentongan.office.desk.services import IssueDraft, Seed
from kentongan.office.desk.statement_queries import get_last, sentences_of
from kentongan.office.desk.statement_services import Frame
from kentongan.office.listening.levels import engine_of
from kentongan.office.listening.models import Story
from kentongan.office.people.models import Agency, User
from kentongan.testing.builders import NOW

WAYS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("Apakah air Perumda di Pelita Dalam aman diminum?", "question", "medium", ("check", "answer")),
    ("Kabar: mengurus KTP dipungut Rp150.000", "rumour", "low", ("check", "answer", "say")),
    ("Pedagang Pasar Senandung menunggu jadwal pemindahan", "complaint", "low", ("check", "watch")),
    ("Lampu jalan di Jalan Kenari padam tiga malam", "complaint", "watch", ()),
    ("Jadwal imunisasi di Kampung Lentera", "question", "watch", ("check", "close")),
)
"""Title, kind, level and the acts that brought it where it is."""

SLOTS: dict[str, str] = {
    "event": "banjir", "place": "empat kecamatan utara", "office": "Pemerintah Kota Muarasena", "time": "Kamis, pukul 07.30 WIB",
    "instruction": "Jauhi tepi sungai dan pindah ke balai kecamatan.", "known": "Air masuk ke 42 rumah sejak pukul 05.00 WIB.",
    "action": "BPBD mengirim tiga perahu karet, diduga cukup untuk malam ini.", "affected": "warga yang rumahnya tergenang",
    "update_time": "10.30 WIB", "contact": "112",
}  # fmt: skip


def furnish_statement(officer: User, issue: Issue, now: datetime = NOW) -> Statement:
    """A holding statement about an issue: one sentence guesses, one has its source, the others wait for theirs."""
    frame = Frame("high", "victim", now + timedelta(hours=3), "112", ("natural_hazard",))
    found = statement_services.begin(officer, issue, "holding", "id", frame, now - timedelta(minutes=40))
    found, _missing = statement_services.fill_in(officer, found, SLOTS, found.version, now - timedelta(minutes=30))
    known = next(one for one in sentences_of(get_last(found)) if one.section == "known")
    proofs = tuple(one.id for one in evidence.get_offered([issue])[:1])
    return statement_services.settle_sentence(officer, found, known.key, "known", proofs, found.version, now - timedelta(minutes=20))


def furnish_asked(officer: User, approver: User, issue: Issue, now: datetime = NOW) -> Statement:
    """Another one that was approved, changed and waits for its approval again."""
    frame = Frame("high", "victim", now + timedelta(hours=3), "112", ("natural_hazard",))
    found = statement_services.begin(officer, issue, "holding", "id", frame, now - timedelta(hours=1))
    found, _missing = statement_services.fill_in(officer, found, SLOTS | {"action": "BPBD mengirim tiga perahu karet."}, found.version, now)
    proofs = tuple(one.id for one in evidence.get_offered([issue])[:1])
    for one in sentences_of(get_last(found)):
        if one.section in {"known", "action"}:
            found = statement_services.settle_sentence(officer, found, one.key, one.section, proofs, found.version, now)
    for again in (False, True):
        last = get_last(found)
        assert last is not None
        if again:
            text = last.text.replace("tiga perahu", "lima perahu")
            found = statement_services.write(officer, found, text, frame, found.version, now - timedelta(minutes=50))
        request = statement_approval.ask(officer, found, {"approver": approver.pk}, False, found.version, now - timedelta(minutes=45))
        if not again:
            sight = statement_approval.Sight(last.number, last.text_hash)
            found = statement_approval.decide(approver, found, request.steps.get().pk, "approved", "", sight, now - timedelta(minutes=40))
    return Statement.objects.get(pk=found.pk)


def furnish_urgent(officer: User, issue: Issue, *, alone: bool, now: datetime = NOW) -> Statement:
    """What people should do, as a chat message; published by one person where `alone`."""
    frame = Frame("high", "victim", None, "112")
    found = statement_services.begin(officer, issue, "chat", "id", frame, now - timedelta(minutes=25))
    text = "Jauhi tepi sungai.\nPindah ke balai kecamatan.\nHubungi 112 untuk bantuan."
    found = statement_services.write(officer, found, text, frame, found.version, now - timedelta(minutes=22))
    for one, section in zip(sentences_of(get_last(found)), ("instruction", "instruction", "contact"), strict=True):
        found = statement_services.settle_sentence(officer, found, one.key, section, (), found.version, now - timedelta(minutes=20))
    last = get_last(found)
    if alone and last is not None:
        sight = statement_approval.Sight(last.number, last.text_hash)
        statement_publishing.publish_in_emergency(officer, found, "Air naik cepat", sight, now - timedelta(minutes=15))
    return found


def furnish_issues(officer: User, others: Sequence[User], stories: Sequence[Story], now: datetime = NOW) -> Issue:
    """Several issues of the officer and others; gives the one of the first story, whose first answer is overdue."""
    begun = now - timedelta(hours=2)
    story, agency = stories[0], Agency.objects.filter(office=officer.office).order_by("pk").first()
    seed = Seed("story", story.pk, engine_of(story), tuple(story.severity.get("reasons", ())))
    draft = IssueDraft(
        "Banjir di empat kecamatan utara: di mana warga berlindung?", "Dua kelurahan bertanya tempat mengungsi; belum ada jawaban resmi.",
        lead=officer.pk, agency=agency.pk if agency else None, due=now - timedelta(minutes=20), due_note="Pernyataan awal",
    )  # fmt: skip
    first = services.open_issue(officer, draft, "crisis", "Air naik dan warga terjebak", seed, begun)
    services.link(officer, first, "address", "https://bpbd.muarasena.example/peringatan", begun)
    first = services.move(officer, first, "check", first.version, begun + timedelta(minutes=10))
    for number, (title, kind, level, acts) in enumerate(WAYS):
        person = others[number % len(others)]
        at = now - timedelta(days=number, hours=3)
        issue = services.open_issue(officer, IssueDraft(title, kind=kind, lead=person.pk), level, "Laporan warga", Seed(), at)
        for n, act in enumerate(acts, start=1):
            until = now + timedelta(days=2) if act == "watch" else None
            issue = services.move(officer, issue, act, n - 1, at + timedelta(minutes=20 * n), reason="Menunggu dinas", until=until)
    few = services.open_issue(officer, IssueDraft("Keluhan tentang layanan panti", lead=officer.pk), "medium", "Laporan", Seed(), begun)
    services.restrict(officer, few, True, (), few.version, begun)
    return first
