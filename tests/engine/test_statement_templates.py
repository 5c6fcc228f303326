"""Every template of every kind, level, cluster and language gives a paper that keeps the rules; nothing is made up for an empty slot."""

from __future__ import annotations

from datetime import datetime
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from kentongan.engine.names import load_tagger
from kentongan.engine.records import LEVELS
from kentongan.engine.statement_kinds import DEMANDS
from kentongan.engine.statement_records import CLUSTERS, KINDS, TONGUES, Claim, Paper
from kentongan.engine.statement_rules import check
from kentongan.engine.statement_templates import Template, fill, read_parts, read_slots, slots, template, templates
from kentongan.errors import FileError, InputError

JAKARTA = ZoneInfo("Asia/Jakarta")
NOW, NEXT = datetime(2026, 11, 30, 8, tzinfo=JAKARTA), datetime(2026, 11, 30, 15, tzinfo=JAKARTA)
CLAIMS = {"id": "Sumber air minum warga diracun orang", "vi": "Nguồn nước sinh hoạt bị đầu độc", "en": "The wells were poisoned"}


def sound(chosen: Template, names: tuple[str, ...]) -> dict[str, str]:
    return {name: slots()[name].sample[chosen.language] for name in names}


def paper(chosen: Template, names: tuple[str, ...]) -> Paper:
    values = sound(chosen, names)
    filled = fill(chosen, values, {name: (f"fact-{name}",) for name in names})
    assert filled.missing == ()
    claim = Claim(CLAIMS[chosen.language], "false", ("e1",)) if chosen.kind == "clarification" else None
    contact, speakers = slots()["contact"].sample[chosen.language], tuple(filter(None, [values.get("speaker")]))
    return Paper(chosen.kind, chosen.language, filled.lines, chosen.level, NEXT, contact, speakers, claim)


@pytest.mark.parametrize(("kind", "language"), list(product(KINDS, TONGUES)))
def test_a_template_filled_with_sound_words_keeps_every_rule_at_every_level_and_cluster(kind, language) -> None:
    for level, cluster in product(LEVELS, CLUSTERS):
        chosen = template(kind, language, level, cluster)
        for names in (chosen.needed, chosen.needed + chosen.welcome):
            assert check(paper(chosen, names), now=NOW, names=load_tagger()) == ()


def test_there_is_a_template_for_every_kind_language_level_and_cluster() -> None:
    assert len(list(templates())) == len(KINDS) * len(TONGUES) * len(LEVELS) * len(CLUSTERS) == 585


@pytest.mark.parametrize("kind", KINDS)
def test_clusters_and_levels_differ_where_practice_says_they_must(kind) -> None:
    sections = {key: [part.section for part in template(kind, "id", *key).parts] for key in product(LEVELS, CLUSTERS)}
    if kind not in {"clarification", "message_map", "sms", "holding"}:
        assert kind in {"qa", "faq"} or any(name in sections["medium", "preventable"] for name in ("apology", "cause", "remedy"))
        assert sections["medium", "victim"] != sections["medium", "preventable"]
    demands = DEMANDS[kind]
    if demands.first:
        for cluster in CLUSTERS:
            first = next(name for name in sections["crisis", cluster] if name not in {"headline", "dateline", "greeting"})
            assert first == "instruction"


def test_no_template_denies_outside_the_clarification_and_none_has_praise_alone() -> None:
    for chosen in templates():
        names = {part.section for part in chosen.parts}
        assert "claim" not in names or chosen.kind == "clarification"
        assert "record" not in names or {"known", "action"} <= names
        assert all(part.optional for part in chosen.parts if part.section == "record")


@pytest.mark.parametrize(
    ("kind", "welcome"),
    [("qa", {"owner", "valid_until"}), ("message_map", {"stakeholder", "map_question"}), ("sitrep", {"source_grade"})],
)
@pytest.mark.parametrize("language", TONGUES)
def test_working_papers_ask_for_what_practice_wants_in_them_and_do_without(kind, welcome, language) -> None:
    chosen = template(kind, language, "high", "victim")
    assert welcome <= set(chosen.welcome)
    text = " ".join(line.text for line in fill(chosen, sound(chosen, chosen.needed + chosen.welcome)).lines)
    assert all(slots()[name].sample[language].rstrip(".") in text for name in welcome)
    assert fill(chosen, sound(chosen, chosen.needed)).missing == ()


