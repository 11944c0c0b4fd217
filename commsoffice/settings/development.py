"""On one's own machine: embedded servers, the sandbox instead of the outside, demo data allowed."""

import os

# Only here: these make `manage.py` usable by hand beside a running `make run`.
os.environ.setdefault("EMAIL_URL", "smtp://127.0.0.1:2525")
os.environ.setdefault("IMAP_URL", "imap://prensa:sandbox-imap@127.0.0.1:2143/INBOX")
os.environ.setdefault("FACEBOOK_DIALOG_URL", "http://127.0.0.1:8025/facebook/dialog/oauth")
os.environ.setdefault("GOOGLE_AUTH_URL", "http://127.0.0.1:8025/google/o/oauth2/v2/auth")
os.environ.setdefault("FACEBOOK_APP_ID", "900000000000001")
os.environ.setdefault("FACEBOOK_APP_SECRET", "sandbox-app-secret")
os.environ.setdefault("GOOGLE_CLIENT_ID", "sandbox-client")
os.environ.setdefault("GOOGLE_CLIENT_SECRET", "sandbox-secret")
os.environ.setdefault("FACEBOOK_PAGES_URL", "http://127.0.0.1:8025/facebook/")
os.environ.setdefault("YOUTUBE_CHANNELS_URL", "http://127.0.0.1:8025/youtube/")
os.environ.setdefault("FACEBOOK_GRAPH_URL", "http://127.0.0.1:8025/graph/")
os.environ.setdefault("FACEBOOK_VIDEO_URL", "http://127.0.0.1:8025/graph-video/")
os.environ.setdefault("YOUTUBE_ROOT_URL", "http://127.0.0.1:8025/youtube/")
os.environ.setdefault("GOOGLE_TOKEN_URL", "http://127.0.0.1:8025/google/token")

from commsoffice.settings import env
from commsoffice.settings.base import *

DEBUG = env.boolean("DEBUG", default=False)
# `make run` makes one for this machine; the fallback only serves commands that need no secrets.
SECRET_KEY = env.text("SECRET_KEY", "development-only-not-a-secret-0123456789-abcdefghijklmnop")
TOKEN_KEYS = env.listing("TOKEN_KEYS", "ZGV2ZWxvcG1lbnQtb25seS1ub3QtYS1zZWNyZXQtMDE=")
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
SANDBOX_URL = env.text("SANDBOX_URL", "http://127.0.0.1:8025")
DEMO_ALLOWED = True
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
STORAGES["staticfiles"] = {
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage",
}
