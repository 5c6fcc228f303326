"""Django's settings, made from `kentongan.config`. The secret key lives in the data folder and is made on first start."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

import psycopg.conninfo
from django.utils.translation import gettext_lazy as _

from kentongan import config as _config
from kentongan.office.administration import logs as _logs
from kentongan.office.clock import clock_from as _clock_from

CONFIG = _config.load()
CLOCK = _clock_from(CONFIG)
ROOM = Path(__file__).resolve().parent


def _secret_key(folder: Path) -> str:
    """Read the key, or make one that only the owner can read."""
    path = folder / "secret_key"
    try:
        return path.read_text(encoding="ascii")
    except FileNotFoundError:
        folder.mkdir(parents=True, exist_ok=True)
        key = secrets.token_urlsafe(50)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text(encoding="ascii")
        with os.fdopen(handle, "w") as file:
            file.write(key)
        return key


_PASSED_ON = ("sslmode", "sslrootcert", "sslcert", "sslkey", "target_session_attrs", "options")


def _database(url: str) -> dict[str, object]:
    parts = psycopg.conninfo.conninfo_to_dict(url) if url else {}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.get("dbname", "kentongan"),
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": parts.get("port", ""),
        "CONN_MAX_AGE": 900,  # a new connection knows no table yet: the first page over it takes 20 ms longer
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5, **{k: v for k, v in parts.items() if k in _PASSED_ON}},
    }


SECRET_KEY = _secret_key(CONFIG.data)
DEBUG = False
ALLOWED_HOSTS = CONFIG.hosts
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "procrastinate.contrib.django",
    "kentongan.office.ledger",
    "kentongan.office.people",
    "kentongan.office.listening",
    "kentongan.office.alerting",
    "kentongan.office.desk",
    "kentongan.office.newsroom",
    "kentongan.office.api",
    "kentongan.office.administration",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "kentongan.office.security.ContentSecurityPolicy",
    "kentongan.office.files.CompressedFiles",
    "kentongan.office.administration.metrics.Timing",
    "django.middleware.gzip.GZipMiddleware",
    "kentongan.office.outage.Outage",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "kentongan.office.people.middleware.Surroundings",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "kentongan.office.urls"
WSGI_APPLICATION = "kentongan.office.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOM / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kentongan.office.people.context.frame",
            ]
        },
    }
]
DATABASES = {"default": _database(str(CONFIG["database_url"]))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["kentongan.office.people.backends.OfficeBackend", "rules.permissions.ObjectPermissionBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_REDIRECT_URL = "/"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_RATE_LIMITS = {"login": "120/m/ip", "login_failed": "30/m/ip,5/300s/key", "answer": "60/m/ip", "check_statement": "150/m/user"}
"""A whole office comes from one address, and an attempt counts as failed until it has succeeded: ten (the default) were reached at eight in
the morning. One name is still guessed at five times in five minutes."""
ACCOUNT_ADAPTER = "kentongan.office.people.adapters.AccountAdapter"
MFA_ADAPTER = "kentongan.office.people.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not CONFIG["https"]  # browsers themselves allow passkeys only on localhost then
SOCIALACCOUNT_ADAPTER = "kentongan.office.people.adapters.ProviderAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_LOGIN_ON_GET = True  # our policy lets no form lead to another host; the state parameter guards the way back
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "APPS": [
            {
                "provider_id": "office",
                "name": "OpenID Connect",
                "client_id": str(CONFIG["oidc_client_id"]),
                "secret": str(CONFIG["oidc_secret"]),
                "settings": {"server_url": str(CONFIG["oidc_url"]), "oauth_pkce_enabled": True},
            }
        ]
        if CONFIG["oidc_url"]
        else []
    }
}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "kentongan_cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}
"""Counts for rate limits, shared by all web processes."""
LANGUAGE_CODE = "en"
LANGUAGES = [("id", _("Indonesian")), ("vi", _("Vietnamese")), ("en", _("English"))]
LOCALE_PATHS = [ROOM / "locale"]
LOGIN_URL = "account_login"
TIME_ZONE = str(CONFIG["time_zone"])
USE_TZ = True
STATIC_URL = "/static/"
STATICFILES_DIRS = [ROOM / "static"]
STATIC_ROOT = CONFIG.data / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "kentongan.office.files.NamedByContent"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = bool(CONFIG["https"])
SESSION_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""
PROCRASTINATE_IMPORT_PATHS = [f"kentongan.office.{room}.tasks" for room in ("ledger", "listening", "alerting", "api", "administration")]
PROCRASTINATE_IMPORT_PATHS += [f"kentongan.office.desk.{kind}_tasks" for kind in ("statement", "question", "echo")]
PROCRASTINATE_IMPORT_PATHS += ["kentongan.office.newsroom.tasks"]
"""Loaded by whoever does the work or looks it up by its name: with all that work needs, a start takes half as long again."""
PROCRASTINATE_WORKER_DEFAULTS = {"delete_jobs": "successful"}
SILENCED_SYSTEM_CHECKS: list[str] = []
LOGGING = _logs.described(str(CONFIG["log_format"]), str(CONFIG["log_level"]))
_MAIL = urlsplit(str(CONFIG["mail_url"]))
EMAIL_BACKEND = "kentongan.office.mail.PortBackend" if _MAIL.hostname else "django.core.mail.backends.dummy.EmailBackend"
DEFAULT_FROM_EMAIL = str(CONFIG["mail_from"]) or f"kentongan@{urlsplit(CONFIG.public_url).hostname or 'localhost'}"
