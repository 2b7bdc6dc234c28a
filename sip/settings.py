"""All settings, read from the environment; `docs/drift.md` lists the variables."""

import os
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from identity import config as identity_config
from sip import demo_accounts, env

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = "0.4.0"

SIP_MODE = env.choice("SIP_MODE", allowed=("demo", "production"), default="production")
SIP_PROCESS = env.choice("SIP_PROCESS", allowed=("web", "worker"), default="web")
SIP_TESTING = env.flag("SIP_TESTING")
DEMO = SIP_MODE == "demo"
# Both faces in one process is a demo's convenience; in production each has its own login (architecture, Tenancy).
SIP_FACE = env.choice(
    "SIP_FACE",
    allowed=("staff", "citizen", "both") if DEMO else ("staff", "citizen"),
    default="both" if DEMO else "staff",
)
SIP_HOME = Path(env.text("SIP_HOME") or BASE_DIR / ".sip").resolve()

DEBUG = False
SECRET_KEY = env.required("SIP_SECRET_KEY", why="Den ska vara minst 50 slumpade tecken.")
if not DEMO and (len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 10):
    raise ImproperlyConfigured("SIP_SECRET_KEY är för svag. Använd minst 50 slumpade tecken.")
DEMO_LOGIN = env.flag("SIP_DEMO_LOGIN") or DEMO
if DEMO_LOGIN and not DEMO:
    raise ImproperlyConfigured("Demoinloggning får bara finnas med SIP_MODE=demo.")
# The operators' accounts that may come in by password when the identity provider is down; empty is off.
EMERGENCY_LOGIN = env.words("SIP_EMERGENCY_LOGIN")
DEMO_PASSWORD = demo_accounts.PASSWORD if DEMO_LOGIN else ""
ALLOWED_HOSTS = env.words("SIP_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]" if DEMO else "")
SIP_PUBLIC_URL = env.text("SIP_PUBLIC_URL", "http://127.0.0.1:8000" if DEMO else "https://localhost")
CSRF_TRUSTED_ORIGINS = [SIP_PUBLIC_URL]

INSTALLED_APPS = [
    # organisations comes first: its `migrate` makes roles and logins before Django's own runs.
    "organisations",
    "audit",
    "notifications",
    "cases",
    "consent",
    "preparation",
    "reception",
    "slots",
    "meetings",
    "guests",
    "plans",
    "discharge",
    "correspondence",
    "papers",
    "deviations",
    "meetingroom",
    "retention",
    "logbook",
    "identity",
    "casework",
    "citizen",
    "sip",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "csp",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
]

MIDDLEWARE = [
    *([] if DEMO else ["sip.transport.PlainApiMiddleware"]),
    "django.middleware.security.SecurityMiddleware",
    # Outside the files: they get the policy too.
    "csp.middleware.CSPMiddleware",
    "organisations.middleware.HeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "sip.logs.RequestLogMiddleware",
    # The session lies outside the scope: its table is granted to the login, not to the group roles.
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Before anybody asks who the user is: a session past its limits is nobody's.
    "organisations.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "organisations.middleware.ScopeMiddleware",
]

