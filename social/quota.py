"""What was used of YouTube's daily allowances, counted before each call.

Google counts for each project, whichever of our accounts calls. It counts by its own day, and when it is used up no
waiting of minutes helps: so the count is kept here, and a call that would be one too many isn't made.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Greatest
from django_stubs_ext import StrOrPromise

from social.enums import COSTS, QUOTAS, Network
from social.models import QuotaUse

# Google counts its days there.
_PACIFIC = ZoneInfo("America/Los_Angeles")


class QuotaSpent(Exception):
    """The call would be one too many today; it was not made."""

    def __init__(self, bucket: str) -> None:
        """Keep which allowance it is."""
        self.label = QUOTAS[bucket].label
        super().__init__(bucket)


@dataclass(frozen=True, slots=True)
class Use:
    """One allowance as a page shows it."""

    label: StrOrPromise
    used: int
    limit: int


def google_day(now: datetime) -> date:
    """Return the day that Google counts."""
    return now.astimezone(_PACIFIC).date()


def until_tomorrow(now: datetime) -> timedelta:
    """Return how long it is until Google's next day."""
    return datetime.combine(google_day(now) + timedelta(days=1), time(), tzinfo=_PACIFIC) - now


def limit_of(bucket: str) -> int:
    """Return how much of it there is in a day."""
    return int(settings.YOUTUBE_QUOTAS.get(bucket, QUOTAS[bucket].limit))


def project_of(credentials: Mapping[str, str]) -> str:
    """Return whose allowance an account uses: the client id of its application."""
    return credentials.get("client_id") or settings.GOOGLE_CLIENT_ID


def spend(project: str, method: str, now: datetime) -> None:
    """Count a call that is about to be made. Raises QuotaSpent, and counts nothing, when it would be too many."""
    bucket, cost = COSTS[method]
    row = QuotaUse(network=Network.YOUTUBE, project=project, bucket=bucket, day=google_day(now))
    QuotaUse.objects.bulk_create([row], ignore_conflicts=True)
    # One statement asks and counts, so that two workers never share the last one.
    room = limit_of(bucket) - cost
    if room < 0 or not _row(project, bucket, now).filter(used__lte=room).update(used=F("used") + cost):
        raise QuotaSpent(bucket)


def give_back(project: str, method: str, now: datetime) -> None:
    """Take back what was counted for a call that never reached Google."""
    bucket, cost = COSTS[method]
    _row(project, bucket, now).update(used=Greatest(F("used") - cost, Value(0)))


def exhaust(project: str, method: str, now: datetime) -> None:
    """Google says that it is used up: others use the same project, or its limit is lower than ours."""
    bucket, _cost = COSTS[method]
    _row(project, bucket, now).update(used=Greatest(F("used"), Value(limit_of(bucket))))


def used_by(projects: Collection[str], now: datetime) -> dict[str, list[Use]]:
    """Return what each project has used since midnight in California; one query."""
    rows = QuotaUse.objects.filter(network=Network.YOUTUBE, project__in=projects, day=google_day(now))
    used = {(project, bucket): number for project, bucket, number in rows.values_list("project", "bucket", "used")}
    return {
        project: [
            Use(allowance.label, used.get((project, bucket), 0), limit_of(bucket))
            for bucket, allowance in QUOTAS.items()
        ]
        for project in projects
    }


def _row(project: str, bucket: str, now: datetime) -> QuerySet[QuotaUse]:
    return QuotaUse.objects.filter(network=Network.YOUTUBE, project=project, bucket=bucket, day=google_day(now))
