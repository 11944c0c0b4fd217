import socket

import pytest

from tests.network_guard import NetworkIsShut


def test_an_outside_address_is_refused_by_name_of_the_guard():
    with socket.socket() as sock, pytest.raises(NetworkIsShut, match=r"192\.0\.2\.1"):
        sock.connect(("192.0.2.1", 80))


def test_an_outside_name_is_not_even_looked_up():
    with pytest.raises(NetworkIsShut, match=r"graph\.example"):
        socket.create_connection(("graph.example", 443), timeout=1)


def test_connect_ex_is_guarded_too():
    with socket.socket() as sock, pytest.raises(NetworkIsShut):
        sock.connect_ex(("192.0.2.1", 80))


def test_loopback_is_open():
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=1) as client,
    ):
        assert client.getpeername() == server.getsockname()
