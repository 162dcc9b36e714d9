"""Settings. One file; the environment supplies the differences (README, "Run it for real").

``DPS_ENV`` is ``demo`` (embedded SQLite, generated keys, invented council, mail shown on a
page) or ``production`` (own keys, HTTPS, second factor required; refuses anything less).
"""

import os
from pathlib import Path

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from dps_portal import keyring

BASE_DIR = Path(__file__).resolve().parent.parent
ENV = os.environ.get("DPS_ENV", "demo")
if ENV not in {"demo", "production"}:
    raise ImproperlyConfigured(f"DPS_ENV is {ENV!r}; it must be demo or production.")
PRODUCTION = ENV == "production"
DEMO = not PRODUCTION
DEBUG = os.environ.get("DPS_DEBUG") == "1"
if PRODUCTION and DEBUG:
    raise ImproperlyConfigured("DPS_DEBUG=1 is refused in production.")

DATA_DIR = Path(os.environ.get("DPS_DATA_DIR", BASE_DIR / "var"))
KEYS_DIR = Path(os.environ.get("DPS_KEYS_DIR", DATA_DIR / "keys"))
if PRODUCTION and "DPS_KEYS_DIR" not in os.environ:
    raise ImproperlyConfigured("Production needs DPS_KEYS_DIR, a folder of its own keys.")
if DEMO:
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    keyring.create_missing(KEYS_DIR)
try:
    KEYS = {purpose: keyring.read(KEYS_DIR, purpose) for purpose in keyring.PURPOSES}
except keyring.MissingKey as missing:
    raise ImproperlyConfigured(f"{missing} Make the keys with `make keys`.") from missing
SECRET_KEY = KEYS["session"].hex()

# The council whose portal this is.
COUNCIL_NAME = os.environ.get("DPS_COUNCIL_NAME", "Northhaven Council")
COUNCIL_POSTCODE = os.environ.get("DPS_COUNCIL_POSTCODE", "PR8")  # distances are counted from it
COUNCIL_URI = os.environ.get("DPS_COUNCIL_URI", "")  # names the council in open data
# Given out by the Open Contracting Partnership; this one is that of the standard's own examples.
OCDS_PREFIX = os.environ.get("DPS_OCDS_PREFIX", "ocds-213czf")
COUNCIL_COLOUR = os.environ.get("DPS_COUNCIL_COLOUR", "#00533d")
COUNCIL_LINK_COLOUR = os.environ.get("DPS_COUNCIL_LINK_COLOUR", "#0b5a4a")
PORTAL_NAME = "Rehabilitation DPS Portal"
PORTAL_ORIGIN = os.environ.get("DPS_ORIGIN", "http://localhost:8000").rstrip("/")
if PRODUCTION and not PORTAL_ORIGIN.startswith("https://"):
    raise ImproperlyConfigured("Production needs DPS_ORIGIN, the portal's https:// address.")
_HOST = PORTAL_ORIGIN.split("://", 1)[1].split("/", 1)[0].rsplit(":", 1)[0]
ALLOWED_HOSTS = [_HOST] if PRODUCTION else [_HOST, "localhost", "127.0.0.1", "testserver"]
CSRF_TRUSTED_ORIGINS = [PORTAL_ORIGIN]

INSTALLED_APPS = [
    "dps_portal.ui",
    "dps_portal.audit",
    "dps_portal.accounts",
    "dps_portal.notifications",
    "dps_portal.documents",
    "dps_portal.jobs",
    "dps_portal.agreements",
    "providers",
    "tenders",
    "placements",
    "dps_portal.reports",
    "dps_portal.publication",
    "dps_portal.demo",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "crispy_forms",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "dps_portal.ui.middleware.PrivateResponses",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "dps_portal.accounts.middleware.SessionLimits",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "dps_portal.accounts.middleware.SecondFactorRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "dps_portal.ui.middleware.PlainRequests",
]

