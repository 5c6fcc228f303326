"""The tutorial of the first answer, done as it stands, by keyboard alone, in the demo city: counted, timed by a model, and short enough."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import pytest
import walking
from aside import in_thread
from screens import STILL

from kentongan.demo import city as cities
from kentongan.demo import furnishing, stage
from kentongan.office.desk.models import ApprovalStep, Issue, Publication, Sentence
from kentongan.office.people.models import Office, User
from kentongan.office.people.one_time import link_for
from kentongan.office.wsgi import application
from kentongan.testing import builders
from kentongan.testing.server import serve

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
TUTORIAL = walking.read((Path(__file__).resolve().parents[2] / "docs/tutorial/first-answer.md").read_text(encoding="utf-8"))
FLOOD = ("flood-day-001", "overflow-suara", "overflow-wire", "flood-day-009", "flood-day-012")
"""The items of the city that tell of the levee, as its answer sheet has them (`same_event`)."""
MOST_ACTIONS, MOST_MINUTES, MOST_TABS = 40, 6.0, 15
HEADINGS = {
    "1. Choose your language": "",
    "2. From the signal to an issue": "Air melimpas tanggul Rawa Kenari pukul 04.50",
    "3. One fact": "Air melimpas tanggul Rawa Kenari pukul 04.50",
    "4. The holding statement": "Holding statement",
    "5. Somebody else approves": "Holding statement",
    "6. Publish it, and read it": "Keterangan awal: banjir di Rawa Kenari",
}
"""The headings of the tutorial in order, and what the page that its part ends on is headed with."""


@dataclass(frozen=True)
class Town:
    link: str
    secrets: dict[str, str]


def furnished(folder: Path, base: str) -> Town:
    """The demo's own office, its people and places, and the flood's story and signal from the city's own items."""
    city = cities.load()
    what = stage.stage(folder, city, 1, builders.NOW)
    furnishing.furnish(city, what)
    office = Office.objects.get()
    outlets = {one.key: one for one in city.outlets}
    dated = {one.item.id: one for one in cities.timeline(city)}
    told = [
        builders.Told(
            outlets[one.item.outlet].name, (builders.NOW - one.published).total_seconds() / 3600, one.item.title, one.item.text,
            one.item.language, outlets[one.item.outlet].source_kind,
        )
        for one in (dated[name] for name in FLOOD)
    ]  # fmt: skip
    story = builders.make_story(office, builders.Event("high", (3, 3, 3, 3, 3), tuple(told)))
    builders.make_signal(story, story.headline)
    return Town(link_for(User.objects.get(username="petugas"), base), {"the password": what.password, "a code": furnishing.codes()[0]})


@pytest.fixture
def town(transactional_db, settings, tmp_path):
    from django.db import connections

    settings.CLOCK = STILL
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    connections.databases["default"]["CONN_MAX_AGE"] = 0
    with serve(application) as base:
        yield in_thread(lambda: furnished(tmp_path / "demo", base))


def test_the_tutorial_leads_from_the_signal_to_the_published_statement_by_keyboard_alone(town, browser):
    page = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce").new_page()
    page.set_default_timeout(20_000)
    walked, began = walking.Walked(), time.monotonic()
    page.goto(town.link)
    for heading, actions in TUTORIAL.sections.items():
        for action in actions:
            walking.do(page, action, town.secrets, walked)
        if HEADINGS[heading]:
            assert page.locator("h1").inner_text() == HEADINGS[heading], heading
    walked.machine_s = time.monotonic() - began
    walked.read = TUTORIAL.words + len(page.locator("article").inner_text().split())
    in_thread(it_stands_there)
    assert "Air melimpas tanggul Rawa Kenari pukul 04.50 WIB." in page.locator("article").inner_text()
    page.context.close()
    minutes = walked.minutes(len(TUTORIAL.actions))
    print(f"\n{len(TUTORIAL.actions)} actions, {walked.keys} keys, {minutes:.1f} min by the model, machine {walked.machine_s:.0f} s")
    assert minutes <= MOST_MINUTES


def it_stands_there():
    """What the walk made: a fact that carries its sentence, an approval by somebody else, a publication under their name."""
    made = Publication.objects.get()
    known = Sentence.objects.get(version=made.version, section="known")
    fact = Issue.objects.get().facts.get()
    step = ApprovalStep.objects.get()
    assert (known.origin, known.evidence) == ("human", [f"fact:{fact.pk}@1"])
    assert (made.statement.begun_by.username, step.by.username, made.by.username) == ("petugas", "penyetuju", "penyetuju")
    assert (made.statement.issue.place.name, made.statement.issue.state) == ("Rawa Kenari", "answering")


def test_every_line_is_one_action_in_order_and_there_are_few_enough():
    actions = TUTORIAL.actions
    assert list(TUTORIAL.sections) == list(HEADINGS)
    assert [one.number for one in actions] == list(range(1, len(actions) + 1))
    assert [one for one in actions if one.uses != 1] == []
    assert [one for one in actions if one.tabs > MOST_TABS] == []
    assert len(actions) <= MOST_ACTIONS


def test_the_tutorial_says_itself_how_many_there_are():
    text = (Path(__file__).resolve().parents[2] / "docs/tutorial/first-answer.md").read_text(encoding="utf-8")
    assert f"There are {len(TUTORIAL.actions)}." in text
