"""URL × role × office: every address is asked with GET and POST by five people, with numbers of things of the owner's office.

The addresses come from the resolver, the operations of the API from its own description; what must come out stands in one literal table,
RULES, by the name of the route. A route without a row fails. A stranger's answer to a thing of ours is the answer to a missing one.

The rows are asked inside one transaction that is rolled back; each question has a savepoint of its own.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from kentongan.office.people import inviting, scope
from kentongan.office.people.permissions import RIGHTS
from kentongan.testing import builders
from kentongan.testing.accuracy import furnish_accuracy
from kentongan.testing.claims import furnish_claims

sys.path.insert(0, str(Path(__file__).parent))
from screens import STILL, client_of

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(240)]
MISSING = 987_654_321
MARK = "Muarasena"
"""Stands in the name of our office; the other office's pages never show it."""
METHODS = ("get", "post")


@dataclass(frozen=True)
class Rule:
    """What a route is.

    kind: "public" the same for everybody · "shown" what an office shows to everybody · "door" of signing in, for strangers · "own" one's
    own account, with or without an office · "page" of one's office · "row" of one's office · "mine" a row of one person, nobody else's.
    `right` is needed besides; `post` where only acting needs it. `thing` says whose number stands in the address.
    """

    kind: str
    right: str = ""
    thing: str = ""
    post: str = ""


