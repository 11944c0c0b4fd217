import socket
import subprocess
import sys

import pytest

from commsoffice.stack import ports

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the kernel lets nobody keep a port so")


def test_a_port_given_out_is_given_to_nobody_else_by_chance() -> None:
    port = ports.free()
    # The kernel refuses it to a plain bind as it would pass over it when it chooses.
    with socket.socket() as stranger, pytest.raises(OSError, match="in use"):
        stranger.bind((ports.LOOPBACK, port))


def test_a_server_listens_on_the_port_that_is_kept_for_it() -> None:
    port = ports.free()
    assert (ports.is_free(port), ports.hears(port)) == (True, False)
    with socket.create_server((ports.LOOPBACK, port)):
        assert (ports.is_free(port), ports.hears(port)) == (False, True)


def test_two_offices_that_start_at_once_want_the_same_port_and_only_one_gets_it() -> None:
    wanted = ports.free()
    assert ports.free(wanted) == wanted
    code = f"from commsoffice.stack import ports; print(ports.free({wanted}) == {wanted})"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert other.stdout == "False\n"
