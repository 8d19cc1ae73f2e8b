"""What holds for every test: a home of its own, no key, no network, one place in time and language.

Nothing of usagetop is imported here, so that a test of what an import loads starts from nothing.
"""

from __future__ import annotations

import itertools
import os
import socket
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.support.network import NetworkGuard

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# `steady` tries the same examples each time: a red run is red again. `search` looks for new ones
# (make test-all), and prints how to repeat what it finds. Neither has a deadline: machines differ.
settings.register_profile("steady", deadline=None, derandomize=True, database=None)
settings.register_profile("search", deadline=None, max_examples=500, database=None, print_blob=True)
settings.load_profile("steady")

# Read by Textual when it is first imported: nobody sees these frames, so no test waits for the next one.
os.environ["TEXTUAL_FPS"] = "500"

# What a shell may hold that would change an answer or a picture.
STRAY_PREFIXES = ("OPENAI_", "USAGETOP_", "TEXTUAL", "XDG_")
STRAY_NAMES = {
    *("NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLORFGBG", "COLUMNS", "LINES"),
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"),
    *("LANGUAGE", "LC_CTYPE", "LC_NUMERIC", "LC_TIME", "TMUX", "STY", "TERM_PROGRAM"),
}
HOMES = itertools.count()
# The variables of ours that are for the tests themselves: draw the golden screens anew; no answers from finer units.
KEPT = {"USAGETOP_UPDATE_GOLDEN", "USAGETOP_LATTICE"}


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Coroutines run on asyncio, as Textual does; trio is none of our business."""
    return "asyncio"


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home directory, with config, cache and state in it, for this test alone.

    No key, proxy, colour wish or terminal of the surrounding shell reaches the test or what it starts.
    """
    for name in os.environ:
        if name not in KEPT and (name.startswith(STRAY_PREFIXES) or name.upper() in STRAY_NAMES):
            monkeypatch.delenv(name)
    # Numbered here: pytest would look through all earlier ones, thousands of times.
    place = tmp_path_factory.mktemp(f"home{next(HOMES)}", numbered=False)
    place.chmod(0o700)
    monkeypatch.setenv("HOME", str(place))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(place / "config"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(place / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(place / "state"))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    return place


@pytest.fixture(autouse=True)
def utc() -> Iterator[None]:
    """The local time zone is UTC; a test of another one sets TZ and calls ``time.tzset()``."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[NetworkGuard]:
    """Any connection or look-up beyond this machine is refused, and fails the test at its end.

    At its end too, because the program under test may take the refusal for a fault of the network, retry, and
    go on.
    """
    guard = NetworkGuard()
    monkeypatch.setattr(socket.socket, "connect", guard.connect)
    monkeypatch.setattr(socket.socket, "connect_ex", guard.connect_ex)
    monkeypatch.setattr(socket, "getaddrinfo", guard.getaddrinfo)
    yield guard
    if guard.refused:
        pytest.fail(f"the test reached for the network: {', '.join(guard.refused)}")
