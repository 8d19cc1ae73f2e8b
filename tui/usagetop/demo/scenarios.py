"""What is planted in the demo organization, by scenario and by age in days before the clock's UTC day.

Ordinary volumes depend on the absolute day; only the events below move along with ``now``, so that a
demo opened in any year has its spike nine days ago.
"""

from __future__ import annotations

from typing import NamedTuple

from usagetop.errors import UsageError

SCENARIOS: tuple[str, ...] = ("steady", "spike", "leak", "empty", "refusing", "huge")
# ``--demo`` alone opens this one: the same rich year as "steady", with one day that wants explaining, so
# that whoever looks around finds something.
DEFAULT_SCENARIO = "spike"

# Days before the day of ``now`` (0 is the open day).
OLDEST = 420  # nothing is older
SPIKE = 9  # one project and one model, one day
NEW_MODEL = 21  # the first day of gpt-6-astra
RETIRED = 34  # the last day of o1, which is shut down then
LEAK_FIRST, LEAK_LAST = 6, 2  # the leaked key is used at night; then it is revoked
PRICE_CUT = 45  # gpt-5-mini gets a fifth cheaper
CREDITS = (13, 77)  # refunds: negative amounts
OLD_ROWS = 200  # older rows have the breakdown of 2025 only
ANCIENT_ROWS = 300  # still older rows write "" where they mean null

COSTS_LAG = 6 * 3600  # seconds that costs lie behind usage
SPIKE_FACTOR = 8  # whatever the weekday


class Scenario(NamedTuple):
    """One scenario: ``name``, what differs from the steady year, and the seed (0 is the year that is known)."""

    name: str
    spike: bool = False
    leak: bool = False
    empty: bool = False
    refusing: bool = False
    huge: bool = False
    seed: int = 0


_BY_NAME = {
    "steady": Scenario("steady"),
    "spike": Scenario("spike", spike=True),
    "leak": Scenario("leak", leak=True),
    "empty": Scenario("empty", empty=True),
    "refusing": Scenario("refusing", refusing=True),
    "huge": Scenario("huge", huge=True),
}


def scenario(name: str, *, seed: int = 0) -> Scenario:
    """The scenario of that name and seed; raises UsageError and names the choices."""
    found = _BY_NAME.get(name)
    if found is None:
        message = "no such demo scenario"
        raise UsageError(message, mend="Scenarios: " + " ".join(SCENARIOS))
    return found._replace(seed=seed) if seed else found
