"""What every place shares. Nothing here is secret and nothing here is an address of the outside."""

from pathlib import Path
from typing import Any

import dj_database_url
import django_stubs_ext
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from commsoffice.beat import every
from commsoffice.settings import env

# QuerySet[Event], ModelAdmin[Event] and their like work at run time too.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent.parent
DATA_DIR = env.folder("DATA_DIR", BASE_DIR / ".data")

SITE_URL = env.text("SITE_URL", "http://localhost:8000").rstrip("/")
# The stand-ins exist only in development and tests; elsewhere this stays empty.
SANDBOX_URL = ""
# Demo data and demo passwords load only where a settings module says so.
DEMO_ALLOWED = False

INSTALLED_APPS = [
    "commsoffice.accounts",
    "commsoffice.audit",
    "commsoffice.office",
    "commsoffice.outbox",
    "commsoffice.files",
    "commsoffice.ui",
    "media_contacts",
    "agenda",
    "coverage",
    "citizen_requests",
    "pressreleases",
    "social",
    "monitoring",
    "commsoffice.home",
    # The templates of form fields may be overridden like any other.
    "django.forms",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_filters",
    "django_htmx",
    "django_prose_editor",
    "pgtrigger",
    "pghistory",
    "template_partials",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "commsoffice.audit.middleware.RequestIdMiddleware",
    "commsoffice.office.middleware.OfficeTimeMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "commsoffice.ui.middleware.NoNulMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "commsoffice.ui.middleware.FormAddressMiddleware",
    "commsoffice.audit.middleware.HistoryContextMiddleware",
]

ROOT_URLCONF = "commsoffice.urls"
WSGI_APPLICATION = "commsoffice.wsgi.application"
APPEND_SLASH = True

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "commsoffice.office.context.profile",
                "commsoffice.ui.context.navigation",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Data ---------------------------------------------------------------------------------------
DATABASES = {
    "default": dj_database_url.parse(
        env.text("DATABASE_URL", "postgres://commsoffice@127.0.0.1:5432/commsoffice"),
        conn_max_age=env.integer("DATABASE_MAX_AGE", 60),
        conn_health_checks=True,
    ),
}
# A worker whose machine went dark lets go of its locks within a minute, not after the two hours of the system.
DATABASES["default"].setdefault("OPTIONS", {}).setdefault(
    "options", "-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3"
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.text("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {
            # Redis may be wiped or stopped at any moment; the pages go on without it.
            "IGNORE_EXCEPTIONS": True,
            "SOCKET_CONNECT_TIMEOUT": 0.5,
            "SOCKET_TIMEOUT": 0.5,
        },
        "KEY_PREFIX": "commsoffice",
    },
}
DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = True
# Sessions live in Postgres so that a stopped Redis signs nobody out.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 7
CSRF_COOKIE_HTTPONLY = False
CSRF_COOKIE_SAMESITE = "Lax"

# --- The worker -----------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 1,
    "socket_timeout": 30,
    "socket_keepalive": True,
    "visibility_timeout": 3600,
}
CELERY_TASK_PUBLISH_RETRY = False
# A worker of its own: two long videos must not hold up what the office sends.
CELERY_TASK_ROUTES = {
    "commsoffice.files.tasks.*": {"queue": "media"},
    # Nor must two that are being uploaded.
    "commsoffice.outbox.tasks.send_slow": {"queue": "uploads"},
}
CELERY_BEAT_SCHEDULE = {
    # Truth is in Postgres; these find what a lost message forgot.
    "sweep-outbox": {"task": "commsoffice.outbox.tasks.sweep", "schedule": every(20)},
    # Behind a long video they would pile up, and one is enough.
    "sweep-files": {"task": "commsoffice.files.tasks.sweep", "schedule": every(60), "options": {"expires": 60}},
    # Two readers at once are kept apart in the task itself.
    "read-returned-mail": {
        "task": "commsoffice.outbox.tasks.read_returned_mail",
        "schedule": every(60),
        "options": {"expires": 60},
    },
    "forget-returned-mail": {"task": "commsoffice.outbox.tasks.forget_returned_mail", "schedule": every(60 * 60 * 6)},
    # Each account once a day, and again soon where its network could not be asked.
    "sweep-social": {"task": "social.tasks.sweep", "schedule": every(60 * 5), "options": {"expires": 60 * 5}},
    "forget-requesters": {"task": "citizen_requests.tasks.forget", "schedule": every(60 * 60 * 6)},
}

