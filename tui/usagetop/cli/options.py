"""The options of the command line: one table for parsing, help and shell completion.

The view options are the same grammar for ``usagetop`` and ``usagetop show``; what is read from them is a
frozen ``ViewOptions``, whose words are checked where they mean something (``model.query``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from usagetop.demo.scenarios import DEFAULT_SCENARIO, SCENARIOS
from usagetop.errors import UsageError
from usagetop.exports import FORMATS
from usagetop.model.categories import BY_NAME
from usagetop.model.dimensions import DIMENSIONS
from usagetop.model.period import DEFAULT_RANGE, PRESETS, WIDTHS
from usagetop.store.views import VIEWS

if TYPE_CHECKING:
    from argparse import Namespace
    from types import SimpleNamespace

    from usagetop.store.loader import Mode

_NOT_FILTERED = {"bucket", "currency", "quantity_unit"}
_BY = tuple(name for name in DIMENSIONS if name not in {"currency", "quantity_unit"})
_METRICS = tuple(dict.fromkeys(metric.name for about in BY_NAME.values() for metric in about.metrics))


# Named tuples: their classes are made faster than those of frozen dataclasses, and every command makes these.
class Option(NamedTuple):
    """One option.

    ``metavar`` names its value; empty for a switch. ``values`` are offered by completion, and are the only
    ones where ``strict``. ``repeat`` options may be given several times.
    """

    flag: str
    help: str
    metavar: str = ""
    values: tuple[str, ...] = ()
    strict: bool = False
    repeat: bool = False
    files: bool = False

    @property
    def dest(self) -> str:
        """The attribute that holds it after parsing."""
        return self.flag.lstrip("-").replace("-", "_")


RANGE = Option("--range", "time range in UTC, see below; default %(default)s", "R", values=tuple(PRESETS))
FILTER = Option(
    "--filter",
    "keep D=VALUE, drop D!=VALUE; D= is null, D!= not null; repeatable; a name stands for its id",
    "F",
    values=tuple(f"{name}=" for name in _BY if name not in _NOT_FILTERED),
    repeat=True,
)
VIEW: tuple[Option, ...] = (
    RANGE,
    Option(
        "--by", "group by these dimensions, bucket is one; none: one row", "D[,D...]", values=(*_BY, "none")
    ),
    Option("--width", "bucket width (costs: 1d)", "W", values=WIDTHS, strict=True),
    FILTER,
    Option("--metric", "what is charted, shared and sorted by", "M", values=_METRICS),
    Option("--sort", "row order: a metric or dimension, and asc or desc", "C[:asc|:desc]"),
    Option("--top", "so many rows, the rest as one row 'other'", "N"),
    Option(
        "--compare",
        "beside it: the period just before, or the same days one month earlier",
        "P",
        values=("previous", "month"),
        strict=True,
    ),
)
DEMO: tuple[Option, ...] = (
    Option("--demo", "the embedded demo organization; needs no key and no network"),
    Option(
        "--scenario", "one of the demo's scenarios; implies --demo", "NAME", values=SCENARIOS, strict=True
    ),
)
CACHE: tuple[Option, ...] = (
    Option("--offline", "only what the cache holds; no network"),
    Option("--refresh", "ask again for everything"),
    Option("--no-cache", "neither read nor write the cache"),
)
ANSWER: tuple[Option, ...] = (
    Option("--fallback", "where a grouping is refused, answer with the nearest one"),
    Option("--no-names", "no requests for names; ids are shown"),
)
PRINT: tuple[Option, ...] = (
    Option("--format", "default %(default)s", "F", values=tuple(FORMATS), strict=True),
    Option(
        "--view", "costs from another side: " + ", ".join(VIEWS), "NAME", values=tuple(VIEWS), strict=True
    ),
    Option("--output", "write to a new file of mode 0600 instead of stdout", "FILE", files=True),
    Option("--force", "--output may replace an existing file"),
)
CHECK: tuple[Option, ...] = (
    Option("--max", "the limit, an exact amount such as 500 or 99.95", "AMOUNT"),
    Option("--range", "time range in UTC; default %(default)s", "R", values=tuple(PRESETS)),
    FILTER,
    Option("--currency", "the currency that is judged; default %(default)s", "C", values=("usd",)),
    Option("--forecast", "judge what the month is likely to come to, not what is spent"),
    Option("--budgets", "instead of --max: every limit, alert and own budget, one line each"),
)
EXPLORE: tuple[Option, ...] = (
    Option("--no-auto", "do not ask again by itself for buckets that are due"),
    Option("--plain-driver", "send all that is drawn, not only the cells that changed"),
)
DOCTOR: tuple[Option, ...] = (
    Option("--format", "default %(default)s", "F", values=("text", "json"), strict=True),
    *DEMO,
)
DEFAULTS = {"range": DEFAULT_RANGE, "width": "auto", "format": "table", "currency": "usd"}


class SourceOptions(NamedTuple):
    """Where answers come from: ``scenario`` of the demo (None: the network) and the cache's ``mode``."""

    scenario: str | None = None
    mode: Mode = "normal"
    fallback: bool = False
    names: bool = True


class ViewOptions(NamedTuple):
    """One view as words, not yet resolved against a clock; ``by`` None is the category's default.

    ``sort`` is ``C``, ``C:asc`` or ``C:desc``; ``metric``, ``sort`` and ``compare`` may be empty.
    """

    category: str = "costs"
    range: str = DEFAULT_RANGE
    by: str | None = None
    width: str = "auto"
    filters: tuple[str, ...] = ()
    metric: str = ""
    sort: str = ""
    top: int | None = None
    compare: str = ""


class ExploreOptions(NamedTuple):
    """What the explorer is opened with."""

    view: ViewOptions
    source: SourceOptions
    auto: bool = True
    plain_driver: bool = False


def source_of(words: SimpleNamespace | Namespace) -> SourceOptions:
    """Where to ask; raises UsageError where options contradict each other."""
    chosen = [name for name in ("offline", "refresh", "no_cache") if getattr(words, name, False)]
    if "offline" in chosen and len(chosen) > 1:
        other = "--" + chosen[1].replace("_", "-")
        raise UsageError(f"--offline and {other} contradict each other", mend="Leave one of them out")
    # Neither read nor write holds more than ask again: --no-cache takes --refresh in.
    mode: Mode = "normal"
    if chosen:
        mode = "no-cache" if "no_cache" in chosen else "offline" if "offline" in chosen else "refresh"
    scenario = words.scenario or (DEFAULT_SCENARIO if words.demo else None)
    return SourceOptions(
        scenario=scenario,
        mode=mode,
        fallback=getattr(words, "fallback", False),
        names=not getattr(words, "no_names", False),
    )


def view_of(words: SimpleNamespace | Namespace) -> ViewOptions:
    """The view's words; raises UsageError for a --top that is no number."""
    return ViewOptions(
        category=words.category or "costs",
        range=words.range,
        by=words.by,
        width=words.width,
        filters=tuple(words.filter),
        metric=words.metric or "",
        sort=words.sort or "",
        top=_top(words.top),
        compare=words.compare or "",
    )


def _top(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text) > 0):  # noqa: PLR2004 - any more is all
        raise UsageError("--top takes a number of rows from 1 on", mend="Write it like --top 10")
    return int(text)
