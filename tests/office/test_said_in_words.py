"""What is refused or left out is said in the reader's language, wherever it was raised: in a room of the office or below it."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.translation import override

from kentongan.engine import feeds, opml
from kentongan.engine.reasons import SENTENCES, Remark, remark
from kentongan.errors import InputError, RefusedError
from kentongan.office.listening import adding, presenting, services
from kentongan.office.listening.models import Source, Visit
from kentongan.ports import FetchOutcome

sys.path.insert(0, str(Path(__file__).parent))
from screens import STILL, client_of

pytestmark = pytest.mark.django_db
OFFICE = Path(__file__).resolve().parents[2] / "src/kentongan/office"
SAID_TO_PEOPLE = {"InputError", "RefusedError"}
ACCENTED = re.compile(r"[ăâđêôơưĂÂĐÊÔƠƯ\u1ea0-\u1ef9]")
AT_THE_TERMINAL = re.compile(r" --[a-z]+|`kentongan |holds no anchor")
"""Sentences that name a flag or a command, or a file given to one, are said at the terminal, which speaks English."""


def raised():
    """(where, first argument) of every error of a person's making that a room raises; back-tests are asked for at the terminal alone."""
    for path in sorted(set(OFFICE.rglob("*.py")) - {OFFICE / "listening/backtest.py"}):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            made = node.exc if isinstance(node, ast.Raise) else None
            if isinstance(made, ast.Call) and isinstance(made.func, ast.Name) and made.func.id in SAID_TO_PEOPLE:
                yield f"{path.relative_to(OFFICE).as_posix()}:{node.lineno}", made.args[0]


def literal(node):
    """Whether English words stand in the argument outside a call of gettext."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"gettext", "ngettext", "pgettext", "_"}:
        return False
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and " " in node.value.strip()
    return any(literal(child) for child in ast.iter_child_nodes(node))


def terminal(node):
    """Whether the words are for the terminal."""
    words = " ".join(one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str))
    return bool(AT_THE_TERMINAL.search(words))


def test_every_error_a_room_raises_goes_through_the_catalogue():
    places = list(raised())
    assert len(places) >= 10
    assert [where for where, said in places if literal(said) and not terminal(said)] == []


@pytest.fixture
def client(house):
    return client_of(house.officer, "vi")


def messages_of(response):
    return [str(message) for message in response.context["messages"]]


def wrong_things(house):
    """Name, address and form of what an officer may do wrong."""
    story, source = house.stories[0], Source.objects.filter(office=house.ours).first()
    signal = story.signals.first() or house.ours.signals.first()
    only = list(story.members.values_list("article_id", flat=True))
    return [
        ("merge with itself", reverse("merge_stories", args=[story.pk]), {"other": story.pk}),
        ("merge with nothing", reverse("merge_stories", args=[story.pk]), {}),
        ("split nothing", reverse("split_story", args=[story.pk]), {}),
        ("split everything", reverse("split_story", args=[story.pk]), {"articles": only}),
        ("no such mark", reverse("mark_story", args=[story.pk]), {"mark": "delete", "next": "/stories/"}),
        ("dismiss without reason", reverse("dismiss_signal", args=[signal.pk]), {"reason": " "}),
        ("pause without reason", reverse("pause_source", args=[source.pk]), {"reason": ""}),
        ("no address", reverse("look_at_address"), {"address": ""}),
        ("no file", reverse("import_sources"), {}),
    ]


def test_a_vietnamese_officer_who_does_something_wrong_is_told_so_in_vietnamese(house, client):
    silent = {}
    for name, address, form in wrong_things(house):
        said = messages_of(client.post(address, form, follow=True))
        if not said or not all(ACCENTED.search(one) for one in said):
            silent[name] = said
    assert silent == {}


def test_a_list_of_sources_that_is_none_is_refused_in_vietnamese(house, client):
    file = SimpleUploadedFile("daftar.opml", b"<html><body>Bukan</body></html>")
    said = messages_of(client.post(reverse("import_sources"), {"file": file}, follow=True))
    assert any("không phải OPML" in one for one in said)


def test_what_a_visit_left_out_is_said_in_vietnamese_and_a_machines_words_are_marked_as_english(house, client):
    source = Source.objects.filter(office=house.ours).first()
    problems = [{"code": "item.no_address", "values": {"n": 3}}, "Traceback: odd bytes"]
    Visit.objects.create(source=source, at=STILL.now(), outcome="ok", problems=problems)
    page = client.get(reverse("source", args=[source.pk])).content.decode()
    assert "Mục không có địa chỉ, đã bỏ qua: 3." in page
    assert '<span class="soft" lang="en">Traceback: odd bytes</span>' in page


def test_an_address_that_does_not_answer_is_explained_in_vietnamese():
    class Away:
        def fetch(self, request):
            return FetchOutcome("timeout", request.url, detail=remark("visit.no_answer", seconds=4.0))

    with override("vi"):
        said = adding.look_at(Away(), "kota.example").problem
    assert "Không có trả lời trong 4,0 giây." in said


@pytest.mark.parametrize("language", ["id", "vi"])
@pytest.mark.parametrize("body", [b"", b"<!doctype html><html></html>", b"{}", b"<rss><channel><item></item></channel>", b"\x1f\x8bxx"])
def test_what_is_wrong_with_a_feed_is_said_in_the_readers_language(body, language):
    problems = feeds.read(body, url="https://a.example/feed").problems
    assert problems
    with override(language):
        assert all(isinstance(one, Remark) and presenting.remark(one) != str(one) for one in problems)


def test_a_remark_is_its_english_sentence_and_stays_one_when_copied():
    import copy
    import pickle

    one = opml.read(b"<opml><body><outline xmlUrl='ftp://a'/></body></opml>")[1][0]
    assert one == "Entries whose address is not http or https, left out: 1." == SENTENCES["opml.address"].format(n=1)
    for other in (copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
        assert (other, other.code, other.values) == (one, "opml.address", {"n": 1})


def test_services_speak_the_language_that_is_active(office, officer, stranger, reader, now):
    source = Source(office=office, name="A", url="ftp://a.example")
    with override("vi"):
        with pytest.raises(RefusedError, match="quản trị viên"):
            services.add_source(reader, source, now)
        with pytest.raises(RefusedError, match="cơ quan khác"):
            services.add_source(stranger, source, now)
        with pytest.raises(InputError, match="không phải địa chỉ web"):
            services.add_source(officer, source, now)


def test_a_password_of_digits_alone_is_refused(office):
    from kentongan.office.people.services import create_user

    with override("en"), pytest.raises(InputError, match="entirely numeric") as caught:
        create_user("sari", "739184620517", office=office, role="officer")
    assert caught.value.subject == "password"
