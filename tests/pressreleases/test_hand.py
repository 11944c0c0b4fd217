"""A release that is told by telephone: what holds it, holds the call."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from commsoffice.accounts.models import User
from commsoffice.outbox.models import Delivery
from commsoffice.outbox.presenters import Shown
from pressreleases.enums import ReleaseState
from pressreleases.models import Release

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(client: Client, head_of_press: User) -> Callable[[], Shown]:
    """The one row of the list of calls, as the page gives it."""
    client.force_login(head_of_press)

    def ask() -> Shown:
        found: Shown = client.get(reverse("outbox:calls")).context["works"][0][1][0]
        return found

    return ask


def test_nobody_is_called_before_the_embargo(make_release: Callable[..., Release], call: Callable[[], Shown]) -> None:
    now = timezone.now()
    make_release(ReleaseState.APPROVED, now=now, embargo_until=now + timedelta(hours=5))
    at_its_hour = call().stop
    # Even where the hour of the call itself is over.
    Delivery.objects.filter(channel="telephone").update(not_before=now)
    under_embargo = call().stop
    assert at_its_hour is not None
    assert under_embargo is not None
    assert [at_its_hour.kind, under_embargo.kind] == ["blocked", "blocked"]


def test_nobody_is_told_a_text_that_is_no_longer_the_approved_one(
    make_release: Callable[..., Release], call: Callable[[], Shown]
) -> None:
    release = make_release(ReleaseState.APPROVED, now=timezone.now())
    Release.objects.filter(pk=release.pk).update(lead="Otra cosa.")
    stop = call().stop
    assert stop is not None
    assert stop.kind == "waived"
    assert Delivery.objects.get(channel="telephone").state == "to_do"