# --- People -----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_ADAPTER = "commsoffice.accounts.adapter.StaffAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# Accounts are made by an administrator, who knows the address.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/mesa/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"

# --- Language and time ----------------------------------------------------------------------------
LANGUAGE_CODE = "es-mx"
LANGUAGES = [("es-mx", _("Spanish (Mexico)")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "commsoffice" / "locale"]
TIME_ZONE = env.text("TIME_ZONE", "America/Mexico_City")
USE_I18N = True
USE_TZ = True

# --- Files ------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES: dict[str, dict[str, Any]] = {
    # Everything uploaded is private; a view decides who may read it.
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": DATA_DIR / "files",
            "base_url": None,
            "file_permissions_mode": 0o640,
            "directory_permissions_mode": 0o750,
        },
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_HANDLERS = ["commsoffice.files.uploadhandlers.LimitedUploadHandler"]
FILE_UPLOAD_TEMP_DIR = DATA_DIR / "uploads"
# Django's own check wants the folder to exist before the first upload.
FILE_UPLOAD_TEMP_DIR.mkdir(parents=True, exist_ok=True)
# A form without files stays small; files are streamed and limited by the handler above.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 200
PHOTO_MAX_BYTES = env.integer("PHOTO_MAX_BYTES", 60 * 1024 * 1024)
PHOTO_MAX_PIXELS = env.integer("PHOTO_MAX_PIXELS", 120_000_000)
VIDEO_MAX_BYTES = env.integer("VIDEO_MAX_BYTES", 2 * 1024 * 1024 * 1024)
# Empty: the ffmpeg inside the imageio-ffmpeg wheel.
FFMPEG_BIN = env.text("FFMPEG_BIN", "")

# --- What leaves the office -----------------------------------------------------------------------
EMAIL_URL = env.text("EMAIL_URL", "smtp://127.0.0.1:25")
_mail = env.mail_server(EMAIL_URL)
# Django's own mail (password reset) leaves through the same server.
EMAIL_HOST, EMAIL_PORT = _mail.host, _mail.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.user, _mail.password
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.use_tls, _mail.use_ssl
# Seconds for each step, and for the last word of a server that searches the text for viruses before it takes it.
EMAIL_TIMEOUT = 30
EMAIL_ANSWER_TIMEOUT = 120
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "comunicacionsocial@localhost")
# Where mail comes back to; each delivery gets a signed address of its own (rebotes+123.0a1b2c3d4e5f@…), so the
# server must deliver `+…` to the same mailbox. Empty: the sender's plain address.
EMAIL_RETURN_ADDRESS = env.text("EMAIL_RETURN_ADDRESS", "")
# Connections to the mail server at once, for a batch of many.
EMAIL_CONNECTIONS = env.integer("EMAIL_CONNECTIONS", 4)
# Mails a minute to the addresses of one domain: "*:0,gmail.com:60"; "*" is every other domain, 0 has no limit.
EMAIL_DOMAIN_RATE = env.rates("EMAIL_DOMAIN_RATE", "*:0")
# Signs mails here, for servers that don't. The key: an RSA key in PEM, or the path of its file.
DKIM_DOMAIN = env.text("DKIM_DOMAIN", "")
DKIM_SELECTOR = env.text("DKIM_SELECTOR", "")
DKIM_PRIVATE_KEY = env.text("DKIM_PRIVATE_KEY", "")

# Photographs of a release travel inside its e-mail up to this; beyond, only their links do.
RELEASE_ATTACH_MAX_BYTES = env.integer("RELEASE_ATTACH_MAX_BYTES", 10 * 1024 * 1024)

# Where returned mail is read: imap://user:password@host:port/INBOX, or imaps. Empty: nothing is read.
IMAP_URL = env.text("IMAP_URL", "")
# Reports and automatic answers are moved there once they are read; empty: they stay and are marked as read.
IMAP_DONE_FOLDER = env.text("IMAP_DONE_FOLDER", "")

