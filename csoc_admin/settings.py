"""Settings, each read from the environment where it may differ from one place to another."""

import contextlib
import os
from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.management.utils import get_random_secret_key

from csoc_admin import schedule
from csoc_admin.environment import Environment
from csoc_admin.logs import logging_settings
from csoc_admin.patience import with_patience

BASE_DIR = Path(__file__).resolve().parent.parent

env = Environment()
env.take_file(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)


def _own_secret_key() -> str:
    """A random key made once and kept on this machine, so that trying csoc_admin out needs no settings at all."""
    file = BASE_DIR / "var" / "secret_key"
    if not file.exists():
        file.parent.mkdir(exist_ok=True)
        fresh = file.with_suffix(f".{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(get_random_secret_key(), encoding="ascii")
        # Of several processes that start for the first time, the first one's key counts for all.
        with contextlib.suppress(FileExistsError):
            os.link(fresh, file)
        fresh.unlink()
    return file.read_text(encoding="ascii")


PASSWORD_LETTERS = 12
"""The fewest letters of a password."""
SECRET_KEY = env("SECRET_KEY", default="") or _own_secret_key()
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", schemes=["https", "http"])
# Where people reach the admin: what links in mails begin with.
SITE_URL = env.url("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")

INSTALLED_APPS = [
    "contracts",
    "billing",
    "csoc_admin.apps.OfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_filters",
    "csp",
    "axes",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]
MIDDLEWARE = [
    "csoc_admin.access.AccessLog",
    "csoc_admin.health.Health",
    "csoc_admin.metrics.Metrics",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "csoc_admin.log_in.FromProxy",
    "csoc_admin.log_in.First",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csoc_admin.errors.Unavailable",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "csoc_admin.urls"
WSGI_APPLICATION = "csoc_admin.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csoc_admin.rehearsal.rehearsal",
            ]
        },
    }
]

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}")}
# How long a process keeps its connection, in seconds; one that has died meanwhile is noticed, not used.
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=0)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = env.bool("CONN_HEALTH_CHECKS", default=True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ON_SQLITE = DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
if ON_SQLITE:
    # Writers wait for each other instead of failing with "database is locked". Without recursive triggers REPLACE would
    # delete rows of a closed month past the triggers that guard them. A statement stays compiled, with all triggers that it fires: there
    # are some hundreds of them, and 128 would be kept.
    DATABASES["default"]["OPTIONS"] = {
        "cached_statements": 2000,
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA recursive_triggers=ON;",
    }
else:
    # The web server has limits of its own (deploy/gunicorn.conf.py): a person gets a sentence while there is somebody to read it, and
    # a job takes what it takes.
    DATABASES["default"]["OPTIONS"] = with_patience(
        DATABASES["default"].get("OPTIONS", {}),
        statement_seconds=env.int("STATEMENT_SECONDS", default=0),
        lock_seconds=env.int("LOCK_SECONDS", default=0),
    )

# The process that migrates: it alone is expected to own the tables (deploy/database-roles.sql).
MIGRATES = env.bool("MIGRATES", default=False)

# Whoever accepts an application is not the one who entered it. Stamped on what is received; the database holds it.
FOUR_EYES = env.bool("FOUR_EYES", default=True)
# The internal target for telling a customer of a setting changed under 第17条第1項.
TOLD_WITHIN_HOURS = env.int("TOLD_WITHIN_HOURS", default=24, least=1)

# Corrections of closed months from which on a back-dated start or change is for the account manager lead to confirm, in yen.
LARGE_CORRECTION_YEN = env.int("LARGE_CORRECTION_YEN", default=1_000_000)
# The largest book that may be brought to the admin, in MiB; a larger file is not even put on disk.
BOOK_MEGABYTES = env.int("BOOK_MEGABYTES", default=64, least=1, most=4096)
FILE_UPLOAD_HANDLERS = ["csoc_admin.uploads.Bounded", "django.core.files.uploadhandler.TemporaryFileUploadHandler"]

# What finance chooses, dated: tax rates, the tax of a settlement, due days, accounts of the journal.
FINANCE_FILE = env("FINANCE_FILE", default=str(BASE_DIR / "billing" / "finance.toml"))
# The month with which the fiscal year begins, by which reports offer whole years.
FISCAL_YEAR_BEGINS = env.int("FISCAL_YEAR_BEGINS", default=4)
# Who issues the invoices, and the issuer's 登録番号 (T and 13 digits): here the number of the tax agency's own worked example.
INVOICE_REGISTRATION = env("INVOICE_REGISTRATION", default="T8700110005901")
INVOICE_ISSUER = env("INVOICE_ISSUER", default="株式会社インターネットイニシアティブ")

# A queue in memory (memory://) is for looking at the processes on SQLite alone: in production nobody would take what waits in it.
CELERY_BROKER_URL = env.broker("CELERY_BROKER_URL", in_memory=ON_SQLITE)
CELERY_TASK_ALWAYS_EAGER = not CELERY_BROKER_URL
CELERY_TASK_EAGER_PROPAGATES = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = "Asia/Tokyo"
SCHEDULE, JOBS = schedule.SCHEDULE, schedule.JOBS
CELERY_BEAT_SCHEDULE = schedule.beat()
# How many processes compute a month or its proposal beside each other on PostgreSQL; 0: as many as there are processors, at most 8.
MONTH_PROCESSES = env.int("MONTH_PROCESSES", default=0, most=256)
# A job that comes no further in so many attempts is stopped, and says so.
JOB_ATTEMPTS = env.int("JOB_ATTEMPTS", default=5, least=1, most=1_000_000)
# Where the head of the history goes every day, so that a history that is rewritten whole is found: mail addresses, and a file to be
# kept elsewhere (a mounted share that only takes additions). Neither unless set.
CHAIN_HEAD_MAIL = env.list("CHAIN_HEAD_MAIL", default=[])
CHAIN_HEAD_FILE = env("CHAIN_HEAD_FILE", default="")
# Workers log as everything else does (csoc_admin.logs).
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 6 * 3600}