RULES: dict[str, Rule] = {
    # nobody is known yet
    "health": Rule("public"),
    "keys": Rule("public"),
    "language": Rule("public"),
    "look": Rule("public"),
    "invitation": Rule("door", thing="word"),
    "answer_link": Rule("door", thing="word"),
    "one_time": Rule("door", thing="word"),
    "account_login": Rule("door"),
    "account_logout": Rule("door"),
    "account_inactive": Rule("door"),
    "account_reset_password": Rule("door"),
    "account_reset_password_done": Rule("door"),
    "account_reset_password_from_key": Rule("door", thing="key word"),
    "account_reset_password_from_key_done": Rule("door"),
    "mfa_authenticate": Rule("door"),
    "mfa_login_webauthn": Rule("door"),
    "openid_connect_login": Rule("door", thing="provider"),
    "openid_connect_callback": Rule("door", thing="provider"),
    "socialaccount_login_cancelled": Rule("door"),
    "socialaccount_login_error": Rule("door"),
    # one's own account
    "account": Rule("own"),
    "account_change_password": Rule("own"),
    "account_set_password": Rule("own"),
    "account_reauthenticate": Rule("own"),
    "mfa_reauthenticate": Rule("own"),
    "mfa_reauthenticate_webauthn": Rule("own"),
    "mfa_index": Rule("own"),
    "mfa_activate_totp": Rule("own"),
    "mfa_deactivate_totp": Rule("own"),
    "mfa_view_recovery_codes": Rule("own"),
    "mfa_generate_recovery_codes": Rule("own"),
    "mfa_download_recovery_codes": Rule("own"),
    "mfa_list_webauthn": Rule("own"),
    "mfa_add_webauthn": Rule("own"),
    "mfa_edit_webauthn": Rule("mine", thing="factor"),
    "mfa_remove_webauthn": Rule("mine", thing="factor"),
    "end_session": Rule("mine", thing="session"),
    "end_other_sessions": Rule("own"),
    # people
    "office": Rule("page"),
    "people": Rule("page", "people.read"),
    "invite_person": Rule("page", "people.change"),
    "require_factor": Rule("page", "office.change"),
    "person": Rule("row", "people.read", "person"),
    "change_person": Rule("row", "people.change", "person"),
    "person_leaves": Rule("row", "people.change", "person"),
    "person_returns": Rule("row", "people.change", "person"),
    "forget_factors": Rule("row", "people.change", "person"),
    "name_deputy": Rule("row", "", "person"),
    "end_deputy": Rule("row", "", "deputy"),
    "withdraw_invitation": Rule("row", "people.change", "invitation"),
    "agencies": Rule("page", "people.read"),
    "agency": Rule("row", "people.change", "agency"),
    "office_holders": Rule("page", "purposes.read"),
    "take_out_holder": Rule("row", "purposes.change", "holder"),
    "roster": Rule("page", "people.read"),
    "plan_duty": Rule("page", "roster.change"),
    "remove_duty": Rule("row", "roster.change", "duty"),
    "transparency": Rule("shown", thing="slug"),
    "transparency_json": Rule("shown", thing="slug"),
    "published_record": Rule("page", "ledger.read"),
    "reconstruction": Rule("row", "ledger.read", "published statement"),
    "reconstruction_version": Rule("row", "ledger.read", "published version"),
    "export_reconstruction_csv": Rule("row", "ledger.read", "published statement"),
    "export_reconstruction_json": Rule("row", "ledger.read", "published statement"),
    "news_of_office": Rule("shown", thing="slug"),
    "news_atom": Rule("shown", thing="slug"),
    "news_json": Rule("shown", thing="slug"),
    "news_rss": Rule("shown", thing="slug"),
    "news_sitemap": Rule("shown", thing="slug"),
    "news_item": Rule("shown", thing="news"),
    "news_subscribe": Rule("shown", thing="slug"),
    "news_confirm": Rule("shown", thing="news word"),
    "news_leave": Rule("shown", thing="news word"),
    "news_readers": Rule("page", "issues.read"),
    # places
    "places": Rule("page", "people.read"),
    "place": Rule("row", "people.read", "place"),
    "import_places": Rule("page", "places.change"),
    # programs
    "push": Rule("door", thing="sender"),
    "programs": Rule("page"),
    "new_token": Rule("page", "tokens.own"),
    "revoke_token": Rule("mine", thing="token"),
    "new_hook": Rule("page", "hooks.change"),
    "hook": Rule("row", "hooks.change", "hook"),
    "change_hook": Rule("row", "hooks.change", "hook"),
    "pause_hook": Rule("row", "hooks.change", "hook"),
    "resume_hook": Rule("row", "hooks.change", "hook"),
    "test_hook": Rule("row", "hooks.change", "hook"),
    "renew_hook_secret": Rule("row", "hooks.change", "hook"),
    "remove_hook": Rule("row", "hooks.change", "hook"),
    "new_push": Rule("page", "credentials.change"),
    "renew_push_secret": Rule("row", "credentials.change", "sender"),
    # listening
    "briefing": Rule("page", "listening.read"),
    "sign_briefing": Rule("page", "listening.sign"),
    "briefing_paper": Rule("page", "listening.read"),
    "send_briefing": Rule("page", "listening.read"),
    "signed_briefings": Rule("page", "listening.read"),
    "signed_briefing": Rule("row", "listening.read", "briefing"),
    "signed_briefing_paper": Rule("row", "listening.read", "briefing"),
    "stories": Rule("page", "listening.read"),
    "story": Rule("row", "listening.read", "story"),
    "mark_story": Rule("row", "listening.decide", "story"),
    "set_story_level": Rule("row", "listening.decide", "story"),
    "merge_stories": Rule("row", "listening.decide", "story"),
    "split_story": Rule("row", "listening.decide", "story"),
    "signals": Rule("page", "listening.read"),
    "signal": Rule("row", "listening.read", "signal"),
    "acknowledge_signal": Rule("row", "listening.decide", "signal"),
    "dismiss_signal": Rule("row", "listening.decide", "signal"),
    "sources": Rule("page", "listening.read"),
    "look_at_address": Rule("page", "sources.change"),
    "add_source": Rule("page", "sources.change"),
    "export_sources": Rule("page", "exports.make"),
    "import_sources": Rule("page", "sources.change"),
    "source": Rule("row", "listening.read", "source"),
    "change_source": Rule("row", "sources.change", "source"),
    "pause_source": Rule("row", "sources.change", "source"),
    "resume_source": Rule("row", "sources.change", "source"),
    "source_kinds": Rule("page", "sources.change"),
    "source_of_kind": Rule("page", "sources.change", "kind of source"),
    "packs": Rule("page", "sources.change"),
    "pack": Rule("page", "sources.change", "pack"),
    "credentials": Rule("row", "credentials.change", "locked source"),
    "test_credentials": Rule("row", "credentials.change", "locked source"),
    "remove_credentials": Rule("row", "credentials.change", "locked source"),
    "source_proposals": Rule("page", "listening.read"),
    "decline_proposal": Rule("row", "sources.change", "proposal"),
    "offer_proposal_again": Rule("row", "sources.change", "proposal"),
    "warnings": Rule("page", "listening.read"),
    "fact_checks": Rule("page", "listening.read"),
    "claims": Rule("page", "listening.read"),
    "claim": Rule("row", "listening.read", "claim"),
    "decide_claim": Rule("row", "claims.decide", "claim"),
    "watch_claim": Rule("row", "listening.decide", "claim"),
    "end_claim_watch": Rule("row", "listening.decide", "claim"),
    "claim_stance": Rule("row", "listening.decide", "claim"),
    "questions": Rule("page", "listening.read"),
    "periods": Rule("page", "listening.read"),
    "tones": Rule("page", "listening.read"),
    "agency_tone": Rule("row", "listening.read", "agency"),
    "watch_tone": Rule("row", "listening.read", "watch"),
    "search": Rule("page", "listening.read"),
    "purposes": Rule("page", "purposes.read"),
    "new_purpose": Rule("page", "purposes.change"),
    "purpose": Rule("row", "purposes.read", "purpose"),
    "change_purpose": Rule("row", "purposes.change", "purpose"),
    "end_purpose": Rule("row", "purposes.change", "purpose"),
    "watches": Rule("page", "purposes.read"),
    "retention": Rule("page", "purposes.read"),
    "complaints": Rule("page", "listening.read"),
    "own_transparency": Rule("page", "purposes.read", post="transparency.change"),
    "begin_watch": Rule("page", "watches.change"),
    "watch": Rule("row", "purposes.read", "watch"),
    "change_watch": Rule("row", "watches.change", "watch"),
    "end_watch": Rule("row", "watches.change", "watch"),
    "look_through_watch": Rule("row", "watches.change", "watch"),
    "correct_item": Rule("row", "listening.decide", "article"),
    "signal_useful": Rule("row", "listening.decide", "signal"),
    "labels": Rule("page", "listening.decide"),
    "draw_sample": Rule("page", "listening.decide"),
    "export_labels": Rule("page", "labels.export"),
    "teach_head": Rule("page", "labels.teach"),
    "shipped_head": Rule("page", "labels.teach"),
    "label_item": Rule("row", "listening.decide", "sampled"),
    "topics": Rule("page", "listening.read"),
    "change_topics": Rule("page", "topics.change"),
    "download_topics": Rule("page", "listening.read"),
    "take_back_topics": Rule("page", "topics.change"),
    "accuracy": Rule("page", "listening.read"),
    "record_event": Rule("page", "listening.decide"),
    "event": Rule("row", "listening.read", "event"),
    "decide_event": Rule("row", "listening.decide", "event"),
    "remove_event": Rule("row", "listening.decide", "event"),
    "news": Rule("page", "listening.read"),
    # issues
    "issues": Rule("page", "issues.read"),
    "open_issue": Rule("page", "issues.change"),
    "issue": Rule("row", "issues.read", "issue"),
    "change_issue": Rule("row", "issues.change", "issue"),
    "move_issue": Rule("row", "issues.change", "issue"),
    "set_issue_level": Rule("row", "issues.decide", "issue"),
    "decide_issue_truth": Rule("row", "claims.decide", "issue"),
    "restrict_issue": Rule("row", "issues.decide", "issue"),
    "link_issue": Rule("row", "issues.change", "issue"),
    "unlink_issue": Rule("row", "issues.change", "issue"),
    "split_issue": Rule("row", "issues.decide", "issue"),
    "merge_issue": Rule("row", "issues.decide", "issue"),
    "part_issue": Rule("row", "issues.decide", "issue"),
    "review_issue": Rule("row", "issues.read", "issue"),
    "add_review_action": Rule("row", "issues.change", "issue"),
    "note_review_lesson": Rule("row", "issues.change", "issue"),
    "finish_review_action": Rule("row", "issues.change", "action"),
    "withdraw_review_action": Rule("row", "issues.change", "action"),
    # statements
    "begin_statement": Rule("row", "statements.write", "issue"),
    "statement": Rule("row", "issues.read", "statement"),
    "write_statement": Rule("row", "statements.write", "statement"),
    "fill_statement": Rule("row", "statements.write", "statement"),
    "statement_sentence": Rule("row", "statements.write", "sentence of a statement"),
    "statements": Rule("page", "issues.read"),
    "ask_approval": Rule("row", "statements.write", "statement"),
    "decide_approval": Rule("row", "issues.read", "statement"),
    "take_back_approval": Rule("row", "statements.write", "statement"),
    "withdraw_statement": Rule("row", "statements.write", "statement"),
    "publish_statement": Rule("row", "statements.publish", "statement"),
    "publication": Rule("row", "issues.read", "published statement"),
    "review_publication": Rule("row", "issues.read", "published statement"),
    "note_given_out": Rule("row", "issues.change", "published statement"),
    "correct_statement": Rule("row", "statements.write", "published statement"),
    "begin_statement_again": Rule("row", "statements.write", "published statement"),
    "echo": Rule("row", "issues.read", "published statement"),
    "judge_tie": Rule("row", "issues.change", "tie"),
    "statement_version": Rule("row", "issues.read", "version of a statement"),
    "add_fact": Rule("row", "issues.change", "issue"),
    "fact": Rule("row", "issues.read", "fact"),
    "change_fact": Rule("row", "issues.change", "fact"),
    "withdraw_fact": Rule("row", "issues.change", "fact"),
    "settle_fact": Rule("row", "claims.decide", "fact"),
    "begin_clock": Rule("row", "issues.change", "issue"),
    "end_clock": Rule("row", "issues.change", "clock"),
    "doubt_publication": Rule("row", "issues.change", "published statement"),
    "comment_issue": Rule("row", "issues.change", "issue"),
    "who_is_here": Rule("row", "issues.read", "issue"),
    "ask_agency": Rule("row", "issues.change", "issue"),
    "agency_questions": Rule("page", "issues.read"),
    "agency_question": Rule("row", "issues.read", "question"),
    "answer_question": Rule("row", "issues.read", "question"),
    "prolong_question": Rule("row", "issues.change", "question"),
    "withdraw_question": Rule("row", "issues.change", "question"),
    "note_answer": Rule("row", "issues.change", "question"),
    "hand_over_question": Rule("row", "issues.change", "question"),
    # alerts
    "alerts": Rule("page", "listening.read"),
    "alert": Rule("row", "listening.read", "alert"),
    "acknowledge_alert": Rule("row", "alerts.answer", "alert"),
    "take_alert": Rule("row", "alerts.answer", "alert"),
    "snooze_alert": Rule("row", "alerts.answer", "alert"),
    "dismiss_alert": Rule("row", "listening.decide", "alert"),
    "notifications": Rule("page", "listening.read"),
    "test_notifications": Rule("page", "listening.read"),
    "register_browser": Rule("page", "listening.read"),
    "forget_browser": Rule("mine", thing="browser"),
    "routes": Rule("page", "routes.change"),
    "new_route": Rule("page", "routes.change"),
    "route": Rule("row", "routes.change", "route"),
    "remove_route": Rule("row", "routes.change", "route"),
    "new_address": Rule("page", "routes.change"),
    "address": Rule("row", "routes.change", "address outside"),
    "test_address": Rule("row", "routes.change", "address outside"),
    "renew_address_secret": Rule("row", "routes.change", "address outside"),
    "remove_address": Rule("row", "routes.change", "address outside"),
    # administration
    "metrics": Rule("public"),
    "first_run": Rule("door"),
    "first_run_step": Rule("door", thing="step"),
    "leave_out_step": Rule("door", thing="step"),
    "begin": Rule("door", thing="word"),
    "settings": Rule("page", "office.change"),
    "about_office": Rule("page", "office.change"),
    "change_setting": Rule("page", "office.change", "setting"),
    "answer_mailbox": Rule("page", "credentials.change"),
    "test_answer_mailbox": Rule("page", "credentials.change"),
    "remove_answer_mailbox": Rule("page", "credentials.change"),
    "record": Rule("page", "ledger.read"),
    "export_record_csv": Rule("page", "ledger.read"),
    "export_record_json": Rule("page", "ledger.read"),
    "export_record_jsonl": Rule("page", "ledger.read"),
    "verify_record": Rule("page", "ledger.read"),
    "backups": Rule("page", "jobs.change"),
    "jobs": Rule("page", "jobs.change"),
    "try_again": Rule("row", "jobs.change", "parked"),
    "condition": Rule("page", "office.change"),
    "test_mail": Rule("page", "office.change"),
}

