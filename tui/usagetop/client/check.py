"""The probe behind ``usagetop doctor``: whether the key is accepted, what it may read, how the clock goes.

Two small requests. A 429 or 5xx says nothing about the key: the finding is then ``unclear``, not ``bad``.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from usagetop.client.http import Gateway, Reply
from usagetop.client.wire_values import load
from usagetop.errors import (
    AccessError,
    KeyRefused,
    NetworkFailed,
    NotServed,
    ScopeMissing,
    ServerFailed,
    UsagetopError,
)
from usagetop.model.period import DAY, floor

Verdict = Literal["good", "unclear", "warning", "bad"]
# A clock that is off by more than this puts buckets into the wrong minute and freshness into the future.
MOST_SKEW = 60


class Finding(NamedTuple):
    """One line of the doctor: ``name`` (network, key, usage, names, clock), what was found, and the mend.

    ``exit_code`` is the code of INTERFACE.md for a bad finding, else 0.
    """

    name: str
    verdict: Verdict
    sentence: str
    mend: str = ""
    exit_code: int = 0


async def probe(gateway: Gateway, *, now: int) -> tuple[Finding, ...]:
    """Ask for one bucket of costs and one project; ``now`` is this machine's clock in UTC seconds."""
    start = floor(now, DAY)
    costs = await _ask(
        gateway,
        "/organization/costs",
        [("start_time", str(start - DAY)), ("end_time", str(start)), ("bucket_width", "1d"), ("limit", "1")],
        "costs",
    )
    findings = [_network(costs), _key(costs)]
    if isinstance(costs, NetworkFailed | KeyRefused):
        # Nothing else can be learnt, and each further try would cost its deadline.
        return tuple(findings)
    findings.append(_scope("usage", "usage and costs can be read", costs))
    names = await _ask(gateway, "/organization/projects", [("limit", "1")], "the names")
    findings += [_names(names), *_clock(costs, names, now)]
    return tuple(findings)


Outcome = Reply[object] | UsagetopError


async def _ask(gateway: Gateway, path: str, params: list[tuple[str, str]], what: str) -> Outcome:
    try:
        return await gateway.get(path, params, what=what, read=load)
    except UsagetopError as error:
        return error


def _network(outcome: Outcome) -> Finding:
    # A 404 for costs is the wrong address: nothing else will work there either.
    if isinstance(outcome, NetworkFailed | ServerFailed | NotServed):
        return Finding("network", "bad", str(outcome), outcome.mend, outcome.exit_code)
    return Finding("network", "good", "the server answers")


def _key(outcome: Outcome) -> Finding:
    """Whether the key is known; a refused scope shows that it is."""
    if isinstance(outcome, KeyRefused):
        return Finding("key", "bad", str(outcome), outcome.mend, outcome.exit_code)
    if isinstance(outcome, Reply | ScopeMissing):
        return Finding("key", "good", "the key is accepted")
    return Finding("key", "unclear", f"whether the key is accepted cannot be told: {outcome}")


def _scope(name: str, good: str, outcome: Outcome) -> Finding:
    """Whether the scope is there."""
    if isinstance(outcome, Reply):
        return Finding(name, "good", good)
    if isinstance(outcome, AccessError):
        return Finding(name, "bad", str(outcome), outcome.mend, outcome.exit_code)
    return Finding(name, "unclear", f"whether this may be read cannot be told: {outcome}")


def _names(outcome: Outcome) -> Finding:
    """Without the scope for names everything works, with ids."""
    found = _scope("names", "names of projects, users and keys can be read", outcome)
    if found.verdict == "bad":
        return Finding("names", "warning", f"{found.sentence}; ids are shown instead of names", found.mend)
    return found


def _clock(costs: Outcome, names: Outcome, now: int) -> list[Finding]:
    """How far this machine's clock is from the server's ``Date``."""
    dates = [
        outcome.date for outcome in (costs, names) if isinstance(outcome, Reply) and outcome.date is not None
    ]
    if not dates:
        return []
    skew = now - dates[0]
    if abs(skew) <= MOST_SKEW:
        return [Finding("clock", "good", "the clock agrees with the server's")]
    side = "ahead of" if skew > 0 else "behind"
    text = f"the clock is {abs(skew):,} s {side} the server's"
    return [Finding("clock", "warning", text, "Set the clock; open buckets and freshness depend on it")]
