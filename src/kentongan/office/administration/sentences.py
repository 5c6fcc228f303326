"""What each setting is for, as people read it. The sentences are those of `config.SETTINGS`; a test holds them equal.

They stand here a second time because the table is read before any language is known.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kentongan.office.listening.presenting import Words

SENTENCES: dict[str, Words] = {
    "data": _("The one folder that holds database, keys and logs."),
    "database_url": _("A served PostgreSQL (15 or newer, pgvector); empty: the embedded one. DATABASE_URL counts too."),
    "web_host": _("The address the web server listens on."),
    "web_port": _("The port the web server listens on; 0 takes a free one."),
    "public_url": _("The address people type, for links in mail; empty: made from host and port."),
    "allowed_hosts": _("Host names the web server answers to besides its own."),
    "https": _("On where a proxy in front speaks HTTPS: cookies are then sent over HTTPS only."),
    "web_threads": _("Requests one web process answers at the same time."),
    "web_processes": _("Processes that answer requests; each takes about 90 MB beside the first."),
    "workers": _("Worker processes for background work."),
    "worker_threads": _("Jobs one worker does at the same time."),
    "contact": _("Who answers for this installation: an address or e-mail sent in the User-Agent to every outlet."),
    "allow_hosts": _("Private hosts (name or name:port) that may be fetched, each by name."),
    "visit_min_s": _("The shortest interval between two visits to a source, in seconds."),
    "visit_max_s": _("The longest interval between two visits to a source, in seconds."),
    "fetch_timeout_s": _("The longest one fetch may take, in seconds."),
    "fetch_max_mb": _("The largest answer read, in megabytes, after decompression."),
    "fetch_proxy_env": _("On where outlets are reached through the proxy named in the environment."),
    "ca_file": _("A file of certificates to trust besides the usual ones, for the office's own mail server."),
    "embedder": _("What makes vectors of texts; hashed is for tests, blind to meaning."),
    "hold_first_s": _("The longest the first pile of a new source waits for the other sources, in seconds."),
    "alert_budget": _("Signals the office is told of in 24 hours at most, crises apart; 0 for no limit."),
    "tick_minutes": _("Minutes between two looks at the clock by the listener, so that signals can fall back."),
    "snapshot_entries": _("Journal entries after which the listener saves its state."),
    "alert_crisis_min": _("Minutes until an alert of the level crisis that nobody answers is passed on."),
    "alert_high_min": _("Minutes until an alert of the level high that nobody answers is passed on."),
    "alert_other_min": _("Minutes until any other alert that nobody answers is passed on."),
    "first_due_crisis_min": _("Minutes until the first answer is due after an issue has the level crisis."),
    "first_due_high_min": _("Minutes until the first answer is due after an issue has the level high; 0 for no clock."),
    "first_due_medium_min": _("Minutes until the first answer is due after an issue has the level medium; 0 for no clock."),
    "first_due_low_min": _("Minutes until the first answer is due after an issue has the level low; 0 for no clock."),
    "first_due_watch_min": _("Minutes until the first answer is due after an issue has the level watch; 0 for no clock."),
    "keep_raw_days": _("Days a visit's record is kept."),
    "keep_item_days": _("Days a cleaned item is kept."),
    "api_rate": _("Requests a minute that one API token may make."),
    "keep_count_days": _("Days counts of complaints, silences and deletion runs are kept."),
    "ledger_anchor_mail": _("Addresses outside that are mailed the end of the ledger's chains once a day."),
    "ledger_anchor_file": _("A file on another machine's disk to which the end of the ledger's chains is appended."),
    "backup_folder": _("Where the nightly backups go; empty: the folder backups in the data folder."),
    "backup_hour": _("The hour of the nightly backup, in the installation's time zone; 24 makes none."),
    "backup_keep": _("Nightly backups that are kept."),
    "mail_url": _("The mail server, smtp://user:password@host:port (smtps:// for TLS); empty: no mail is sent."),
    "mail_from": _("The sender of mail; empty: kentongan@ and the host of the public address."),
    "mail_per_second": _("Letters to readers of the newsroom handed to the mail server a second, at most."),
    "oidc_url": _("The office's own sign-in (OpenID Connect): the issuer's address, https://…; empty: none."),
    "oidc_client_id": _("The name under which the provider of oidc_url knows this installation."),
    "oidc_secret": _("The secret the provider of oidc_url gave for that name."),
    "time_zone": _("The local time of the office when none is set for it."),
    "clock_origin": _("Demo only: the moment the demo's clock starts at, ISO 8601."),
    "clock_started": _("Demo only: the real moment at which the demo's clock started, ISO 8601."),
    "clock_speed": _("Demo only: how many times faster than real time the clock runs."),
    "clock_until": _("Demo only: the moment after which the clock runs at natural speed, ISO 8601."),
    "metrics_token": _("The word with which /metrics may be read; empty: only this machine, while public_url is empty."),
    "log_format": _("How the log is written: lines for people, or one JSON object a line."),
    "log_level": _("How much is written to the log."),
}
