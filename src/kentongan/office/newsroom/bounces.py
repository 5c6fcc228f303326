"""Letters to readers that come back later: delivery reports (RFC 3464) in the mailbox for answers, each matched to the letter it is about.

A report names a letter by the Message-ID of what was not delivered; half of that is part of the number drawn by chance by which the letter
knows its reader, so only who got the letter, or carried it, can bring one that counts. A permanent failure counts as if the mail server had
said so at once: no such mailbox sets the subscription aside until somebody confirms it anew. What is permanent for this letter and not for
its mailbox (full, refused by a policy) gives up the letter alone. A delay is only noted. Other reports belong to nobody here.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from django.db import transaction

from kentongan.adapters.replies import Bounce, Reply
from kentongan.office.newsroom import handing
from kentongan.office.newsroom.letters import KNOWN_BY
from kentongan.office.newsroom.models import Letter
from kentongan.office.people.models import Office

_LETTER = re.compile(rf"letter-([1-9]\d{{0,17}})-([0-9a-f]{{{KNOWN_BY}}})@")
_NOT_THE_MAILBOX = re.compile(r"5\.(?:2\.[23]|[3467]\.\d)")
"""Full or too small for it (5.2.2, 5.2.3), the system, the way, the text, a policy: the mailbox itself may well be there (RFC 3463)."""
STATES = Letter.State


@transaction.atomic
def take(office: Office, letter: Reply, now: datetime) -> bool:
    """Take a delivery report about a letter to a reader, in the office's scope; False for everything else."""
    if letter.bounce is None:
        return False
    about = _letter(office, letter.bounce)
    if about is None:
        return False
    real_now = datetime.now(UTC)
    if about.state not in {STATES.SENT, STATES.WAITING}:
        return True
    about.bounced = real_now
    if letter.bounce.permanent:
        about.sent, about.code = None, 550
        about.state = STATES.GIVEN_UP if _NOT_THE_MAILBOX.match(letter.bounce.status) else STATES.REFUSED
    about.save(update_fields=["bounced", "sent", "code", "state"])
    if about.state == STATES.REFUSED:
        handing.set_aside(about, real_now)
    return True


def _letter(office: Office, bounce: Bounce) -> Letter | None:
    found = _LETTER.match(bounce.original)
    if found is None:
        return None
    rows = Letter.objects.select_for_update().filter(office=office, pk=int(found[1]), reader__startswith=found[2])
    return rows.first()
