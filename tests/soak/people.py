"""What people do in a story: each verb in a process of its own, which may die before it is committed."""

import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import time_machine
from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone

import tests.soak.worker  # noqa: F401  sets Django up
from commsoffice.accounts.models import User
from commsoffice.outbox import actions as outbox
from commsoffice.outbox.actions.pausing import AlreadyPaused, NotPaused
from social.actions.journeys import arrive, begin, choose, unpack
from social.enums import ProfileState
from social.models import Profile
from tests.sandbox.process import SandboxProcess
from tests.soak import newsroom
from tests.soak.house import COMMUNITY, DIRECTOR
from tests.soak.point import Act
from tests.soak.scenario import ALLOWED

# What the verb needs to know: numbers and words.
What = Mapping[str, Any]


def do(act: str, ahead: float, log: str, what: What) -> None:
    """Do it on a clock that is ``ahead`` seconds before the machine's; whoever did it already does nothing."""
    file = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(file, 1)
    os.dup2(file, 2)
    with time_machine.travel(time.time() + ahead, tick=True):
        close_old_connections()
        _ACTS[Act(act)](timezone.now(), what)


def _pause(now: datetime, _what: What) -> None:
    with suppress(AlreadyPaused):
        outbox.pause_all("Sismo", [ALLOWED], by=User.objects.get(email=DIRECTOR), now=now)


def _resume(now: datetime, _what: What) -> None:
    with suppress(NotPaused):
        outbox.resume_all(by=User.objects.get(email=DIRECTOR), now=now)


def _word(now: datetime, what: What) -> None:
    outbox.give_word(what["ids"], what["word"], by=User.objects.get(email=DIRECTOR), now=now)


def _reconnect(now: datetime, what: What) -> None:
    """Go to the network's own page, consent, come back and choose the same page or channel."""
    profile = Profile.objects.get(key=what["account"])
    if profile.state == ProfileState.CONNECTED:
        return
    # The simulated networks send nobody back to another machine.
    settings.SITE_URL = "http://localhost:8000"
    network = SandboxProcess(Path())
    network.http_port = what["port"]
    person = User.objects.get(email=COMMUNITY)
    back = network.consent(begin(profile, browser="soak", by=person, now=now))
    answer = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}
    journey = arrive(answer["state"], network=profile.network, browser="soak", by=person, now=now)
    unpack(journey, code=answer["code"])
    choose(journey, external_id=profile.external_id, replaces=False, by=person, now=now)


def _correct(now: datetime, what: What) -> None:
    newsroom.correct(what["release"], what["seed"], now)


def _withdraw(now: datetime, what: What) -> None:
    newsroom.withdraw(what["release"], what["seed"], now)


_ACTS: Mapping[Act, Callable[[datetime, What], None]] = {
    Act.PAUSE: _pause,
    Act.RESUME: _resume,
    Act.WORD: _word,
    Act.RECONNECT: _reconnect,
    Act.CORRECT: _correct,
    Act.WITHDRAW: _withdraw,
}