# An application may have 200 lines of some 35 fields each, empty ones included (contracts.intake.form.MOST_LINES): Django's own
# bound of 1,000 would refuse one of 30. What goes beyond is told in words (csoc_admin.too_much).
DATA_UPLOAD_MAX_NUMBER_FIELDS = 12_000

LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", "日本語"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Tokyo"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = env("STATIC_ROOT", default=str(BASE_DIR / "var" / "static"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": env("STATICFILES_BACKEND", default="whitenoise.storage.CompressedManifestStaticFilesStorage")
    },
}

AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": PASSWORD_LETTERS},
    },
    {"NAME": "csoc_admin.passwords.NotLikeTheirName"},
    {"NAME": "csoc_admin.passwords.NotCommon"},
    {"NAME": "csoc_admin.passwords.NotOnlyDigits"},
]
# The first asks whether a log-in is locked, the second knows people. Every way to log in is in csoc_admin.log_in.
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
LOGIN_URL, LOGIN_REDIRECT_URL = "admin:login", "admin:index"
# A log-in that failed so often from one address waits so many minutes; each further attempt begins them anew.
AXES_FAILURE_LIMIT = env.int("LOGIN_FAILURES", default=5, least=1, most=100)
LOGIN_LOCKED_MINUTES = env.int("LOGIN_LOCKED_MINUTES", default=15, least=1, most=1440)
AXES_COOLOFF_TIME = timedelta(minutes=LOGIN_LOCKED_MINUTES)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "csoc_admin.log_in.locked_out"
AXES_RESET_ON_SUCCESS, AXES_ENABLE_ADMIN, AXES_VERBOSE = True, False, False
# Of whom a second factor is demanded: roles by name, * for everybody. Anybody may set one up.
SECOND_FACTOR_ROLES = env.list("SECOND_FACTOR_ROLES")
ACCOUNT_ADAPTER, SOCIALACCOUNT_ADAPTER = "csoc_admin.log_in.People", "csoc_admin.log_in.Company"
ACCOUNT_LOGIN_METHODS, ACCOUNT_SIGNUP_FIELDS = {"username"}, ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER, MFA_ALLOW_UNVERIFIED_EMAIL = "C-SOC", True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
# The company's own sign-on by OpenID Connect: where it is, who we are to it, and which of its claims holds the log-in.
# What is fetched there is believed for where it came from: in production by HTTPS alone.
OIDC_URL = env.url("OIDC_URL", schemes=("http", "https") if DEBUG else ("https",))
OIDC_CLAIM = env("OIDC_CLAIM", default="preferred_username")
OIDC_APP = {
    "provider_id": "company",
    "name": env("OIDC_NAME", default="社内認証"),
    "client_id": env("OIDC_CLIENT", default=""),
    "secret": env("OIDC_SECRET", default=""),
    "settings": {"server_url": OIDC_URL},
}
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [OIDC_APP] if OIDC_URL else []}}
SOCIALACCOUNT_LOGIN_ON_GET, SOCIALACCOUNT_ONLY = True, False
# Or by a proxy that names whoever it let through in a header of its own; from any other address the header is nothing.
REMOTE_USER_HEADER = env("REMOTE_USER_HEADER", default="")
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES")
env.together({"OIDC_URL": OIDC_URL, "OIDC_CLIENT": OIDC_APP["client_id"], "OIDC_SECRET": OIDC_APP["secret"]})
env.together({"REMOTE_USER_HEADER": REMOTE_USER_HEADER, "TRUSTED_PROXIES": TRUSTED_PROXIES})

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
# A form older than the last log-in is opened anew, and loses nothing.
CSRF_FAILURE_VIEW = "csoc_admin.csrf.opened_anew"
# While it is on, every page says that the system is being worked on (503); /healthz answers as before.
MAINTENANCE = env.bool("MAINTENANCE", default=False)
# While it is on, this is a rehearsal: days to come may be named, every page says so, no mail goes out, months that are closed are marked.
REHEARSAL = env.bool("REHEARSAL", default=False)
HTTPS = env.bool("HTTPS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
# Whether other hosts below this one's name speak HTTPS (W005), and whether browsers are told so for good (W021),
# is for the owner of the domain to say, not for this application.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
# With it /metrics answers whoever sends it (Authorization: Bearer …); without it only this machine itself, past the proxy.
METRICS_TOKEN = env("METRICS_TOKEN", default="")
# A working day: whoever signs in in the morning is not asked again until the next.
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"

# Mails go to standard output until a server is named.
MAIL = env.email_url("EMAIL_URL", default="consolemail://")
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend" if REHEARSAL else MAIL["EMAIL_BACKEND"]
EMAIL_HOST = MAIL["EMAIL_HOST"] or "localhost"
EMAIL_PORT = MAIL["EMAIL_PORT"] or 25
EMAIL_HOST_USER = MAIL["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD = MAIL["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS = MAIL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = MAIL.get("EMAIL_USE_SSL", False)
EMAIL_FILE_PATH = MAIL["EMAIL_FILE_PATH"]
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env("DEFAULT_FROM_EMAIL", default="csoc-admin@localhost")

LOGGING = logging_settings(
    form=env("LOG_FORMAT", default="plain", among=["plain", "json"]),
    level=env("LOG_LEVEL", default="INFO", among=["DEBUG", "INFO", "WARNING", "ERROR"]),
)
# Of log-ins it says what failed too often; that they happened is in the history.
LOGGING["loggers"]["axes"] = {"level": "WARNING"}

# What is not understood stops the start. deploy/gunicorn.conf.py reads the names beside.
env.settled(beside=["WEB_BIND", "WEB_WORKERS", "WEB_TIMEOUT"])