API: dict[str, tuple[str, str]] = {
    "get_me": ("", "listening.read"),
    "list_stories": ("", "listening.read"),
    "get_story": ("story", "listening.read"),
    "mark_story": ("story", "listening.decide"),
    "set_story_level": ("story", "listening.decide"),
    "merge_stories": ("story", "listening.decide"),
    "split_story": ("story", "listening.decide"),
    "list_articles": ("", "listening.read"),
    "get_article": ("article", "listening.read"),
    "search": ("", "listening.read"),
    "list_signals": ("", "listening.read"),
    "get_signal": ("signal", "listening.read"),
    "acknowledge_signal": ("signal", "listening.decide"),
    "dismiss_signal": ("signal", "listening.decide"),
    "reopen_signal": ("signal", "listening.decide"),
    "list_alerts": ("", "listening.read"),
    "get_alert": ("alert", "listening.read"),
    "acknowledge_alert": ("alert", "alerts.answer"),
    "take_alert": ("alert", "alerts.answer"),
    "snooze_alert": ("alert", "alerts.answer"),
    "get_briefing": ("", "listening.read"),
    "sign_briefing": ("", "listening.sign"),
    "list_briefings": ("", "listening.read"),
    "get_signed_briefing": ("briefing", "listening.read"),
    "list_sources": ("", "listening.read"),
    "add_source": ("", "sources.change"),
    "get_source": ("source", "listening.read"),
    "list_visits": ("source", "listening.read"),
    "change_source": ("source", "sources.change"),
    "pause_source": ("source", "sources.change"),
    "resume_source": ("source", "sources.change"),
    "visit_source": ("source", "sources.change"),
    "list_purposes": ("", "purposes.read"),
    "get_purpose": ("purpose", "purposes.read"),
    "list_watches": ("", "purposes.read"),
    "list_watch_hits": ("watch", "purposes.read"),
    "preview_watch": ("", "watches.change"),
    "list_silences": ("", "listening.read"),
    "list_hazards": ("", "listening.read"),
    "list_fact_checks": ("", "listening.read"),
    "list_claims": ("", "listening.read"),
    "get_claim": ("claim", "listening.read"),
    "list_questions": ("", "listening.read"),
    "list_issues": ("", "issues.read"),
    "get_issue_counts": ("", "issues.read"),
    "list_issue_people": ("", "issues.change"),
    "get_issue": ("issue", "issues.read"),
    "open_issue": ("", "issues.change"),
    "change_issue": ("issue", "issues.change"),
    "move_issue": ("issue", "issues.change"),
    "set_issue_level": ("issue", "issues.decide"),
    "decide_issue_truth": ("issue", "claims.decide"),
    "restrict_issue": ("issue", "issues.decide"),
    "link_issue": ("issue", "issues.change"),
    "unlink_issue": ("issue", "issues.change"),
    "split_issue": ("issue", "issues.decide"),
    "merge_issue": ("issue", "issues.decide"),
    "part_issue": ("issue", "issues.decide"),
    "list_facts": ("issue", "issues.read"),
    "get_fact": ("fact alone", "issues.read"),
    "add_fact": ("issue", "issues.change"),
    "change_fact": ("fact alone", "issues.change"),
    "withdraw_fact": ("fact alone", "issues.change"),
    "settle_facts": ("issue", "claims.decide"),
    "list_clocks": ("issue", "issues.read"),
    "begin_clock": ("issue", "issues.change"),
    "end_clock": ("issue with a clock", "issues.change"),
    "list_comments": ("issue", "issues.read"),
    "comment_issue": ("issue", "issues.change"),
    "get_issue_review": ("issue", "issues.read"),
    "list_agency_questions": ("", "issues.read"),
    "list_waiting_questions": ("", "issues.read"),
    "get_agency_question": ("question", "issues.read"),
    "list_askable_agencies": ("issue", "issues.change"),
    "ask_agency": ("issue", "issues.change"),
    "answer_question": ("question", "issues.read"),
    "prolong_question": ("question", "issues.change"),
    "withdraw_question": ("question", "issues.change"),
    "note_answer": ("question", "issues.change"),
    "add_review_action": ("issue", "issues.change"),
    "note_review_lesson": ("issue", "issues.change"),
    "finish_review_action": ("action", "issues.change"),
    "withdraw_review_action": ("action", "issues.change"),
    "list_statements": ("", "issues.read"),
    "list_waiting_statements": ("", "issues.read"),
    "get_statement": ("statement", "issues.read"),
    "get_statement_version": ("statement", "issues.read"),
    "list_statement_evidence": ("statement", "statements.write"),
    "get_statement_template": ("statement", "statements.write"),
    "list_statement_people": ("statement", "statements.write"),
    "begin_statement": ("issue", "statements.write"),
    "write_statement": ("statement", "statements.write"),
    "fill_statement": ("statement", "statements.write"),
    "settle_sentence": ("statement", "statements.write"),
    "ask_approval": ("statement", "statements.write"),
    "take_back_approval": ("statement", "statements.write"),
    "withdraw_statement": ("statement", "statements.write"),
    "correct_statement": ("published statement", "statements.write"),
    "begin_statement_again": ("published statement", "statements.write"),
    "list_publications": ("", "issues.read"),
    "get_publication": ("published statement", "issues.read"),
    "get_news_readers": ("", "issues.read"),
    "get_echo": ("published statement", "issues.read"),
    "list_echo_ties": ("published statement", "issues.read"),
    "judge_tie": ("published statement", "issues.change"),
    "list_tones": ("", "listening.read"),
    "get_accuracy": ("", "listening.read"),
    "list_topic_counts": ("", "listening.read"),
    "list_period_counts": ("", "listening.read"),
    "get_transparency": ("", "listening.read"),
    "list_places": ("", "listening.read"),
    "get_place": ("place", "listening.read"),
    "export_csv": ("", "exports.make"),
    "export_parquet": ("", "exports.make"),
    "get_feed": ("", "listening.read"),
    "get_story_ahead": ("story", "listening.read"),
    "list_held_back": ("", "listening.read"),
    "list_agreement": ("", "listening.decide"),
    "list_packs": ("", "sources.change"),
    "list_pack_sources": ("", "sources.change"),
    "add_pack_sources": ("", "sources.change"),
    "list_source_proposals": ("", "listening.read"),
    "decline_source_proposal": ("proposal", "sources.change"),
    "offer_source_proposal_again": ("proposal", "sources.change"),
    "list_recorded_events": ("", "listening.read"),
    "get_recorded_event": ("event", "listening.read"),
    "record_event": ("", "listening.decide"),
    "decide_recorded_event": ("event", "listening.decide"),
    "remove_recorded_event": ("event", "listening.decide"),
    "get_article_reading": ("article", "listening.decide"),
    "correct_article": ("article", "listening.decide"),
    "say_signal_useful": ("signal", "listening.decide"),
    "get_topics": ("", "listening.read"),
    "preview_topics": ("", "topics.change"),
    "save_topics": ("", "topics.change"),
    "take_back_topics": ("", "topics.change"),
    "list_people": ("", "people.read"),
    "get_person": ("person", "people.read"),
    "list_deputies": ("", "people.read"),
    "list_agencies": ("", "people.read"),
    "list_invitations": ("", "people.change"),
    "get_roster": ("", "people.read"),
    "list_office_holders": ("", "purposes.read"),
    "list_settings": ("", "office.change"),
    "get_jobs": ("", "jobs.change"),
    "list_parked_jobs": ("", "jobs.change"),
    "get_condition": ("", "office.change"),
    "list_backups": ("", "jobs.change"),
    "list_retention": ("", "purposes.read"),
    "list_tokens": ("", "tokens.own"),
    "list_hooks": ("", "hooks.change"),
    "list_hook_deliveries": ("hook", "hooks.change"),
    "list_routes": ("", "routes.change"),
    "list_addresses": ("", "routes.change"),
    "list_address_deliveries": ("address outside", "routes.change"),
    "get_notifications": ("", "listening.read"),
    "dismiss_alert": ("alert", "listening.decide"),
    "decide_claim": ("claim", "claims.decide"),
    "note_claim_stance": ("claim", "listening.decide"),
    "watch_claim": ("claim", "listening.decide"),
    "end_claim_watch": ("claim", "listening.decide"),
    "register_purpose": ("", "purposes.change"),
    "change_purpose": ("purpose", "purposes.change"),
    "end_purpose": ("purpose", "purposes.change"),
    "get_watch": ("watch", "purposes.read"),
    "begin_watch": ("", "watches.change"),
    "change_watch": ("watch", "watches.change"),
    "end_watch": ("watch", "watches.change"),
    "look_through_watch": ("watch", "watches.change"),
    "invite_person": ("", "people.change"),
    "withdraw_invitation": ("invitation", "people.change"),
    "change_person": ("person", "people.change"),
    "person_leaves": ("person", "people.change"),
    "person_returns": ("person", "people.change"),
    "make_agency": ("", "people.change"),
    "change_agency": ("agency", "people.change"),
    "name_deputy": ("", "people.read"),
    "end_deputy": ("deputy", "people.read"),
    "plan_duty": ("", "roster.change"),
    "remove_duty": ("duty", "roster.change"),
    "add_office_holder": ("", "purposes.change"),
    "remove_office_holder": ("holder", "purposes.change"),
    "change_setting": ("", "office.change"),
    "retry_job": ("parked", "jobs.change"),
    "change_hook": ("hook", "hooks.change"),
    "pause_hook": ("hook", "hooks.change"),
    "resume_hook": ("hook", "hooks.change"),
    "test_hook": ("hook", "hooks.change"),
    "remove_hook": ("hook", "hooks.change"),
    "make_route": ("", "routes.change"),
    "change_route": ("route", "routes.change"),
    "remove_route": ("route", "routes.change"),
    "test_address": ("address outside", "routes.change"),
    "remove_address": ("address outside", "routes.change"),
    "change_notifications": ("", "listening.read"),
    "list_record": ("", "ledger.read"),
    "get_verified_record": ("", "ledger.read"),
    "list_published_record": ("", "ledger.read"),
    "get_reconstruction": ("published statement", "ledger.read"),
}
"""Operation of the API: whose number stands in it, and the right one needs. What stands in no row fails."""
WATCH = {"name": "Air", "query": "air keruh"}
TOPICS = "services: {parks: {id: [taman]}}"
PURPOSE = {
    "kind": "watch", "title": "Air bersih", "purpose": "Air", "legal_basis": "Perwali", "owner": 1, "starts": "2025-11-27",
    "ends": "2026-11-27",
}  # fmt: skip
BODIES: dict[str, dict[str, Any]] = {
    "mark_story": {"mark": "seen"},
    "set_story_level": {"level": "low", "reason": "Latihan", "engine": "crisis"},
    "merge_stories": {"other": 1},
    "split_story": {"articles": [1]},
    "dismiss_signal": {"reason": "Latihan"},
    "change_source": {"version": 0, "area": "Kelurahan Hilir"},
    "pause_source": {"reason": "Latihan"},
    "take_alert": {},
    "preview_watch": WATCH,
    "preview_topics": {"text": TOPICS},
    "save_topics": {"text": TOPICS, "version": 0},
    "take_back_topics": {"version": 0},
    "snooze_alert": {"until": "2025-11-27T01:00:00Z", "reason": "Latihan"},
    "add_source": {"name": "Baru", "url": "https://baru.example/feed"},
    "add_pack_sources": {"pack": "id-press", "urls": ["https://none.example/"]},
    "record_event": {"what": "Tanggul jebol", "words": "tanggul", "began": "2025-11-26T00:00:00Z"},
    "decide_recorded_event": {"signal": None, "version": 0},
    "correct_article": {"what": "tone", "said": "neutral"},
    "say_signal_useful": {"said": "yes"},
    "dismiss_alert": {"reason": "Latihan"},
    "decide_claim": {"truth": "opinion"},
    "note_claim_stance": {"stance": "neutral"},
    "watch_claim": {"until": "2025-11-27T05:00:00Z"},
    "open_issue": {"title": "Air keruh", "level": "low", "reason": "Latihan"},
    "change_issue": {"version": 0, "due_note": "Jawaban"},
    "move_issue": {"act": "check", "version": 0},
    "set_issue_level": {"level": "low", "reason": "Latihan", "version": 0},
    "decide_issue_truth": {"truth": "opinion", "reason": "Latihan", "version": 0},
    "restrict_issue": {"need_to_know": False, "version": 0},
    "link_issue": {"kind": "address", "url": "https://kota.example/air"},
    "unlink_issue": {"link": 1},
    "split_issue": {"links": [MISSING], "title": "Air", "version": 0},
    "merge_issue": {"other": MISSING, "reason": "Latihan", "version": 0},
    "part_issue": {"reason": "Latihan", "version": 0},
    "add_fact": {
        "kind": "unknown",
        "text": "Berapa rumah tanpa air",
        "as_of": "2025-11-27T00:00:00Z",
        "agency": MISSING,
    },
    "change_fact": {"version": 0, "text": "Latihan"},
    "withdraw_fact": {"version": 0, "reason": "Latihan"},
    "settle_facts": {"about": MARK, "holds": MISSING, "seen": [], "reason": "Latihan"},
    "begin_clock": {"law": "id.at_once", "start": "2025-11-27T00:00:00Z", "reason": "Latihan", "version": 0},
    "end_clock": {"number": 1, "how": "mistake", "reason": "Latihan"},
    "comment_issue": {"text": "Latihan"},
    "ask_agency": {"agency": MISSING, "text": "Latihan?", "due": "2025-11-28T00:00:00Z"},
    "answer_question": {"text": "Latihan", "grade": "likely"},
    "prolong_question": {"due": "2025-11-28T00:00:00Z", "version": 0},
    "withdraw_question": {"reason": "Latihan", "version": 0},
    "add_review_action": {"text": "Latihan lagi", "due": "2025-12-01", "agency": MISSING},
    "note_review_lesson": {"kind": "worked", "text": "Latihan tiap bulan membantu"},
    "finish_review_action": {"version": 0},
    "withdraw_review_action": {"reason": "Latihan", "version": 0},
    "judge_tie": {"tie": MISSING, "ours": False},
    "begin_statement": {"kind": "chat", "cluster": "victim"},
    "write_statement": {"version": 0, "text": "Latihan."},
    "fill_statement": {"version": 0, "values": {}},
    "settle_sentence": {"version": 0, "key": "s1", "section": "known"},
    "ask_approval": {"version": 0, "approver": MISSING},
    "take_back_approval": {"version": 0},
    "withdraw_statement": {"version": 0, "reason": "Latihan"},
    "correct_statement": {"wrong": "Jumlah rumah salah, yang benar 47."},
    "register_purpose": PURPOSE,
    "change_purpose": {**PURPOSE, "version": 0},
    "end_purpose": {"reason": "Latihan"},
    "begin_watch": {**WATCH, "purpose": MISSING},
    "change_watch": {**WATCH, "version": 0},
    "invite_person": {"email": "baru@muarasena.example", "role": "reader"},
    "change_person": {"version": 0, "first_name": "Sri"},
    "make_agency": {"name": "Dinas Baru"},
    "change_agency": {"name": "Dinas Lama"},
    "name_deputy": {"person": 1, "deputy": 2, "since": "2025-11-27T00:00:00Z", "until": "2025-11-28T00:00:00Z"},
    "plan_duty": {"person": 1, "start": "2025-11-27T00:00:00Z", "end": "2025-11-28T00:00:00Z"},
    "add_office_holder": {"name": "Sri Rahayu", "post": "Wali Kota", "last_day": "2026-11-27"},
    "change_setting": {"name": "keep_item_days", "value": "90", "version": 0},
    "change_hook": {"name": "Papan", "url": "https://hilir.example/", "events": ["signal.raised"], "version": 0},
    "make_route": {"name": "Malam", "roles": ["officer"]},
    "change_route": {"name": "Malam", "roles": ["officer"], "version": 0},
    "change_notifications": {"mail": True, "push": False},
}
REFUSED = {
    "person_returns", "name_deputy", "end_deputy", "plan_duty", "retry_job", "part_issue", "take_back_approval", "answer_question",
    "note_answer", "begin_statement_again",
}  # fmt: skip
"""Acts that are refused in words even to who may: nobody left who could return, other people's deputies, work that nobody knows, an
issue that is part of none, a request that nobody made, a question to another agency, an answer that is not there, a
publication that nothing stopped."""


