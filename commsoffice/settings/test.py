"""Under pytest: real Postgres and Redis, the sandbox on loopback, cheap passwords."""

import atexit
import os
import shutil
from tempfile import mkdtemp
from urllib.parse import urlsplit

# Each test process writes its files into a folder of its own.
os.environ["DATA_DIR"] = mkdtemp(prefix="commsoffice-test-")
atexit.register(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)
os.environ.setdefault("EMAIL_URL", "smtp://127.0.0.1:9")
os.environ.setdefault("IMAP_URL", "imap://127.0.0.1:9/INBOX")
os.environ.setdefault("FACEBOOK_DIALOG_URL", "http://127.0.0.1:9/facebook/dialog/oauth")
os.environ.setdefault("GOOGLE_AUTH_URL", "http://127.0.0.1:9/google/o/oauth2/v2/auth")
os.environ.setdefault("FACEBOOK_APP_ID", "900000000000001")
os.environ.setdefault("FACEBOOK_APP_SECRET", "sandbox-app-secret")
os.environ.setdefault("GOOGLE_CLIENT_ID", "sandbox-client")
os.environ.setdefault("GOOGLE_CLIENT_SECRET", "sandbox-secret")
os.environ.setdefault("FACEBOOK_GRAPH_URL", "http://127.0.0.1:9/graph/")
os.environ.setdefault("FACEBOOK_VIDEO_URL", "http://127.0.0.1:9/graph-video/")
os.environ.setdefault("YOUTUBE_ROOT_URL", "http://127.0.0.1:9/youtube/")
os.environ.setdefault("GOOGLE_TOKEN_URL", "http://127.0.0.1:9/google/token")

# Test processes that run side by side share a Redis: each gets a database of its own, which it may empty.
_redis = urlsplit(os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0"))
_number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 16
os.environ["REDIS_URL"] = _redis._replace(path=f"/{_number}").geturl()

from commsoffice.settings import env
from commsoffice.settings.base import *

DEBUG = False
SECRET_KEY = "test-only-not-a-secret-0123456789-abcdefghijklmnopqrstuvwxyz"  # noqa: S105
TOKEN_KEYS = ["dGVzdC1vbmx5LW5vdC1hLXNlY3JldC1rZXktMDAwMDE="]
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
DEMO_ALLOWED = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage",
}
WHITENOISE_USE_FINDERS = True
DATABASES["default"]["CONN_MAX_AGE"] = 0
if name := env.text("DB_TEST_NAME", ""):
    DATABASES["default"]["TEST"] = {"NAME": name}
# WhiteNoise warns of a missing folder, and a warning fails a test.
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