ROOT_URLCONF = "sip.urls"
WSGI_APPLICATION = "sip.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "organisations.context.chrome",
                "casework.context.nav",
                "identity.context.ways",
            ],
            "builtins": ["organisations.templatetags.sip", "django.templatetags.static"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"


def database(name: str) -> dict:
    config = dj_database_url.parse(env.required(name, why="Se docs/drift.md."))
    # Transaction-local context only, so that pooled connections never carry it over.
    config["CONN_MAX_AGE"] = env.number("SIP_DB_CONN_MAX_AGE", 60)
    config["CONN_HEALTH_CHECKS"] = True
    config["OPTIONS"] = {**config.get("OPTIONS", {}), "connect_timeout": 5}
    return config


_PROCESS_URL = {
    "worker": "SIP_DB_WORKER_URL",
    "web": "SIP_DB_CITIZEN_URL" if SIP_FACE == "citizen" else "SIP_DB_WEB_URL",
}[SIP_PROCESS]
DATABASES = {"default": database(_PROCESS_URL)}
if env.text("DATABASE_URL"):
    # The administrator's: only `migrate` and the loaders use it.
    DATABASES["admin"] = {
        **database("DATABASE_URL"),
        "CONN_MAX_AGE": 0,
        "TEST": {"MIRROR": "default"},
    }
DATABASE_ROUTERS: list[str] = []
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "organisations.User"
# Finds a session's user and lets nobody in by itself: `organisations.session.begin` is the only way.
AUTHENTICATION_BACKENDS = ["organisations.login.Accounts"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
# For the operators' accounts; everybody else's password is the identity provider's business.
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
     "OPTIONS": {"user_attributes": ("username", "name")}},
]  # fmt: skip
if SIP_TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Everything that the login at the identity providers needs, or a refusal to start.
OIDC_PROVIDERS = identity_config.read(os.environ, demo=DEMO, face=SIP_FACE)
LOGIN_URL = "organisations:login"
LOGIN_REDIRECT_URL = "organisations:home"

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_SERIALIZER = "django.contrib.sessions.serializers.JSONSerializer"
# The limits that count are these, held by organisations.middleware from the session's own values.
SESSION_IDLE_SECONDS = {
    "staff": env.number("SIP_IDLE_SECONDS_STAFF", 20 * 60),
    "citizen": env.number("SIP_IDLE_SECONDS_CITIZEN", 15 * 60),
}
SESSION_ABSOLUTE_SECONDS = {
    "staff": env.number("SIP_SESSION_SECONDS_STAFF", 10 * 3600),
    "citizen": env.number("SIP_SESSION_SECONDS_CITIZEN", 3600),
}
SESSION_WARNING_SECONDS = env.number("SIP_SESSION_WARNING_SECONDS", 120)
# How old a login may be before something that opens or takes out data (ASVS V7.5.3).
STEP_UP_SECONDS = 5 * 60
CLOCK_SKEW_SECONDS = 60
# The row outlives the limits, so that the page that comes too late can say what happened.
SESSION_COOKIE_AGE = max(SESSION_ABSOLUTE_SECONDS.values())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "sip.errors.csrf_failure"
SESSION_COOKIE_NAME = "sip_sessionid" if DEMO else "__Host-sessionid"
CSRF_COOKIE_NAME = "sip_csrftoken" if DEMO else "__Host-csrftoken"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEMO
SECURE_SSL_REDIRECT = not DEMO
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 0 if DEMO else 2 * 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEMO
if not DEMO:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        # Logging out leads by a form to the provider's own logout.
        "form-action": [SELF, *(origin for one in OIDC_PROVIDERS.values() for origin in one.origins)],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]

