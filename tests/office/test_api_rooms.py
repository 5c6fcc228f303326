"""Screens and their doors for programs: every address of the office has an operation, or stands here with the reason why it has none.

A new room fails here until it has doors or a reason that the reference gives, too.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from test_doors_matrix import RULES, routes

from kentongan.office.api.doors import operations

REFERENCE = (Path(__file__).resolve().parents[2] / "docs/reference/api.md").read_text(encoding="utf-8")

DOORS: dict[str, tuple[str, ...]] = {
    "office": ("get_me",),
    "agency": ("list_agencies", "change_agency"),
    "take_out_holder": ("remove_office_holder",),
    "published_record": ("list_published_record",),
    **dict.fromkeys(
        ("reconstruction", "reconstruction_version", "export_reconstruction_csv", "export_reconstruction_json"), ("get_reconstruction",)
    ),
    "export_record_csv": ("list_record",),
    "export_record_json": ("list_record",),
    "export_record_jsonl": ("list_record",),
    "programs": ("list_tokens", "list_hooks"),
    "hook": ("list_hooks", "list_hook_deliveries"),
    "signed_briefings": ("list_briefings",),
    "pack": ("list_pack_sources", "add_pack_sources"),
    "decline_proposal": ("decline_source_proposal",),
    "offer_proposal_again": ("offer_source_proposal_again",),
    "warnings": ("list_hazards",),
    "claim_stance": ("note_claim_stance",),
    "periods": ("list_period_counts",),
    "agency_tone": ("list_tones",),
    "watch_tone": ("list_tones",),
    "new_purpose": ("register_purpose",),
    "complaints": ("list_topic_counts",),
    "own_transparency": ("get_transparency",),
    "correct_item": ("correct_article", "get_article_reading"),
    "signal_useful": ("say_signal_useful",),
    "labels": ("list_agreement",),
    "change_topics": ("save_topics", "preview_topics"),
    "download_topics": ("get_topics",),
    "event": ("get_recorded_event",),
    "decide_event": ("decide_recorded_event",),
    "remove_event": ("remove_recorded_event",),
    "news": ("list_stories", "list_signals"),
    "settle_fact": ("settle_facts",),
    "statements": ("list_waiting_statements", "list_statements"),
    "statement_version": ("get_statement_version",),
    "statement_sentence": ("settle_sentence", "list_statement_evidence"),
    "publication": ("get_publication", "list_publications"),
    "new_route": ("make_route",),
    "review_issue": ("get_issue_review",),
    "doubt_publication": ("begin_clock",),
    "route": ("change_route",),
    "address": ("list_addresses", "list_address_deliveries"),
    "try_again": ("retry_job",),
}
"""Screens whose operations are called otherwise than the screen."""

PUBLIC = "it is for everybody, without a token"
DOOR = "it is the way in, or one's own account: a program shall not open doors for itself"
SECRET = "a secret is shown once, to a person"
DECIDED = "an approval, a publication and that it was given out are a named person's own, signed in, at a screen"
FILE = "it is a file or a paper that people bring in or take along"
LABELS = "labels never leave the office"
HAND = "it is for a person who looks at the screen"
SAID = {
    PUBLIC: "The public pages need no token", DOOR: "a program shall not open doors for", SECRET: "a secret is shown once, to a",
    DECIDED: "No operation approves, returns", FILE: "bringing in places from a file", LABELS: "labels never leave the office",
    HAND: "verifying the chain at once",
}  # fmt: skip
"""Each reason, and the words with which the reference gives it."""

NO_DOOR: dict[str, str] = {
    **dict.fromkeys(
        (
            "health", "keys", "language", "look", "metrics", "transparency_json", "news_of_office", "news_atom", "news_rss",
            "news_json", "news_sitemap", "news_item", "news_subscribe", "news_confirm", "news_leave", "push",
        ),
        PUBLIC,
    ),
    **dict.fromkeys(
        (
            "invitation", "one_time", "first_run", "first_run_step", "leave_out_step", "begin", "require_factor", "forget_factors",
            "register_browser", "forget_browser", "end_session", "end_other_sessions", "answer_link",
        ),
        DOOR,
    ),
    **dict.fromkeys(
        (
            "new_token", "revoke_token", "new_hook", "renew_hook_secret", "new_push", "renew_push_secret", "credentials",
            "test_credentials", "remove_credentials", "new_address", "renew_address_secret", "source_kinds", "source_of_kind",
            "hand_over_question", "answer_mailbox", "test_answer_mailbox", "remove_answer_mailbox",
        ),
        SECRET,
    ),
    **dict.fromkeys(("decide_approval", "publish_statement", "review_publication", "note_given_out"), DECIDED),
    **dict.fromkeys(
        (
            "briefing_paper", "signed_briefing_paper", "send_briefing", "export_sources", "import_sources", "import_places",
        ),
        FILE,
    ),
    **dict.fromkeys(("draw_sample", "export_labels", "teach_head", "shipped_head", "label_item"), LABELS),
    **dict.fromkeys(("look_at_address", "about_office", "verify_record", "test_mail", "test_notifications", "who_is_here"), HAND),
}  # fmt: skip
"""Screens without an operation, and why."""


def by_name(route):
    """Operations that are called as the screen is, or do to it what programs do: list and get it."""
    return {route, f"list_{route}", f"get_{route}"}


def without_doors():
    """Screens that have no operation by their name, none that stands for them, and no reason."""
    known = {one.id for one in operations()}
    own = {name for name in routes() if name.startswith(("account", "mfa_", "openid_", "socialaccount_"))}
    return {name for name in routes() if not by_name(name) & known} - own - set(DOORS) - set(NO_DOOR)


def test_every_screen_has_a_door_for_programs_or_a_reason_why_it_has_none():
    assert without_doors() == set()


def test_what_stands_here_is_a_screen_and_has_no_door_by_its_name_or_is_no_exception():
    known = {one.id for one in operations()}
    assert (set(DOORS) | set(NO_DOOR)) - set(routes()) == set()
    assert set(DOORS) & set(NO_DOOR) == set()
    assert {name for name in NO_DOOR if by_name(name) & known} == set(), "there is a door: take the exception out"


def test_every_door_that_stands_for_a_screen_is_an_operation():
    known = {one.id for one in operations()}
    assert {name for names in DOORS.values() for name in names} - known == set()


@pytest.mark.parametrize("reason", SAID)
def test_the_reference_gives_every_reason(reason):
    assert SAID[reason] in " ".join(REFERENCE.split())


def test_a_new_room_without_doors_is_noticed(monkeypatch):
    monkeypatch.setitem(globals(), "routes", lambda: {**dict.fromkeys(RULES, 0), "archive": 0, "issues": 0})
    assert without_doors() == {"archive"}


def test_a_door_asks_for_the_right_of_the_screen_of_its_name():
    """Whoever may not open a page reads it by no program either."""
    rights = {one.id: one.right for one in operations()}
    asked = {name: {RULES[name].right, RULES[name].post} - {""} for name in routes() if name in rights}
    assert {name: (wanted, rights[name]) for name, wanted in asked.items() if wanted and rights[name] not in wanted} == {}
