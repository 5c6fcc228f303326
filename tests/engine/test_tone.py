"""Tone: judging words and negations, targets and never persons, events that are no opinions, and answers that are given only when sure."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine import tone
from kentongan.engine.lexicon import word_list
from kentongan.engine.names import Span
from kentongan.engine.records import Language, SourceKind
from kentongan.engine.tone import Target, clauses_of, counts_of, target_from, tone_of
from kentongan.errors import RefusedError


class Knows:
    """A tagger that takes two words of a list for a name."""

    def spans(self, text: str) -> tuple[Span, ...]:
        at = text.lower().find("budi santoso")
        return ((at, at + 12),) if at >= 0 else ()


def listed_head(sure: float = 3.0) -> tone.Head:
    """A head that knows the list of judging words alone: good against bad."""
    counts = np.zeros((18, 3))
    counts[0] = (-sure, 0, sure)
    counts[1] = (sure, 0, -sure)
    counts /= tone.COUNTS_SHARE
    return head_of(tone.Meaning(np.zeros((384, 3)), counts, np.zeros(3)))


def head_of(meaning: tone.Meaning) -> tone.Head:
    return tone.Head(np.zeros((tone.BUCKETS, 3), dtype=np.float32), np.zeros(3), {"other": meaning}, {"other": (1.0, 1.0, 1.0)})


LISTED = listed_head()


def told(text: str, kind: SourceKind = "public", target: Target | None = None, language: Language = "id") -> str:
    return tone_of(text, None, language, source_kind=kind, target=target, head=LISTED).tone


@pytest.mark.parametrize("language", ["id", "ms", "jv", "su", "vi", "en"])
def test_every_judging_word_alone_judges_as_it_is_listed_in_some_language(language: str) -> None:
    lists = word_list("tone")
    good = {word for words in lists["good"].values() for word in words}
    bad = {word for words in lists["bad"].values() for word in words}
    wrong = [word for word in lists["good"][language] if not counts_of(word).good and word not in bad]
    wrong += [word for word in lists["bad"][language] if not counts_of(word).bad and word not in good]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "good", "bad"),
    [
        ("Pelayanan bagus", 1, 0),
        ("Pelayanan tidak bagus", 0, 1),
        ("Tidak, bagus kok", 1, 0),
        ("Tidak ada yang bisa disebut bagus", 1, 0),
        ("Pelayanan sangat bagus", 1.5, 0),
        ("Thầy không nhiệt tình", 0, 1),
        ("Dịch vụ chưa tốt", 0, 1),
        ("The service is not good", 0, 1),
        ("No problem, good", 1, 0),
        ("Palayananana teu alus", 0, 1),
        ("Dalane ora apik", 0, 1),
        ("", 0, 0),
    ],
)
def test_a_negation_right_before_a_word_turns_it_round(text: str, good: float, bad: float) -> None:
    counts = counts_of(text)
    assert (counts.good, counts.bad) == (good, bad)


PDAM = Target(("PDAM", "perusahaan air"))


@pytest.mark.parametrize(
    ("text", "kind", "target", "expected"),
    [
        ("Pelayanan PDAM bagus dan cepat", "public", PDAM, "positive"),
        ("Pelayanan PDAM buruk dan lambat", "public", PDAM, "negative"),
        ("Pelayanan bank buruk dan lambat", "public", PDAM, "unclear"),
        ("PDAM bagus dan cepat, tapi Bank Kota buruk sekali", "public", PDAM, "positive"),
        ("Bank buruk sekali. PDAM bagus dan cepat", "public", PDAM, "positive"),
        ("PDAM datang kemarin. kerjanya buruk dan lambat", "public", PDAM, "negative"),
        ("PDAM datang kemarin. Warga Bank Kota buruk dan lambat", "public", PDAM, "unclear"),
        ("PDAM ramah dan cepat, tapi airnya keruh dan jelek sekali", "public", PDAM, "mixed"),
        ("Kebakaran besar di gudang, dua orang tewas", "press", None, "neutral"),
        ("Truk PDAM menabrak rumah, dua orang tewas", "press", PDAM, "neutral"),
        ("Warga kecewa, pelayanan PDAM buruk dan lambat", "press", PDAM, "negative"),
        ("PDAM umumkan jadwal baru", "official", PDAM, "neutral"),
        ("Ini hari Senin", "public", None, "unclear"),
        ("", "public", None, "unclear"),
        ("?!", "press", None, "neutral"),
    ],
)
def test_only_what_is_said_of_the_target_is_judged_and_an_event_is_no_opinion(
    text: str, kind: SourceKind, target: Target | None, expected: str
) -> None:
    assert told(text, kind, target) == expected


def test_bad_news_alone_in_a_public_post_is_unclear_however_sure_the_head_is() -> None:
    gloomy = head_of(tone.Meaning(np.zeros((384, 3)), np.zeros((18, 3)), np.array([9.0, 0.0, 0.0])))
    assert tone_of("Kebakaran, dua orang tewas", None, "id", head=gloomy).tone == "unclear"
    assert tone_of("Ini hari Senin", None, "id", head=gloomy).tone == "negative"


def test_a_person_is_no_target() -> None:
    assert target_from(["PDAM", " PDAM ", "Dinas Kesehatan"], Knows()).names == ("PDAM", "Dinas Kesehatan")
    for names in (["Budi Santoso"], ["PDAM", "budi santoso"], ["081234567890"], [], [" "]):
        with pytest.raises(RefusedError):
            target_from(names, Knows())


def test_clauses_part_at_sentences_and_at_words_that_say_but() -> None:
    assert clauses_of("Cepat, tapi mahal. Thầy dạy hay nhưng hơi nhanh; Good") == (
        "Cepat",
        "tapi mahal.",
        "Thầy dạy hay",
        "nhưng hơi nhanh",
        "Good",
    )


@given(st.text(max_size=300), st.sampled_from(["public", "press", "official"]))
def test_whatever_is_read_beliefs_add_up_and_an_answer_is_sure_or_ruled(text: str, kind: SourceKind) -> None:
    judged = tone_of(text, None, "id", source_kind=kind, head=LISTED)
    assert abs(sum(judged.poles.values()) - 1) < 0.001
    assert judged.belief == max(judged.poles.values())
    if kind == "public" and judged.tone in tone.POLES:
        assert judged.belief >= tone.SURE
    assert all(clause in " ".join(text.split()) or clause in text for clause in judged.clauses)


@given(st.lists(st.sampled_from(["air", "bagus", "mantap", "tidak", "!", "buruk"]), min_size=1, max_size=12))
def test_what_a_text_is_made_of_has_length_one_and_repeating_it_adds_no_word(words: list[str]) -> None:
    weights = tone.weights_of(words)
    assert abs(sum(weight * weight for weight in weights.values()) - 1) < 1e-9
    assert set(tone.weights_of(words)) <= set(tone.weights_of(words + words))


def test_a_higher_temperature_believes_less_and_changes_no_pole() -> None:
    warm = tone.Head(LISTED.words, LISTED.words_bias, LISTED.meaning, {"other": (1.0, 1.0, 1.0), "vi": (1.0, 1.0, 2.0)})
    plain, cooled = warm.poles("Rất tốt", None, "id", counts_of("Rất tốt")), warm.poles("Rất tốt", None, "vi", counts_of("Rất tốt"))
    assert plain.argmax() == cooled.argmax() == 2
    assert plain.max() > cooled.max() > 1 / 3


def test_words_and_meaning_are_mixed_as_the_language_says_and_an_unknown_one_as_other() -> None:
    words = np.zeros((tone.BUCKETS, 3), dtype=np.float32)
    words[tone.buckets_of("zug")[0]] = (0, 0, 50)
    by_meaning = tone.Meaning(np.zeros((384, 3)), np.zeros((18, 3)), np.array([5.0, 0.0, 0.0]))
    head = tone.Head(words, np.zeros(3), {"other": by_meaning}, {"other": (0.0, 2.0, 1.0), "id": (2.0, 0.0, 1.0)})
    assert head.poles("zug", None, "id", counts_of("zug")).argmax() == 2
    assert head.poles("zug", None, "en", counts_of("zug")).argmax() == 0
    assert head.of_words("").tolist() == [0, 0, 0]


def test_the_head_that_is_carried_tells_plain_praise_and_anger_in_each_language() -> None:
    said: dict[Language, tuple[str, str]] = {
        "id": ("Pelayanannya bagus sekali, ramah dan cepat", "Pelayanannya buruk sekali, lambat dan mengecewakan"),
        "en": ("The service is great, quick and friendly", "The service is terrible, slow and disappointing"),
        "vi": ("Dịch vụ rất tốt, nhân viên nhiệt tình", "Dịch vụ quá tệ, nhân viên thiếu nhiệt tình"),
        "jv": ("Pelayanane apik banget, seneng aku", "Pelayanane elek banget, suwe lan nggregetake"),
        "su": ("Palayananana alus pisan, resep abdi", "Palayananana goréng pisan, lila jeung nguciwakeun"),
    }
    for language, (good, bad) in said.items():
        poles = [tone_of(text, None, language).poles for text in (good, bad)]
        assert poles[0]["positive"] > poles[0]["negative"], (language, poles[0])
        assert poles[1]["negative"] > poles[1]["positive"], (language, poles[1])


def test_weights_come_in_the_order_of_the_text_so_that_sums_end_in_the_same_bits_in_every_run() -> None:
    words = ["air", "bagus", "air", "mati"]
    groups = dict.fromkeys(bucket for word in words for bucket in tone.buckets_of(word)[1])
    assert list(tone.weights_of(words))[: len(groups)] == list(groups)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MANTAAAAP!!! 2x", ["mantaap", "!!", "0", "x"]),
        ("https://x.id/a @budi #banjir 😀", ["budi", "banjir", "😀"]),
        ("⟦name⟧ ke sana", ["ke", "sana"]),
    ],
)
def test_letters_drawn_out_numbers_and_addresses_are_evened(text: str, expected: list[str]) -> None:
    assert tone.tokens(text) == expected


def test_what_an_office_teaches_toward_a_target_is_laid_beside_what_names_it_alone() -> None:
    target = Target(("Dinas Perhubungan",))
    text = "Dinas Perhubungan dipuji cepat dan ramah. Parkir di Pasar Welar payah, mengecewakan, dan semrawut."
    toward = tone.scores_of(text, None, "id", "public", target)
    alone = tone.scores_of("Dinas Perhubungan dipuji cepat dan ramah.", None, "id", "public")
    assert toward is not None and alone is not None
    assert toward.tolist() == alone.tolist()
    assert tone.scores_of("Pasar ramai.", None, "id", "public", target) is None, "nothing names it"
