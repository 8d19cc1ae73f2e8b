"""``python -m tests.chaos``: walk from one seed after the other for so many seconds; the seed that fails is printed."""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.chaos.walk import Walk


def main() -> int:
    """Walk; returns 0 when all has held."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--seconds", type=float, default=120.0, help="of each walk")
    parser.add_argument("--walks", type=int, default=1, help="how many, from --seed upwards")
    given = parser.parse_args()
    for seed in range(given.seed, given.seed + given.walks):
        sys.stdout.write(f"seed {seed}, {given.seconds:g} s\n")
        sys.stdout.flush()
        with TemporaryDirectory() as home:
            met = Walk(seed, given.seconds, Path(home)).run()
        faults = ", ".join(f"{name} {count}" for name, count in Counter(met).most_common())
        sys.stdout.write(f"  all held; {faults}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
