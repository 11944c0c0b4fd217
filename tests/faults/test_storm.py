"""Everything outside fails at once, for a while."""

import time

import pytest
import time_machine

from commsoffice.outbox import tasks
from commsoffice.outbox.enums import SETTLED
from commsoffice.outbox.models import Delivery
from tests.faults.conftest import FIVE, arrived, mail, now
from tests.sandbox.conftest import mp4
from tests.sandbox.process import SandboxProcess
from tests.social.factories import ChannelFactory, PageFactory, attachment, queue

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = "Alumbrado completo en El Mirador"


def test_a_storm_on_all_ways_ends_with_each_thing_there_once(sandbox: SandboxProcess) -> None:
    for fault in ("http_500", "bad_gateway", "unavailable"):
        sandbox.fault("graph", fault)
        sandbox.fault("youtube", fault)
    for fault in ("defer_sender", "defer_message", "drop_before"):
        sandbox.fault("smtp", fault, times=2)
    sandbox.fault("smtp", "refuse_recipient", match={"recipient": FIVE[2]}, times=None)
    queue("facebook", PageFactory.create(), {"message": WORDS, "link": "", "photos": []})
    video = attachment(mp4(300_000), "recorrido.mp4", "video/mp4")
    queue("youtube", ChannelFactory.create(), {"title": WORDS, "privacy": "public", "video": video})
    mail(FIVE, WORDS)
    _let_time_pass(sandbox)
    ends = dict(Delivery.objects.values_list("recipient", "state"))
    assert [ends.pop(address) for address in FIVE] == ["accepted", "accepted", "rejected", "accepted", "accepted"]
    assert set(ends.values()) <= {"accepted", "confirmed"}
    assert (arrived(sandbox), len(sandbox.posts()), len(sandbox.videos())) == (FIVE[:2] + FIVE[3:], 1, 1)


def _let_time_pass(sandbox: SandboxProcess) -> None:
    """Let the worker and the network go by the ledger's own hours until all is settled."""
    ahead = 0.0
    for _round in range(40):
        sandbox.clock(ahead)
        with time_machine.travel(time.time() + ahead, tick=True):
            tasks.send_due()
            tasks.send_slow()
            tasks.sweep()
            waiting = Delivery.objects.exclude(state__in=SETTLED).order_by("not_before").first()
            if waiting is None:
                return
            ahead += max((waiting.not_before - now()).total_seconds(), 0.0) + 1.0
