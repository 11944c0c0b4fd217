"""The day's allowances: counted before each call, shared by a project's accounts, new at midnight in California."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from pytest_django.fixtures import Settings

from commsoffice.outbox.actions import send_due, sweep
from commsoffice.outbox.models import AccountStop, Delivery
from commsoffice.sandbox import seed
from commsoffice.sandbox.youtube import quota as google
from social import quota
from social.enums import COSTS, QUOTAS
from social.models import Profile, QuotaUse
from social.queries import used_today
from tests.sandbox.process import SandboxProcess
from tests.social.factories import ChannelFactory, PageFactory, now
from tests.social.youtube import START, calls, opened, video

Run = Callable[[Delivery], Delivery]
PROJECT = seed.GOOGLE_CLIENT_ID
NOON = datetime(2026, 10, 15, 19, 0, tzinfo=UTC)


def used() -> dict[str, int]:
    return dict(QuotaUse.objects.filter(used__gt=0).values_list("bucket", "used"))


def test_midnight_in_california():
    # 20:00 the day before, on daylight time.
    assert quota.until_tomorrow(datetime(2026, 10, 15, 3, 0, tzinfo=UTC)) == timedelta(hours=4)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 10, 15, 6, 59, tzinfo=UTC), date(2026, 10, 14)),
        (datetime(2026, 10, 15, 7, 0, tzinfo=UTC), date(2026, 10, 15)),
        (datetime(2026, 12, 15, 7, 59, tzinfo=UTC), date(2026, 12, 14)),
    ],
)
def test_google_s_day(moment: datetime, day: date):
    assert quota.google_day(moment) == day


def test_the_night_the_clocks_change_is_longer():
    # Midnight to midnight on the first of November, when summer time ends.
    assert quota.until_tomorrow(datetime(2026, 11, 1, 7, 0, tzinfo=UTC)) == timedelta(hours=25)


def test_each_cost_is_of_an_allowance():
    assert {bucket for bucket, _cost in COSTS.values()} == set(QUOTAS)


def test_the_last_one_is_spent_once():
    for _ in range(QUOTAS["insert"].limit):
        quota.spend(PROJECT, "videos.insert", NOON)
    with pytest.raises(quota.QuotaSpent):
        quota.spend(PROJECT, "videos.insert", NOON)
    assert used() == {"insert": 100}


def test_what_costs_more_than_is_left_is_not_counted(settings: Settings):
    settings.YOUTUBE_QUOTAS = {"pool": 60}
    quota.spend(PROJECT, "videos.update", NOON)
    with pytest.raises(quota.QuotaSpent):
        quota.spend(PROJECT, "videos.update", NOON)
    for _ in range(10):
        quota.spend(PROJECT, "videos.list", NOON)
    assert used() == {"pool": 60}


def test_nothing_is_nothing(settings: Settings):
    settings.YOUTUBE_QUOTAS = {"insert": 0}
    with pytest.raises(quota.QuotaSpent):
        quota.spend(PROJECT, "videos.insert", NOON)


def test_a_new_day_begins_with_everything(settings: Settings):
    settings.YOUTUBE_QUOTAS = {"insert": 1}
    quota.spend(PROJECT, "videos.insert", NOON)
    quota.spend(PROJECT, "videos.insert", NOON + quota.until_tomorrow(NOON))
    assert sorted(QuotaUse.objects.values_list("day", "used")) == [(date(2026, 10, 15), 1), (date(2026, 10, 16), 1)]


def test_another_project_has_its_own(settings: Settings):
    settings.YOUTUBE_QUOTAS = {"insert": 1}
    for project in (PROJECT, "another"):
        quota.spend(project, "videos.insert", NOON)
    assert QuotaUse.objects.count() == 2


def test_the_page_shows_what_was_used():
    channel = ChannelFactory.create()
    quota.spend(PROJECT, "videos.insert", NOON)
    quota.spend(PROJECT, "thumbnails.set", NOON)
    shown = [(use.used, use.limit) for use in used_today(NOON)[channel.pk]]
    assert shown == [(1, 100), (0, 100), (50, 10_000)]


def test_what_was_used_is_read_in_two_queries_however_many_applications(django_assert_num_queries: Any):
    for number in (1, 2, 3):
        ChannelFactory.create(key=f"Y{number}", credentials={"client_id": f"app-{number}"})
    quota.spend("app-2", "videos.insert", NOON)
    with django_assert_num_queries(2):
        used = used_today(NOON)
    assert sorted(uses[0].used for uses in used.values()) == [0, 0, 1]


def test_other_networks_have_none():
    PageFactory.create()
    assert used_today(NOON) == {}


# --- With the network -------------------------------------------------------------------------------------


def test_we_count_as_google_counts(send: Run, sandbox: SandboxProcess):
    send(video())
    counted = {bucket: entry["used"] for bucket, entry in sandbox.quota()["buckets"].items() if entry["used"]}
    assert used() == counted == {"insert": 1, "pool": 1}


def test_our_limits_are_google_s():
    assert {name: allowance.limit for name, allowance in QUOTAS.items()} == google.LIMITS


def test_when_uploads_are_used_up_no_call_is_made(send: Run, sandbox: SandboxProcess, settings: Settings):
    settings.YOUTUBE_QUOTAS = {"insert": 0}
    delivery = send(video())
    waits = delivery.not_before - now() >= quota.until_tomorrow(now()) - timedelta(minutes=1)
    assert (delivery.state, waits, calls(sandbox)) == ("held", True, 0)


def test_when_only_units_are_used_up_the_video_still_leaves(send: Run, sandbox: SandboxProcess, settings: Settings):
    settings.YOUTUBE_QUOTAS = {"pool": 0}
    assert (send(video()).state, len(sandbox.videos())) == ("accepted", 1)


@pytest.mark.parametrize("fault", ["throttle", "quota_exceeded"])
def test_when_google_says_so_no_account_of_the_project_calls(
    fault: str, send: Run, sandbox: SandboxProcess, settings: Settings
):
    sandbox.fault("youtube", fault, match=START, times=None)
    send(video())
    made = calls(sandbox)
    Profile.objects.update(key="R03")
    AccountStop.objects.all().delete()
    assert (send(video(version="v2")).state, calls(sandbox), opened(sandbox)) == ("held", made, 1)


def test_a_channel_s_own_limit_is_the_channel_s(send: Run, sandbox: SandboxProcess):
    sandbox.fault("youtube", "upload_limit", match=START, times=None)
    send(video())
    assert used() == {"insert": 1}


def test_a_daily_limit_is_waited_out_without_a_call_and_then_gone_on(sandbox: SandboxProcess, settings: Settings):
    settings.OUTBOX_GATES = ["commsoffice.outbox.gates.account_open"]
    sandbox.fault("youtube", "throttle", match=START, times=None)
    delivery, start = video(), now()
    send_due(now=start)
    made = calls(sandbox)
    for hours in (1, 6, 12):
        if timedelta(hours=hours) < quota.until_tomorrow(start):
            sweep(start + timedelta(hours=hours))
            send_due(now=start + timedelta(hours=hours))
    assert (Delivery.objects.get(pk=delivery.pk).state, calls(sandbox)) == ("held", made)
    sandbox.clear_faults()
    tomorrow = Delivery.objects.get(pk=delivery.pk).not_before + timedelta(minutes=1)
    with time_machine.travel(tomorrow):
        sweep(tomorrow)
        send_due(now=tomorrow)
    assert (Delivery.objects.get(pk=delivery.pk).state, len(sandbox.videos())) == ("confirmed", 1)


def test_the_network_s_own_count_ends_the_day_too(send: Run, sandbox: SandboxProcess):
    sandbox.quota(insert=1)
    send(video())
    delivery = send(video(version="v2"))
    assert (delivery.state, len(sandbox.videos()), used()["insert"]) == ("held", 1, 100)


def test_a_call_that_never_got_through_is_not_counted(send: Run, settings: Settings, sandbox: SandboxProcess):
    settings.YOUTUBE_ROOT_URL = "http://127.0.0.1:9/youtube/"
    send(video())
    assert used() == {}


def test_without_a_token_nothing_is_counted(send: Run, sandbox: SandboxProcess):
    sandbox.fault("token", "http_500", times=None)
    send(video())
    assert used() == {}
