"""A program that is killed while it writes leaves whole units behind, and a cache that works."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.house import SOURCE
from tests.unit.client.buckets import DAY, FIRST, unit
from usagetop.client.cache import BucketCache
from usagetop.client.units import Grain, Scope

GRAIN = Grain(Scope("https://api.openai.com/v1", "0123abcd"), "embeddings", "1d", ("model", "project_id"))
ROUNDS = 4

# Writes the same days over and over, with another number each time, and tells when it has begun.
WRITER = f"""
import sys
from pathlib import Path
from tests.unit.client.buckets import DAY, FIRST, unit
from usagetop.client.cache import BucketCache
from usagetop.client.units import Grain, Scope
grain = Grain(Scope({GRAIN.scope.base_url!r}, {GRAIN.scope.fingerprint!r}), "embeddings", "1d", ("model", "project_id"))
store = BucketCache(Path(sys.argv[1]))
for number in range(1_000_000):
    store.write(grain, [unit(FIRST + n * DAY, number) for n in range(60)])
    assert store.take_trouble() is None
    print(number, flush=True)
"""


@pytest.mark.fault(
    "cache",
    "the program is killed (kill -9) while it writes",
    "whole writes are there, the last one entirely or not at all; the cache works on",
)
@pytest.mark.parametrize("patience", range(ROUNDS))
def test_a_kill_while_writing_loses_nothing_that_was_written(tmp_path: Path, patience: int) -> None:
    """All units of a write are there or none: they agree on the number."""
    directory = tmp_path / "usagetop"
    root = Path(__file__).parents[3]
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(directory)],
        env={**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{SOURCE}"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert writer.stdout is not None
    with writer:
        written = [int(writer.stdout.readline()) for _ in range(1 + patience)][-1]
        writer.kill()
    days = [FIRST + n * DAY for n in range(60)]
    store = BucketCache(directory)
    found = store.read(GRAIN, days)
    numbers = {bucket.counts("input_tokens")[0] for each in found.values() for bucket in each.buckets}
    assert len(found) == 60
    assert len(numbers) == 1
    assert (numbers.pop() or 0) >= written
    store.write(GRAIN, [unit(FIRST, 7)])
    assert store.read(GRAIN, [FIRST]) == {FIRST: unit(FIRST, 7)}
    assert store.take_trouble() is None
