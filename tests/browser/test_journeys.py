"""What a person does: sign in, read, decide, search, all from the keyboard, without a mouse; and without JavaScript."""

from __future__ import annotations

import pytest
from aside import in_thread
from axe import findings

from kentongan.office.desk import services as desk
from kentongan.office.listening.models import Briefing, Signal, StoryMark
from kentongan.office.people.models import User
from kentongan.testing import builders
from kentongan.testing.desk import furnish_statement

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def house(shared_house):
    return shared_house


def test_signing_in_leads_to_the_briefing_and_out_again(house, pages_of):
    page = pages_of().window(who="")
    page.goto("/stories/")
    page.get_by_label("Name or e-mail").fill("sari")
    page.get_by_label("Password").fill("wrong words")
    page.get_by_role("button", name="Sign in", exact=True).click()
    assert page.get_by_role("alert").inner_text()
    page.get_by_label("Name or e-mail").fill("sari")
    page.get_by_label("Password").fill(builders.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/stories/")
    page.locator(".me > summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.goto("/")
    assert "/accounts/login/" in page.url
    assert page.problems == []


def test_the_morning_from_the_keyboard(house, pages_of):
    first = house.stories[0]
    page = pages_of().window()
    page.goto("/stories/")
    page.keyboard.press("g")
    page.keyboard.press("b")
    page.wait_for_url(lambda url: url.rstrip("/").count("/") == 2)
    page.keyboard.press("j")
    shown = page.locator(f"#story-{first.pk} h2 a").first.text_content()
    assert page.evaluate("document.activeElement.textContent") == shown
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("e")
    page.get_by_role("status").get_by_text("Seen. It comes back").wait_for()
    assert in_thread(lambda: StoryMark.objects.get(story=first).mark) == "seen"
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Taken back.").wait_for()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/stories/{first.pk}/")
    assert page.problems == []


def test_slash_searches_and_question_mark_shows_the_keys(house, pages_of):
    page = pages_of().window()
    page.goto("/signals/")
    page.keyboard.press("?")
    assert page.get_by_role("dialog").is_visible()
    assert findings(page) == []
    page.keyboard.press("Escape")
    assert not page.get_by_role("dialog").is_visible()
    page.keyboard.press("/")
    page.wait_for_url("**/search/")
    page.keyboard.press("/")
    page.keyboard.type("dang cao -bola")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Nước sông Welaran").wait_for()
    assert "dâng" in page.locator("mark").all_inner_texts()


def test_typing_in_a_field_moves_nothing(house, pages_of):
    page = pages_of().window()
    page.goto("/search/")
    page.get_by_label("Search for").fill("")
    page.get_by_label("Search for").press_sequentially("gbejk?/")
    assert page.get_by_label("Search for").input_value() == "gbejk?/"
    assert page.url.endswith("/search/")


def test_the_first_tab_skips_to_the_content_and_focus_is_seen(house, pages_of):
    page = pages_of().window()
    page.goto("/stories/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_what_is_new_announces_itself_and_comes_when_asked(house, pages_of):
    page = pages_of().window()
    page.goto("/stories/")
    before = page.locator(".rows > li").count()
    assert page.locator(".news").inner_text() == ""
    event = builders.Event("medium", (2, 2, 2, 2, 2), (builders.Told("Lentera Kota", 0.1, "Jembatan Sembilan ditutup", "Ditutup.", "id"),))
    in_thread(lambda: builders.make_story(house.ours, event, seq=50))
    bar = page.get_by_role("link", name="1 story is new or changed")
    bar.wait_for(timeout=15_000)
    assert page.locator(".rows > li").count() == before, "nothing jumps"
    page.evaluate("window.sameDocument = true")
    page.keyboard.press("n")
    page.get_by_role("link", name="Jembatan Sembilan ditutup").wait_for()
    assert page.evaluate("window.sameDocument"), "it comes without loading the page again"
    assert page.locator("main").count() == 1
    assert page.locator(".rows > li").count() == before + 1
    assert page.problems == []


def test_a_hidden_page_does_not_ask(house, pages_of):
    page = pages_of().window()
    page.add_init_script("Object.defineProperty(document, 'hidden', {get: () => true})")
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/news/" in request.url else None)
    page.goto("/stories/")
    page.wait_for_timeout(4_000)
    assert asked == []


def test_the_figures_of_a_chart_are_one_click_away(house, pages_of):
    signal = Signal.objects.filter(state="new").values_list("pk", flat=True)[0]
    page = pages_of().window(width=390)
    page.goto(f"/signals/{signal}/")
    assert not page.get_by_role("table").is_visible()
    page.get_by_text("Show the figures as a table").click()
    assert page.get_by_role("row").count() == 49
    assert findings(page) == []


def test_the_menu_is_accessible_and_the_look_changes_at_once(house, pages_of):
    page = pages_of().window(who="budi", width=390)
    page.goto("/")
    page.locator(".me > summary").click()
    assert findings(page) == []
    page.get_by_role("button", name="Dark").click()
    page.locator("html[data-look=dark]").wait_for()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 23, 26)"
    page.locator(".me > summary").click()
    page.get_by_role("button", name="Tiếng Việt").click()
    page.locator("html[lang=vi]").wait_for()


def test_everything_daily_works_without_javascript(house, pages_of):
    story, signal = house.stories[0], Signal.objects.filter(state="new").values_list("pk", flat=True)[0]
    page = pages_of().window(scripts=False, width=390)
    page.goto("/")
    assert not page.get_by_role("button", name="Print").is_visible()
    page.locator(f"#story-{story.pk}").get_by_role("button", name="Not ours").click()
    assert page.locator(f"#story-{story.pk}").count() == 0
    page.get_by_role("button", name="Sign").click()
    page.goto(f"/signals/{signal}/")
    page.get_by_label("Reason").fill("Latihan tahunan")
    page.get_by_role("button", name="Dismiss with this reason").click()
    page.goto("/search/?q=banjir")
    assert page.locator(".rows > li").count() >= 1
    page.goto("/sources/")
    assert page.get_by_text("Not visited because someone paused it").is_visible()
    assert in_thread(lambda: (Briefing.objects.count(), Signal.objects.get(pk=signal).state)) == (1, "dismissed")


def test_the_briefing_prints_on_paper_with_its_sources_and_without_buttons(house, pages_of):
    page = pages_of().window()
    page.goto("/")
    page.emulate_media(media="print")
    assert not page.get_by_role("button", name="Sign").is_visible()
    assert not page.get_by_role("navigation").first.is_visible()
    assert page.locator(".notes").is_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.notes a'), '::after').content").startswith('" https://')


def test_what_its_evidence_says_follows_typing_and_is_asked_for_without_javascript(house, pages_of):
    def begun():
        sari = User.objects.get(office=house.ours, username="sari")
        issue = desk.open_issue(sari, desk.IssueDraft("Air naik di Rawa Kenari"), "high", "laporan warga", desk.Seed(), builders.NOW)
        return furnish_statement(sari, issue).pk

    path = f"/statements/{in_thread(begun)}/write/"
    page = pages_of().window()
    page.goto(path)
    field, findings_there = page.get_by_label("Text"), page.locator("#findings")
    findings_there.get_by_text("Its evidence says so.").wait_for()
    typed = field.input_value().replace("42", "55")
    field.fill(typed)
    findings_there.get_by_text("Its evidence says something else:").wait_for()
    assert "55 rumah" in findings_there.inner_text()
    assert field.input_value() == typed
    assert findings(page) == []
    assert page.problems == []
    plain = pages_of().window(scripts=False)
    plain.goto(path)
    plain.get_by_label("Text").fill(typed)
    plain.get_by_role("button", name="Check", exact=True).click()
    assert "Its evidence says something else:" in plain.locator("#findings").inner_text()
    assert plain.get_by_label("Text").input_value().split() == typed.split()
