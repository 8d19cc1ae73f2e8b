"""The guard that keeps tests on this machine."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from typing import Any

Address = tuple[Any, ...]
"""What a socket connects to: host, port, and for IPv6 two numbers more."""

Connect = Callable[[socket.socket, Address], int | None]
"""``socket.connect``, which returns nothing, or ``connect_ex``, which returns an error number."""


class NetworkRefused(OSError):
    """A test tried to leave this machine; an OSError, as an unreachable network would raise."""


def is_local(host: object) -> bool:
    """Whether a host name or address means this machine; ``None`` and empty mean it to ``getaddrinfo``."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if not host or host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(str(host).partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


class NetworkGuard:
    """Stands before ``socket.connect``, ``connect_ex`` and ``getaddrinfo``; lets only this machine through.

    ``refused`` holds what was asked for, so that a test fails even when the program swallows the error.
    A test about an unreachable host clears it.
    """

    def __init__(self) -> None:
        self.refused: list[str] = []
        self.connect = self._guarded(socket.socket.connect)
        self.connect_ex = self._guarded(socket.socket.connect_ex)
        self._getaddrinfo = socket.getaddrinfo

    def _check(self, host: object) -> None:
        if not is_local(host):
            self.refused.append(str(host))
            message = f"tests do not leave this machine: {host}"
            raise NetworkRefused(message)

    def _guarded(self, original: Connect) -> Connect:
        """The method ``original`` of a socket, behind the check; other families (Unix) pass."""

        def method(sock: socket.socket, address: Address) -> int | None:
            if sock.family in {socket.AF_INET, socket.AF_INET6}:
                self._check(address[0])
            return original(sock, address)

        return method

    def getaddrinfo(self, host: str | bytes | None, *rest: Any, **named: Any) -> list[Any]:
        """``socket.getaddrinfo`` for names and addresses of this machine."""
        self._check(host)
        return self._getaddrinfo(host, *rest, **named)
