"""The guard of the test suite itself: what it lets through, and what it does not."""

from __future__ import annotations

import socket
import urllib.error
import urllib.request

import pytest

from tests.support.network import NetworkGuard, NetworkRefused, is_local


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.8.8.8", "::1", "localhost", b"localhost", "", None], ids=repr
)
def test_this_machine_is_local(host: object) -> None:
    """Loopback addresses and their names pass."""
    assert is_local(host)


@pytest.mark.parametrize(
    "host", ["192.0.2.1", "api.openai.com", b"api.openai.com", "2001:db8::1", "127.0.0.1.example"], ids=repr
)
def test_everything_else_is_not(host: object) -> None:
    """Other addresses and all names that would have to be looked up do not."""
    assert not is_local(host)


def test_a_loopback_connection_passes() -> None:
    """A server of the test's own can be reached."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()


def test_leaving_is_refused_and_remembered(no_network: NetworkGuard) -> None:
    """Both ways out are closed, and a program that swallows the refusal is found out."""
    with pytest.raises(NetworkRefused), socket.socket() as sock:
        sock.connect(("192.0.2.1", 443))
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen("https://api.openai.com/v1", timeout=1)
    assert no_network.refused == ["192.0.2.1", "api.openai.com"]
    no_network.refused.clear()
