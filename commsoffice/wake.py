"""Wakes the workers. Truth stays in the database: a sweep each minute finds what a lost wake-up forgot."""

import logging
from functools import partial
from typing import Any

from celery import Task
from django.db import transaction
from kombu.exceptions import KombuError
from kombu.pools import producers
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

# Seconds. A person waits for the page meanwhile, and the sweep comes anyway.
_PATIENCE = 0.5


def wake(task: "Task[..., Any]", **kwargs: Any) -> bool:
    """Send `task` to the workers once the running transaction commits; never raises and never retries.

    Returns False when the broker could not be reached just now, and True otherwise; inside a
    transaction nothing is known yet, and the answer is True.
    """
    if transaction.get_connection().in_atomic_block:
        transaction.on_commit(partial(_send, task, kwargs))
        return True
    return _send(task, kwargs)


def _send(task: "Task[..., Any]", kwargs: dict[str, Any]) -> bool:
    # A connection of its own, because the worker's patience (it waits for messages) isn't that of a page.
    connection = task.app.connection_for_write(
        transport_options={"socket_connect_timeout": _PATIENCE, "socket_timeout": _PATIENCE, "max_retries": 0},
    )
    try:
        with producers[connection].acquire(block=True, timeout=_PATIENCE) as producer:
            task.apply_async(kwargs=kwargs, producer=producer, retry=False, ignore_result=True)
    except (KombuError, RedisError, OSError) as error:
        logger.warning("The broker is down; %s waits for the sweep (%s)", task.name, error)
        return False
    return True