@dataclass(frozen=True)
class Seen:
    """An answer, and what the database was asked for it, in order: the same work takes the same time."""

    status: int
    text: str
    work: list[str]


@dataclass
class World:
    """Two offices and the five people who ask."""

    ours: Any
    theirs: Any
    people: dict[str, Any]
    things: dict[str, list[Any]] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    seen_by_others: dict[tuple[str, str], tuple[Seen, Seen]] = field(default_factory=dict)

    def client(self, who: str) -> Client:
        """A fresh browser in which the person is signed in."""
        client = client_of(None)
        if who in self.sessions:
            client.cookies["sessionid"] = self.sessions[who]
        return client

    def owner_of(self, right: str) -> str:
        """Who of ours has the right: the administrator, or whoever does where administrators do not."""
        if not right or "administrator" in RIGHTS[right]:
            return "owner"
        return "auditor" if "auditor" in RIGHTS[right] else "legal"


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Any:
    from django.conf import settings
    from django.test import override_settings

    with django_db_blocker.unblock(), override_settings(CLOCK=STILL, ALLOWED_HOSTS=["testserver"]), transaction.atomic():
        assert settings.CLOCK is STILL
        yield built()
        transaction.set_rollback(True)


def built() -> World:
    ours, theirs = builders.make_office(f"Kota {MARK}"), builders.make_office("Kota Lain", "lain")
    people = {
        "owner": builders.make_user(ours, "ibu", "administrator"),
        "auditor": builders.make_user(ours, "pemeriksa", "auditor"),
        "legal": builders.make_user(ours, "hukum", "legal"),
        "colleague": builders.make_user(ours, "budi", "reader"),
        "field": builders.make_user(ours, "lapangan", "reporter"),
        "stranger": builders.make_user(None, "baru"),
        "other": builders.make_user(theirs, "tamu", "administrator", more_roles=["auditor"]),
    }
    made = World(ours, theirs, people)
    stories = builders.furnish(ours, people["owner"])
    made.sessions = {who: client_of(person).cookies["sessionid"].value for who, person in people.items()}
    made.things = things_of(made, stories)
    return made


