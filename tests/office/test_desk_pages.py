"""The pages of the desk: what stands first on the board, what a page asks of the database, what is offered to whom, and the forms."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse

sys.path.insert(0, str(Path(__file__).parent))
from desk import NOW, made, page
from screens import STILL, client_of

from kentongan.office.desk import queries, services
from kentongan.office.desk.models import Issue
from kentongan.office.desk.services import IssueDraft, Seed


@pytest.fixture
def desk(db, settings):
    settings.CLOCK = STILL
    return made()


def post(person, name, issue, **data):
    data = {"version": issue.version, **data}
    return client_of(person).post(reverse(name, args=[issue.pk]), data, follow=True)


# The board


def test_the_most_serious_stands_first_then_what_is_due_first_then_what_is_open_longest(desk):
    for title, level, due in (("tiga", "medium", 5), ("dua", "high", 3), ("empat", "low", None), ("satu", "high", 2)):
        desk.opened(title, level, due=NOW + timedelta(hours=due) if due else None)
    words = page(desk.reader, "/issues/")
    assert sorted(("satu", "dua", "tiga", "empat"), key=lambda word: words.index(f">{word}<")) == ["satu", "dua", "tiga", "empat"]
    assert "4 issues are under way, nothing is overdue" in words


def test_the_board_says_at_whose_desk_how_long_and_what_is_overdue(desk):
    desk.opened("Air berbau", lead=desk.lina.pk, agency=desk.water.pk, due=NOW - timedelta(minutes=20))
    words = page(desk.reader, "/issues/")
    assert [one for one in ("1 issue is under way, 1 is overdue", "Lina", "PDAM", "overdue since", "opened") if one not in words] == []
    assert "Air berbau" in page(desk.lina, "/issues/?of=me")
    assert "Nothing lies at your desk" in page(desk.sari, "/issues/?of=me")


def test_an_issue_stands_in_the_column_of_its_state_and_closed_ones_in_a_list_of_their_own(desk):
    issue = desk.opened("Air berbau")
    for act, column in (("check", "checking"), ("answer", "answering"), ("say", "answered")):
        issue = services.move(desk.sari, issue, act, issue.version, NOW)
        board = queries.get_board(desk.sari, NOW)
        assert [(one.name, one.count) for one in board.columns if one.count] == [(column, 1)]
    services.move(desk.sari, issue, "close", issue.version, NOW, reason="selesai")
    assert "No issue is open" in page(desk.reader, "/issues/")
    assert "Air berbau" in page(desk.reader, "/issues/?state=closed")
    assert "There is none." in page(desk.reader, "/issues/?state=checking")


def test_a_wall_screen_reads_the_board_again_by_itself_and_has_nothing_to_press_but_the_way_out(desk):
    desk.opened("Air naik")
    plain, wall = page(desk.sari, reverse("issues")), page(desk.sari, reverse("issues") + "?wall")
    assert 'hx-trigger="every 60s"' in wall and 'id="wall"' in wall and "hx-trigger" not in plain.split("<main")[1]
    assert "htmx" in wall.split("</head>")[0] and "htmx" not in plain.split("</head>")[0], "without it nothing is read again"
    assert all("kentongan/app" in one.split("</head>")[0] for one in (plain, wall))
    assert 'href="?wall"' in plain and "Leave the wall screen" in wall
    assert reverse("open_issue") not in wall.split("<main")[1] and reverse("open_issue") in plain
    assert "tickets" in wall and 'aria-label="Which issues"' not in wall


def test_a_long_column_says_how_many_more_there_are_and_leads_to_all_of_them(desk):
    rows = [
        Issue(
            office=desk.office,
            title=f"Hal {n}",
            level="low",
            suggested="low",
            opened=NOW - timedelta(minutes=n),
            opened_by=desk.sari,
            moved=NOW,
        )
        for n in range(queries.PAGE + 5)
    ]
    Issue.objects.bulk_create(rows)
    assert f"and {queries.PAGE + 5 - queries.IN_COLUMN} more" in page(desk.reader, "/issues/")
    first, second = (page(desk.reader, f"/issues/?state=open&from={start}") for start in (0, queries.PAGE))
    assert (first.count("Hal "), second.count("Hal ")) == (queries.PAGE, 5)
    for strange in ("-1", "x", "9" * 30, "²"):
        page(desk.reader, f"/issues/?state=open&from={strange}")
    page(desk.reader, "/issues/?state=nonsense")


def test_the_board_and_the_page_of_an_issue_ask_no_more_for_more(desk, count_queries):
    client, counts = client_of(desk.sari), {"/issues/": [], "issue": []}
    issue = desk.opened("Pokok", lead=desk.sari.pk, supporting=(desk.water.pk,))
    services.link(desk.sari, issue, "story", desk.story.pk, NOW)
    for n in range(2):
        for i in range(1 + 4 * n):
            other = desk.opened(f"Hal {n} {i}", lead=desk.lina.pk)
            services.link(desk.sari, other, "address", "https://kota.example/air", NOW)
            services.link(desk.sari, issue, "address", f"https://kota.example/{n}/{i}", NOW)
            services.merge(desk.sari, other, issue, "sama", other.version, NOW)
            desk.opened(f"Terbuka {n} {i}", lead=desk.joko.pk)
        for name, path in (("/issues/", "/issues/"), ("issue", f"/issues/{issue.pk}/")):
            client.get(path)
            with count_queries() as said:
                client.get(path)
            counts[name].append(len(said))
    assert {name: len(set(found)) for name, found in counts.items()} == {"/issues/": 1, "issue": 1}


# Opening


def test_from_a_story_the_form_is_filled_in_and_the_issue_is_about_it(desk):
    client, path = client_of(desk.lina), f"/issues/open/?story={desk.story.pk}"
    assert path in page(desk.lina, f"/stories/{desk.story.pk}/")
    assert path not in page(desk.reader, f"/stories/{desk.story.pk}/")
    assert desk.story.headline[:30] in page(desk.lina, path)
    data = {"title": desk.story.headline[:200], "kind": "event", "level": desk.story.level}
    assert client.post(path, data).status_code == 302
    issue = Issue.objects.get()
    assert (issue.suggested, issue.level_by, [one.story for one in queries.get_links([issue])]) == (desk.story.level, None, [desk.story])
    assert client.post(path, data | {"level": "watch"}).status_code == 422
    assert "It is seen to already" in page(desk.lina, path)


@pytest.mark.parametrize("what", ["story=987654321", "story=x", "signal=1", "claim=" + "9" * 30, "story=²"])
def test_from_what_is_not_there_an_issue_is_opened_by_hand(desk, what):
    assert client_of(desk.sari).get(f"/issues/open/?{what}").status_code == 200


def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(desk):
    response = client_of(desk.sari).post("/issues/open/", {"title": "", "summary": "Warga bertanya", "kind": "event", "level": "high"})
    words = response.content.decode()
    assert response.status_code == 422
    assert "Warga bertanya" in words
    assert 'id="id_title_error"' in words


# One issue


def test_a_reader_reads_and_is_offered_no_act(desk):
    issue = desk.opened("Air berbau", summary="Sejak pagi")
    words = page(desk.reader, f"/issues/{issue.pk}/")
    assert "Sejak pagi" in words
    assert [
        name for name in ("move/", "level/", "truth/", "people/", "merge/", "link/", "/change/") if f"/issues/{issue.pk}/{name}" in words
    ] == []


def test_each_act_of_the_page_does_what_it_says(desk):
    issue, other = desk.opened("Air berbau", kind="claim", lead=desk.sari.pk), desk.opened("Banjir")
    for name, data in (
        ("move_issue", {"act": "check"}),
        ("set_issue_level", {"level": "medium", "reason": "reda"}),
        ("decide_issue_truth", {"truth": "partly", "reason": "dicek", "evidence": "hasil laboratorium"}),
        ("link_issue", {"url": "https://kota.example/air"}),
        ("link_issue", {"kind": "story", "what": desk.story.pk}),
        ("move_issue", {"act": "watch", "reason": "tunggu hasil", "until": "2025-11-29T09:00"}),
        ("restrict_issue", {"need_to_know": "on", "named": [desk.sari.pk]}),
        ("restrict_issue", {}),
    ):
        response = post(desk.sari, name, issue, **data)
        assert (response.status_code, bool(response.redirect_chain)) == (200, True), (name, response.content.decode()[:300])
        issue.refresh_from_db()
    assert (issue.state, issue.level, issue.truth, issue.need_to_know) == ("watching", "medium", "partly", False)
    first, second = queries.get_links([issue])
    post(desk.sari, "unlink_issue", issue, link=second.pk)
    services.link(desk.sari, issue, "address", "https://kota.example/lain", NOW)
    post(desk.sari, "split_issue", issue, links=first.pk, title="Air saja")
    assert Issue.objects.get(title="Air saja").kind == "claim"
    issue.refresh_from_db()
    post(desk.sari, "merge_issue", issue, other=other.pk, reason="sama")
    issue.refresh_from_db()
    assert issue.merged_into == other
    post(desk.sari, "part_issue", issue, reason="lain")
    issue.refresh_from_db()
    assert issue.state == "reopened"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("set_issue_level", {"level": "low", "reason": ""}),
        ("decide_issue_truth", {"truth": "true", "reason": "", "evidence": ""}),
        ("restrict_issue", {"need_to_know": "on"}),
        ("move_issue", {"act": "close", "reason": ""}),
        ("move_issue", {"act": "watch", "reason": "tunggu", "until": "2020-01-01T09:00"}),
        ("link_issue", {"url": "javascript:alert(1)"}),
        ("split_issue", {"title": "x"}),
        ("merge_issue", {"other": "1", "reason": "x"}),
    ],
)
def test_a_form_that_is_filled_in_wrongly_comes_back_and_changes_nothing(desk, name, data):
    issue = desk.opened(kind="claim")
    assert post(desk.sari, name, issue, **data).status_code == 422
    issue.refresh_from_db()
    assert (issue.version, issue.state) == (0, "open")


def test_the_page_says_when_the_engine_has_risen_above_the_issue(desk):
    desk.story.level = "crisis"
    desk.story.save()
    issue = services.open_issue(desk.sari, IssueDraft("Banjir"), "high", "", Seed("story", desk.story.pk, "high"), NOW)
    assert "The engine says more by now:" in page(desk.reader, f"/issues/{issue.pk}/")


@pytest.mark.parametrize("language", ["id", "vi", "en"])
def test_every_page_speaks_the_three_languages(desk, language):
    issue = desk.secret(desk.joko)
    services.move(desk.sari, issue, "watch", issue.version, NOW, reason="tunggu", until=NOW + timedelta(days=1))
    client = client_of(desk.sari, language)
    for path in ("/issues/", f"/issues/{issue.pk}/", f"/issues/{issue.pk}/change/", "/issues/open/", "/issues/?state=watching"):
        assert client.get(path).status_code == 200, path
    words = client.get(f"/issues/{issue.pk}/").content.decode()
    assert {"id": "Dipantau sampai", "vi": "Theo dõi đến", "en": "Watched until"}[language] in words