def test_what_nobody_filled_is_named_in_the_order_of_the_paper_and_no_sentence_is_made_up_for_it() -> None:
    chosen = template("holding", "id", "crisis", "victim")
    filled = fill(chosen, {"event": "banjir", "place": "Kelurahan Sungai Lama", "contact": "112"})
    assert filled.missing == ("office", "time", "instruction", "known", "action", "affected", "update_time")
    assert [line.section for line in filled.lines] == ["headline", "contact"]
    assert fill(chosen, {"event": "  "}).missing == chosen.needed


def test_an_optional_part_falls_away_and_is_not_missed() -> None:
    chosen = template("holding", "vi", "high", "accidental")
    assert set(chosen.welcome) == {"unknown", "cause"}
    assert fill(chosen, sound(chosen, chosen.needed)).missing == ()
    faq = template("faq", "en", "low", "victim")
    assert "When will" not in " ".join(line.text for line in fill(faq, sound(faq, faq.needed)).lines)


def test_a_persons_words_are_a_persons_and_the_templates_words_are_the_templates() -> None:
    chosen = template("holding", "en", "high", "victim")
    filled = fill(chosen, sound(chosen, chosen.needed), {"known": ("f1", "f2"), "affected": ("f3",), "action": ("f1",)})
    by = {line.section: line for line in filled.lines}
    assert (by["known"].origin, by["known"].evidence) == ("human", ("f1", "f2"))
    assert (by["care"].origin, by["care"].evidence) == ("template", ("f3",))
    assert by["next_update"].text == "Our next update comes at 3 p.m."
    assert [line.id for line in filled.lines] == [f"s{number}" for number in range(1, len(filled.lines) + 1)]


def test_several_sentences_in_a_slot_are_several_sentences_of_the_paper() -> None:
    chosen = template("social", "id", "low", "victim")
    filled = fill(chosen, {"known": "air surut.  Jalan Kenanga\ndibuka kembali", "contact": "112"})
    assert [(line.id, line.text) for line in filled.lines] == [
        ("s1", "Air surut."),
        ("s2", "Jalan Kenanga dibuka kembali."),
        ("s3", "Info dan bantuan: 112."),
    ]


@pytest.mark.parametrize(("name", "value", "says"), [("mood", "x", "no such slot"), ("known", "x" * 1_001, "too many")])
def test_a_slot_that_does_not_exist_and_a_value_that_is_too_long_are_refused_by_name(name, value, says) -> None:
    with pytest.raises(InputError, match=says) as refused:
        fill(template("social", "en", "low", "victim"), {name: value})
    assert refused.value.subject == name


def test_braces_and_marks_in_a_persons_words_stay_as_they_are() -> None:
    filled = fill(
        template("social", "en", "low", "victim"), {"known": "Form {A} is at https://city.example/{contact}", "contact": "{known}"}
    )
    assert [line.text for line in filled.lines] == ["Form {A} is at https://city.example/{contact}.", "Information and help: {known}."]


GOOD = "- {section: known, text: {id: '{known}', vi: '{known}', en: '{known}'}}"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "look for indentation"),
        ("a: b", "list of parts"),
        ("[]", "list of parts"),
        (GOOD.replace("known, text", "attack, text"), "“attack” is no section"),
        (GOOD.replace("known, text", "'', text"), "is no section"),
        (GOOD.replace("vi: '{known}'", "vi: '{action}'"), "same slots in every language"),
        (GOOD.replace("{known}", "{mood}"), "mood is no slot"),
        (GOOD.replace("{known}", "{known} {"), "a brace is no slot"),
        (GOOD.replace(", en: '{known}'", ""), "each of id, vi, en"),
        (GOOD.replace("text:", "levels: [calm], text:"), "levels are some of"),
        (GOOD.replace("text:", "clusters: [], text:"), "clusters are some of"),
        (GOOD.replace("text:", "optional: perhaps, text:"), "true or false"),
        (GOOD.replace("text:", "colour: red, text:"), "section and text are needed"),
        (GOOD.replace("'{known}'", "12"), "a text is words"),
    ],
)
def test_a_file_that_does_not_keep_the_form_is_refused_with_place_and_remedy(text, says) -> None:
    with pytest.raises(FileError, match=says) as refused:
        read_parts(text, slots(), "own.yaml")
    assert refused.value.subject == "own.yaml"


@pytest.mark.parametrize(
    "text", ["[]", "Bad name: {}", "a: {kind: colour, name: {}, sample: {}}", "a: {kind: phrase, name: {id: x}, sample: {id: x}}"]
)
def test_a_file_of_slots_is_checked_too(text) -> None:
    with pytest.raises(FileError, match=r"slots\.yaml"):
        read_slots(text)


def test_every_slot_is_used_by_a_template() -> None:
    used = {slot for chosen in templates() for part in chosen.parts for slot in part.slots}
    assert used == set(slots())
