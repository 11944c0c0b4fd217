"""What the worker and the beat call."""

import threading

import pytest
from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from commsoffice.accounts.models import User
from commsoffice.celery import app
from commsoffice.outbox import actions, tasks
from commsoffice.outbox.enums import Purpose
from commsoffice.outbox.models import Delivery
from tests.outbox.conftest import fresh
from tests.outbox.factories import NOW, AreaFactory, DeliveryFactory, MessageFactory
from tests.outbox.scripted import OtherSide

pytestmark = pytest.mark.django_db(transaction=True)


def test_send_due_empties_the_queue(other_side: OtherSide) -> None:
    DeliveryFactory.create_batch(45, message=MessageFactory.create())
    tasks.send_due()
    assert len(other_side.sent) == 45
    assert set(Delivery.objects.values_list("state", flat=True)) == {"accepted"}


def test_workers_and_sweeps_at_once_send_each_once(other_side: OtherSide) -> None:
    DeliveryFactory.create_batch(40, message=MessageFactory.create())
    barrier = threading.Barrier(4)

    def work(task) -> None:
        try:
            barrier.wait()
            task()
        finally:
            connection.close()

    threads = [
        threading.Thread(target=work, args=(task,))
        for task in (tasks.send_due, tasks.send_due, tasks.sweep, tasks.send_due)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(other_side.sent), len(set(other_side.sent))) == (40, 40)


def test_beat_names_a_task_that_is_there() -> None:
    entry = str(settings.CELERY_BEAT_SCHEDULE["sweep-outbox"]["task"])
    assert (import_string(entry).name, entry in app.tasks) == (entry, True)


def test_sweep_of_nothing_costs_little(django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(24):
        tasks.sweep()


def test_what_uploads_for_long_has_a_lane_of_its_own(other_side: OtherSide) -> None:
    video, mail = DeliveryFactory.create(is_slow=True), DeliveryFactory.create()
    tasks.send_due()
    assert (fresh(video).state, fresh(mail).state) == ("queued", "accepted")
    tasks.send_slow()
    assert fresh(video).state == "accepted"


def test_a_video_takes_the_slow_lane(writer: User) -> None:
    sent = [
        actions.enqueue(
            purpose=Purpose.RELEASE,
            channel="scripted",
            payload=payload,
            recipients=[actions.Recipient("p", account=account)],
            subject=AreaFactory.create(),
            by=writer,
            now=NOW,
        )[0]
        for account, payload in (("R01", {"video": {"name": "v.mp4"}}), ("R02", {"video": None}), ("R03", {}))
    ]
    assert [delivery.is_slow for delivery in sent] == [True, False, False]
