"""The pages of statements: what stands beside a sentence, both versions with what differs, hostile words, counted queries."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from django.urls import reverse

sys.path.insert(0, str(Path(__file__).parent))
from approvals import asked, people_of, sight_of, step_of, urgent
from desk import NOW, page
from screens import STILL, client_of
from statements import FRAME, SLOTS, TEXT, papers, sentences

from kentongan.office.desk import statement_publishing, statement_queries, statement_services
from kentongan.office.desk.models import Statement


@pytest.fixture
def paper(db, settings):
    settings.CLOCK = STILL
    return papers()


def frame(**fields):
    return {"level": "low", "cluster": "victim", "contact": "112", "next_update": "2025-11-27T10:30", **fields}


def post(person, name, *args, **data):
    return client_of(person).post(reverse(name, args=args), data)


def test_from_the_issue_a_statement_is_begun_filled_in_and_stands_there(paper):
    path = reverse("begin_statement", args=[paper.issue.pk])
    assert path in page(paper.desk.lina, f"/issues/{paper.issue.pk}/")
    assert path not in page(paper.desk.reader, f"/issues/{paper.issue.pk}/")
    answer = post(paper.desk.lina, "begin_statement", paper.issue.pk, kind="holding", language="id", start="template", **frame())
    found = Statement.objects.get()
    assert answer.headers["Location"] == reverse("fill_statement", args=[found.pk])
    post(paper.desk.lina, "fill_statement", found.pk, version=found.version, **SLOTS)
    words = page(paper.desk.reader, f"/statements/{found.pk}/")
    assert [one for one in ("Jauhi tepi sungai.", "From the template", "Holding statement") if one not in words] == []
    assert reverse("write_statement", args=[found.pk]) not in words
    assert reverse("statement", args=[found.pk]) in page(paper.desk.reader, f"/issues/{paper.issue.pk}/")


def test_what_is_ticked_brings_the_engines_suggestion_with_its_reasons_and_chooses_nothing(paper):
    given = frame(kind="press", language="id", look="1", signs=["warning_ignored"])
    answer = post(paper.desk.lina, "begin_statement", paper.issue.pk, **given)
    words = answer.content.decode()
    assert [one for one in ("The engine suggests:", "It could have been prevented", "There had been a warning") if one not in words] == []
    assert '<option value="victim" selected>' in words
    assert not Statement.objects.exists()


def test_beside_each_sentence_stands_what_is_wrong_with_it_and_what_it_rests_on(paper):
    found = paper.written("Air masuk ke 42 rumah sejak pukul 05.00 WIB.\nDiduga tanggulnya jebol.", kind="chat")
    words = page(paper.desk.lina, f"/statements/{found.pk}/")
    assert "points to no fact or passage" in words
    assert "is a guess" in words
    assert "stand in the way of approval" in words
    path = reverse("statement_sentence", args=[found.pk, 1])
    assert path in words
    form = page(paper.desk.lina, path)
    assert paper.article() in form
    post(paper.desk.lina, "statement_sentence", found.pk, 1, version=found.version, section="known", evidence=[paper.article()])
    assert sentences(found)[0].evidence == [paper.article()]
    assert page(paper.desk.lina, f"/statements/{found.pk}/").count("points to no fact or passage") == words.count("points to no fact") - 1
    assert client_of(paper.desk.lina).get(reverse("statement_sentence", args=[found.pk, 99])).status_code == 404


def test_whoever_writes_on_an_older_text_is_shown_both_with_what_differs(paper):
    found = paper.written()
    old = found.version
    post(paper.desk.sari, "write_statement", found.pk, text=TEXT + "\nTambahan dari Sari.", version=old, **frame())
    answer = post(paper.desk.lina, "write_statement", found.pk, text=TEXT + "\nTambahan dari Lina.", version=old, **frame(contact="119"))
    words = answer.content.decode()
    assert answer.status_code == 409
    assert [one for one in ("<del>Sari</del>", "<ins>Lina</ins>", "119", "Both versions") if one not in words] == []
    assert f'name="version" value="{old + 1}"' in words
    post(paper.desk.lina, "write_statement", found.pk, text=TEXT + "\nTambahan dari Lina.", version=old + 1, **frame())
    assert statement_queries.get_last(found).text.endswith("Lina.")
    old_version = page(paper.desk.reader, f"/statements/{found.pk}/versions/3/")
    assert "<ins>Lina</ins>" in old_version
    assert client_of(paper.desk.reader).get(f"/statements/{found.pk}/versions/9/").status_code == 404


def test_whoever_fills_in_an_older_template_is_shown_what_stands_there_now_and_loses_nothing(paper):
    found = paper.begun()
    typed = {**SLOTS, "known": "Air masuk ke 50 rumah sejak pukul 05.00 WIB.", "version": found.version}
    post(paper.desk.sari, "fill_statement", found.pk, version=found.version, **SLOTS)
    answer = post(paper.desk.lina, "fill_statement", found.pk, **typed)
    words = answer.content.decode()
    assert answer.status_code == 409
    assert [one for one in ("<del>42</del>", "<ins>50</ins>", "Both versions are shown", "50 rumah sejak") if one not in words] == []
    assert f'name="version" value="{found.version + 1}"' in words
    assert "42 rumah" in statement_queries.get_last(found).text, "nothing is overwritten"
    post(paper.desk.lina, "fill_statement", found.pk, **{**typed, "version": found.version + 1})
    assert "50 rumah" in statement_queries.get_last(found).text


def test_what_was_typed_for_a_field_the_template_asks_no_more_stands_there_beside_the_others(paper):
    found = paper.begun(cluster="accidental")
    first = statement_services.slot_names(found)
    statement_services.write(paper.desk.sari, found, "Air naik.", FRAME, found.version, NOW)
    (gone,) = first.keys() - statement_services.slot_names(Statement.objects.get(pk=found.pk))
    typed = {"known": "Air masuk.", gone: "Kata yang tidak hilang"}
    answer = post(paper.desk.lina, "fill_statement", found.pk, version=found.version, **typed)
    words = answer.content.decode()
    assert answer.status_code == 409
    assert f'<th scope="row">{first[gone].capitalize()}</th><td>–</td><td>Kata yang tidak hilang</td>' in words
    assert re.search(r"<del>[^<]*naik", words)


def test_hostile_words_typed_over_a_newer_text_are_shown_as_words_at_their_field(paper):
    found = paper.written()
    answer = post(paper.desk.lina, "fill_statement", found.pk, version=found.version - 1, known="<script>alert(1)</script>")
    words = answer.content.decode()
    assert (answer.status_code, "<script>alert" in words, "&lt;script&gt;alert" in words, "markup" in words) == (409, False, True, True)


def test_whoever_settles_an_older_sentence_sees_what_it_says_and_rests_on_now_beside_what_they_chose(paper):
    found = paper.written("Air masuk ke 42 rumah.", kind="chat")
    seen, proof = found.version, paper.article()
    assert 'name="seen" value="Air masuk ke 42 rumah."' in page(paper.desk.lina, reverse("statement_sentence", args=[found.pk, 1]))
    post(paper.desk.sari, "write_statement", found.pk, text="Air masuk ke 24 rumah.", version=seen, **frame())
    post(paper.desk.sari, "statement_sentence", found.pk, 1, version=seen + 1, section="action", evidence=[])
    chosen = {"section": "known", "evidence": [proof], "version": seen, "seen": "Air masuk ke 42 rumah."}
    answer = post(paper.desk.lina, "statement_sentence", found.pk, 1, **chosen)
    words = answer.content.decode()
    assert answer.status_code == 409
    rows = re.findall(r'<th scope="row">(.*?)</th><td>(.*?)</td><td>(.*?)</td>', words)
    assert rows[0] == ("Text", "Air masuk ke 24 rumah.", "Air masuk ke 42 rumah.")
    assert [row[0] for row in rows[1:]] == ["What the sentence is there for", "What it rests on"]
    assert (rows[2][1], rows[2][2] == "–") == ("–", False)
    assert re.search(rf'value="{proof}"[^>]*checked', words)
    assert (f'name="version" value="{seen + 2}"' in words, 'name="seen" value="Air masuk ke 24 rumah."' in words) == (True, True)
    assert sentences(found)[0].section == "action"


def test_of_a_sentence_that_somebody_took_out_what_was_chosen_stands_there_still(paper):
    found = paper.written("Air masuk ke 42 rumah.\nJauhi tepi sungai.", kind="chat")
    seen = found.version
    post(paper.desk.sari, "write_statement", found.pk, text="Jauhi tepi sungai.", version=seen, **frame())
    chosen = {"section": "known", "evidence": [paper.article()], "seen": "Air masuk ke 42 rumah."}
    answer = post(paper.desk.lina, "statement_sentence", found.pk, 1, version=seen, **chosen)
    words = answer.content.decode()
    assert answer.status_code == 409
    assert '<th scope="row">Text</th><td>–</td><td>Air masuk ke 42 rumah.</td>' in words
    assert re.search(rf'value="{paper.article()}"[^>]*checked', words)
    answer = post(paper.desk.lina, "statement_sentence", found.pk, 1, version=seen + 1, **chosen)
    assert (answer.status_code, "is not in the statement any more" in answer.content.decode()) == (422, True)
    assert client_of(paper.desk.lina).get(reverse("statement_sentence", args=[found.pk, 1])).status_code == 404


def test_without_a_version_nothing_is_overwritten(paper):
    found = paper.written()
    assert post(paper.desk.lina, "write_statement", found.pk, text="lain", **frame()).status_code == 409
    assert post(paper.desk.lina, "fill_statement", found.pk, known="lain").status_code == 409
    assert post(paper.desk.lina, "statement_sentence", found.pk, 1, section="known").status_code == 409


def test_a_paste_of_two_megabytes_comes_back_with_an_error_at_its_field(paper):
    found = paper.written()
    answer = post(paper.desk.lina, "write_statement", found.pk, text="Nước dâng. " * 150_000, version=found.version, **frame())
    assert (answer.status_code, "characters are too many (60,000 at most)" in answer.content.decode()) == (422, True)


def test_what_is_too_long_for_a_line_comes_back_at_its_field_with_every_word(paper):
    long = "Air naik di tepi sungai. " * 40
    paper = people_of(paper)
    found = asked(paper)
    draft = paper.written()
    public = urgent(paper)
    statement_publishing.publish_in_emergency(paper.desk.sari, public, "Air naik cepat", sight_of(public), NOW)
    seen = {"number": 1, "text_hash": "x", "step": step_of(found).pk}
    for person, name, pk, data, field in (
        (paper.dewi, "decide_approval", found.pk, {**seen, "decision": "returned"}, "note"),
        (paper.desk.sari, "publish_statement", draft.pk, seen, "reason"),
        (paper.desk.lina, "withdraw_statement", draft.pk, {"version": draft.version}, "reason"),
        (paper.desk.lina, "correct_statement", public.pk, {}, "wrong"),
        (paper.dewi, "review_publication", public.pk, {"outcome": "sound"}, "note"),
        (paper.desk.lina, "begin_statement", paper.issue.pk, {"kind": "holding", "language": "id", **frame()}, "contact"),
    ):
        before = Statement.objects.values_list("pk", "state", "version").order_by("pk")
        there = list(before)
        answer = post(person, name, pk, **{**data, field: long})
        words = answer.content.decode()
        assert (answer.status_code, long.strip() in words, "Ensure this value has at most" in words) == (422, True, True), name
        assert list(before.all()) == there, name


def test_what_the_service_refuses_of_a_correction_comes_back_at_its_field(paper):
    paper = people_of(paper)
    public = urgent(paper)
    statement_publishing.publish_in_emergency(paper.desk.sari, public, "Air naik cepat", sight_of(public), NOW)
    answer = post(paper.desk.lina, "correct_statement", public.pk, wrong="Hubungi 0812-3456-7890, bukan 112.")
    words = answer.content.decode()
    assert (answer.status_code, "0812-3456-7890, bukan" in words, 'id="correct_wrong_error"' in words) == (422, True, True)
    answer = post(paper.dewi, "review_publication", public.pk, outcome="sound", note="ya")
    assert (answer.status_code, 'id="review_note_error"' in answer.content.decode()) == (422, True)


def test_hostile_words_are_refused_and_shown_as_words(paper):
    found = paper.written()
    answer = post(paper.desk.lina, "write_statement", found.pk, text="<script>alert(1)</script>", version=found.version, **frame())
    words = answer.content.decode()
    assert (answer.status_code, "<script>alert" in words, "&lt;script&gt;alert" in words) == (422, False, True)
    assert "markup" in post(paper.desk.lina, "fill_statement", found.pk, version=found.version, known="<b>x</b>").content.decode()


def test_the_page_asks_no_more_for_a_longer_statement_or_more_versions(paper, count_queries):
    found = paper.written("\n".join(f"Kalimat nomor {n} tentang air." for n in range(3)))
    counts = []
    for size in (0, 25):
        for n in range(size // 5):
            text = "\n".join(f"Kalimat nomor {one} tentang air dan jalan." for one in range(n * 5))
            now = Statement.objects.get(pk=found.pk)
            post(paper.desk.sari, "write_statement", found.pk, text=text or "Awal.", version=now.version, **frame())
        client = client_of(paper.desk.lina)
        path = f"/statements/{found.pk}/"
        client.get(path)
        with count_queries() as said:
            client.get(path)
        counts.append(len(said))
    assert counts[0] == counts[1]
    assert counts[0] <= 30


def test_for_everybody_else_a_statement_about_what_few_may_see_is_not_there(paper):
    secret = paper.desk.secret(paper.desk.lina)
    found = paper.written(issue=secret)
    paths = [
        reverse("statement", args=[found.pk]), reverse("write_statement", args=[found.pk]), reverse("fill_statement", args=[found.pk]),
        reverse("statement_sentence", args=[found.pk, 1]), reverse("statement_version", args=[found.pk, 1]),
        reverse("begin_statement", args=[secret.pk]),
    ]  # fmt: skip
    assert [client_of(paper.desk.joko).get(path).status_code for path in paths] == [404] * 6
    assert [client_of(paper.desk.lina).get(path).status_code for path in paths] == [200] * 6
