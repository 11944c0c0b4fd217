"""The real office. Everything secret is required from the environment and has no default."""

from commsoffice.settings import env
from commsoffice.settings.base import *

DEBUG = False
SECRET_KEY = env.text("SECRET_KEY")
TOKEN_KEYS = env.listing("TOKEN_KEYS") or [env.text("TOKEN_KEYS")]
SITE_URL = env.text("SITE_URL").rstrip("/")
ALLOWED_HOSTS = env.listing("ALLOWED_HOSTS") or [env.text("ALLOWED_HOSTS")]
CSRF_TRUSTED_ORIGINS = [SITE_URL]
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL")
env.text("DATABASE_URL")
env.text("EMAIL_URL")

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.boolean("HSTS_SUBDOMAINS", default=True)
SECURE_HSTS_PRELOAD = env.boolean("HSTS_PRELOAD", default=True)
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
