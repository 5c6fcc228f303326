"""Claims case by case in three languages: worth, facts, contradiction, grouping, expiry, spread over outlets only, and voids."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kentongan.engine.claims import LEAST, LONGEST, OPENING, SHORTEST, TITLE, claims_in, worth_of
from kentongan.engine.claims_facts import facts_of, find
from kentongan.engine.claims_groups import Joined, Said, Settings, State, start, step
from kentongan.engine.claims_match import Side, features, likeness, tongues
from kentongan.engine.claims_spread import PUBLIC, WINDOW, Sighting, Spread, Step, advice, spread
from kentongan.engine.records import Article, Language
from kentongan.engine.vectors import DIMENSION, Centres, FloatArray
from kentongan.engine.voids import ANSWERS, ANSWERS_ACROSS, ANSWERS_VI, SAME, WORDS, Asked, answer_for, bar, groups, like, page_of, place

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
PLAIN = Centres({"other": np.zeros(DIMENSION, dtype=np.float32), "id": np.zeros(DIMENSION, dtype=np.float32)})
BRIDGE = "Jembatan Cipunagara ambruk dan 40 rumah di Desa Sukamaju terendam pada 4 Mei"
BRIDGE_EN = "The Cipunagara bridge collapsed and 40 homes in Sukamaju were flooded on 4 May"
BRIDGE_VI = "Cầu Cipunagara sập và 40 nhà ở Sukamaju bị ngập ngày 4 tháng 5"
MARKET = "Pasar Legi ditutup 14 hari karena kebakaran"
quick = settings(max_examples=25, deadline=None)


def direction(angle: float) -> FloatArray:
    vector = np.zeros(DIMENSION, dtype=np.float32)
    vector[0], vector[1] = np.cos(angle), np.sin(angle)
    return vector


def side(text: str, language: Language = "id", angle: float = 0.0) -> Side:
    return Side(facts_of(text, language), direction(angle))


# ---- worth ------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "language", "codes"),
    [
        ("Sebanyak 25 rumah warga rusak di Kecamatan Lembang", "id", {"claim.figure", "claim.unit", "claim.name"}),
        ("Menurut Dinkes terdapat 12 kasus demam berdarah", "id", {"claim.said", "claim.figure", "claim.unit"}),
        ("Katanya 5 anak meninggal akibat vaksin", "id", {"claim.rumour", "claim.figure", "claim.cause"}),
        ("Jembatan ambruk pada 4 Mei di Subang", "id", {"claim.date", "claim.name"}),
        ("Sở Y tế cho biết có 12 ca sốt xuất huyết", "vi", {"claim.said", "claim.figure", "claim.unit"}),
        ("Nghe đồn 3 người chết do uống nước máy", "vi", {"claim.rumour", "claim.figure", "claim.cause"}),
        ("Officials said 40 homes in Ward 9 were flooded", "en", {"claim.said", "claim.figure", "claim.unit", "claim.name"}),
        ("A forwarded message says garlic cures dengue", "en", {"claim.rumour", "claim.said", "claim.cause"}),
    ],
)
def test_each_reason_for_checking_is_named(text: str, language: Language, codes: set[str]) -> None:
    worth = worth_of(text, language)
    assert worth.is_claim
    assert codes <= {reason.code for reason in worth.reasons}


@pytest.mark.parametrize(
    ("text", "language", "against"),
    [
        ("Benarkah 25 rumah di Lembang rusak?", "id", "claim.question"),
        ("Mohon 25 rumah di Lembang segera diperbaiki", "id", "claim.wish"),
        ("Jalan 5 km di Lembang akan segera diaspal", "id", "claim.wish"),
        ("Menurut saya 25 pegawai di Lembang malas", "id", "claim.view"),
        ("Rusak 25 rumah", "id", "claim.short"),
        ("Có đúng là 3 người chết ở Huế?", "vi", "claim.question"),
        ("Hy vọng 3 cây cầu ở Huế được sửa", "vi", "claim.wish"),
        ("Theo tôi 3 cây cầu ở Huế nguy hiểm", "vi", "claim.view"),
        ("Did 40 homes in Ward 9 flood last night?", "en", "claim.question"),
        ("Please repair the 12 bridges of Ward 9", "en", "claim.wish"),
        ("Perhaps 40 homes in Ward 9 were flooded", "en", "claim.view"),
        ("Flooded again", "en", "claim.short"),
    ],
)
def test_what_nobody_can_check_has_no_score_and_says_why(text: str, language: Language, against: str) -> None:
    worth = worth_of(text, language)
    assert (worth.score, worth.reasons, worth.against) == (0.0, (), against)
    assert not worth.is_claim


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("warga berkumpul di lapangan dekat balai", "id"),
        ("người dân tập trung ở sân vận động", "vi"),
        ("the people gathered on the field together", "en"),
    ],
)
def test_a_plain_sentence_without_anything_to_ask_after_is_too_little(text: str, language: Language) -> None:
    worth = worth_of(text, language)
    assert worth.against == "" and worth.score < LEAST and not worth.is_claim


def test_a_figure_makes_a_sentence_more_worth_checking_than_the_same_without() -> None:
    without, given_one = (
        worth_of("Rumah warga di Desa Cikawung terendam", "id"),
        worth_of("Sebanyak 40 rumah warga di Desa Cikawung terendam", "id"),
    )
    assert given_one.score == pytest.approx(without.score + 0.35), "a figure, and a unit that is counted"


def test_a_score_never_leaves_the_scale_though_everything_speaks_for_checking() -> None:
    text = "Beredar kabar 12 Maret di Bandung, kata Dinkes, 300 warga tewas akibat air PDAM tercemar"
    assert worth_of(text, "id").score == 1.0


@quick
@given(st.text(max_size=120), st.sampled_from(("id", "vi", "en")))
def test_a_question_mark_anywhere_takes_the_claim_away(text: str, language: Language) -> None:
    assert worth_of(f"{text} Sebanyak 300 warga mengungsi?", language).against == "claim.question"


def article(title: str, text: str, language: Language = "id") -> Article:
    return Article("a1", "https://harian.example/1", "Harian", "press", title, text, language, NOW)


def test_what_stands_after_the_opening_of_an_article_is_not_read() -> None:
    filler = "Warga berkumpul di lapangan. " * (OPENING // 29 + 1)
    assert claims_in(article("Kabar pagi", filler + "Sebanyak 300 warga Desa Cikawung mengungsi ke balai.")) == ()


def test_a_sentence_with_an_address_or_out_of_measure_is_passed_over() -> None:
    too_long = "Sebanyak 300 warga " + "dan keluarga " * 30 + "mengungsi."
    text = f"Baca 12 kasus di https://contoh.example/12 Bandung sekarang.\n{too_long}\n12 rumah di Garut."
    assert len(too_long) > LONGEST and len("12 rumah di Garut.") < SHORTEST
    assert claims_in(article("Kabar pagi", text)) == ()


def test_an_article_asked_for_no_claims_gives_none_and_the_title_stands_first() -> None:
    given_one = article("Sebanyak 40 rumah di Garut terendam", "Sebanyak 300 warga Desa Cikawung mengungsi ke balai.")
    assert claims_in(given_one, most=0) == ()
    found = claims_in(given_one)
    assert [(one.place, one.start == TITLE) for one in found] == [(0, True), (1, False)]


# ---- facts ------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "language", "numbers"),
    [
        ("Sebanyak 1.234.567 orang terdaftar", "id", {"1.23457e+06"}),
        ("Suhu 36,5 derajat dan 12 kasus", "id", {"36.5", "12"}),
        ("Dua ribu rumah rusak", "id", {"2000"}),
        ("Sekitar 2 ribu rumah rusak", "id", {"2000"}),
        ("Khoảng 2 nghìn hộ bị ngập", "vi", {"2000"}),
        ("About 2 thousand homes flooded", "en", {"2000"}),
        ("Harga 0.500 kilogram", "id", {"0.5"}),
        ("Tanpa angka sama sekali", "id", set()),
    ],
)
def test_figures_in_words_groups_and_fractions_are_one_number(text: str, language: Language, numbers: set[str]) -> None:
    assert facts_of(text, language).numbers == numbers


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Terjadi pada 4 Mei", "id"),
        ("Xảy ra ngày 4 tháng 5", "vi"),
        ("It happened on May 4th", "en"),
        ("It happened on the 4th of May", "en"),
    ],
)
def test_one_day_is_one_date_in_three_languages(text: str, language: Language) -> None:
    facts = facts_of(text, language)
    assert facts.dates == {"4-5"} and not facts.numbers


def test_a_day_that_is_in_no_calendar_is_a_number() -> None:
    facts = facts_of("Sebanyak 45 Mei tercatat", "id")
    assert facts.dates == frozenset() and "45" in facts.numbers


@pytest.mark.parametrize(
    ("text", "negated"),
    [
        ("Sekolah belum dibuka", True),
        ("Bukan tidak mungkin sekolah dibuka", False),
        ("Trường chưa mở cửa", True),
        ("Bộ bác bỏ tin trường mở cửa", True),
        ("The schools have never opened", True),
        ("The schools opened", False),
        ("The notable school opened", False),
    ],
)
def test_an_odd_number_of_negations_negates_and_only_whole_words_do(text: str, negated: bool) -> None:
    assert facts_of(text, "id").negated is negated


def test_a_list_is_looked_up_in_whole_words_only() -> None:
    assert find("rumour", "katanya air tercemar") and find("rumour", "nghe nói nước độc")
    assert not find("rumour", "kelurahan konondo")


def test_a_name_folded_loses_its_accents_and_its_capital() -> None:
    assert facts_of("nước ở Huế bị đục", "vi").names == {"hue"}
    assert facts_of("Bendungan Citarik retak", "id").names == {"bendungan", "citarik"}, "two capitals in a row are a name from the first"


@quick
@given(st.integers(1, 999), st.integers(1, 999))
def test_two_figures_are_against_each_other_just_when_they_differ(one: int, other: int) -> None:
    values = features(side(f"Sebanyak {one} rumah terendam"), side(f"Sebanyak {other} rumah terendam"))
    assert values["numbers_against"] == float(one != other)
    assert values["numbers_shared"] == float(one == other)


# ---- contradiction ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("one", "other", "language", "code"),
    [
        ("Sebanyak 40 rumah terendam", "Sebanyak 400 rumah terendam", "id", "claim.numbers_differ"),
        ("Jalan ditutup 4 Mei", "Jalan ditutup 6 Mei", "id", "claim.dates_differ"),
        ("Sekolah di Garut libur", "Sekolah di Garut tidak libur", "id", "claim.negated"),
        ("Jembatan Garut dibuka", "Jembatan Garut ditutup", "id", "claim.opposite"),
        ("Có 40 nhà bị ngập", "Có 400 nhà bị ngập", "vi", "claim.numbers_differ"),
        ("Đường đóng ngày 4 tháng 5", "Đường đóng ngày 6 tháng 5", "vi", "claim.dates_differ"),
        ("Trường ở Huế nghỉ học", "Trường ở Huế không nghỉ học", "vi", "claim.negated"),
        ("Giá gạo ở Huế tăng", "Giá gạo ở Huế giảm", "vi", "claim.opposite"),
        ("Some 40 homes flooded", "Some 400 homes flooded", "en", "claim.numbers_differ"),
        ("The road closed on 4 May", "The road closed on 6 May", "en", "claim.dates_differ"),
        ("The school in Hue is empty", "The school in Hue is not empty", "en", "claim.negated"),
        ("The water in Hue is safe", "The water in Hue is toxic", "en", "claim.opposite"),
    ],
)
def test_a_hard_difference_stands_in_the_way_though_the_meaning_is_the_same(one: str, other: str, language: Language, code: str) -> None:
    found = likeness(side(one, language), side(other, language))
    assert code in found.against and found.hard and not found.sure
    assert found.cosine == pytest.approx(1.0)


def test_a_figure_that_only_one_of_them_gives_is_no_contradiction() -> None:
    values = features(side("Rumah di Garut terendam"), side("Sebanyak 40 rumah di Garut terendam"))
    assert (values["numbers_against"], values["numbers_extra"], values["numbers_shared"]) == (0.0, 1.0, 0.0)


@pytest.mark.parametrize(("text", "language"), [(BRIDGE_EN, "en"), (BRIDGE_VI, "vi")])
def test_a_translation_agrees_in_figures_dates_and_names(text: str, language: Language) -> None:
    values = features(side(BRIDGE), side(text, language, 0.5))
    shared = [values[f"{name}_shared"] for name in ("numbers", "dates", "names")]
    assert shared == [1.0, 1.0, 1.0] and not values["numbers_against"] and not values["dates_against"]


def test_a_name_the_other_lacks_is_said_and_is_not_enough_by_itself() -> None:
    found = likeness(side("rumah warga di Garut terendam banjir"), side("rumah warga di Subang terendam banjir"))
    assert "claim.names_differ" in found.against and not found.hard


@quick
@given(st.sampled_from(("id", "ms", "jv", "su", "vi", "en")), st.sampled_from(("id", "ms", "jv", "su", "vi", "en")))
def test_a_pair_of_languages_has_one_pairing_in_either_order(one: Language, other: Language) -> None:
    assert tongues(one, other) == tongues(other, one)
    assert one != other or tongues(one, other) == "within"


# ---- grouping ---------------------------------------------------------------------------------------------------------------
def said(text: str, hours: float = 0, angle: float = 0.0, language: Language = "id") -> Said:
    return Said(text, language, NOW + timedelta(hours=hours), direction(angle))


def put(state: State, *sentences: Said, rules: Settings | None = None) -> list[Joined]:
    return [step(state, one, rules)[1] for one in sentences]


def test_a_stream_in_three_languages_is_one_claim_with_three_tellings() -> None:
    state = start(PLAIN)
    joined = put(state, said(BRIDGE), said(BRIDGE_EN, 1, 0.4, "en"), said(BRIDGE_VI, 2, 0.4, "vi"), said(BRIDGE, 3))
    assert [one.claim for one in joined] == [1, 1, 1, 1]
    assert [one.telling for one in joined] == [True, True, True, False]
    assert len(state.tellings) == 3 and state.last == {1: NOW + timedelta(hours=3)}


@pytest.mark.parametrize(
    "changed",
    [BRIDGE.replace("40", "400"), BRIDGE.replace("4 Mei", "9 Mei"), BRIDGE.replace("ambruk", "tidak ambruk")],
)
def test_a_sentence_that_contradicts_begins_its_own_claim(changed: str) -> None:
    first, second = put(start(PLAIN), said(BRIDGE), said(changed, 1))
    assert (first.claim, second.claim, second.new) == (1, 2, True)
    assert second.reasons[0].code == "claim.new"


def test_what_contradicts_the_telling_in_another_language_does_not_join_by_its_own() -> None:
    state = start(
        PLAIN, [(1, said(BRIDGE)), (1, said("The Cipunagara bridge collapsed and homes in Sukamaju were flooded", 1, 0.3, "en"))], fresh=2
    )
    (joined,) = put(state, said("The Cipunagara bridge collapsed and 400 homes in Sukamaju were flooded", 2, 0.3, "en"))
    assert joined.new and joined.claim == 2


@pytest.mark.parametrize(("days", "new"), [(13.9, False), (14.0, False), (14.1, True)])
def test_a_claim_is_waited_for_just_so_many_days(days: float, new: bool) -> None:
    assert put(start(PLAIN), said(BRIDGE), said(BRIDGE, 24 * days))[1].new is new


def test_each_hearing_lets_a_claim_live_on() -> None:
    joined = put(start(PLAIN), *(said(BRIDGE, 24 * 10 * number) for number in range(5)))
    assert [one.claim for one in joined] == [1] * 5


def test_a_late_arrival_does_not_make_a_claim_older() -> None:
    state = start(PLAIN)
    put(state, said(BRIDGE), said(BRIDGE, -5))
    assert state.last == {1: NOW}


def test_a_number_once_given_is_never_given_again() -> None:
    state = start(PLAIN, fresh=7)
    rules = Settings(keep_days=1.0)
    assert [one.claim for one in put(state, said(BRIDGE), said(BRIDGE, 48), said(MARKET, 49, 1.4), rules=rules)] == [7, 8, 9]
    assert set(state.last) == {8, 9}


def test_where_there_are_too_many_those_heard_longest_ago_leave() -> None:
    state, rules = start(PLAIN), Settings(most=2)
    lines = [f"Sebanyak {number}1 rumah di Desa Lebak terendam" for number in range(2, 6)]
    put(state, *(said(text, number, number * 1.5) for number, text in enumerate(lines)), rules=rules)
    assert 1 not in state.last and 4 in state.last


def test_a_sentence_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="at"):
        Said(BRIDGE, "id", NOW.replace(tzinfo=None), direction(0.0))


@quick
@given(st.lists(st.tuples(st.sampled_from((BRIDGE, MARKET, BRIDGE.replace("40", "400"))), st.integers(0, 400)), max_size=12))
def test_what_is_at_hand_was_heard_lately_and_no_claim_is_at_hand_without_a_telling(rows: list[tuple[str, int]]) -> None:
    state = start(PLAIN)
    ordered = sorted(rows, key=lambda row: row[1])
    put(state, *(said(text, hours, 1.4 if text == MARKET else 0.0) for text, hours in ordered))
    assert {telling.claim for telling in state.tellings} == set(state.last)
    if ordered:
        assert min(state.last.values()) >= NOW + timedelta(hours=ordered[-1][1], days=-14)


# ---- spread -----------------------------------------------------------------------------------------------------------------
def seen(outlet: str, ago: float, kind: str = "press", copy: bool = False) -> Sighting:
    return Sighting(outlet, kind, NOW - timedelta(hours=ago), copy)  # type: ignore[arg-type]


def test_neither_a_step_nor_a_spread_has_a_field_for_a_person() -> None:
    names = {field.name for form in (Step, Spread, Sighting) for field in fields(form)}
    assert not names & {"author", "account", "person", "handle", "user", "name", "profile"}


def test_however_many_accounts_posted_it_no_account_is_told() -> None:
    told = spread([seen(f"@warga{number}", 3, "public") for number in range(9)], NOW)
    assert [(one.outlet, one.items) for one in told.path] == [(PUBLIC, 9)]
    assert (told.outlets, told.public_posts, told.recent_outlets) == (0, 9, 0)
    assert "warga" not in repr(told)


def test_an_account_named_as_an_outlet_is_not_that_outlet() -> None:
    told = spread([seen("Harian", 5, "public"), seen("Harian", 2)], NOW)
    assert [one.outlet for one in told.path] == [PUBLIC, "Harian"] and told.outlets == 1


@pytest.mark.parametrize(
    ("recent", "before", "grows", "fades"),
    [
        (0, 0, False, False),
        (1, 0, False, False),
        (2, 0, True, False),
        (3, 2, False, False),
        (5, 4, False, False),
        (6, 4, True, False),
        (4, 6, False, True),
        (0, 2, False, True),
    ],
)
def test_growth_is_two_more_and_half_as_many_again(recent: int, before: int, grows: bool, fades: bool) -> None:
    told = spread([*(seen("A", 1) for _ in range(recent)), *(seen("B", 8) for _ in range(before))], NOW)
    assert (told.recent, told.before, told.grows, told.fades) == (recent, before, grows, fades)


def test_the_edge_of_the_window_belongs_to_the_window_before() -> None:
    told = spread([Sighting("A", "press", NOW - WINDOW), Sighting("B", "press", NOW - 2 * WINDOW), Sighting("C", "press", NOW)], NOW)
    assert (told.recent, told.before, told.items) == (1, 1, 3)


def test_an_outlet_that_also_wrote_its_own_is_no_copier() -> None:
    told = spread([seen("A", 4, copy=True), seen("A", 2)], NOW)
    assert [(one.items, one.copied) for one in told.path] == [(2, False)]


@pytest.mark.parametrize(
    ("outlets", "ago", "harm", "first"),
    [
        (1, 30, 0, "claim.watch"),
        (7, 30, 3, "claim.watch"),
        (8, 30, 0, "claim.answer"),
        (2, 1, 0, "claim.watch"),
        (3, 1, 0, "claim.answer"),
        (0, 1, 4, "claim.answer"),
    ],
)
def test_the_advice_follows_reach_growth_and_danger(outlets: int, ago: int, harm: int, first: str) -> None:
    told = spread([seen(f"O{number}", ago) for number in range(outlets)], NOW)
    assert advice(told, harm)[0].code == first


@quick
@given(st.lists(st.tuples(st.sampled_from("ABC"), st.integers(-5, 30), st.sampled_from(("press", "public", "official"))), max_size=15))
def test_items_are_those_of_the_path_and_public_posts_are_counted_once_together(rows: list[tuple[str, int, str]]) -> None:
    told = spread([seen(*row) for row in rows], NOW)
    heard = [row for row in rows if row[1] >= 0]
    assert told.items == len(heard) == sum(one.items for one in told.path)
    assert told.public_posts == sum(kind == "public" for _, _, kind in heard)
    assert told.outlets == len({outlet for outlet, _, kind in heard if kind != "public"})
    assert [one.first for one in told.path] == sorted(one.first for one in told.path)


# ---- voids ------------------------------------------------------------------------------------------------------------------
def ask(text: str, angle: float = 0.0, kind: str = "public", outlet: str = "x", topics: tuple[str, ...] = (), item: str = "i") -> Asked:
    return Asked(item, text, "id", outlet, kind, NOW, direction(angle), topics)  # type: ignore[arg-type]


def test_a_question_just_below_the_bar_is_another_question() -> None:
    head, edge = ask("Di mana posko?"), float(np.arccos(SAME))
    assert like(ask("Di mana posko banjir?", edge - 0.01), head, "where") == pytest.approx(SAME, abs=0.02)
    assert like(ask("Di mana posko banjir?", edge + 0.01), head, "where") == 0.0


def test_a_question_goes_to_the_nearest_of_the_groups_it_could_join() -> None:
    heads = [(ask("Di mana posko?", 0.8), "where"), (ask("Di mana posko?", 0.1), "where"), (ask("Kapan posko?", 0.0), "when")]
    assert place(ask("Di mana posko banjir?"), heads) == 1
    assert place(ask("Siapa petugas posko?"), heads) == -1
    assert place(ask("Di mana posko banjir?"), []) == -1


def test_a_question_without_a_topic_may_join_one_with_any() -> None:
    assert like(ask("Di mana posko?"), ask("Di mana?", topics=("water",)), "where") == pytest.approx(1.0)
    assert like(ask("Di mana posko?", topics=("health",)), ask("Di mana?", topics=("water",)), "where") == 0.0


def test_a_group_learns_what_it_wants_from_the_first_that_says_it() -> None:
    (group,) = groups([ask("Posko banjir Garut?", item="a"), ask("Di mana posko banjir Garut?", item="b")])
    assert group.wants == "where" and group.first.item == "a"


def test_posts_of_accounts_are_counted_and_outlets_only_once() -> None:
    asked = [ask("Di mana posko?", kind="press", outlet="Harian", item=f"p{n}") for n in range(3)]
    (group,) = groups([*asked, *(ask("Di mana posko?", outlet=f"@w{n}", item=f"q{n}") for n in range(4))])
    assert (group.outlets, group.posts) == (1, 4)


def test_the_bar_depends_on_the_two_languages() -> None:
    assert [bar("id", "id"), bar("vi", "vi"), bar("id", "vi"), bar("en", "id")] == [ANSWERS, ANSWERS_VI, ANSWERS_ACROSS, ANSWERS_ACROSS]


def test_shared_words_lift_a_page_over_its_bar_and_of_two_alike_the_one_with_the_words_answers() -> None:
    angle = float(np.arccos(ANSWERS - 0.1))
    bare, worded = (
        page_of("bare", "Lomba lari kota", "id", direction(angle)),
        page_of("worded", "Lokasi posko banjir", "id", direction(angle)),
    )
    assert answer_for("Di mana lokasi posko banjir?", "id", direction(0.0), [bare]) is None
    found = answer_for("Di mana lokasi posko banjir?", "id", direction(0.0), [bare, worded])
    assert found is not None and found.page == "worded"
    assert found.score == pytest.approx(WORDS - 0.1, abs=0.01)


def test_without_pages_nothing_answers() -> None:
    assert answer_for("Di mana posko?", "id", direction(0.0), []) is None
