"""Shuts the network: a test speaks to loopback and to the given Postgres and Redis, and to nothing else.

It guards the sockets of this process. Postgres' driver opens its own in C; its address comes from
DATABASE_URL only. The browser of the browser tests is started with a resolver that knows loopback only.
"""

import ipaddress
import os
import socket
from typing import Any
from urllib.parse import urlsplit

import pytest

_connect = socket.socket.connect
_connect_ex = socket.socket.connect_ex
_getaddrinfo = socket.getaddrinfo


class NetworkIsShut(RuntimeError):
    """A test tried to reach something outside this machine."""

    def __init__(self, host: object) -> None:
        super().__init__(f"Tests must not reach outside loopback, and this one tried {host!r}. Use the sandbox.")


def _given_hosts() -> set[str]:
    """The servers that the caller put in place of the embedded ones."""
    addresses = (os.environ.get(name, "") for name in ("DATABASE_URL", "REDIS_URL"))
    return {host for address in addresses if (host := urlsplit(address).hostname)}


def _check(host: object) -> None:
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host in {None, "", "localhost"} or host in _given_hosts():
        return
    try:
        address = ipaddress.ip_address(str(host).partition("%")[0])
    except ValueError:
        raise NetworkIsShut(host) from None
    # 0.0.0.0 as a destination is this machine.
    if not (address.is_loopback or address.is_unspecified):
        raise NetworkIsShut(host)


def _check_address(sock: socket.socket, address: Any) -> None:
    if sock.family in {socket.AF_INET, socket.AF_INET6}:
        _check(address[0])


def _guarded_connect(self: socket.socket, address: Any) -> None:
    _check_address(self, address)
    _connect(self, address)


def _guarded_connect_ex(self: socket.socket, address: Any) -> int:
    _check_address(self, address)
    return _connect_ex(self, address)


def _guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
    _check(host)
    return _getaddrinfo(host, *args, **kwargs)


def pytest_configure(config: pytest.Config) -> None:
    """Shut the network before the first test module is imported."""
    socket.socket.connect = _guarded_connect  # type: ignore[method-assign,assignment]  # the one place that may replace it
    socket.socket.connect_ex = _guarded_connect_ex  # type: ignore[method-assign,assignment]  # the one place that may replace it
    socket.getaddrinfo = _guarded_getaddrinfo


def pytest_unconfigure(config: pytest.Config) -> None:
    """Open it again for whoever started pytest from Python."""
    socket.socket.connect = _connect  # type: ignore[method-assign]  # as above
    socket.socket.connect_ex = _connect_ex  # type: ignore[method-assign]  # as above
    socket.getaddrinfo = _getaddrinfo
