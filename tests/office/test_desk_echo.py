"""The echo of a publication: articles are tied once, behind the listener, whatever is broken off; what is not ours counts no more."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from desk import NOW
from echoes import AT, OTHER, comes, heard, published, quotable, read, reading, ties
from screens import STILL
from statements import detail, lines

from kentongan.engine.echo_quotes import Words, least_words, words_with_places
from kentongan.engine.terms import Counts
from kentongan.errors import RefusedError
from kentongan.office.desk import echo_reading, echo_services, echo_tasks, services, statement_approval, statement_embargo
from kentongan.office.desk.echo_candidates import has_a_stretch, stretches_of
from kentongan.office.desk.echo_models import EchoMessage, EchoReading, EchoTie
from kentongan.office.desk.models import Issue, Statement
from kentongan.office.listening import retention
from kentongan.office.listening.embedding import HashedEmbedder
from kentongan.office.listening.models import Article, ListenerState
from kentongan.testing.builders import Told, make_article


@pytest.fixture
def said(db, settings):
    settings.CLOCK = STILL
    echo_reading.counts_before.cache_clear()
    return published()


def sentence(made, section="known"):
    return made.version.sentences.get(section=section).text


# Tied


def test_what_copies_it_quotes_it_or_tells_of_something_else_is_told_apart_with_the_passage(said):
    paper, made = said
    office = paper.desk.office
    lead = quotable(made)
    comes(office, made.version.text, 20, "Kabar Kalindra")
    comes(office, f"Wartawan kami melaporkan dari lapangan pagi ini. {lead} Kami masih menunggu. {OTHER}", 40, "Warta Hilir")
    comes(office, OTHER, 50, "Sena Petang")
    done = read(office)
    assert (done.articles, done.ties, done.more) == (3, 2, False)
    assert ties() == {"Kabar Kalindra": "copied", "Warta Hilir": "quoted"}
    quoted = EchoTie.objects.get(outlet="Warta Hilir")
    assert quoted.passage and quoted.passage in quoted.article.text and len(quoted.digest) == 64
    assert (quoted.version, quoted.at, quoted.language) == (echo_reading.version_of("hashed"), AT + timedelta(minutes=40), "id")
    assert 0.9 < quoted.score <= 1.0 and quoted.reasons[0]["code"] == "echo.quoted"


def test_what_came_before_it_or_a_month_later_is_not_its_echo(said):
    paper, made = said
    comes(paper.desk.office, made.version.text, -5, "Suara Muarasena")
    comes(paper.desk.office, made.version.text, 31 * 24 * 60, "Warta Hilir")
    read(paper.desk.office)
    assert ties() == {}


def test_a_copy_of_what_is_tied_goes_where_its_original_went_though_it_comes_in_another_run(said):
    paper, made = said
    office, lead = paper.desk.office, quotable(made)
    first = comes(office, f"{lead} {OTHER}", 20, "Kabar Kalindra")
    read(office)
    comes(office, "Ringkasan berita pagi dari mitra kami.", 25, "Pesisir Kini", original=first, story=paper.desk.story.pk)
    read(office)
    assert ties() == {"Kabar Kalindra": "quoted", "Pesisir Kini": "quoted"}
    assert EchoTie.objects.get(outlet="Pesisir Kini").reasons[0]["code"] == "echo.follows"


def test_which_key_messages_came_through_is_kept_with_the_tie(said):
    paper, made = said
    comes(paper.desk.office, made.version.text, 20)
    read(paper.desk.office)
    keys = set(EchoMessage.objects.values_list("key", flat=True))
    sections = set(made.version.sentences.filter(key__in=keys).values_list("section", flat=True))
    assert keys and not sections & echo_reading.NO_MESSAGE
    assert EchoTie.objects.get().messages == dict.fromkeys(sorted(keys), "said")


# Once, and behind the listener


def test_it_is_read_as_far_as_the_listener_is_and_goes_on_there(said):
    paper, made = said
    office = paper.desk.office
    comes(office, made.version.text, 20, "Kabar Kalindra")
    late = make_article(office, Told("Warta Hilir", 1.0, "Kabar", made.version.text, "id"), NOW)
    read(office)
    assert set(ties()) == {"Kabar Kalindra"}
    heard(office, late)
    read(office)
    assert set(ties()) == {"Kabar Kalindra", "Warta Hilir"}
    assert (reading().articles, read(office).articles) == (2, 0)


def test_broken_off_anywhere_and_begun_again_it_gives_the_same(said, monkeypatch):
    paper, made = said
    office, lead = paper.desk.office, quotable(made)
    monkeypatch.setattr(echo_reading, "STEP", 2)
    for n in range(9):
        comes(office, (made.version.text, OTHER, f"{lead} {OTHER}")[n % 3], 10 + n, f"Surat {n}")
    for broken in range(1, 8):
        with monkeypatch.context() as patched, pytest.raises(Killed):
            patched.setattr(EchoReading, "save", killed_after(broken % 2))
            read(office)
    read(office)
    assert ties() == {f"Surat {n}": ("copied", "", "quoted")[n % 3] for n in range(9) if n % 3 != 1}
    assert reading().articles == 9


class Killed(Exception):
    """As after kill -9: what was not committed is gone."""


def killed_after(saves):
    """A `save` that is the last thing this process did after so many."""
    left, save = [saves], EchoReading.save

    def last(self, *args, **given):
        if not left[0]:
            raise Killed
        left[0] -= 1
        save(self, *args, **given)

    return last


def test_done_twice_at_once_it_is_written_once(said):
    paper, made = said
    office = paper.desk.office
    comes(office, made.version.text, 20)
    read(office)
    stale = EchoReading.objects.select_related("publication__version").get()
    end, stale.read_to = stale.read_to, 0
    echo_reading.step(stale, HashedEmbedder(), end, NOW)
    assert (EchoTie.objects.count(), reading().articles, stale.read_to) == (1, 1, end)
    EchoReading.objects.update(read_to=0)
    read(office)
    assert (EchoTie.objects.count(), EchoReading.objects.count()) == (1, 1)


def test_few_ties_are_written_at_a_time_and_none_is_left_out(said, monkeypatch):
    paper, made = said
    monkeypatch.setattr(echo_reading, "TIES", 2)
    for n in range(5):
        comes(paper.desk.office, made.version.text, 10 + n, f"Surat {n}")
    assert read(paper.desk.office).ties == 5
    assert (EchoTie.objects.count(), reading().articles) == (5, 5)


def test_a_run_stops_after_so_many_steps_and_says_so(said, monkeypatch):
    paper, made = said
    monkeypatch.setattr(echo_reading, "STEP", 1)
    monkeypatch.setattr(echo_reading, "STEPS", 2)
    for n in range(3):
        comes(paper.desk.office, made.version.text, 10 + n, f"Surat {n}")
    assert read(paper.desk.office).more
    assert not read(paper.desk.office).more
    assert EchoTie.objects.count() == 3


def test_it_is_followed_for_fourteen_days_and_what_is_heard_late(said):
    paper, made = said
    office = paper.desk.office
    comes(office, made.version.text, 20, "Kabar Kalindra")
    read(office)
    comes(office, made.version.text, 13 * 24 * 60, "Warta Hilir")
    read(office, AT + echo_reading.WINDOW + timedelta(hours=12))
    assert "Warta Hilir" in ties()
    comes(office, made.version.text, 13 * 24 * 60 + 5, "Sena Petang")
    read(office, AT + echo_reading.WINDOW + timedelta(days=2))
    assert "Sena Petang" not in ties()


def test_the_worker_follows_each_office_by_itself(said):
    paper, made = said
    comes(paper.desk.office, made.version.text, 20)
    echo_tasks.hear_echo_of(paper.desk.office.pk)
    echo_tasks.hear_echo_of(paper.desk.guest.office_id)
    assert list(EchoTie.objects.values_list("office", flat=True)) == [paper.desk.office.pk]


def test_a_tie_outlives_the_article_without_its_words(said):
    paper, made = said
    office = paper.desk.office
    comes(office, f"{quotable(made)} {OTHER}", 20)
    read(office)
    retention.run(office, NOW + timedelta(days=4_000), retention.keep_for(office))
    tie = EchoTie.objects.select_related("article").get()
    assert (Article.objects.filter(office=office).count(), tie.outlet, tie.passage) == (0, "Suara Muarasena", "")


# What it costs


class Counting(HashedEmbedder):
    """Remembers what it was asked to embed."""

    def __init__(self):
        self.texts = []

    def embed(self, texts):
        self.texts += texts
        return super().embed(texts)


def test_what_words_settle_is_not_embedded_and_what_they_leave_open_once(said):
    paper, made = said
    office, counting = paper.desk.office, Counting()
    comes(office, made.version.text, 20, "Kabar Kalindra")
    echo_reading.read(office, counting, NOW)
    own, counting.texts = len(counting.texts), []
    assert own == 1 + EchoMessage.objects.count()
    comes(office, f"{sentence(made)} {sentence(made, 'action')} {OTHER}", 30, "Warta Hilir")
    comes(office, f"{sentence(made)} {sentence(made, 'action')} {OTHER}", 40, "Sena Petang")
    echo_reading.read(office, counting, NOW)
    assert set(ties().values()) == {"copied", "quoted"}
    assert len(counting.texts) == len(set(counting.texts)) > 0


def test_a_run_ends_once_it_has_embedded_its_share_and_the_next_goes_on(said, monkeypatch):
    paper, made = said
    office = paper.desk.office
    monkeypatch.setattr(echo_reading, "TIES", 2)
    monkeypatch.setattr(echo_reading, "EMBEDDED", 3)
    for n in range(6):
        comes(office, f"{sentence(made)} {sentence(made, 'action')} Posko {n} dibuka. Dapur {n} memasak.", 10 + n, f"Surat {n}")
    runs = []
    while not runs or runs[-1].more:
        runs.append(read(office))
    assert [one.ties for one in runs[:3]] == [2, 2, 2]
    assert all(one.embedded >= 3 for one in runs[:3])
    assert (EchoTie.objects.count(), reading().articles) == (6, 6)


def test_a_step_asks_the_same_number_of_questions_for_one_article_and_for_many(said, monkeypatch):
    monkeypatch.setattr(echo_reading, "TIES", 100)
    paper, made = said
    office, lead = paper.desk.office, quotable(made)
    comes(office, made.version.text, 5)
    read(office)
    asked = []
    for count in (1, 15):
        first = comes(office, f"{lead} {OTHER}", 10 + count, f"Surat {count}")
        for n in range(count):
            comes(office, f"{lead} {OTHER} Nomor {n}.", 12 + count + n, f"Surat {count}-{n}")
            comes(office, "Ringkasan.", 13 + count + n, f"Mitra {count}-{n}", original=first, story=paper.desk.story.pk)
        with CaptureQueriesContext(connection) as run:
            read(office)
        asked.append(len(run))
    assert asked[0] == asked[1] <= 20
    assert EchoTie.objects.count() >= 33


def test_a_long_publication_is_asked_for_in_one_question_and_as_it_was_before(said):
    paper, _made = said
    office = paper.desk.office
    article = comes(office, "Tanggul Welaran jebol di Lebak Damar, warga mengungsi ke balai kota.", 20)
    letters = "bcdfghjklmnpqrstvwxyz"
    others = [f"kata{one}a bunga{two}o rumput{three}i" for one in letters for two in letters for three in letters[:4]]
    for wanted, there in ((["damar lebak tanggul"], True), (["damar lebak surabaya"], False), ([], False)):
        rows = Article.objects.filter(pk=article.pk)
        assert rows.annotate(close=has_a_stretch([*others, *wanted], "id")).get().close is there
        if wanted:
            assert rows.annotate(close=has_a_stretch(wanted, "id")).get().close is there


# Candidates


WORDS = st.lists(
    st.sampled_from(["air", "banjir", "warga", "kota", "tanggul", "posko", "42", "di", "yang", "surut"]), min_size=1, max_size=60
)


@given(WORDS, st.data())
def test_whatever_is_quoted_has_all_the_words_of_a_stretch(words, data):
    counts = Counts(100.0, {"yang": 90.0, "di": 80.0, "air": 40.0})
    text = " ".join(words)
    least = least_words("id")
    triples = [set(one.split()) for one in stretches_of(text, "id", counts)]
    start = data.draw(st.integers(0, max(0, len(words) - least)))
    quoted: Words = words_with_places(" ".join(words[start : start + least]), "id")
    able = {word for word in quoted.words if word.isalpha() and len(word) > 2}
    assert not able or any(one <= set(quoted.words) for one in triples)


def test_of_a_text_the_rare_words_are_asked_for_and_none_with_figures():
    counts = Counts(100.0, dict.fromkeys(("warga", "yang", "dari"), 90.0))
    found = stretches_of("Warga yang 42 dari Lebak Damar mengungsi", "id", counts)
    assert found == ["damar lebak mengungsi"]
    assert stretches_of("", "id", counts) == [] == stretches_of("42 17 05", "id", counts)


# Not ours


def test_not_ours_counts_no_more_with_a_line_and_can_be_taken_back(said):
    paper, made = said
    office, statement = paper.desk.office, Statement.objects.get(pk=made.statement_id)
    comes(office, made.version.text, 20)
    read(office)
    tie = EchoTie.objects.get()
    echo_services.refuse(paper.desk.lina, statement, tie.pk, NOW)
    echo_services.refuse(paper.desk.lina, statement, tie.pk, NOW)
    assert lines(statement).count("echo.refused") == 1
    assert detail(statement, "echo.refused") == {"tie": tie.pk, "article": tie.key, "way": "copied", "engine": tie.version}
    tie.refresh_from_db()
    assert (tie.refused_by, tie.refused_at, tie.way) == (paper.desk.lina, NOW, "copied")
    read(office)
    echo_services.take_back(paper.desk.lina, statement, tie.pk, NOW)
    assert (lines(statement)[-1], EchoTie.objects.get().refused_by) == ("echo.taken_back", None)


def test_who_may_not_work_on_issues_or_does_not_see_this_one_judges_no_tie(said):
    paper, made = said
    office, statement = paper.desk.office, Statement.objects.get(pk=made.statement_id)
    comes(office, made.version.text, 20)
    read(office)
    tie = EchoTie.objects.get()
    issue = Issue.objects.get(pk=paper.issue.pk)
    services.restrict(paper.desk.sari, issue, True, (), issue.version, NOW)
    for who in (paper.desk.reader, paper.desk.auditor, paper.desk.guest, paper.desk.lina):
        with pytest.raises(RefusedError):
            echo_services.refuse(who, statement, tie.pk, NOW)
    with pytest.raises(RefusedError):
        echo_services.refuse(paper.desk.sari, statement, tie.pk + 1, NOW)
    assert EchoTie.objects.get().refused_by is None


def test_the_database_refuses_a_second_tie_and_a_refusal_without_a_name(said):
    paper, made = said
    comes(paper.desk.office, made.version.text, 20)
    read(paper.desk.office)
    tie = EchoTie.objects.get()
    for change in ({"pk": None}, {"refused_at": NOW}, {"score": 1.5}):
        with pytest.raises(IntegrityError), transaction.atomic():
            for name, value in change.items():
                setattr(tie, name, value)
            tie.save()
        tie = EchoTie.objects.get()


def test_without_a_listener_nothing_is_read_and_nothing_breaks(said):
    paper, _made = said
    ListenerState.objects.all().delete()
    assert read(paper.desk.office).articles == 0
    assert reading().read_to == 0


def test_each_question_of_a_run_has_its_index(said):
    paper, made = said
    comes(paper.desk.office, made.version.text, 20)
    with CaptureQueriesContext(connection) as run:
        read(paper.desk.office)
    large = ("listening_article", "listening_journalentry", "desk_echotie")
    asked = [one["sql"] for one in run if one["sql"].startswith("SELECT") and any(table in one["sql"] for table in large)]
    assert len(asked) >= 5
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for one in asked:
            cursor.execute(f"EXPLAIN {one}")
            plan = "\n".join(row[0] for row in cursor.fetchall())
            assert [table for table in large if f"Seq Scan on {table}" in plan] == [], one


# Held back


MOMENT = AT + timedelta(minutes=60)


def test_what_was_held_back_is_followed_from_the_moment_it_could_be_read(db, settings):
    settings.CLOCK = STILL
    echo_reading.counts_before.cache_clear()
    paper, made = published(MOMENT)
    office, text = paper.desk.office, made.version.text
    comes(office, text, 30, "Kabar Kalindra")
    assert read(office, MOMENT - timedelta(minutes=1)).articles == 0
    assert read(office, MOMENT).articles == 0, "it is not opened yet"
    assert not EchoReading.objects.exists()
    assert statement_embargo.end_due(office, MOMENT) == (1, 0)
    comes(office, text, 90, "Warta Hilir")
    read(office)
    assert (reading().until, ties()) == (MOMENT + echo_reading.WINDOW, {"Warta Hilir": "copied"})


def test_what_was_withdrawn_before_its_moment_has_no_echo(db, settings):
    settings.CLOCK = STILL
    paper, made = published(MOMENT)
    found = Statement.objects.get(pk=made.statement_id)
    statement_approval.withdraw(paper.desk.sari, found, "Air sudah surut", found.version, AT + timedelta(minutes=10))
    read(paper.desk.office)
    assert not EchoReading.objects.exists()
