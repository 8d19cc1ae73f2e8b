"""Opening a loader: the demo or the network, whose cache, and which key."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.store.world import NOW
from usagetop.client.cache import BucketCache
from usagetop.client.memory import MemoryCache
from usagetop.errors import KeyMissing, UsageError
from usagetop.model.query import make_query
from usagetop.settings import Settings
from usagetop.store.opening import open_loader

KEY = "sk-admin-canary0123456789abcdef"


def clock() -> float:
    """A fixed moment."""
    return float(NOW)


def files_in(place: Path) -> list[Path]:
    """Everything below a directory."""
    return list(place.rglob("*"))


async def test_the_demo_needs_no_key_and_leaves_the_disk_alone(home: Path) -> None:
    """It is answered on this machine, and says what it is."""
    loader = open_loader(Settings(), scenario="", clock=clock)
    query, _ = make_query("costs", "7d", now=NOW)
    answer = await loader.load(query)
    assert answer.source.base_url.startswith("demo:")
    assert answer.complete
    assert len(answer.buckets) == 7
    assert (await loader.load(query)).source.requests == 0
    await loader.aclose()
    assert isinstance(loader._store, MemoryCache)
    assert files_in(home) == []


def test_an_unknown_scenario_names_the_known_ones() -> None:
    """Drawable, whatever was typed."""
    with pytest.raises(UsageError) as raised:
        open_loader(Settings(), scenario="\x1b[31m")
    assert "\x1b" not in str(raised.value)
    assert "steady" in raised.value.mend
    assert "spike" in raised.value.mend


def test_the_network_needs_a_key() -> None:
    """Not so offline."""
    with pytest.raises(KeyMissing):
        open_loader(Settings())
    assert open_loader(Settings(), mode="offline").origin.key is None


def test_a_cache_belongs_to_a_key_at_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Offline, without any key at hand, that of the key which was used last."""
    scopes = []
    for key in (KEY, KEY + "2"):
        monkeypatch.setenv("OPENAI_ADMIN_KEY", key)
        scopes.append(open_loader(Settings())._scope)
    assert scopes[0] != scopes[1]
    assert open_loader(Settings(base_url="http://127.0.0.1:1/v1"))._scope.base_url == "http://127.0.0.1:1/v1"
    monkeypatch.delenv("OPENAI_ADMIN_KEY")
    assert open_loader(Settings(), mode="offline")._scope == scopes[1]
    assert KEY not in repr(scopes)


def test_without_cache_there_is_no_store(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """With one it stands in the cache directory, which opening alone does not make."""
    monkeypatch.setenv("OPENAI_ADMIN_KEY", KEY)
    assert open_loader(Settings(), mode="no-cache")._store is None
    assert isinstance(open_loader(Settings())._store, BucketCache)
    assert not (home / "cache").exists()