def things_of(world: World, stories: list[Any]) -> dict[str, list[Any]]:
    """The arguments of an address for each kind of thing, all of our office."""
    from allauth.mfa.models import Authenticator
    from allauth.usersessions.models import UserSession

    from kentongan.office import sealing
    from kentongan.office.administration.models import ParkedJob
    from kentongan.office.alerting import arranging, looking
    from kentongan.office.alerting.models import Address, Alert, Browser
    from kentongan.office.api import services as programs
    from kentongan.office.api.models import Hook
    from kentongan.office.desk import clock_services, echo_reading, facts, questions, review_actions, statement_services
    from kentongan.office.desk import services as desk
    from kentongan.office.desk.echo_models import EchoReading, EchoTie
    from kentongan.office.desk.statement_approval import Sight
    from kentongan.office.desk.statement_publishing import publish_in_emergency
    from kentongan.office.desk.statement_queries import get_last
    from kentongan.office.listening import briefing, services
    from kentongan.office.listening.embedding import HashedEmbedder
    from kentongan.office.listening.labels_models import SampleItem
    from kentongan.office.listening.models import Article, Signal, Source, SourceProposal, Watch
    from kentongan.office.people import holders, standing
    from kentongan.office.people.models import Invitation, Place, User

    ours, owner, now = world.ours, world.people["owner"], builders.NOW
    content = briefing.compose(ours, now - briefing.FIRST_VISIT, now, "en")
    press = builders.make_user(ours, "pers", "press", first_name=MARK)
    officer = builders.make_user(ours, "petugas", "officer")
    invitation: Invitation = inviting.invite(owner, inviting.Offer("undangan@muarasena.example", "reader"), "word", now)
    deputy = standing.name_deputy(owner, owner, officer, now, now + timedelta(days=1), now)
    session = UserSession.objects.create(user=owner, ip="127.0.0.1", session_key=uuid.uuid4().hex, user_agent=MARK)
    topic = builders.purpose_of(ours)
    topic.pk, topic.kind, topic.title, topic._state.adding = None, "watch", MARK, True
    topic.save()
    watch = Watch.objects.create(office=ours, purpose=topic, name=MARK, query="banjir", created_by=owner, created=now)
    factor = Authenticator.objects.create(user=press, type=Authenticator.Type.WEBAUTHN, data={"name": MARK, "credential": {}})
    sender = builders.make_source(ours, f"Kiriman {MARK}", kind="push")
    place = Place.objects.create(office=ours, code="99.01", level="city", name=MARK)
    hook = Hook.objects.create(office=ours, name=MARK, url="https://hilir.example/", events=[], sealed=b"", by=owner, created=now)
    token = programs.make_token(owner, MARK, ["read"], now + timedelta(days=1), "rahasia", now)
    assert User.objects.filter(office=ours).count() >= 6
    route = arranging.make_first_route(ours, now)
    looking.look(ours, now)
    outside = Address.objects.create(
        office=ours, kind="webhook", name=MARK, host=MARK, sealed=sealing.seal({"url": "https://hilir.example/", "secret": "x" * 16}),
        language="id", created=now, by=owner,
    )  # fmt: skip
    browser = Browser.objects.create(office=ours, person=owner, name=MARK, digest="0" * 64, sealed=b"", created=now)
    issue = desk.open_issue(owner, desk.IssueDraft(f"Banjir {MARK}"), "high", MARK, desk.Seed(), now)
    frame = statement_services.Frame("low", "victim")
    statement = statement_services.begin(owner, issue, "holding", "id", frame, now)
    statement = statement_services.write(owner, statement, f"Banjir di {MARK}.", frame, statement.version, now)
    urgent = statement_services.begin(owner, issue, "chat", "id", frame, now)
    urgent = statement_services.write(owner, urgent, "Jauhi tepi sungai.", frame, urgent.version, now)
    urgent = statement_services.settle_sentence(owner, urgent, "s1", "instruction", (), urgent.version, now)
    last = get_last(urgent)
    assert last is not None
    public = publish_in_emergency(owner, urgent, MARK, Sight(last.number, last.text_hash), now)
    echo_reading.read(ours, HashedEmbedder(), now)
    carried = EchoTie.objects.create(
        office=ours, reading=EchoReading.objects.get(publication=public), article=Article.objects.filter(office=ours)[0], key="k",
        outlet=MARK, source_kind="press", language="id", at=now, way="retold", score=0.9, version="v", found=now,
    )  # fmt: skip
    said = [
        facts.add(owner, issue, facts.FactDraft("known", MARK, now, MARK, figure, MARK, grade="likely", owner=owner.pk), now)
        for figure in ("40", "55")
    ]
    asked = standing.make_agency(owner, f"Badan {MARK}", "B", "", now)
    wet = desk.open_issue(owner, desk.IssueDraft(f"Air {MARK}", agency=asked.pk), "high", MARK, desk.Seed(), now)
    question = questions.ask(owner, wet, questions.QuestionDraft(asked.pk, f"Apa kabar {MARK}?", now + timedelta(hours=2)), now)
    clock_services.begin(owner, wet, clock_services.Event("id.at_once", now, f"Surat {MARK}"), wet.version, now)
    action = review_actions.add(owner, wet, review_actions.ActionDraft(f"Latih {MARK}", now.date(), asked.pk), now)
    return {
        "": [],
        "action": [action.pk],
        "question": [question.pk],
        "clock": [wet.pk, 1],
        "issue with a clock": [wet.pk],
        "published statement": [urgent.pk],
        "published version": [urgent.pk, last.number],
        "tie": [urgent.pk, carried.pk],
        "slug": [ours.slug],
        "news": [ours.slug, public.slug],
        "news word": [ours.slug, "no-such-word"],
        "event": [furnish_accuracy(ours, owner)[0].pk],
        "claim": [furnish_claims(ours, owner)[0].pk],
        "article": [Article.objects.filter(office=ours).values_list("pk", flat=True)[0]],
        "sampled": [SampleItem.objects.create(office=ours, week=now.date(), article=Article.objects.filter(office=ours)[0], place=1).pk],
        "sender": [sender.pk],
        "place": [place.pk],
        "hook": [hook.pk],
        "token": [token.pk],
        "alert": [Alert.objects.filter(office=ours).values_list("pk", flat=True)[0]],
        "route": [route.pk],
        "issue": [issue.pk],
        "statement": [statement.pk],
        "sentence of a statement": [statement.pk, 1],
        "version of a statement": [statement.pk, 1],
        "fact": [issue.pk, said[0].pk],
        "fact alone": [said[0].pk],
        "address outside": [outside.pk],
        "browser": [browser.pk],
        "purpose": [topic.pk],
        "watch": [watch.pk],
        "word": ["no-such-word"],
        "step": ["office"],
        "setting": ["keep_item_days"],
        "parked": [ParkedJob.objects.create(office=ours, task="no_such_task", args={}, reason=MARK, at=now).pk],
        "key word": ["1", "no-key"],
        "provider": ["nobody"],
        "person": [press.pk],
        "deputy": [deputy.pk],
        "invitation": [invitation.pk],
        "agency": [standing.make_agency(owner, f"Dinas {MARK}", "D", "", now).pk],
        "holder": [holders.add(owner, f"Sri {MARK}", "Wali Kota", now.date() + timedelta(days=9), now).pk],
        "duty": [standing.plan_duty(owner, officer, "officer", now, now + timedelta(hours=8), now).pk],
        "session": [session.pk],
        "factor": [factor.pk],
        "briefing": [services.sign_briefing(owner, content, now).pk],
        "story": [stories[0].pk],
        "signal": [Signal.objects.filter(office=ours, state="new").values_list("pk", flat=True)[0]],
        "source": [Source.objects.get(office=ours, name="Sena Petang").pk],
        "kind of source": ["mastodon"],
        "pack": ["id-press"],
        "locked source": [builders.make_source(ours, MARK, url=f"#{MARK}@server.example", kind="mastodon", source_kind="public").pk],
        "proposal": [SourceProposal.objects.create(office=ours, host=f"{MARK.lower()}.example", first=now).pk],
    }


