"""Every screen there is: the one list from which `kentongan screens` takes its pictures and the tests their walk through axe.

What is in braces in an address is a number or word of the office that `kentongan.testing.screens_office` furnishes. A route that shows no
page of its own when it is asked for stands in NO_SCREEN with the reason; what remains are acts, which a form alone can ask for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

OWN_TOPICS = """names:
  river: {id: Sungai Sena, vi: Sông Sena, en: River Sena}
services:
  river: {id: [sungai, tanggul, banjir], vi: [sông], en: [river, levee]}
  water: {id: [air bersih, air minum, pdam], vi: [nước sạch], en: [tap water]}
  market: {id: [pasar, sembako, tong sampah wayan sudarma], vi: [chợ], en: [market]}
"""
"""A list that an office might write; one of its words looks like somebody's name."""
WRONG_TOPICS = "services:\n  river: {id: [sungai, tanggul]}\n  water: {id: pdam}\n"
FIRST = "first"
"""The browser of the first run: while it is inside, nobody else can sign in."""


@dataclass(frozen=True, slots=True)
class Screen:
    """One screen: its name, where it is, and who looks (empty: nobody signed in).

    `sent` is what a form sends there, for a page that only a form gives; `press` is what is pressed first; `made` names what our server
    never shows when asked: the template of an error page, or "" for a real answer. `status` is the answer's.
    """

    name: str
    path: str
    who: str = "sari"
    sent: Mapping[str, str] | None = field(default=None, hash=False)
    press: str = ""
    made: str = ""
    status: int = 200

    def address(self, things: Mapping[str, Any]) -> str:
        """Where it is in the furnished office whose numbers and words are `things`."""
        return self.path.format(**things)


