"""Two minutes in a storm, and what must hold all along."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

from tests.chaos.walk import Walk

# Four walks of half a minute: each has another terminal, driver and order of faults.
_SECONDS = 30.0


@pytest.mark.slow
@pytest.mark.terminal
@pytest.mark.fault(
    "network",
    "all of them at random, under random keys and sizes",
    "it runs, answers, leaves the terminal as it was, tells no key; what it cached is true",
)
@pytest.mark.parametrize("walk", range(4))
def test_the_explorer_outlives_a_storm(walk: int, home: Path) -> None:
    """A new seed each time; `python -m tests.chaos --seed` repeats it."""
    seed = random.SystemRandom().randrange(10**6)
    sys.stdout.write(f"walk {walk}: python -m tests.chaos --seed {seed} --seconds {_SECONDS:g}\n")
    Walk(seed, _SECONDS, home).run()
