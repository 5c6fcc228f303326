"""Letters to readers that come back hours later: real letters, a real mailbox with delivery reports, and forged ones."""

from __future__ import annotations

import pytest
from desk import NOW
from readers import Sink, pointed, published, room, sent, subscribed, told

from kentongan.office import sealing
from kentongan.office.desk import answer_mailbox
from kentongan.office.desk.answer_mail_models import UnclaimedMail
from kentongan.office.desk.answer_mailbox import MailboxDraft
from kentongan.office.newsroom import counting, subscribing
from kentongan.office.newsroom.models import Letter, Subscription
from kentongan.office.people import scope
from kentongan.testing.fake_imap import FakeImap, bounce, letter, tls_context
from kentongan.testing.readers import confirmed

pytestmark = pytest.mark.django_db(transaction=True)
STATES = Letter.State


@pytest.fixture(scope="module")
def imap_server(mail_certificate):
    with FakeImap(tls_context(mail_certificate, mail_certificate)) as running:
        yield running


@pytest.fixture
def post(serve_mail, settings, tmp_path, imap_server, mail_certificate):
    """Two readers who were sent a letter that comes back to the mailbox for answers."""
    imap_server.folders = {"INBOX": {}}
    sink = Sink()
    pointed(settings, serve_mail(sink), tmp_path)
    config = settings.CONFIG
    settings.CONFIG = type(config)(
        {**config.values, "allow_hosts": frozenset({"mail.localhost"}), "ca_file": str(mail_certificate)}, config.origins
    )
    made = room()
    made.sink, made.imap = sink, imap_server
    draft = MailboxDraft("jawab@kota.example", f"{imap_server.url}/INBOX", "kota", "rahasia")
    answer_mailbox.set_mailbox(made.desk.boss, draft, 0, NOW)
    came(made)
    for name in ("ani", "budi"):
        subscribed(made.desk.office, f"{name}@pembaca.example")
    made.publication = published(made)
    assert told(made.desk.office) == 2
    assert sent(made.desk.office).sent == 2
    return made


def came(made, *letters):
    """These letters lie in the mailbox, and it is visited."""
    box = made.imap.folders["INBOX"]
    for raw in letters:
        box[max(box, default=0) + 1] = raw
    with scope.scope(made.desk.office.pk):
        return answer_mailbox.visit(made.desk.office, lambda: NOW)


def message_id(made, name):
    return next(one["Message-ID"] for to, one in made.sink.got if to.startswith(name)).strip("<>")


def reader(name):
    row = next(one for one in Subscription.objects.all() if sealing.opened(one.sealed)["email"].startswith(name))
    return row.state, Letter.objects.get(reader=row.reader, mailing__isnull=False)


def test_letters_come_back_to_the_mailbox_and_say_who_writes_as_before(post):
    assert set(post.sink.senders) == {"jawab@kota.example"}
    assert all("jawab@" not in one["From"] for _, one in post.sink.got)


def test_without_a_mailbox_they_come_back_to_the_sender(post):
    answer_mailbox.remove_mailbox(post.desk.boss, NOW)
    post.sink.senders.clear()
    subscribed(post.desk.office, "cici@pembaca.example")
    published(post, "Pindah ke balai kecamatan.\nJauhi sungai.")
    told(post.desk.office)
    sent(post.desk.office)
    assert "jawab@kota.example" not in post.sink.senders


@pytest.mark.parametrize("headers_only", [True, False])
@pytest.mark.parametrize("status", ["5.1.1", "5.1.10", "5.2.1", "5.0.0"])
def test_a_report_that_there_is_no_such_mailbox_counts_as_if_the_server_had_said_so(post, status, headers_only):
    came(post, bounce(message_id(post, "ani"), status, headers_only=headers_only))
    state, about = reader("ani")
    assert (state, about.state, about.sent) == ("aside", "refused", None)
    assert about.bounced is not None
    assert (reader("budi")[0], reader("budi")[1].state) == ("confirmed", "sent")
    published(post, "Pindah ke balai kecamatan.\nJauhi sungai.")
    assert told(post.desk.office) == 1, "nothing more goes there"
    assert not UnclaimedMail.objects.exists()