SCREENS = (
    # The first run, before anybody can sign in
    Screen("first-run", "/begin/{word}/", FIRST),
    Screen("first-run-office", "/begin/step/office/", FIRST),
    Screen("first-run-account", "/begin/step/account/", FIRST),
    Screen("first-run-places", "/begin/step/places/", FIRST),
    Screen("first-run-sources", "/begin/step/sources/", FIRST),
    Screen("first-run-mail", "/begin/step/mail/", FIRST),
    Screen("first-run-contact", "/begin/step/contact/", FIRST),
    Screen("first-run-end", "/begin/step/end/", FIRST),
    Screen("first-run-closed", "/begin/no-such-word/", "", status=410),
    # Doors
    Screen("sign-in", "/accounts/login/", ""),
    Screen("sign-in-code", "/accounts/code/", "half"),
    Screen("sign-in-inactive", "/accounts/inactive/", ""),
    Screen("sign-in-provider-cancelled", "/accounts/provider-cancelled/", ""),
    Screen("sign-in-provider-failed", "/accounts/provider-failed/", "", status=401),
    Screen("sign-out", "/accounts/logout/"),
    Screen("password-reset", "/accounts/password/reset/", ""),
    Screen("password-reset-sent", "/accounts/password/reset/sent/", ""),
    Screen("password-reset-old", "/accounts/password/reset/key/1-no-key/", ""),
    Screen("password-reset-new", "/accounts/password/reset/key/{reset}/", ""),
    Screen("password-reset-done", "/accounts/password/reset/done/", ""),
    Screen("invitation", "/invitation/{invitation}/", ""),
    Screen("invitation-over", "/invitation/no-such-word/", "", status=410),
    # Daily work
    Screen("briefing", "/"),
    Screen("briefing-empty", "/", "sepi"),
    Screen("briefing-send", "/briefing/send/"),
    Screen("briefing-signed-list", "/briefing/signed/"),
    Screen("briefing-signed", "/briefing/signed/{signed}/"),
    Screen("stories", "/stories/"),
    Screen("stories-empty", "/stories/?level=crisis"),
    Screen("story", "/stories/{story}/"),
    Screen("story-aspects", "/stories/{told_of}/"),
    Screen("story-by-hand", "/stories/{by_hand}/", press="#why ~ details:last-of-type summary"),
    Screen("item", "/items/{item}/"),
    Screen("signals", "/signals/"),
    Screen("signals-held", "/signals/", press="#held ~ details summary"),
    Screen("signals-dismissed", "/signals/?state=dismissed"),
    Screen("signal", "/signals/{signal}/"),
    Screen("alerts", "/alerts/?of=all"),
    Screen("alerts-empty", "/alerts/", "sepi"),
    Screen("alert", "/alerts/{alert}/"),
    Screen("issues", "/issues/"),
    Screen("issues-mine", "/issues/?of=me"),
    Screen("issues-closed", "/issues/?state=closed"),
    Screen("issues-empty", "/issues/", "sepi"),
    Screen("issue", "/issues/{issue}/"),
    Screen("issue-open", "/issues/open/?story={story}"),
    Screen("issue-change", "/issues/{issue}/change/"),
    Screen("issue-review", "/issues/{issue}/review/"),
    Screen("statement-begin", "/issues/{issue}/statements/new/"),
    Screen("statement", "/statements/{statement}/"),
    Screen("statements-waiting", "/statements/"),
    Screen("statement-asked", "/statements/{asked}/"),
    Screen("statement-ask", "/statements/{statement}/ask/"),
    Screen("statement-decide", "/statements/{asked}/decide/", "dewi"),
    Screen("statement-publish", "/statements/{statement}/publish/"),
    Screen("statement-publish-alone", "/statements/{urgent}/publish/"),
    Screen("statement-publication", "/statements/{alone}/publication/"),
    Screen("statement-withdrawn", "/statements/{withdrawn}/publication/"),
    Screen("statement-stopped", "/statements/{stopped}/publication/"),
    Screen("statement-review", "/statements/{alone}/", "dewi"),
    Screen("statement-echo", "/statements/{echoed}/echo/"),
    Screen("statement-echo-begins", "/statements/{alone}/echo/"),
    Screen("statement-fill", "/statements/{statement}/fill/"),
    Screen("statement-write", "/statements/{statement}/write/"),
    Screen("statement-sentence", "/statements/{statement}/sentences/5/"),
    Screen("statement-version", "/statements/{statement}/versions/1/"),
    Screen("fact", "/issues/{issue}/facts/{fact}/"),
    Screen("fact-add", "/issues/{issue}/facts/add/"),
    Screen("fact-change", "/issues/{issue}/facts/{fact}/change/"),
    Screen("fact-withdraw", "/issues/{issue}/facts/{fact}/withdraw/"),
    Screen("fact-settle", "/issues/{issue}/facts/{figure}/settle/"),
    Screen("fact-none", "/issues/{few}/"),
    Screen("ask-agency", "/issues/{issue}/ask/"),
    Screen("agency-questions", "/issues/questions/"),
    Screen("agency-questions-empty", "/issues/questions/", "sepi"),
    Screen("agency-question", "/issues/questions/{question}/"),
    Screen("agency-question-late", "/issues/questions/{question_late}/"),
    Screen("agency-question-answered", "/issues/questions/{question_answered}/"),
    Screen("answer-link", "/answer/{answer}/", ""),
    Screen("answer-link-used", "/answer/{answer_used}/", "", status=410),
    Screen("warnings", "/warnings/"),
    Screen("warnings-empty", "/warnings/", "sepi"),
    Screen("fact-checks", "/checks/"),
    Screen("claims", "/claims/"),
    Screen("claims-empty", "/claims/", "sepi"),
    Screen("claim", "/claims/{claim}/"),
    Screen("claim-decided", "/claims/{claim_decided}/"),
    Screen("questions", "/questions/"),
    Screen("periods", "/periods/"),
    Screen("periods-month", "/periods/?by=month"),
    Screen("periods-empty", "/periods/", "sepi"),
    Screen("tones", "/tones/"),
    Screen("tones-empty", "/tones/", "sepi"),
    Screen("tone", "/tones/agencies/{agency}/"),
    Screen("tone-watch", "/tones/watches/{spoken}/"),
    Screen("search", "/search/"),
    Screen("search-results", "/search/?q=banjir+OR+air+-festival"),
    Screen("search-empty", "/search/?q=helikopter"),
    Screen("keys", "/keys/"),
    # How well it hears, and what it learns from
    Screen("accuracy", "/accuracy/"),
    Screen("accuracy-empty", "/accuracy/", "sepi"),
    Screen("event-new", "/accuracy/events/new/"),
    Screen("event", "/accuracy/events/{event}/"),
    Screen("labels", "/labels/", "ibu"),
    Screen("labels-empty", "/labels/", "sepi"),
    # Sources
    Screen("sources", "/sources/"),
    Screen("sources-empty", "/sources/", "sepi"),
    Screen("source", "/sources/{failing}/"),
    Screen("source-change", "/sources/{failing}/change/"),
    Screen("source-add", "/sources/look/", sent={"address": "https://127.0.0.1/feed"}),
    Screen("source-kinds", "/sources/kinds/"),
    Screen("source-of-kind", "/sources/kinds/mastodon/"),
    Screen("source-of-mail", "/sources/kinds/imap/"),
    Screen("source-key", "/sources/{locked}/key/", "ibu"),
    Screen("source-locked", "/sources/{locked}/", "ibu"),
    Screen("source-packs", "/sources/packs/"),
    Screen("source-pack", "/sources/packs/hazards/"),
    Screen("source-proposals", "/sources/proposals/"),
    # Register, watches, what is kept
    Screen("purposes", "/purposes/", "ibu"),
    Screen("purpose-new", "/purposes/new/", "ibu"),
    Screen("purpose", "/purposes/{purpose}/", "ibu"),
    Screen("purpose-change", "/purposes/{purpose}/change/", "ibu"),
    Screen("watches", "/watches/"),
    Screen("watches-empty", "/watches/", "sepi"),
    Screen("watch-new", "/watches/begin/"),
    Screen("watch", "/watches/{watch}/"),
    Screen("watch-change", "/watches/{watch}/change/"),
    Screen("watch-past", "/watches/{watch}/change/", press="button[name=preview]"),
    Screen("topics", "/topics/", "ibu"),
    Screen("topics-change", "/topics/change/", "ibu"),
    Screen("topics-looked", "/topics/change/", "ibu", sent={"text": OWN_TOPICS, "seen": "0", "look": "1"}),
    Screen("topics-wrong", "/topics/change/", "ibu", sent={"text": WRONG_TOPICS, "seen": "0", "look": "1"}, status=422),
    Screen("retention", "/retention/", "ibu"),
    Screen("complaints", "/complaints/"),
    Screen("transparency", "/transparency/", "ibu"),
    Screen("transparency-public", "/o/muarasena/transparency/", ""),
    Screen("newsroom", "/o/muarasena/news/", ""),
    Screen("newsroom-nothing", "/o/muarasena/news/?q=tidak-ada", ""),
    Screen("newsroom-item", "/o/muarasena/news/{news}/", ""),
    Screen("newsroom-subscribe", "/o/muarasena/news/subscribe/", ""),
    Screen("newsroom-asked", "/o/muarasena/news/subscribe/", "", sent={"email": "warga@pembaca.example"}),
    Screen("newsroom-confirm", "/o/muarasena/news/confirm/{confirming}/", ""),
    Screen("newsroom-confirm-old", "/o/muarasena/news/confirm/old/", "", status=410),
    Screen("newsroom-leave", "/o/muarasena/news/leave/word/", ""),
    Screen("newsroom-left", "/o/muarasena/news/leave/word/", "", sent={}),
    Screen("newsroom-readers", "/newsroom/readers/"),
    Screen("places", "/places/"),
    Screen("places-found", "/places/?q=kampung"),
    Screen("places-empty", "/places/", "sepi"),
    Screen("place", "/places/{place}/"),
    # One's own account
    Screen("account", "/account/"),
    Screen("notifications", "/account/notifications/"),
    Screen("password", "/accounts/password/"),
    Screen("password-first", "/accounts/password/set/", "tanpa"),
    Screen("password-again", "/accounts/reauthenticate/"),
    Screen("factors", "/account/factors/"),
    Screen("factors-all", "/account/factors/", "wayan"),
    Screen("factor-app", "/account/factors/app/"),
    Screen("factor-app-remove", "/account/factors/app/remove/", "wayan"),
    Screen("factor-app-again", "/accounts/code/again/", "wayan"),
    Screen("factor-codes", "/account/factors/codes/", "wayan"),
    Screen("factor-codes-new", "/account/factors/codes/new/", "wayan"),
    Screen("factor-key-new", "/account/factors/keys/add/", "wayan"),
    Screen("factor-key", "/account/factors/keys/{factor}/", "wayan"),
    Screen("factor-key-remove", "/account/factors/keys/{factor}/remove/", "wayan"),
    Screen("factor-key-again", "/accounts/passkey/again/", "wayan"),
    # Administration
    Screen("office", "/office/", "ibu"),
    Screen("people", "/office/people/", "ibu"),
    Screen("invite", "/office/people/invite/", "ibu"),
    Screen("person", "/office/people/{officer}/", "ibu"),
    Screen("agencies", "/office/agencies/", "ibu"),
    Screen("agency", "/office/agencies/{agency}/", "ibu"),
    Screen("holders", "/office/holders/", "ibu"),
    Screen("roster", "/office/roster/", "ibu"),
    Screen("routes", "/office/routes/", "ibu"),
    Screen("route-new", "/office/routes/new/", "ibu"),
    Screen("route", "/office/routes/{route}/", "ibu"),
    Screen("address-new", "/office/routes/addresses/new/", "ibu"),
    Screen("address", "/office/routes/addresses/{outside}/", "ibu"),
    Screen("programs", "/office/programs/", "ibu"),
    Screen("token-new", "/office/programs/tokens/new/", "ibu"),
    Screen("hook-new", "/office/programs/told/new/", "ibu"),
    Screen("hook", "/office/programs/told/{hook}/", "ibu"),
    Screen("hook-secret", "/office/programs/told/{hook}/secret/", "ibu", sent={}),
    Screen("settings", "/office/settings/", "ibu"),
    Screen("settings-about", "/office/settings/about/", "ibu"),
    Screen("setting", "/office/settings/keep_item_days/", "ibu"),
    Screen("jobs", "/office/jobs/", "ibu"),
    Screen("answer-mailbox", "/office/settings/answers/", "ibu"),
    Screen("condition", "/office/condition/", "ibu"),
    Screen("backups", "/backups/", "ibu"),
    Screen("record", "/record/", "periksa"),
    Screen("record-published", "/record/published/", "periksa"),
    Screen("record-reconstruction", "/record/published/{alone}/", "periksa"),
    Screen("record-version", "/record/published/{alone}/versions/1/", "periksa"),
    # What went wrong
    Screen("no-office", "/", "tamu", status=403),
    Screen("error-403", "/record/", status=403),
    Screen("error-404", "/nowhere/", status=404),
    Screen("error-500", "/error-500", "", made="500.html"),
    Screen("error-503", "/error-503", "", made="outage"),
)

