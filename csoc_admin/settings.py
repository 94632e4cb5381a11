"""Settings, each read from the environment where it may differ from one place to another."""

import contextlib
import os
from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.management.utils import get_random_secret_key

from csoc_admin import schedule
from csoc_admin.logs import logging_settings
from csoc_admin.patience import with_patience

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

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


SECRET_KEY = env("SECRET_KEY", default="") or _own_secret_key()
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# Where people reach the admin: what links in mails begin with.
SITE_URL = env("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")

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
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csoc_admin.errors.Unavailable",
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
            ]
        },
    }
]

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}")}
# How long a process keeps its connection, in seconds; one that has died meanwhile is noticed, not used.
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=0)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = env.bool("CONN_HEALTH_CHECKS", default=True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Writers wait for each other instead of failing with "database is locked". Without recursive triggers REPLACE would
    # delete rows of a closed month past the triggers that guard them.
    DATABASES["default"]["OPTIONS"] = {
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

# Whoever accepts an application is not the one who entered it. Stamped on what is received; the database holds it.
FOUR_EYES = env.bool("FOUR_EYES", default=True)
# The internal target for telling a customer of a setting changed under 第17条第1項.
TOLD_WITHIN_HOURS = env.int("TOLD_WITHIN_HOURS", default=24)

# Corrections of closed months from which on a back-dated start or change is for the account manager lead to confirm, in yen.
LARGE_CORRECTION_YEN = env.int("LARGE_CORRECTION_YEN", default=1_000_000)
# The largest book that may be brought to the admin, in MiB; a larger file is not even put on disk.
BOOK_MEGABYTES = env.int("BOOK_MEGABYTES", default=64)
FILE_UPLOAD_HANDLERS = ["csoc_admin.uploads.Bounded", "django.core.files.uploadhandler.TemporaryFileUploadHandler"]

# What finance chooses, dated: tax rates, the tax of a settlement, due days, accounts of the journal.
FINANCE_FILE = env("FINANCE_FILE", default=str(BASE_DIR / "billing" / "finance.toml"))
# The month with which the fiscal year begins, by which reports offer whole years.
FISCAL_YEAR_BEGINS = env.int("FISCAL_YEAR_BEGINS", default=4)
# Who issues the invoices, and the issuer's 登録番号 (T and 13 digits): here the number of the tax agency's own worked example.
INVOICE_REGISTRATION = env("INVOICE_REGISTRATION", default="T8700110005901")
INVOICE_ISSUER = env("INVOICE_ISSUER", default="株式会社インターネットイニシアティブ")

CELERY_BROKER_URL = env("CELERY_BROKER_URL", default="")
CELERY_TASK_ALWAYS_EAGER = not CELERY_BROKER_URL
CELERY_TASK_EAGER_PROPAGATES = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = "Asia/Tokyo"
SCHEDULE, JOBS = schedule.SCHEDULE, schedule.JOBS
CELERY_BEAT_SCHEDULE = {
    job.name: {
        "task": "contracts.tasks.run_job",
        "args": [job.name],
        "schedule": crontab(minute=job.at.minute, hour=f"{job.at.hour}-{schedule.LAST_HOUR}"),
    }
    for job in SCHEDULE
}
CELERY_BEAT_SCHEDULE["unfinished"] = {
    "task": "contracts.tasks.run_unfinished",
    "schedule": crontab(minute=schedule.UNFINISHED_AT_MINUTE),
}
# How many processes compute a month or its proposal beside each other on PostgreSQL; 0: as many as there are processors, at most 8.
MONTH_PROCESSES = env.int("MONTH_PROCESSES", default=0)
# A job that comes no further in so many attempts is stopped, and says so.
JOB_ATTEMPTS = env.int("JOB_ATTEMPTS", default=5)
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
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

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
EMAIL_BACKEND = MAIL["EMAIL_BACKEND"]
EMAIL_HOST = MAIL["EMAIL_HOST"] or "localhost"
EMAIL_PORT = MAIL["EMAIL_PORT"] or 25
EMAIL_HOST_USER = MAIL["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD = MAIL["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS = MAIL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = MAIL.get("EMAIL_USE_SSL", False)
EMAIL_FILE_PATH = MAIL["EMAIL_FILE_PATH"]
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env("DEFAULT_FROM_EMAIL", default="csoc-admin@localhost")

LOGGING = logging_settings(form=env("LOG_FORMAT", default="plain"), level=env("LOG_LEVEL", default="INFO"))