def routes() -> dict[str, int]:
    """Every named address of the office and how many arguments it takes. The API's own are asked by operation, further down."""
    found: dict[str, int] = {}

    def walk(patterns: Any, space: str) -> None:
        for one in patterns:
            if isinstance(one, URLResolver):
                walk(one.url_patterns, f"{space}{one.namespace}:" if one.namespace else space)
            elif isinstance(one, URLPattern) and not space:
                found[one.name or str(one.pattern)] = len(one.pattern.regex.groupindex) or one.pattern.regex.groups

    walk(get_resolver().url_patterns, "")
    return found


def addresses(world: World, *, missing: bool = False) -> dict[str, str]:
    out = {}
    for name, rule in RULES.items():
        arguments = world.things[rule.thing]
        out[name] = reverse(name, args=[MISSING for _ in arguments] if missing and rule.kind in {"row", "mine"} else arguments)
    return out


@contextmanager
def undone() -> Any:
    """Whatever is done in here is not."""
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)
        assert scope.current() is None


def asked(world: World, who: str, address: str, method: str, **data: str) -> Any:
    with undone():
        return getattr(world.client(who), method)(address, {"next": "/keys/", **data})


def to_sign_in(response: Any) -> bool:
    return response.status_code == 302 and urlsplit(response["Location"]).path == "/accounts/login/"


def text_of(response: Any) -> str:
    """The body without what differs each time: forms' words against forgery, and the number asked for."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"|/\d+/', "", body.decode("utf-8", "replace"))


def test_every_route_has_a_rule_and_every_rule_a_route():
    assert sorted(routes()) == sorted(RULES)
    assert {rule.right or rule.post for rule in RULES.values()} - {""} <= set(RIGHTS)


def test_every_address_is_filled_with_things_of_ours(world):
    wanted = routes()
    assert {name: len(world.things[rule.thing]) for name, rule in RULES.items()} == wanted


FINE = {200, 204, 302, 405, 409, 410, 422}
DOOR = {401, 404, 429}
"""Further answers of the doors: signing in failed, no such provider, too many tries."""


def test_the_owner_passes_everywhere(world):
    wrong = {}
    for name, address in addresses(world).items():
        rule = RULES[name]
        for method in METHODS:
            if rule.kind == "mine" and rule.thing == "factor":
                continue  # somebody else's passkey: asked below
            response = asked(world, world.owner_of(rule.right or rule.post), address, method)
            fine = FINE | DOOR if rule.kind in {"own", "door"} else FINE
            if response.status_code not in fine or (to_sign_in(response) and rule.kind != "door"):
                wrong[name, method] = response.status_code
    assert wrong == {}


def test_a_colleague_who_reads_passes_where_readers_may_and_nowhere_else(world):
    wrong = {}
    for name, address in addresses(world).items():
        rule = RULES[name]
        if rule.kind not in {"page", "row"}:
            continue
        for method in METHODS:
            status = asked(world, "colleague", address, method).status_code
            right = (rule.post if method == "post" else "") or rule.right
            closed = bool(right) and "reader" not in RIGHTS[right]
            refused = {403, 405} | ({302, 422} if method == "post" else set())  # an act may also be refused in words, back on its page
            if status not in (refused if closed else FINE):
                wrong[name, method] = status
    assert wrong == {}


def test_for_another_offices_administrator_our_things_are_missing_ones(world):
    wrong = {}
    for (name, method), (ours, none) in seen_by_others(world).items():
        same = ours.status == none.status and ours.text == none.text
        refused = ours.status in {404, 405} or (ours.status == 302 and RULES[name].kind == "mine")
        if not same or not refused or MARK in ours.text:
            wrong[name, method] = (ours.status, none.status)
    assert wrong == {}


def shape_of(queries: list[dict[str, str]]) -> list[str]:
    """Queries without numbers, texts and names of savepoints."""
    return [re.sub(r"'[^']*'(?:::\w+)?|\d+|SAVEPOINT \S+", "?", one["sql"]) for one in queries]


def seen(world: World, who: str, address: str, method: str) -> Seen:
    with CaptureQueriesContext(connection) as asked_of:
        response = asked(world, who, address, method)
    return Seen(response.status_code, text_of(response), shape_of(asked_of.captured_queries))


def seen_by_others(world: World) -> dict[tuple[str, str], tuple[Seen, Seen]]:
    """What another office's administrator gets for every thing of ours, and for one that is not there; asked once."""
    if not world.seen_by_others:
        for (name, address), nowhere in zip(addresses(world).items(), addresses(world, missing=True).values(), strict=True):
            for method in METHODS if RULES[name].kind in {"row", "mine"} else ():
                world.seen_by_others[name, method] = seen(world, "other", address, method), seen(world, "other", nowhere, method)
    return world.seen_by_others


