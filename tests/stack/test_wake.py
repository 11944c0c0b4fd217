import signal
import time

import pytest
from celery import Celery
from django.db import transaction

from commsoffice.stack import keys, processes
from commsoffice.stack.paths import Paths
from commsoffice.stack.redis import Redis
from commsoffice.wake import wake

pytestmark = [pytest.mark.stack, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def redis(folder):
    places = Paths(folder)
    places.make()
    return Redis(places, keys.load(places.keys)["REDIS_PASSWORD"])


@pytest.fixture
def server(redis):
    """The process of the broker."""
    process = processes.start(redis.program())
    redis.wait(process)
    yield process
    process.kill()
    process.wait()


@pytest.fixture
def task(redis, server):
    app = Celery("toy", broker=redis.url, set_as_current=False)

    # Not shared: the app of the house has nothing to do with it, and each test makes another.
    @app.task(name="toy.task", shared=False)
    def toy(number):
        return number

    return toy


def waiting(task, queue="celery"):
    with task.app.connection_for_read() as connection:
        return connection.default_channel.client.llen(queue)


def test_a_task_is_sent(task):
    assert wake(task, number=1) is True
    assert waiting(task) == 1


def test_a_task_with_a_queue_of_its_own_goes_there(task):
    task.app.conf.task_routes = {"toy.*": {"queue": "toys"}}
    wake(task, number=1)
    assert (waiting(task, "toys"), waiting(task)) == (1, 0)


def test_nothing_is_sent_before_the_commit(task):
    with transaction.atomic():
        assert wake(task, number=1) is True
        assert waiting(task) == 0
    assert waiting(task) == 1


def test_nothing_is_sent_after_a_rollback(task):
    with transaction.atomic():
        wake(task, number=1)
        transaction.set_rollback(True)
    assert waiting(task) == 0


def test_a_dead_broker_is_one_warning_and_no_error(task, server, caplog):
    server.kill()
    server.wait()
    assert wake(task, number=1) is False
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_a_broker_that_hangs_holds_nobody_up(task, server):
    server.send_signal(signal.SIGSTOP)
    began = time.monotonic()
    assert wake(task, number=1) is False
    # Half a second it waits, and for ever without a limit; a busy machine takes its time in between.
    assert time.monotonic() - began < 15
