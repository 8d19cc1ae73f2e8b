"""The query: what is asked, as one frozen value with one text form (the command line's)."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, NamedTuple

from usagetop.errors import UsageError
from usagetop.model import categories
from usagetop.model import period as periods
from usagetop.model.text import label

if TYPE_CHECKING:
    from collections.abc import Iterable

    from usagetop.model.categories import Category
    from usagetop.model.period import Range

Value = str | None
# Which API dimension a derived one is read from.
DERIVED_FROM = {"model": "line_item"}


class Filter(NamedTuple):
    """One dimension's filter: ``keep`` are the alternatives (empty: all), ``drop`` what is left out.

    None is the null value. Both are sorted tuples, null last, so that equal filters are equal values.
    """

    dimension: str
    keep: tuple[Value, ...] = ()
    drop: tuple[Value, ...] = ()

    def accepts(self, value: Value) -> bool:
        """Whether a row with this value stays."""
        return (not self.keep or value in self.keep) and value not in self.drop

    def words(self) -> list[str]:
        """The filter as the command line writes it: ``D=VALUE``, ``D!=VALUE``."""
        return [
            f"{self.dimension}{sign}{value or ''}"
            for sign, values in (("=", self.keep), ("!=", self.drop))
            for value in values
        ]


class Query(NamedTuple):
    """Category, UTC range, bucket width, group_by and filters.

    ``group_by`` may hold the pseudo-dimension ``bucket`` and the derived ``model`` of costs.
    """

    category: str
    range: Range
    width: str
    group_by: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()

    @property
    def about(self) -> Category:
        """The registry's entry of the category."""
        return categories.category(self.category)

    @property
    def grain(self) -> tuple[str, ...]:
        """The API's group_by that answers this query, sorted.

        Derived dimensions are replaced by their source, ``bucket`` is left out, and what must be filtered
        here is added.
        """
        asked = {source_of(self.about, name) for name in self.group_by if name != "bucket"}
        pushed = {name for name, _ in self.pushed_filters}
        asked.update(
            source_of(self.about, filter_.dimension)
            for filter_ in self.filters
            if filter_.dimension not in pushed
        )
        return tuple(sorted(asked))

    @property
    def pushed_filters(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What the server filters: (API dimension, values), sorted.

        Null, exclusion and derived dimensions (no category has a filter for these) cannot be asked for, and
        ``batch`` takes one value; those are grouped and kept here.
        """
        about = self.about
        pushed = []
        for filter_ in self.filters:
            name = filter_.dimension
            values = tuple(value for value in filter_.keep if value is not None)
            whole = len(values) == len(filter_.keep) > 0 and not filter_.drop
            single = name != "batch" or len(values) == 1
            if whole and single and name in about.filters:
                pushed.append((name, tuple(sorted(values))))
        return tuple(sorted(pushed))

    def starts(self) -> builtins.range:
        """The starts of its buckets, in UTC seconds, without those that have not begun to be askable."""
        step = categories.SECONDS_OF[self.width]
        return builtins.range(self.range.start, self.range.asked_until, step)

    def with_group_by(self, group_by: tuple[str, ...]) -> Query:
        """The same query by other dimensions."""
        return self._replace(group_by=group_by)

    def arguments(self) -> list[str]:
        """The command-line words that ask this query again (after ``usagetop show``)."""
        words = [self.category, "--range", self.range.text, "--by", ",".join(self.group_by) or "none"]
        if self.about.widths != ("1d",):
            words += ["--width", self.width]
        for filter_ in self.filters:
            for word in filter_.words():
                words += ["--filter", word]
        return words


def source_of(about: Category, name: str) -> str:
    """The API dimension behind ``name``: itself unless it is derived in this category."""
    if any(dimension.name == name for dimension in about.derived):
        return DERIVED_FROM[name]
    return name


def make_query(
    category: str,
    range_text: str,
    *,
    now: int,
    by: str | None = None,
    width: str = "auto",
    filters: Iterable[str] = (),
) -> tuple[Query, bool]:
    """A query from the words of the command line; second, whether the range was widened to whole days.

    Raises UsageError with the choices for every word that does not fit.
    """
    about = categories.category(category)
    period, chosen, widened = periods.fit(periods.parse_range(range_text, now), width, about.widths)
    group_by = parse_group_by(about, by)
    return Query(category, period, chosen, group_by, parse_filters(about, filters)), widened


def parse_group_by(about: Category, text: str | None) -> tuple[str, ...]:
    """``D[,D…]``, ``none``, or None for the category's default; raises UsageError with the choices."""
    if text is None:
        return (about.default_by,)
    names = [name.strip() for name in text.split(",")]
    if names == ["none"]:
        return ()
    for name in names:
        if not about.has_dimension(name):
            choices = " ".join(dimension.name for dimension in about.groupable)
            message = f"{about.name} cannot be grouped by '{label(name, most=40)}'"
            raise UsageError(message, mend=f"Dimensions of {about.name}: {choices} (or none)")
    if len(set(names)) < len(names):
        message = "a dimension is named twice"
        raise UsageError(message, mend="Name each dimension once in --by")
    return tuple(names)


def parse_filters(about: Category, texts: Iterable[str]) -> tuple[Filter, ...]:
    """``D=VALUE``, ``D!=VALUE``, ``D=`` (null), ``D!=`` (not null), by dimension; raises UsageError."""
    keep: dict[str, set[Value]] = {}
    drop: dict[str, set[Value]] = {}
    for text in texts:
        name, sign, value = _split(text)
        if name == "bucket" or not about.has_dimension(name):
            choices = " ".join(dimension.name for dimension in about.groupable if dimension.name != "bucket")
            message = f"{about.name} cannot be filtered by '{label(name, most=40)}'"
            raise UsageError(message, mend=f"Dimensions of {about.name}: {choices}")
        if name == "batch" and value.lower() not in {"", "true", "false"}:
            message = "batch is true or false"
            raise UsageError(message, mend="Write --filter batch=true or --filter batch=false")
        chosen = keep if sign == "=" else drop
        chosen.setdefault(name, set()).add((value.lower() if name == "batch" else value) or None)
    return tuple(make_filter(name, keep.get(name, ()), drop.get(name, ())) for name in sorted({*keep, *drop}))


def _split(text: str) -> tuple[str, str, str]:
    """Dimension, ``=`` or ``!=``, and value of one filter text."""
    name, equals, value = text.partition("=")
    if not equals or not name.strip("!"):
        message = f"cannot read the filter '{label(text, most=60)}'"
        raise UsageError(message, mend="Filters: D=VALUE, D!=VALUE, D= (null), D!= (not null)")
    return (name[:-1].strip(), "!=", value) if name.endswith("!") else (name.strip(), "=", value)


def make_filter(dimension: str, keep: Iterable[Value], drop: Iterable[Value]) -> Filter:
    """A filter in its normal form: sorted, null last, and an empty text is null (as the API means it)."""
    return Filter(dimension, _ordered(keep), _ordered(drop))


def _ordered(values: Iterable[Value]) -> tuple[Value, ...]:
    return tuple(sorted({value or None for value in values}, key=lambda value: (value is None, value or "")))