def test_nobody_can_time_whether_a_number_is_ours_or_nobodys(world):
    wrong = {}
    for one, (ours, none) in seen_by_others(world).items():
        if ours.work != none.work or not ours.work:
            wrong[one] = [query for query in ours.work if query not in none.work] or (len(ours.work), len(none.work))
    assert wrong == {}


def test_another_offices_pages_show_nothing_of_ours(world):
    wrong = {}
    for name, address in addresses(world).items():
        if RULES[name].kind in {"row", "mine", "shown"}:
            continue
        for method in METHODS:
            response = asked(world, "other", address, method, q=MARK)
            shown = text_of(response).replace(f'value="{MARK}"', "")
            if response.status_code not in FINE | DOOR | {403} or f"Kota {MARK}" in shown or "Banjir merendam" in shown:
                wrong[name, method] = response.status_code
    assert wrong == {}


def test_what_is_one_persons_own_is_missing_even_for_their_colleagues(world):
    wrong = {}
    for (name, address), nowhere in zip(addresses(world).items(), addresses(world, missing=True).values(), strict=True):
        if RULES[name].kind != "mine":
            continue
        for method in METHODS:
            ours, none = asked(world, "colleague", address, method), asked(world, "colleague", nowhere, method)
            if ours.status_code != none.status_code or text_of(ours) != text_of(none) or ours.status_code == 200:
                wrong[name, method] = (ours.status_code, none.status_code)
    assert wrong == {}


def test_somebody_without_an_office_sees_nothing_of_any(world):
    wrong = {}
    for name, address in addresses(world).items():
        if RULES[name].kind not in {"page", "row"}:
            continue
        for method in METHODS:
            response = asked(world, "stranger", address, method)
            if response.status_code not in {403, 404, 405} or MARK in text_of(response):
                wrong[name, method] = response.status_code
    assert wrong == {}


def test_nobody_is_asked_to_sign_in_first(world):
    wrong = {}
    for name, address in addresses(world).items():
        for method in METHODS:
            response = asked(world, "nobody", address, method)
            closed = RULES[name].kind in {"page", "row", "own", "mine"}
            if closed and not (to_sign_in(response) or (response.status_code == 302 and "/accounts/" in response["Location"])):
                wrong[name, method] = response.status_code
            shown = RULES[name].kind != "shown" and MARK in text_of(response)
            if not closed and (response.status_code not in FINE | DOOR or shown):
                wrong[name, method] = response.status_code
    assert wrong == {}


def test_nothing_of_ours_is_changed_by_those_outside(world):
    before = print_of(world)
    with undone():
        for who in ("other", "stranger", "nobody", "colleague"):
            for name, address in addresses(world).items():
                right = RULES[name].right or RULES[name].post
                if RULES[name].kind not in {"door", "public", "own"} and (
                    who != "colleague" or "reader" not in RIGHTS.get(right, {"reader"})
                ):
                    world.client(who).post(address, {"role": "administrator", "office": str(world.ours.pk), "reason": "x", "mark": "seen"})
        assert print_of(world) == before


def print_of(world: World) -> str:
    """A digest of every row of our office, the ledger aside."""
    digest = hashlib.sha256()
    for table, column in sorted(scope.protected_tables().items()):
        if table.startswith("ledger_"):
            continue
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY id), '')) FROM \"{table}\" t WHERE {column} = %s", [world.ours.pk]
            )
            digest.update(f"{table}{cursor.fetchone()}".encode())
    return digest.hexdigest()


BY_MAILBOXES = {"news_leave"}
"""What a mailbox posts to by itself (RFC 8058): the word of the address stands for that of a form, and leaving is all it does."""


def test_no_form_is_taken_without_the_word_against_forgery(world):
    client = Client(enforce_csrf_checks=True)
    client.cookies["sessionid"] = world.sessions["owner"]
    wrong = {}
    for name, address in addresses(world).items():
        with undone():
            status = client.post(address, {"next": "/keys/"}).status_code
        if status not in {401, 403, 405} and name not in BY_MAILBOXES:  # 401: signed pushes, which have no session
            wrong[name] = status
    assert wrong == {}


EVIL = ("https://evil.example/", "//evil.example/", "/\\evil.example")


def test_no_answer_leads_to_another_host(world):
    wrong = {}
    for n, (name, address) in enumerate(addresses(world).items()):
        for m, (who, method) in enumerate((("owner", "get"), ("owner", "post"), ("nobody", "post"))):
            response = asked(world, who, address, method, next=EVIL[(n + m) % len(EVIL)])
            if "evil.example" in response.get("Location", "").partition("?")[0]:
                wrong[name, method] = response["Location"]
    assert wrong == {}


# Whoever lacks just the right, and whoever has just it

READS = "listening.read"
"""Every role that has any right has this one; the rooms of listening rest on it."""
SEES_ISSUES = "issues.read"
"""Whoever may not read issues finds none, whatever else they may."""
OF_ALL = {"office", "name_deputy", "end_deputy", "programs"}
"""What everybody in the office may ask for; what is not their own is refused further in, or not shown."""


@contextmanager
def holding(rights: set[str]) -> Any:
    """In here the ward reporter, whose role has no right at all, has exactly these."""
    before = dict(RIGHTS)
    RIGHTS.update({right: roles | {"reporter"} if right in rights else roles - {"reporter"} for right, roles in before.items()})
    try:
        yield
    finally:
        RIGHTS.update(before)


def opened() -> Iterator[tuple[str, str, list[str]]]:
    """Every page and act of the office that not everybody may ask for: its name, method, and the rights it takes, the last of all first."""
    for name, rule in RULES.items():
        if rule.kind not in {"page", "row"}:
            continue
        for method in METHODS:
            rights = [right for right in (rule.post if method == "post" else "", rule.right) if right]
            yield name, method, rights


def words_of(response: Any) -> list[str]:
    """What an act says on the next page."""
    said = getattr(response.wsgi_request, "_messages", ())
    return [str(one) for one in getattr(said, "_queued_messages", ())]


def test_what_needs_no_right_is_known_by_name(world):
    assert {right: roles - RIGHTS[READS] for right, roles in RIGHTS.items() if roles - RIGHTS[READS]} == {}
    assert {name for name, method, rights in opened() if not rights} == OF_ALL
    at = addresses(world)
    assert {asked(world, "field", at[name], method).status_code for name in OF_ALL for method in METHODS} <= FINE


