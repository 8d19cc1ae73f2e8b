"""Own budgets in the configuration: what they may be about, and mistakes named with their line."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from usagetop import paths
from usagetop.errors import ConfigError
from usagetop.settings import Budget, load_settings
from usagetop.settings.budgets import line_of

if TYPE_CHECKING:
    from pathlib import Path


def write(text: str) -> Path:
    """The configuration file with this text."""
    place = paths.config_file()
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8")
    return place


def mistake(text: str) -> tuple[str, str]:
    """The two lines that a mistake is told in."""
    write(text)
    with pytest.raises(ConfigError) as caught:
        load_settings({})
    first, second = caught.value.lines()
    return first, second


def test_a_budget_is_about_the_organization_a_project_or_filters() -> None:
    """All the forms that a scope has."""
    write(
        """
        [[budgets]]
        name = "all"
        amount = "20000.005"
        [[budgets]]
        name = "all, too"
        amount = 1
        scope = "organization"
        currency = "EUR"
        [[budgets]]
        name = "search"
        amount = 4e3
        scope = "search-api"
        [[budgets]]
        name = "image-studio, but no batches"
        amount = 300
        scope = ["project_id=image-studio", "line_item!=batch | x"]
        [[budgets]]
        name = "a model"
        amount = 5.5
        scope = "model=gpt-5.5"
        """
    )
    assert load_settings({}).budgets == (
        Budget("all", Decimal("20000.005")),
        Budget("all, too", Decimal(1), currency="eur"),
        Budget("search", Decimal(4000), "search-api"),
        Budget(
            "image-studio, but no batches",
            Decimal(300),
            filters=("project_id=image-studio", "line_item!=batch | x"),
        ),
        Budget("a model", Decimal("5.5"), filters=("model=gpt-5.5",)),
    )


GOOD = "name = 'x'\namount = 5\n"
DIMENSIONS = "Dimensions of costs: "


@pytest.mark.parametrize(
    ("budget", "where", "why", "mend"),
    [
        (
            "name = 'x'\namuont = 5",
            "budgets.amuont cannot be used (line 4)",
            "no such",
            "Did you mean amount?",
        ),
        ("name = 'x'\namount = -5", "budgets.amount cannot be used (line 4)", "above 0", 'amount = "500.00"'),
        ("name = 'x'", "budgets.amount cannot be used (line 2)", "above 0", 'amount = "500.00"'),
        ("name = 5\namount = 5", "budgets.name cannot be used (line 3)", "one line of text", "Correct"),
        ("name = ' '\namount = 5", "budgets.name cannot be used (line 3)", "needs a name", "Correct"),
        (GOOD + "currency = '$'", "(line 5)", "no currency", 'currency = "usd"'),
        (GOOD + "scope = 7", "(line 5)", "a project", 'scope = "search-api"'),
        (GOOD + "scope = []", "(line 5)", "a project", 'scope = "search-api"'),
        (GOOD + "scope = ['a', 'b']", "(line 5)", "cannot read the filter 'a'", DIMENSIONS),
        (GOOD + "scope = 'projct_id=x'", "(line 5)", "filtered by 'projct_id'", "Did you mean project_id?"),
        (GOOD + "scope = 'batch!=true'", "(line 5)", "filtered by 'batch'", DIMENSIONS),
        (GOOD + "[[budgets]]\n" + GOOD, "(line 6)", "two budgets are called x", "Correct"),
        (GOOD + "'c\\u001b' = 1", "budgets.c", "no such setting", "Settings of a budget: amount"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_what_was_meant(
    budget: str, where: str, why: str, mend: str
) -> None:
    """Two lines: the setting, its line and why; what to write instead."""
    first, second = mistake(f"theme = 'light' # name = amount =\n[[budgets]]\n{budget}\n")
    assert where in first
    assert why in first
    assert mend in second


def test_lines_are_found_in_lists_and_in_profiles() -> None:
    """However the budgets are written; in a profile only its own."""
    inline = 'budgets = [\n  { name = "a", amount = 1 },\n  { name = "{ b", amount = "x" },\n]\n'
    assert "(line 3)" in mistake(inline)[0]
    assert "(line 1)" in mistake("budgets = [{ name = 'a', amount = 1 }, { name = 'b' }]")[0]
    profile = "default_profile = 'w'\n[profile.v]\nbudgets = 'x'\n[profile.w]\nbudgets = [{ name = 'a' }]\n"
    first, _ = mistake(profile)
    assert "profile.w.budgets.amount cannot be used (line 5)" in first
    tables = "default_profile = 'w'\n[[profile.w.budgets]]\nname = 'a'\namount = 1\n[[profile.w.budgets]]\nname = 'a'\n"
    assert "(line 5)" in mistake(tables)[0]
    inherited = (
        "default_profile = 'w'\nbudgets = [\n{ name = 'a' }]\n[profile.w]\nbase_url = 'https://x.example'\n"
    )
    first, _ = mistake(inherited)
    assert "the setting budgets.amount cannot be used (line 3)" in first


def test_a_line_that_cannot_be_told_is_not_made_up() -> None:
    """Unusual TOML is read all the same; the mistake is told without a line."""
    assert line_of('"budgets" = []', "", 0, "name") is None
    assert line_of("budgets = [{}]", "", 1, "name") is None
    assert line_of("", "profile.x", 0, "name") is None
    first, _ = mistake('"budgets" = [{ name = "x" }]')
    assert "line" not in first