NO_SCREEN = {
    "health": "one word for watchers",
    "metrics": "figures for machines",
    "transparency_json": "the public page for programs",
    "news_atom": "a feed for programs",
    "news_json": "a feed for programs",
    "news_rss": "a feed for programs",
    "news_sitemap": "a list for programs",
    "push": "programs send there",
    "who_is_here": "a line inside the page of an issue that asks for it",
    "news": "a bar inside the list that asks for it; the journeys see it",
    "briefing_paper": "a PDF",
    "signed_briefing_paper": "a PDF",
    "export_sources": "a file",
    "export_labels": "a file",
    "download_topics": "a file",
    "export_record_csv": "a file",
    "export_record_json": "a file",
    "export_record_jsonl": "a file",
    "export_reconstruction_csv": "a file",
    "export_reconstruction_json": "a file",
    "mfa_download_recovery_codes": "a file",
    "first_run": "leads to the step that comes next",
    "one_time": "leads inside, or to signing in",
    "openid_connect_login": "leads to the office's own provider",
    "openid_connect_callback": "comes back from there and leads inside",
    "mfa_list_webauthn": "leads to all factors",
    "mfa_login_webauthn": "what the sign-in page asks for a passkey with",
}
"""A route that answers a plain question, but with no page of its own, and why there is none."""
