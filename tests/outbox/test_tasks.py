"""What the worker and the beat call."""

import threading

import pytest
from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from commsoffice.celery import app
from commsoffice.outbox import tasks
from commsoffice.outbox.models import Delivery
from tests.outbox.factories import DeliveryFactory, MessageFactory
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
    with django_assert_max_num_queries(15):
        tasks.sweep()