@pytest.mark.parametrize("status", ["5.2.2", "5.7.1", "5.3.4", "5.4.4"])
def test_what_is_permanent_for_the_letter_and_not_for_the_mailbox_gives_up_the_letter_alone(post, status):
    came(post, bounce(message_id(post, "ani"), status))
    assert (reader("ani")[0], reader("ani")[1].state) == ("confirmed", "given_up")


@pytest.mark.parametrize("status", ["4.2.2", "4.4.7", "2.0.0", ""])
def test_a_delay_is_only_noted(post, status):
    came(post, bounce(message_id(post, "ani"), status))
    state, about = reader("ani")
    assert (state, about.state, about.sent is not None, about.bounced is not None) == ("confirmed", "sent", True, True)


def test_the_same_report_again_and_one_after_the_reader_left_change_nothing_more(post):
    raw = bounce(message_id(post, "ani"))
    came(post, raw, raw)
    assert reader("ani")[0] == "aside"
    word = sealing.opened(next(one for one in Subscription.objects.all() if one.state == "confirmed").sealed)["leave"]
    about = message_id(post, "budi")
    subscribing.leave(post.desk.office, word)
    came(post, bounce(about))
    assert Subscription.objects.count() == 1


@pytest.mark.parametrize(
    "forge",
    [
        lambda number: f"letter-{number}-000000000000@kota.example",
        lambda number: f"letter-{number}-@kota.example",
        lambda number: f"letter-{number}-%@kota.example",
        lambda number: f"letter-{number + 99}-abcdefabcdef@kota.example",
        lambda number: "letter-99999999999999999999-abcdefabcdef@kota.example",
        lambda number: "",
    ],
)
def test_a_forged_report_changes_nothing(post, forge):
    _, about = reader("ani")
    came(post, bounce(forge(about.pk)))
    assert (reader("ani")[0], reader("ani")[1].state, reader("ani")[1].bounced) == ("confirmed", "sent", None)
    assert UnclaimedMail.objects.get().why == "automatic"


def test_a_letter_of_a_person_that_names_ours_is_no_report(post):
    came(post, letter("Re: Jauhi tepi sungai", "5.1.1 tidak ada", In_Reply_To=f"<{message_id(post, 'ani')}>"))
    assert (reader("ani")[0], reader("ani")[1].state) == ("confirmed", "sent")
    assert UnclaimedMail.objects.get().why == "unknown"


def test_a_report_counts_for_no_other_office(post):
    from kentongan.adapters import replies
    from kentongan.office.desk import question_links
    from kentongan.office.newsroom import bounces

    found = replies.read(bounce(message_id(post, "ani")), question_links.TAG)
    with scope.scope(post.desk.guest.office_id):
        assert not bounces.take(post.desk.guest.office, found, NOW)
    assert reader("ani")[1].state == "sent"


def test_the_question_whether_somebody_wants_letters_comes_back_and_is_deleted(post):
    subscribing.ask(post.desk.office, subscribing.Wish("dedi@pembaca.example"), NOW)
    sent(post.desk.office)
    came(post, bounce(message_id(post, "dedi")))
    assert not Subscription.objects.filter(state="waiting").exists()


def test_the_office_sees_delays_only_as_a_count_of_ten_or_more(post):
    office = post.desk.office
    (mailing,) = {one.mailing for one in Letter.objects.filter(mailing__isnull=False)}
    confirmed(office, 12)
    rows = Subscription.objects.exclude(reader__in=Letter.objects.filter(mailing=mailing).values("reader"))
    for number, one in enumerate(rows):
        noted = NOW if number < 9 else None
        Letter.objects.create(office=office, mailing=mailing, reader=one.reader, state="sent", sent=NOW, at=NOW, bounced=noted)
    assert counting.get_mailings(office)[0].delayed is None
    Letter.objects.filter(mailing=mailing).update(bounced=NOW)
    assert counting.get_mailings(office)[0].delayed == 14
