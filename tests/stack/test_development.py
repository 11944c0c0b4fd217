import signal
import sys

import pytest

from commsoffice.stack import development

pytestmark = [pytest.mark.stack, pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")]

LOOPBACK = "0100007F"


def test_the_whole_office_starts_on_loopback_only_and_starts_again_warm(whole, listening, nobody_left):
    first = whole()
    first.wait_to_hear("commsoffice is ready after", 240)
    assert development.answers(first.port, "/health/ready")
    assert listening() == {LOOPBACK}
    assert "Applying agenda.0001_initial" in first.said.read_text()
    assert first.end(signal.SIGTERM) == 0
    assert nobody_left(0) == []

    second = whole()
    second.wait_to_hear("commsoffice is ready after", 240)
    assert "prepare" not in second.said.read_text()
    second.end(signal.SIGKILL)
    assert nobody_left() == []
