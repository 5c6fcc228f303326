"""What a paper may not say is found in each language; what it may say is let through; false alarms are counted and the count is kept."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine.names import load_tagger
from kentongan.engine.statement_facts import facts_stated
from kentongan.engine.statement_lengths import seconds_of
from kentongan.engine.statement_records import KINDS, SAID, TONGUES, Claim, Line, Paper
from kentongan.engine.statement_rules import check, missing_support

JAKARTA = ZoneInfo("Asia/Jakarta")
NOW, NEXT = datetime(2026, 11, 30, 8, tzinfo=JAKARTA), datetime(2026, 11, 30, 15, tzinfo=JAKARTA)
WHOLE = {"section.missing", "section.order", "instruction.late", "update.missing", "update.unsaid", "contact.missing", "contact.unsaid"}


def lines(*texts: str | tuple[str, str], evidence: tuple[str, ...] = ("f1",)) -> tuple[Line, ...]:
    made = [text if isinstance(text, tuple) else ("", text) for text in texts]
    return tuple(Line(f"s{number}", text, section, evidence) for number, (section, text) in enumerate(made, 1))  # type: ignore[arg-type]


def findings(paper: Paper):
    return check(paper, now=NOW, names=load_tagger())


def codes(paper: Paper) -> list[str]:
    found = findings(paper)
    for one in found:
        assert SAID[one.code].format(**one.values)
        assert one.sentence == "" or one.sentence in {line.id for line in paper.lines}
    return [one.code for one in found]


def said_of(text: str, language: str, **more) -> set[str]:
    """The codes about the one sentence of a press statement."""
    return set(codes(Paper("press", language, lines(text), contact="112", **more))) - WHOLE  # type: ignore[arg-type]


# ---- golden pairs -----------------------------------------------------------------------------------------------------------
PAIRS = [
    ("id", "guess", "Kebakaran diduga akibat korsleting.", "Penyebab kebakaran masih diselidiki."),
    ("id", "guess", "Kemungkinan besar jembatan dibuka besok.", "Tim bekerja secepat mungkin."),
    ("id", "guess", "Sepertinya pompa rusak.", "Pompa rusak sejak pukul 05.00 WIB."),
    ("id", "guess", "Konon tanggul retak.", "Tanggul retak sepanjang dua meter."),
    ("vi", "guess", "Nguyên nhân có lẽ do chập điện.", "Nguyên nhân đang được làm rõ."),
    ("vi", "guess", "Nhiều khả năng cầu sẽ mở lại ngày mai.", "Cầu có thể chịu tải 10 tấn."),
    ("vi", "guess", "Vụ cháy nghi do nổ bình gas.", "Chúng tôi không suy đoán về nguyên nhân."),
    ("en", "guess", "The fire was probably caused by a short circuit.", "The cause is being investigated."),
    ("en", "guess", "It seems the pump failed.", "The pump failed at 5 a.m."),
    ("en", "guess", "The gate may have been left open.", "Residents may return on Thursday."),
    ("id", "blame", "Banjir terjadi akibat ulah warga.", "Banjir terjadi akibat hujan 180 milimeter."),
    ("id", "blame", "Ini kelalaian kontraktor.", "Keterlambatan itu adalah kelalaian kami."),
    ("id", "blame", "Ada oknum yang membuka pintu air.", "Pintu air terbuka sejak pukul 02.00 WIB."),
    ("vi", "blame", "Ngập nặng do ý thức của người dân.", "Ngập do mưa lớn."),
    ("vi", "blame", "Kẻ xấu đã mở cống.", "Cống được mở từ 2 giờ."),
    ("vi", "blame", "Sự cố là lỗi của nhà thầu.", "Việc chậm trễ là lỗi của chúng tôi."),
    ("en", "blame", "Careless residents are to blame.", "The drain was blocked."),
    ("en", "blame", "This was the negligence of the contractor.", "This was our negligence."),
    ("id", "accuser", "Penyebar hoaks akan dituntut.", "Pertanyaan warga kami jawab di 112."),
    ("vi", "accuser", "Đây là luận điệu bôi nhọ chính quyền.", "Phản ánh của bà con được trả lời qua 1022."),
    ("en", "accuser", "The claims are politically motivated.", "Questions are answered on 112."),
    ("id", "rumour.open", "Kabar yang beredar itu hoaks.", "Jangan teruskan pesan berantai."),
    ("vi", "rumour.open", "Thông tin vỡ đập là tin đồn.", "Không chia sẻ tin đồn, bà con hãy theo dõi đài."),
    ("en", "rumour.open", "The story about the dam is not true.", "Please do not pass on rumours."),
    ("id", "name.victim", "Korban bernama Siti Aminah dirawat di RSUD.", "Tiga korban dirawat di RSUD."),
    ("vi", "name.victim", "Nạn nhân là anh Nguyễn Văn Tám, ngụ phường An Bình.", "Ba nạn nhân đang được điều trị."),
    ("en", "name.victim", "The victim, Siti Aminah, was taken to hospital.", "Three people were taken to hospital."),
    ("id", "name.private", "Rumah milik Pak Slamet Riyadi roboh.", "Wali Kota Ratna Dewi meninjau lokasi."),
    ("vi", "name.private", "Nhà ông Trần Văn Hai bị tốc mái.", "Chủ tịch Nguyễn Văn Bình kiểm tra hiện trường."),
    ("id", "identifier", "Hubungi 0812-3456-7890 untuk bantuan.", "Hubungi 112 untuk bantuan."),
    ("vi", "identifier", "Liên hệ 0912 345 678 để được giúp.", "Liên hệ 1022 để được giúp."),
    ("en", "identifier", "Write to siti.aminah@mail.example.", "Write to the city's complaints desk."),
]  # fmt: skip


@pytest.mark.parametrize(("language", "code", "bad", "good"), PAIRS, ids=[f"{one[0]}-{one[1]}-{place}" for place, one in enumerate(PAIRS)])
def test_of_each_pair_the_one_is_found_and_the_other_is_let_through(language: str, code: str, bad: str, good: str) -> None:
    assert code in said_of(bad, language)
    assert said_of(good, language) == set()


def test_a_speaker_who_is_meant_to_be_named_and_the_offices_own_contact_are_let_through() -> None:
    text = "Sri Wahyuni menjawab pertanyaan di 0812-3456-7890."
    assert said_of(text, "id") == {"name.private", "identifier"}
    paper = Paper("press", "id", lines(text), contact="0812-3456-7890", speakers=("Sri Wahyuni",))
    assert set(codes(paper)) - WHOLE == set()


def test_a_name_with_an_age_is_somebody_struck_whatever_stands_before_it() -> None:
    assert "name.victim" in said_of("Petugas menemukan Budi Santoso (17) di sungai.", "id")


def test_what_is_not_known_or_assumed_may_be_said_as_such() -> None:
    paper = Paper("sitrep", "id", lines(("unknown", "Belum diketahui: penyebab, diduga pompa."), ("assumed", "Mungkin hujan berhenti.")))
    assert "guess" not in codes(paper)


# ---- false alarms -----------------------------------------------------------------------------------------------------------
def ordinary() -> list[tuple[str, bool, str]]:
    """(language, whether it states a fact, sentence)."""
    out: list[tuple[str, bool, str]] = []
    language = ""
    for row in (Path(__file__).parent / "test_statement_ordinary.txt").read_text("utf-8").splitlines():
        if row.startswith("["):
            language = row.strip("[]")
        elif row and not row.startswith("#"):
            out.append((language, not row.startswith("* "), row.removeprefix("* ")))
    return out


def test_ordinary_official_sentences_are_found_fault_with_as_seldom_as_the_page_says() -> None:
    count = Counter(language for language, _, _ in ordinary())
    assert all(count[language] >= 40 for language in TONGUES)
    alarms = [(language, text, found) for language, _, text in ordinary() if (found := said_of(text, language))]
    assert alarms == []


def test_facts_are_found_in_ordinary_sentences_as_often_as_the_page_says() -> None:
    hits: Counter[tuple[str, bool, bool]] = Counter()
    for language, states, text in ordinary():
        hits[language, states, bool(facts_stated(Line("s1", text), language))] += 1  # type: ignore[arg-type]
    # found, missed, found where there is none
    found = {language: (hits[language, True, True], hits[language, True, False], hits[language, False, True]) for language in TONGUES}
    assert found == {"id": (34, 3, 1), "vi": (34, 3, 0), "en": (33, 4, 0)}


# ---- facts ------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("language", "text", "what"),
    [
        ("id", "Sebanyak 42 rumah tergenang.", ("figure", "event")),
        ("id", "Rapat berlangsung pada 3 Juni 2026.", ("date",)),
        ("id", "Posko berada di Kelurahan Sungai Lama.", ("place",)),
        ("id", "Kami turut prihatin.", ()),
        ("id", "Apakah 42 rumah tergenang?", ()),
        ("vi", "Nước đã tràn bờ.", ("event",)),
        ("vi", "Điểm trực đặt tại phường An Bình.", ("place",)),
        ("vi", "Đề nghị bà con di chuyển trước 15 giờ.", ()),
        ("en", "The shelter is at Old River ward.", ("place",)),
        ("en", "The bridge reopened.", ("event",)),
        ("en", "Please leave before 3 p.m.", ()),
    ],
)
def test_a_sentence_says_what_of_it_can_be_checked(language, text, what) -> None:
    assert facts_stated(Line("s1", text), language) == what


def test_approval_is_told_which_sentences_lack_a_source_and_which_have_one() -> None:
    with_and_without = (
        Line("s1", "Sebanyak 42 rumah tergenang.", "known"),
        Line("s2", "BPBD mengirim tiga perahu.", "action", ("f2",)),
        Line("s3", "Kami bersama warga.", "care"),
        Line("s4", "Sungai tenang.", "known"),
    )
    found = missing_support(Paper("press", "id", with_and_without, contact="112"))
    assert [(one.code, one.sentence, one.values) for one in found] == [
        ("fact.unsupported", "s1", {"what": "figure, event"}),
        ("fact.unsupported", "s4", {"what": "event"}),
    ]


# ---- order and completeness -------------------------------------------------------------------------------------------------
HOLDING = Paper(
    "holding",
    "en",
    lines(
        ("headline", "Flooding in Old River ward"),
        ("dateline", "Lestari, Monday 8 a.m."),
        ("instruction", "Stay away from the river."),
        ("known", "Water is in 42 homes."),
        ("action", "Three boats are on their way."),
        ("care", "Our thoughts are with the families."),
        ("next_update", "Our next update comes at 3 p.m."),
        ("contact", "Call 112 for help."),
    ),
    "crisis",
    NEXT,
    "112",
)


def without(paper: Paper, section: str) -> Paper:
    return replace(paper, lines=tuple(line for line in paper.lines if line.section != section))


def test_a_whole_holding_statement_has_nothing_wrong_with_it() -> None:
    assert findings(HOLDING) == ()


@pytest.mark.parametrize("section", ["dateline", "known", "action", "care", "instruction"])
def test_a_part_that_is_missing_is_named(section) -> None:
    (one,) = [one for one in findings(without(HOLDING, section)) if one.code == "section.missing"]
    assert (one.weight, one.values) == ("blocks", {"section": section})


def test_what_to_do_comes_first_when_it_is_urgent_and_may_come_later_when_it_is_not() -> None:
    late = replace(HOLDING, lines=(*HOLDING.lines[:2], HOLDING.lines[3], HOLDING.lines[2], *HOLDING.lines[4:]))
    assert codes(late) == ["instruction.late"]
    assert codes(replace(late, level="low")) == []
    assert codes(replace(late, kind="sitrep"))[:1] == ["section.missing"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"next_update": None}, "update.missing"),
        ({"next_update": NOW}, "update.past"),
        ({"next_update": NOW - timedelta(minutes=1)}, "update.past"),
        ({"next_update": NEXT + timedelta(hours=1)}, "update.differs"),
        ({"contact": ""}, "contact.missing"),
        ({"contact": "1022"}, "contact.unsaid"),
    ],
)
def test_the_next_word_and_the_contact_are_given_are_in_the_future_and_are_the_ones_in_the_text(change, code) -> None:
    assert codes(replace(HOLDING, **change)) == [code]


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_done_well_never_stands_alone(kind) -> None:
    praise = lines(("headline", "Kota bersih"), ("record", "Sejak 2024 kota memeriksa air setiap minggu."), ("contact", "Hubungi 112."))
    alone = Paper(kind, "id", praise, contact="112")
    assert [(one.weight, one.sentence) for one in findings(alone) if one.code == "record.alone"] == [("blocks", "s2")]
    beside = replace(alone, lines=(*praise, Line("s9", "Pompa nomor dua diganti hari ini.", "action", ("f1",))))
    assert "record.alone" not in codes(beside)
    promised = replace(alone, lines=(*praise, Line("s9", "Pembaruan berikutnya pukul 15.00 WIB.", "next_update")))
    assert "record.alone" in codes(promised), "a promise is no information yet"


def test_a_next_update_that_the_text_does_not_tell_is_missed() -> None:
    assert codes(without(HOLDING, "next_update")) == ["update.unsaid"]


@pytest.mark.parametrize(
    ("language", "text", "hour", "minute"),
    [
        ("id", "Pembaruan berikutnya pukul 15.30 WIB.", 15, 30),
        ("vi", "Thông tin tiếp theo lúc 15 giờ 30.", 15, 30),
        ("vi", "Cập nhật tiếp theo lúc 15h.", 15, 0),
        ("en", "Our next update comes at 3:30 p.m.", 15, 30),
        ("en", "Next update at 12 p.m.", 12, 0),
        ("en", "Next update at 12 a.m.", 0, 0),
    ],
)
def test_the_hour_is_read_as_it_is_written_in_each_language(language, text, hour, minute) -> None:
    told = datetime(2026, 12, 1, hour, minute, tzinfo=JAKARTA)
    paper = Paper("press", language, lines(text), next_update=told, contact="112")
    assert "update.differs" not in codes(paper)
    assert "update.differs" in codes(replace(paper, next_update=told + timedelta(minutes=7)))


def test_a_paper_written_by_hand_without_sections_is_read_from_its_words() -> None:
    text = (
        "Jauhi tepi sungai.", "Air masuk ke 42 rumah.", "BPBD mengirim perahu.", "Kami prihatin.", "Pembaruan berikutnya pukul 15.00 WIB.",
        "Bantuan: 112.",
    )  # fmt: skip
    paper = Paper("holding", "id", lines(*text), "crisis", NEXT, "112")
    assert [one.values for one in findings(paper)] == [{"section": "dateline"}, {"section": "action"}]
    dated = replace(paper, lines=lines(("dateline", "Lestari, Senin 30 November 2026, pukul 08.00 WIB"), *text))
    assert [(one.code, one.values) for one in findings(dated)] == [("section.missing", {"section": "action"})]


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_paper_of_any_kind_is_said_to_be_empty(kind) -> None:
    assert codes(Paper(kind, "vi", ())) == ["text.empty"]


# ---- clarification ----------------------------------------------------------------------------------------------------------
CLAIM = Claim("Air sumur warga diracun orang", "false", ("lab-12",))
SANDWICH = Paper(
    "clarification",
    "id",
    lines(
        ("fact", "Air di RW 04 memenuhi baku mutu."),
        ("warning", "Kabar keliru beredar di grup percakapan."),
        ("claim", "Kabar itu menyebut air sumur warga diracun orang."),
        ("why", "Foto yang dipakai berasal dari kota lain."),
        ("fact", "Hasil 12 parameter dapat dibaca di laman kota."),
        ("contact", "Hubungi 112."),
    ),
    contact="112",
    claim=CLAIM,
)


def test_a_truth_sandwich_has_nothing_wrong_with_it() -> None:
    assert findings(SANDWICH) == ()


@pytest.mark.parametrize("status", ["unverified", "true", "partly", "false"])
@pytest.mark.parametrize("evidence", [(), ("lab-12",)])
def test_only_a_claim_that_was_checked_false_with_evidence_is_clarified(status, evidence) -> None:
    paper = replace(SANDWICH, claim=Claim(CLAIM.text, status, evidence))
    fine = status in {"partly", "false"} and bool(evidence)
    assert ("claim.unchecked" in codes(paper)) == (not fine)
    assert ("rumour.open" in codes(replace(paper, lines=(*paper.lines, Line("x", "Pesan berantai itu lama."))))) == (not fine)


def test_an_answer_that_would_reach_more_people_than_the_claim_is_warned_of_and_not_refused() -> None:
    found = findings(replace(SANDWICH, claim=replace(CLAIM, small=2)))
    assert [(one.code, one.weight, one.values) for one in found] == [("claim.small", "warns", {"outlets": 2})]


def test_a_clarification_without_its_claim_is_refused() -> None:
    assert "claim.missing" in codes(replace(SANDWICH, claim=None))


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (Line("x", "Sekali lagi, kabar bahwa air sumur warga diracun orang.", "why"), "claim.repeated"),
        (Line("x", "Air sumur warga tidak diracun orang.", "why"), "claim.negated"),
        (Line("x", "Foto itu diambil pada 2019.", "why", ("f",)), ""),
    ],
)
def test_the_claim_is_said_once(more, code) -> None:
    paper = replace(SANDWICH, lines=(*SANDWICH.lines[:4], more, *SANDWICH.lines[4:]))
    assert [(one.code, one.sentence) for one in findings(paper) if one.code.startswith("claim.")] == ([(code, "x")] if code else [])


def test_a_claim_told_at_length_is_warned_of() -> None:
    long = Line("s3", "Kabar itu menyebut " + "air sumur warga diracun orang " * 5, "claim")
    paper = replace(SANDWICH, lines=(*SANDWICH.lines[:2], long, *SANDWICH.lines[3:]))
    assert ("claim.long", "warns") in [(one.code, one.weight) for one in findings(paper)]


@pytest.mark.parametrize("order", [(2, 0, 1, 3, 4, 5), (0, 2, 1, 3, 4, 5), (0, 1, 2, 4, 3, 5)])
def test_another_order_than_the_sandwich_is_refused(order) -> None:
    paper = replace(SANDWICH, lines=tuple(SANDWICH.lines[place] for place in order))
    assert "section.order" in codes(paper)


def test_a_sandwich_that_does_not_end_in_a_fact_is_refused() -> None:
    assert "section.order" in codes(replace(SANDWICH, lines=(*SANDWICH.lines[:4], SANDWICH.lines[5])))


# ---- message map, questions, lengths ----------------------------------------------------------------------------------------
def message_map(*messages: str, supports: int = 3) -> Paper:
    parts = [part for message in messages for part in (("message", message), *[("support", "Perahu siap.")] * supports)]
    return Paper("message_map", "id", lines(*parts))


def test_a_message_map_has_three_messages_of_three_facts_that_can_be_said_in_nine_seconds() -> None:
    short = ("Pindah ke tempat tinggi sekarang.", "Perahu sudah di lokasi.", "Kabar baru setiap tiga jam.")
    assert codes(message_map(*short)) == []
    assert codes(message_map(*short[:2])) == ["map.messages"]
    assert codes(message_map(*short, supports=2)) == ["map.supports"] * 3
    assert codes(message_map(*short[:2], "kata " * 30)) == ["map.words", "map.seconds", "sentence.long"]
    assert "message.long" in codes(message_map(*short[:2], "kata " * 31))


def test_each_question_has_an_answer_and_each_answer_a_source() -> None:
    sheet = Paper(
        "qa", "en", lines(("question", "What happened?"), ("answer", "The river rose."), ("question", "Why?"), ("unknown", "Not known."))
    )
    assert codes(sheet) == []
    bare = replace(sheet, lines=tuple(replace(line, evidence=()) for line in sheet.lines))
    assert [(one.code, one.sentence) for one in findings(bare)] == [("answer.unsourced", "s2")]
    assert [(one.code, one.sentence) for one in findings(replace(sheet, lines=sheet.lines[:3]))] == [("answer.missing", "s3")]


def test_an_sms_is_one_part_where_it_can_be_three_at_most_and_names_the_letters_that_shorten_it() -> None:
    def sms(text: str) -> list[tuple[str, str]]:
        return [(one.code, one.weight) for one in findings(Paper("sms", "vi", lines(text))) if one.code.startswith("sms")]

    assert sms("Nước lên, bà con tránh xa bờ sông.") == []
    assert sms("Đường ngập. " * 10) == [("sms.parts", "warns"), ("sms.letters", "warns")]
    assert sms("Đường ngập. " * 20) == [("sms.long", "blocks"), ("sms.letters", "warns")]
    assert sms("a" * 161) == [("sms.parts", "warns")]


def test_a_script_is_as_long_as_it_takes_to_read_it_aloud_at_the_pace_of_its_language() -> None:
    script = lines("kata " * 65)
    assert seconds_of(script, 130) == 30
    assert seconds_of(script, 65) == 60
    weights = {
        count: [one.weight for one in findings(Paper("radio", "id", lines(*["Kata kata kata."] * count))) if one.code == "radio.seconds"]
        for count in (40, 50, 80)
    }
    assert weights == {40: [], 50: ["warns"], 80: ["blocks"]}


def test_a_long_sentence_and_a_hard_text_are_warned_of_and_never_block() -> None:
    hard = (
        "Penyelenggaraan pertanggungjawaban ketatalaksanaan keorganisasian diselenggarakan berkesinambungan sepenuhnya bersama masyarakat."
    )
    found = [one for one in findings(Paper("press", "id", lines(*[hard] * 10), contact="112")) if one.code.startswith(("text", "sentence"))]
    assert [(one.code, one.weight) for one in found] == [("text.hard", "warns")]
    long = Paper("press", "vi", lines("nước " * 36), contact="112")
    assert ("sentence.long", "warns") in [(one.code, one.weight) for one in findings(long)]
    assert "sentence.long" not in codes(Paper("press", "vi", lines("nước " * 35), contact="112"))


def test_a_post_that_is_too_long_is_refused() -> None:
    assert "text.long" in codes(Paper("social", "en", lines(*["Water is back."] * 40), contact="112"))


# ---- properties and faults of ours ------------------------------------------------------------------------------------------
@given(st.sampled_from(KINDS), st.sampled_from(TONGUES), st.lists(st.text(max_size=60), min_size=1, max_size=4))
def test_any_text_gives_findings_and_always_the_same(kind, language, texts) -> None:
    paper = Paper(kind, language, lines(*texts), "crisis", NEXT, "112", claim=CLAIM)
    assert findings(paper) == findings(paper)
    codes(paper)


def test_a_time_without_a_zone_and_two_lines_with_one_id_are_faults_of_ours() -> None:
    with pytest.raises(ValueError, match="aware"):
        Paper("press", "id", (), next_update=datetime(2026, 1, 1))
    with pytest.raises(ValueError, match="same id"):
        Paper("press", "id", (Line("s1", "a"), Line("s1", "b")))
    assert Paper("press", "id", (), next_update=datetime(2026, 1, 1, tzinfo=UTC)).urgent is False