FACEBOOK_GRAPH_URL = env.text("FACEBOOK_GRAPH_URL", "https://graph.facebook.com/")
# Videos are taken by a host of their own.
FACEBOOK_VIDEO_URL = env.text("FACEBOOK_VIDEO_URL", "https://graph-video.facebook.com/")
FACEBOOK_GRAPH_VERSION = env.text("FACEBOOK_GRAPH_VERSION", "v24.0")
# Where a person lets the office act for a page, and for a channel.
FACEBOOK_DIALOG_URL = env.text("FACEBOOK_DIALOG_URL", f"https://www.facebook.com/{FACEBOOK_GRAPH_VERSION}/dialog/oauth")
# Where people look at a page and at a channel; its number follows.
FACEBOOK_PAGES_URL = env.text("FACEBOOK_PAGES_URL", "https://www.facebook.com/")
YOUTUBE_CHANNELS_URL = env.text("YOUTUBE_CHANNELS_URL", "https://www.youtube.com/channel/")
GOOGLE_AUTH_URL = env.text("GOOGLE_AUTH_URL", "https://accounts.google.com/o/oauth2/v2/auth")
YOUTUBE_ROOT_URL = env.text("YOUTUBE_ROOT_URL", "https://youtube.googleapis.com/")
GOOGLE_TOKEN_URL = env.text("GOOGLE_TOKEN_URL", "https://oauth2.googleapis.com/token")
# The applications in whose name the office asks for that: Facebook's from «Settings, Basic», Google's an OAuth client
# of the kind «Web application». Empty: accounts can be connected by hand only.
FACEBOOK_APP_ID = env.text("FACEBOOK_APP_ID", "")
FACEBOOK_APP_SECRET = env.text("FACEBOOK_APP_SECRET", "")
GOOGLE_CLIENT_ID = env.text("GOOGLE_CLIENT_ID", "")
GOOGLE_CLIENT_SECRET = env.text("GOOGLE_CLIENT_SECRET", "")
# Daily limits of the Google project where they are not the usual ones of social/enums.py: insert:200,pool:50000.
YOUTUBE_QUOTAS: dict[str, int] = {
    name: int(units) for name, _, units in (pair.partition(":") for pair in env.listing("YOUTUBE_QUOTAS"))
}
# Fernet keys, newest first: tokens of connected accounts are encrypted with the first.
TOKEN_KEYS = env.listing("TOKEN_KEYS")

OUTBOX_CHANNELS: dict[str, dict[str, Any]] = {
    "email": {"CLASS": "commsoffice.outbox.channels.email.EmailChannel"},
    "telephone": {"CLASS": "commsoffice.outbox.channels.manual.TelephoneChannel"},
    "whatsapp": {"CLASS": "commsoffice.outbox.channels.manual.WhatsAppChannel"},
    "print": {"CLASS": "commsoffice.outbox.channels.manual.PrintChannel"},
    "web": {"CLASS": "pressreleases.channels.web.WebChannel"},
    "facebook": {"CLASS": "social.channels.facebook.FacebookChannel"},
    "youtube": {"CLASS": "social.channels.youtube.YouTubeChannel"},
}
OUTBOX_GATES: list[str] = [
    # Before the one that expires: what a pause made stale is not thrown away without a person's word.
    "commsoffice.outbox.gates.paused",
    "commsoffice.outbox.gates.expired",
    "commsoffice.outbox.gates.not_before",
    "commsoffice.outbox.gates.account_open",
    "media_contacts.gates.still_wanted",
    "agenda.gates.event_stands",
    "pressreleases.gates.approved_text",
]

# --- Citizens ---------------------------------------------------------------------------------------
# Days after the last word on a request; then who asked is deleted.
REQUESTER_FORGET_DAYS = env.integer("REQUESTER_FORGET_DAYS", 90)
# From one connection.
REQUESTS_PER_HOUR = env.integer("REQUESTS_PER_HOUR", 10)
# How many proxies of ours stand before the web; each adds one address to X-Forwarded-For.
PROXY_COUNT = env.integer("PROXY_COUNT", 0)
# The limits on signing in count by address too.
ALLAUTH_TRUSTED_PROXY_COUNT = PROXY_COUNT

# --- The browser ------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "media-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- History ----------------------------------------------------------------------------------------
PGHISTORY_APPEND_ONLY = False
PGHISTORY_DEFAULT_TRACKERS: tuple[Any, ...] | None = None

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}