ROOT_URLCONF = "dps_portal.urls"
WSGI_APPLICATION = "dps_portal.wsgi.application"
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
                "dps_portal.ui.context.portal",
            ],
            "builtins": ["dps_portal.ui.templatetags.portal"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "govuk"
CRISPY_FAIL_SILENTLY = False

DATABASES = {
    "default": dj_database_url.config(
        default=f"sqlite:///{DATA_DIR / 'portal.sqlite3'}", conn_max_age=600
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"] |= {
        "CONN_MAX_AGE": 600,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
        # A file, since an in-memory database has no write-ahead log to race on.
        "TEST": {"NAME": DATA_DIR / "test.sqlite3"},
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = os.environ.get("REDIS_URL")
# In the database, shared by all processes: sign-in limits hold, also while Redis is away.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}
}

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = True

# ── Celery: plain intervals, so no clock change moves them ───────────────────────────────────
_QUEUE_DIR = DATA_DIR / "queue"
CELERY_BROKER_URL = REDIS_URL or "filesystem://"
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {
        "visibility_timeout": 600,
        "unacked_restore_throttle": 1,
        "socket_timeout": 1,
        "socket_connect_timeout": 1,
    }
    if REDIS_URL
    else {
        "data_folder_in": str(_QUEUE_DIR),
        "data_folder_out": str(_QUEUE_DIR),
        "control_folder": str(_QUEUE_DIR / "control"),
        "store_processed": False,
        "polling_interval": 0.2,
    }
)
if not REDIS_URL:
    (_QUEUE_DIR / "control").mkdir(parents=True, exist_ok=True)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 100
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    name: {"task": name, "schedule": seconds, "options": {"expires": seconds}}
    for name, seconds in {
        "dps_portal.documents.tasks.scan_waiting": 60,
        "dps_portal.notifications.tasks.send_waiting": 60,
        "dps_portal.jobs.tasks.start_waiting": 60,
        "dps_portal.publication.tasks.forget_addresses": 3600,
        "dps_portal.publication.tasks.tell_of_open_rounds": 60,
        "dps_portal.agreements.tasks.watch_agreements": 60,
        "dps_portal.reports.tasks.remind_of_returns": 3600,
        "providers.tasks.remind_of_reviews": 60,
        "placements.tasks.remind_of_ending_funding": 60,
        "placements.tasks.remind_of_offers": 60,
        "placements.tasks.remind_of_due_invoices": 60,
        "placements.tasks.remind_of_unfunded_stays": 60,
        "placements.tasks.remind_of_overdue_admissions": 60,
        "placements.tasks.remind_of_overdue_decisions": 60,
        "placements.tasks.remind_of_stale_drafts": 3600,
        "placements.tasks.remind_of_due_reviews": 3600,
        "placements.tasks.remind_of_late_reports": 3600,
        "placements.tasks.remind_of_waiting_facts": 3600,
        "placements.tasks.watch_ceilings": 60,
        "placements.tasks.watch_forecasts": 3600,
        "placements.tasks.sweep_queues": 60,
        "placements.tasks.reconcile": 3600,
        "placements.tasks.delete_stale_drafts": 3600,
        "tenders.tasks.remind_of_debriefs": 60,
        "providers.tasks.remind_of_declarations": 60,
        "providers.tasks.remind_of_expiring_evidence": 60,
        "providers.tasks.remind_of_open_suspensions": 60,
        "providers.tasks.request_yearly_declarations": 60,
    }.items()
}

# ── Accounts ─────────────────────────────────────────────────────────────────────────────────
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in {
        "UserAttributeSimilarityValidator": {"user_attributes": ["email", "name"]},
        "MinimumLengthValidator": {"min_length": 12},
        "CommonPasswordValidator": {},
    }.items()
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "publication:opportunity"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_SIGNUP_FORM_CLASS = "dps_portal.accounts.forms.NameForm"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_RATE_LIMITS = {"subscribe": "20/h/ip"}  # beside the library's own
ACCOUNT_ADAPTER = "dps_portal.notifications.adapter.OutboxAdapter"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if PRODUCTION else "http"
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("DPS_PROXY_COUNT", "1" if PRODUCTION else "0"))
MFA_ADAPTER = "dps_portal.accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO
MFA_TOTP_ISSUER = COUNCIL_NAME
MFA_RECOVERY_CODES_SHOW_ONCE = True
SECOND_FACTOR_REQUIRED = PRODUCTION
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_IDLE_SECONDS = 30 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# ── Mail: always through the outbox; in demo mode shown on a page instead of sent ────────────
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if PRODUCTION
    else "django.core.mail.backends.dummy.EmailBackend"
)
EMAIL_HOST = os.environ.get("DPS_EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("DPS_EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("DPS_EMAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("DPS_EMAIL_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("DPS_EMAIL_TLS") == "1"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("DPS_EMAIL_FROM", "dps-portal@localhost")

# ── Files ────────────────────────────────────────────────────────────────────────────────────
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
FILES_DIR = DATA_DIR / "files"
CLAMAV = os.environ.get("DPS_CLAMAV", "")  # host:port or unix:/path; empty: files are not scanned
STORAGES = {
    # Never served by address: documents go out through the view of the page that owns them.
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": FILES_DIR, "base_url": None},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 11 * 1024 * 1024  # uploads never touch a temporary file
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# ── Browser ──────────────────────────────────────────────────────────────────────────────────
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
if PRODUCTION:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz/"]
    SECURE_HSTS_SECONDS = 2 * 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    # No request bodies, query strings or stack traces by mail.
    "loggers": {"django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False}},
}