LANGUAGE_CODE = "sv"
LANGUAGES = [("sv", "Svenska")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Stockholm"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
# A demo serves the files where they lie; production collects them.
STATIC_ROOT = None if DEMO else SIP_HOME / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEMO
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEMO

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = env.text("SIP_SMTP_HOST", "127.0.0.1")
EMAIL_PORT = env.number("SIP_SMTP_PORT", 25)
EMAIL_USE_TLS = env.flag("SIP_SMTP_STARTTLS")
EMAIL_HOST_USER = env.text("SIP_SMTP_USER")
EMAIL_HOST_PASSWORD = env.text("SIP_SMTP_PASSWORD")
EMAIL_TIMEOUT = 10
# Neutral on purpose: the sender must not tell what the message is about (trust.md 6).
DEFAULT_FROM_EMAIL = env.text("SIP_MAIL_FROM", "Meddelandetjänsten <meddelande@tjanst.example>")
MESSAGE_ID_DOMAIN = env.text("SIP_MESSAGE_ID_DOMAIN", "tjanst.example")
# How long a message belongs to the process that sends it; longer than the slowest mail server takes.
DELIVERY_LEASE_SECONDS = env.number("SIP_DELIVERY_LEASE", 90)
SIP_MAILBOX_URL = env.text("SIP_MAILBOX_URL")
# Where the person logs in; the same as staff in a demo.
SIP_CITIZEN_URL = env.text("SIP_CITIZEN_URL", SIP_PUBLIC_URL)
# A gateway for text messages; without an address none are sent, and those chosen become a task to phone.
SIP_SMS_URL = env.text("SIP_SMS_URL")
SIP_SMS_TOKEN = env.text("SIP_SMS_TOKEN")
SIP_SMS_FROM = env.text("SIP_SMS_FROM", "Meddelande")
# Secure digital communication: a folder that the access point's own program empties; without it, e-mail.
SIP_SDK_DIR = Path(sdk) if (sdk := env.text("SIP_SDK_DIR")) else None

CELERY_BROKER_URL = env.text("REDIS_URL", "redis://127.0.0.1:6379/0")
CELERY_TASK_IGNORE_RESULT = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 60
CELERY_TASK_SOFT_TIME_LIMIT = 50
# Drawing and whole-register sweeps take longer; all below the time after which the broker hands a task to another.
CELERY_TASK_ANNOTATIONS = dict.fromkeys(
    (
        "plans.render_due", "plans.render_exports", "logbook.draw_due", "retention.carry_out", "cases.sweep_deadlines",
        "consent.sweep_lapses", "consent.sweep_ages", "notifications.escalate", "papers.draw_due",
    ),
    {"time_limit": 120, "soft_time_limit": 90},
)  # fmt: skip
# A worker told to stop (SIGQUIT, or SIGTERM with REMAP_SIGTERM=SIGQUIT) gives what runs this long.
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# A page never waits for the broker: the rows in the database are the truth (architecture, Messages and clocks).
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "global_keyprefix": "sip:",
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
}
CELERY_TIMEZONE = "Europe/Stockholm"
CELERY_BEAT_SCHEDULER = "sip.clock.Clock"
CELERY_BEAT_SCHEDULE = {
    "deliver": {"task": "notifications.deliver_due", "schedule": 20.0},
    "inbox": {"task": "notifications.escalate", "schedule": 60.0},
    "deadlines": {"task": "cases.sweep_deadlines", "schedule": 300.0},
    "consents": {"task": "consent.sweep_lapses", "schedule": 600.0},
    "ages": {"task": "consent.sweep_ages", "schedule": 3600.0},
    "measures": {"task": "plans.sweep_measures", "schedule": 600.0},
    "documents": {"task": "plans.render_due", "schedule": 20.0},
    "papers": {"task": "papers.draw_due", "schedule": 20.0},
    "exports": {"task": "plans.render_exports", "schedule": 20.0},
    "care_plans": {"task": "discharge.draw_due", "schedule": 20.0},
    "log_extracts": {"task": "logbook.draw_due", "schedule": 20.0},
    "retention": {"task": "retention.carry_out", "schedule": 600.0},
    "partitions": {"task": "audit.keep_partitions", "schedule": 24 * 3600.0},
    "anchor": {"task": "audit.anchor", "schedule": 60.0},
}

# What is erased is exported here first, and nothing is erased when it cannot be; only the worker writes there.
SIP_EXPORT_DIR = Path(env.text("SIP_EXPORT_DIR") or SIP_HOME / "export")
# The log's anchors lie outside the database, and so does the key that signs them; only the worker needs them.
if DEMO or SIP_PROCESS != "worker":
    SIP_ANCHOR_DIR = Path(env.text("SIP_ANCHOR_DIR") or SIP_HOME / "anchors")
    SIP_ANCHOR_PEM = Path(env.text("SIP_ANCHOR_PEM") or SIP_HOME / "anchor.key")
else:
    SIP_ANCHOR_DIR = Path(env.required("SIP_ANCHOR_DIR", why="Där skrivs loggens ankare. Se docs/drift.md."))
    SIP_ANCHOR_PEM = Path(env.required("SIP_ANCHOR_PEM", why="Nyckeln signerar loggens ankare. Se docs/drift.md."))

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["organisations.api.IsActingStaff"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.LimitOffsetPagination",
    "EXCEPTION_HANDLER": "sip.errors.api_exception",
    "PAGE_SIZE": 25,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "SIP-stödet",
    "DESCRIPTION": "Samordnad individuell plan: ärenden, samtycken, möten och planer.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "CaseStateEnum": "cases.enums.State",
        "ConsentAnswerEnum": "consent.models.Answer",
        "ConsentFormEnum": "consent.models.Form",
        "MeetingFormEnum": "meetings.models.MeetingForm",
        "MeetingStateEnum": "meetings.models.MeetingState",
        "PlanStateEnum": "plans.models.PlanState",
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "sip.logs.JsonFormatter"}},
    "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["out"], "level": "INFO"},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django.server": {"level": "WARNING"},
        "celery": {"level": "INFO"},
    },
}
SILENCED_SYSTEM_CHECKS: list[str] = []
