"""Invented issues: one in every column of the board, one that is overdue, one that few may see, one that is closed; and a fact board."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from kentongan.adapters.replies import Reply
from kentongan.office.desk import (
    answer_mail,
    clock_services,
    echo_reading,
    facts,
    given_out,
    learning,
    question_links,
    question_minding,
    questions,
    review_action_queries,
    review_actions,
    services,
    statement_approval,
    statement_embargo,
    statement_publishing,
    statement_services,
)
from kentongan.office.desk.echo_models import EchoReading, EchoTie
from kentongan.office.desk.facts import FactDraft
from kentongan.office.desk.facts_models import Fact
from kentongan.office.desk.models import Issue, Statement
from kentongan.office.desk.questions import AnswerDraft, QuestionDraft
from kentongan.office.desk.review_actions import ActionDraft
from kentongan.office.desk.services import IssueDraft, Seed
from kentongan.office.desk.statement_queries import get_last, sentences_of
from kentongan.office.desk.statement_services import Frame
from kentongan.office.listening.embedding import HashedEmbedder
from kentongan.office.listening.levels import engine_of
from kentongan.office.listening.models import Article, Story
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


PROOFS: Mapping[str, tuple[str, ...]] = {
    "known": ("Air masuk ke 42 rumah sejak pukul 05.00 WIB",),
    "action": ("BPBD mengirim tiga perahu karet", "BPBD mengirim lima perahu karet sejak pukul 07.10"),
}
"""Facts that carry the sentences of SLOTS, by section."""


def furnish_proofs(officer: User, issue: Issue, now: datetime) -> dict[str, tuple[str, ...]]:
    """The ids of these facts of an issue, by section; those that are not on its board yet are added."""
    there = {one.text: one for one in Fact.objects.filter(issue=issue, withdrawn=False)}
    out: dict[str, tuple[str, ...]] = {}
    for section, texts in PROOFS.items():
        for text in texts:
            if text not in there:
                draft = FactDraft("known", text, now, source="Laporan posko BPBD", grade="likely", owner=officer.pk)
                there[text] = facts.add(officer, issue, draft, now)
        out[section] = tuple(facts.evidence_id(there[text].pk, there[text].version) for text in texts)
    return out


def furnish_statement(officer: User, issue: Issue, now: datetime = NOW) -> Statement:
    """A holding statement about an issue: one sentence guesses, one has its source, the others wait for theirs."""
    frame = Frame("high", "victim", now + timedelta(hours=3), "112", ("natural_hazard",))
    found = statement_services.begin(officer, issue, "holding", "id", frame, now - timedelta(minutes=40))
    found, _missing = statement_services.fill_in(officer, found, SLOTS, found.version, now - timedelta(minutes=30))
    known = next(one for one in sentences_of(get_last(found)) if one.section == "known")
    proofs = furnish_proofs(officer, issue, now)["known"]
    return statement_services.settle_sentence(officer, found, known.key, "known", proofs, found.version, now - timedelta(minutes=20))


def furnish_asked(officer: User, approver: User, issue: Issue, now: datetime = NOW) -> Statement:
    """Another one that was approved, changed and waits for its approval again."""
    frame = Frame("high", "victim", now + timedelta(hours=3), "112", ("natural_hazard",))
    found = statement_services.begin(officer, issue, "holding", "id", frame, now - timedelta(hours=1))
    found, _missing = statement_services.fill_in(officer, found, SLOTS | {"action": "BPBD mengirim tiga perahu karet."}, found.version, now)
    proofs = furnish_proofs(officer, issue, now)
    for one in sentences_of(get_last(found)):
        if one.section in proofs:
            found = statement_services.settle_sentence(officer, found, one.key, one.section, proofs[one.section], found.version, now)
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
        given_out.note(officer, found, [("wards", ""), ("chat", ""), ("other", "Masjid Raya Muarasena")], now - timedelta(minutes=12))
    return found


def furnish_withdrawn(officer: User, issue: Issue, now: datetime = NOW) -> Statement:
    """The same, published alone, given out and withdrawn; one of the ways was told of that."""
    found = Statement.objects.get(pk=furnish_urgent(officer, issue, alone=True, now=now).pk)
    found = statement_approval.withdraw(officer, found, "Jalan ke balai kecamatan terputus", found.version, now - timedelta(minutes=8))
    wards = given_out.get_of(found)[0]
    given_out.tell(officer, found, [wards.pk], now - timedelta(minutes=5))
    return found


TIED: tuple[tuple[str, str, int], ...] = (
    ("copied", "press", 12), ("copied", "press", 25), ("quoted", "press", 34), ("retold", "press", 51), ("copied", "press", 58),
    ("denied", "press", 83), ("retold", "official", 90), ("quoted", "press", 118),
)  # fmt: skip
"""Way, kind of source, and how many minutes after the publication."""


def furnish_echo(officer: User, approver: User, issue: Issue, story: Story, now: datetime = NOW) -> Statement:
    """A holding statement that was published three hours ago, and what became of it: articles of the story carry it, one denies it."""
    at = now - timedelta(hours=3)
    proofs = furnish_proofs(officer, issue, at)
    found, sight = _approved(officer, approver, issue, proofs, at, now)
    made = statement_publishing.publish(officer, found, sight, at)
    echo_reading.begin(made, HashedEmbedder(), 0, now)
    reading = EchoReading.objects.get(publication=made)
    keys = list(reading.messages.values_list("key", flat=True))
    rows = Article.objects.filter(membership__story=story).order_by("published", "pk")
    why = {"retold": {"code": "echo.meaning", "values": {"score": 0.71}}}
    for n, (row, (way, kind, minutes)) in enumerate(zip(rows, TIED, strict=False)):
        said = dict.fromkeys(keys[: 1 + n % 3], "denied" if way == "denied" else "said")
        EchoTie.objects.create(
            office=officer.office, reading=reading, article=row, key=row.key, outlet=row.outlet, source_kind=kind, language=row.language,
            at=at + timedelta(minutes=minutes), way=way, score=0.97, messages=said,
            reasons=[why.get(way, {"code": f"echo.{way}", "values": {"share": 0.9, "words": 17}})], version="demo", found=now,
            refused_by=officer if n == 1 else None, refused_at=now if n == 1 else None,
        )  # fmt: skip
    EchoReading.objects.filter(pk=reading.pk).update(articles=64)
    return Statement.objects.get(pk=found.pk)


def _approved(
    officer: User, approver: User, issue: Issue, proofs: Mapping[str, tuple[str, ...]], at: datetime, now: datetime
) -> tuple[Statement, statement_approval.Sight]:
    """A holding statement whose sentences rest on these proofs, by section, approved, and which version that is."""
    frame = Frame("high", "victim", now + timedelta(hours=3), "112", ("natural_hazard",))
    found = statement_services.begin(officer, issue, "holding", "id", frame, at)
    found, _missing = statement_services.fill_in(officer, found, SLOTS | {"action": "BPBD mengirim tiga perahu karet."}, found.version, at)
    for one in sentences_of(get_last(found)):
        if one.section in proofs:
            found = statement_services.settle_sentence(officer, found, one.key, one.section, proofs[one.section], found.version, at)
    request = statement_approval.ask(officer, found, {"approver": approver.pk}, False, found.version, at)
    last = get_last(found)
    assert last is not None
    sight = statement_approval.Sight(last.number, last.text_hash)
    return statement_approval.decide(approver, found, request.steps.get().pk, "approved", "", sight, at), sight


def furnish_stopped(officer: User, approver: User, issue: Issue, now: datetime = NOW) -> Statement:
    """One that was held back until half an hour ago and stopped then: a fact it rests on had been withdrawn."""
    at = now - timedelta(hours=3)
    said = FactDraft("known", "Air masuk ke 42 rumah sejak pukul 05.00 WIB", at, source="Posko Pelita", grade="likely", owner=officer.pk)
    fact = facts.add(officer, issue, said, at)
    proofs = furnish_proofs(officer, issue, at) | {"known": (f"fact:{fact.pk}@{fact.version}",)}
    found, sight = _approved(officer, approver, issue, proofs, at, now)
    made = statement_publishing.publish(officer, found, sight, at, now - timedelta(minutes=30))
    facts.withdraw(officer, fact, "Petugas menghitung ulang", fact.version, now - timedelta(hours=1))
    statement_embargo.end(made.pk, now - timedelta(minutes=30))
    return Statement.objects.get(pk=found.pk)


def furnish_issues(officer: User, others: Sequence[User], stories: Sequence[Story], now: datetime = NOW) -> dict[str, int]:
    """Several issues. Gives the numbers of: the one of the first story, whose first answer is overdue; a fact of it that was
    used, and one of two figures that differ; the one that few may see."""
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
    if first.office.country == "ID":
        event = clock_services.Event("id.at_once", now - timedelta(minutes=10), "Laporan posko BPBD pukul 07.20")
        clock_services.begin(officer, first, event, first.version, now)
    fact, figure = furnish_facts(officer, first, now)
    return {"issue": first.pk, "fact": fact.pk, "figure": figure.pk, "few": few.pk}


FACTS: tuple[tuple[str, str, str, str, str, str], ...] = (
    ("known", "Sungai Sena melewati siaga satu sejak pukul 04.50", "", "", "Pos pantau Jembatan Sena", "confirmed"),
    ("known", "Balai kelurahan di empat kecamatan dibuka untuk mengungsi", "", "", "Surat perintah camat", "likely"),
    ("known", "Warga mengungsi di GOR Pelita", "Warga mengungsi", "412", "Laporan posko pukul 06.30", "likely"),
    ("known", "Warga mengungsi menurut kecamatan", "Warga mengungsi", "655", "Rekap empat camat", "likely"),
    ("known", "Pompa yang berjalan di utara", "Pompa berjalan", "7", "Petugas jaga", "likely"),
    ("known", "Semua pompa di utara berjalan", "Pompa berjalan", "9", "Laporan pukul 05.00", "likely"),
    ("unknown", "Kapan listrik di Pelita Dalam menyala lagi", "", "", "", ""),
    ("unknown", "Berapa rumah yang rusak", "Rumah rusak", "", "", ""),
    ("assumed", "Air surut sebelum malam bila hujan di hulu berhenti", "", "", "Prakiraan hulu pagi ini", "unclear"),
)
"""Kind, words, what the figure is of, the figure, source, grade."""


def furnish_facts(officer: User, issue: Issue, now: datetime) -> tuple[Fact, Fact]:
    """A board with two figures that differ, two of which one holds, and facts that were used, changed, expired and withdrawn."""
    agencies = list(Agency.objects.filter(office=officer.office).order_by("pk")[:2])
    begun, made = now - timedelta(hours=1), []
    for n, (kind, text, about, figure, source, grade) in enumerate(FACTS):
        agency = agencies[n % len(agencies)].pk if agencies else None
        expires = now - timedelta(minutes=5) if n == 1 else now + timedelta(hours=6) if n == 0 else None
        draft = FactDraft(kind, text, begun, about, figure, source, "", None, grade, officer.pk, agency, expires)
        made.append(facts.add(officer, issue, draft, begun))
    seen = [(one.pk, one.version) for one in made[4:6]]
    facts.settle(officer, issue, "Pompa berjalan", made[4].pk, seen, "Dua pompa mati pukul 06.10 menurut petugas jaga", begun)
    facts.note_uses(officer, "statement:1", "Pernyataan awal: banjir di utara", [(made[0].pk, 1), (made[7].pk, 1)], begun)
    first = replace(FactDraft(**facts.stored_of(made[0])), text="Sungai Sena di siaga satu, turun 10 cm sejak pukul 06.00", as_of=now)
    changed = facts.change(officer, made[0], first, 1, now)
    gone = FactDraft("known", "Tanggul Kenari jebol", begun, source="Telepon warga", grade="likely", owner=officer.pk)
    facts.withdraw(officer, facts.add(officer, issue, gone, begun), "Petugas di tempat: tanggul utuh", 1, now)
    return changed, made[2]


TO_DO: tuple[tuple[str, int], ...] = (
    ("Templat pesan singkat menyebut nomor posko terdekat", 12),
    ("Nomor pengganti juru bicara ditempel di meja siaga", 20),
    ("Perahu karet dicatat di satu daftar bersama BPBD", 30),
)
"""What is to be done better, and so many days after it was noted."""
LEARNED: tuple[tuple[str, str], ...] = (
    ("worked", "Posko memberi angka tiap jam, jadi pernyataan pertama keluar dalam 40 menit."),
    ("why", "Nomor juru bicara pengganti tidak ada di meja siaga, sehingga satu pertanyaan pers terlambat dijawab."),
    ("keep", "Satu orang hanya memegang bagan fakta; yang lain menulis."),
)
"""What was learned, by kind."""


def furnish_actions(officer: User, issue: Issue, now: datetime = NOW) -> dict[str, int]:
    """Actions of a review: one is open and about a template, one done, one withdrawn; one of an issue that is closed is overdue."""
    agency = Agency.objects.filter(office=officer.office, ended=None).order_by("pk").first()
    used, made = review_action_queries.get_templates(issue), []
    for n, (text, days) in enumerate(TO_DO):
        draft = ActionDraft(text, (now + timedelta(days=days)).date(), person=officer.pk, template=used[0] if used and n == 0 else "")
        if agency is not None and n != 1:
            draft = replace(draft, agency=agency.pk, person=None)
        made.append(review_actions.add(officer, issue, draft, now))
    for kind, text in LEARNED:
        learning.note(officer, issue, kind, text, now)
    review_actions.finish(officer, made[1], 0, now)
    review_actions.withdraw(officer, made[2], "BPBD sudah punya daftar seperti itu", 0, now)
    over, noted = Issue.objects.filter(office=officer.office, state="closed").order_by("opened").first(), now - timedelta(days=3)
    if over is not None:
        late = ActionDraft("Jadwal imunisasi dikirim puskesmas dengan satu formulir", (noted + timedelta(days=1)).date(), person=officer.pk)
        review_actions.add(officer, over, late, noted)
    return {"action": made[0].pk}


ASKED: tuple[tuple[str, int], ...] = (
    ("Berapa pompa di utara yang berjalan, dan kapan dua yang lain menyala?", 90),
    ("Posko mana yang masih menerima pengungsi malam ini?", -15),
    ("Apakah air sumur di empat kecamatan aman diminum?", 240),
)
"""What agencies are asked, and in how many minutes the answer is due."""


def furnish_questions(officer: User, issue: Issue, now: datetime = NOW) -> dict[str, int | str]:
    """Questions to the agency that leads: one waits and has a link, one is late and nobody else could be asked, one is answered by link."""
    begun, made = now - timedelta(hours=1), []
    for text, minutes in ASKED:
        due = now + timedelta(minutes=minutes)
        draft = QuestionDraft(issue.agency_id, text, due, "Warga bertanya sejak pagi; pernyataan kami menunggu jawabannya")
        made.append(questions.ask(officer, issue, draft, begun))
    question_minding.mind(officer.office, now)  # type: ignore[arg-type]
    opens, used = (question_links.word_of(questions.hand_over(officer, one, begun)) for one in (made[0], made[2]))
    said = AnswerDraft("Sampel dari 14 sumur: sebelas layak, tiga di Pelita Dalam harus dimasak dulu", "likely")
    questions.answer_by_link(used, said, now - timedelta(minutes=10))
    tag = question_links.tag_of(question_links.reply_word_of(question_links.find(used)))  # type: ignore[arg-type]
    more = Reply("demo", f"Re: {tag}", (), "", "Tambahan: sumur di Pelita Dalam diperiksa lagi besok pagi", attachments=1)
    answer_mail.take(officer.office, more, now - timedelta(minutes=5))  # type: ignore[arg-type]
    return {
        "question": made[0].pk, "question_late": made[1].pk, "question_answered": made[2].pk, "answer": opens, "answer_used": used,
    }  # fmt: skip