def test_whoever_has_every_right_but_the_one_is_refused_each_page_and_act_of_it(world):
    at, wrong = addresses(world), {}
    for name, method, rights in opened():
        for right in rights:
            with holding(set(RIGHTS) - {right}):
                status = asked(world, "field", at[name], method).status_code
            if status not in {403, 405}:
                wrong[name, method, right] = status
    assert wrong == {}


def test_whoever_has_just_the_right_is_let_in_to_each_page_and_act_of_it(world):
    """Those that a reader's few rights open are asked by the reader above."""
    at, wrong = addresses(world), {}
    for name, method, rights in opened():
        if all("reader" in RIGHTS[right] for right in rights):
            continue
        with holding({*rights, READS, SEES_ISSUES}):
            response = asked(world, "field", at[name], method)
        told = [one for one in words_of(response) if "role" in one or "may do this" in one]
        if response.status_code not in FINE or told:
            wrong[name, method] = (response.status_code, told)
    assert wrong == {}


# The API


def operations() -> list[Any]:
    from kentongan.office.api.doors import operations as told

    return list(told())


def path_of(world: World, one: Any, *, missing: bool = False) -> str:
    thing = API[one.id][0]
    number = MISSING if missing else world.things[thing][0] if thing else ""
    return one.path.replace("{pk}", str(number)).replace("{what}", "stories")


def called(world: World, one: Any, who: str, *, token: bool, missing: bool = False) -> Any:
    """Ask as a program with a token of the person, or from their browser session."""
    headers = {"authorization": f"Bearer ktg-{who}", "accept-language": "en"}
    client = client_of(None, headers=headers) if token else world.client(who)
    with undone():
        return client.generic(one.method, path_of(world, one, missing=missing), json.dumps(BODIES.get(one.id, {})), "application/json")


@pytest.fixture
def tokens(world: World) -> Any:
    """A token with every scope for each person who may have one."""
    from kentongan.office.api import scopes, services

    for who in ("owner", "auditor", "legal", "colleague", "other"):
        person = world.people[who]
        services.make_token(person, "semua", scopes.scopes_of(person), builders.NOW + timedelta(days=1), f"ktg-{who}", builders.NOW)
    return world


@pytest.fixture
def scoped(world: World) -> Any:
    """Tokens of people who may hold every scope: one with all of them, for each scope one with just it and one with all others."""
    from kentongan.office.api import scopes, services

    wanted = {"field": set(scopes.SCOPES)}
    wanted |= {f"just-{one}": {one} for one in scopes.SCOPES} | {f"without-{one}": set(scopes.SCOPES) - {one} for one in scopes.SCOPES}
    holders = world.people["field"], builders.make_user(world.ours, "lapangan-dua", "reporter")
    with holding(set(RIGHTS)):
        for n, (name, these) in enumerate(wanted.items()):  # two people: nobody has more than twenty tokens
            services.make_token(holders[n % 2], name, these, builders.NOW + timedelta(days=1), f"ktg-{name}", builders.NOW)
    return world


def test_every_operation_has_a_rule_and_every_rule_an_operation():
    assert {one.id: ("{pk}" in one.path, one.right) for one in operations()} == {
        name: (bool(thing), right) for name, (thing, right) in API.items()
    }


def test_the_api_opens_to_the_owner_and_to_colleagues_as_far_as_their_role(tokens):
    wrong = {}
    for one in operations():
        for who in ("owner", "colleague"):
            status = called(tokens, one, tokens.owner_of(one.right) if who == "owner" else who, token=True).status_code
            closed = who == "colleague" and "reader" not in RIGHTS[one.right]
            gone = status == 404 and one.id in BODIES  # the other story or item that is named is not there
            gone = gone or (status == 403 and one.id in REFUSED)
            if not gone and ((status == 403) != closed or status in {401, 404, 500}):
                wrong[one.id, who] = status
    assert wrong == {}


ROLE, SCOPE = "Your role does not allow this", "This token lacks the scope"
BESIDES = {"dismiss_alert": "alerts.answer"}
"""What an act asks for further in: whoever dismisses an alert answers it, too."""
BY_ROLE = {"invite_person"}
"""Acts that give a role, which is no right: only administrators do (`permissions.GIVES`)."""


def test_whoever_has_every_right_but_the_one_is_refused_each_operation_of_it(scoped):
    wrong = {}
    for one in operations():
        with holding(set(RIGHTS) - {one.right}):
            response = called(scoped, one, "field", token=True)
        if response.status_code != 403 or ROLE not in text_of(response):
            wrong[one.id] = (one.right, response.status_code)
    assert wrong == {}


def test_whoever_has_just_the_right_is_let_in_to_each_operation_of_it(scoped):
    wrong = {}
    for one in operations():
        with holding({one.right, BESIDES.get(one.id, one.right)}):
            response = called(scoped, one, "field", token=True)
        if response.status_code in {401, 500} or (response.status_code == 403 and one.id not in REFUSED | BY_ROLE):
            wrong[one.id] = (one.right, response.status_code, text_of(response))
    assert wrong == {}


def test_a_token_with_every_scope_but_the_one_is_refused_each_operation_of_it(scoped):
    wrong = {}
    with holding(set(RIGHTS)):
        for one in operations():
            response = called(scoped, one, f"without-{one.scope}", token=True)
            if response.status_code != 403 or f"{SCOPE} “{one.scope}”" not in response.json()["detail"]:
                wrong[one.id] = (one.scope, response.status_code)
    assert wrong == {}


def test_a_token_with_just_the_scope_is_let_in_to_each_operation_of_it(scoped):
    wrong = {}
    with holding(set(RIGHTS)):
        for one in operations():
            response = called(scoped, one, f"just-{one.scope}", token=True)
            refused = response.status_code == 403 and one.id not in REFUSED | BY_ROLE
            if refused or response.status_code in {401, 500} or SCOPE in text_of(response):
                wrong[one.id] = (one.scope, response.status_code, text_of(response))
    assert wrong == {}


@pytest.mark.parametrize("token", [True, False])
def test_a_token_or_session_of_another_office_finds_nothing_of_ours(tokens, token):
    wrong = {}
    for one in operations():
        if not token and one.method == "POST":
            continue  # without its form's word a session is refused before anything is looked for: tried for every form above
        ours = called(tokens, one, "other", token=token)
        body = text_of(ours).replace(f"{MISSING}", "")
        if API[one.id][0]:
            none = called(tokens, one, "other", token=token, missing=True)
            if (ours.status_code, body) != (none.status_code, text_of(none).replace(f"{MISSING}", "")) or ours.status_code != 404:
                wrong[one.id] = (ours.status_code, none.status_code)
        if f"Kota {MARK}" in body or "Banjir merendam" in body:
            wrong[one.id] = "shows ours"
    assert wrong == {}


def test_no_program_can_time_whether_a_number_is_ours_or_nobodys(tokens):
    wrong = {}
    for one in operations():
        if not API[one.id][0]:
            continue
        work = []
        for missing in (False, True):
            with CaptureQueriesContext(connection) as asked_of:
                called(tokens, one, "other", token=True, missing=missing)
            work.append(shape_of(asked_of.captured_queries))
        if work[0] != work[1] or not work[0]:
            wrong[one.id] = (len(work[0]), len(work[1]))
    assert wrong == {}


def test_the_api_knows_neither_strangers_nor_tokens_that_are_none(world):
    wrong = {}
    for one in operations():
        for who, token, expected in (("nobody", False, {401}), ("nobody", True, {401}), ("stranger", False, {403})):
            status = called(world, one, who, token=token).status_code
            if status not in expected:
                wrong[one.id, who, token] = status
    assert wrong == {}


def test_acts_over_the_api_change_nothing_of_ours_from_outside(tokens):
    before = print_of(tokens)
    with undone():
        for one in operations():
            if one.method != "GET":
                client_of(None, headers={"authorization": "Bearer ktg-other"}).post(
                    path_of(tokens, one), json.dumps(BODIES.get(one.id, {})), "application/json"
                )
        assert print_of(tokens) == before
