"""The worker. It only wakes verbs; the truth is in Postgres."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "commsoffice.settings.development")

app = Celery("commsoffice")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
