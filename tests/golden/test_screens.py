"""The screens as pictures: each is compared with the SVG in ``screenshots/`` that the README shows.

``make screenshots`` draws them anew; look at the difference before committing it.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.support.explorer import at_the_explorer

pytestmark = pytest.mark.anyio

SCREENSHOTS = Path(__file__).resolve().parents[2] / "screenshots"
SMALL, MIDDLE, LARGE = (80, 24), (120, 40), (200, 60)

# name → (size, scenario, keys). A name that ends in a size is drawn at that size.
SCREENS: dict[str, tuple[tuple[int, int], str, tuple[str, ...]]] = {
    "costs-80x24": (SMALL, "spike", ()),
    "costs-120x40": (MIDDLE, "spike", ()),
    "costs-200x60": (LARGE, "spike", ()),
    "completions-80x24": (SMALL, "spike", ("2",)),
    "completions-120x40": (MIDDLE, "spike", ("2",)),
    "completions-200x60": (LARGE, "spike", ("2",)),
    "projects-120x40": (MIDDLE, "spike", ("b", "home", "enter")),
    "drill-120x40": (MIDDLE, "spike", ("b", "home", "enter", "enter")),
    "lines-120x40": (MIDDLE, "spike", ("v",)),
    "cumulative-120x40": (MIDDLE, "spike", ("v", "v")),
    "vector-stores-120x40": (MIDDLE, "spike", ("8",)),
    "range-80x24": (SMALL, "spike", ("t",)),
    "range-120x40": (MIDDLE, "spike", ("t",)),
    "group-by-80x24": (SMALL, "spike", ("2", "b")),
    "details-120x40": (MIDDLE, "spike", ("2", "d")),
    "help-120x40": (MIDDLE, "spike", ("?",)),
    "messages-80x24": (SMALL, "spike", ("!",)),
    "compare-120x40": (MIDDLE, "spike", ("c",)),
    "compare-80x24": (SMALL, "spike", ("c",)),
    "views-120x40": (MIDDLE, "spike", ("a",)),
    "drivers-80x24": (SMALL, "spike", ("a", "enter")),
    "drivers-120x40": (MIDDLE, "spike", ("a", "enter")),
    "prices-120x40": (MIDDLE, "spike", ("t", "9", "0", "d", "enter", "a", "down", "enter")),
    "savings-120x40": (MIDDLE, "spike", ("a", "down", "down", "enter")),
    "reconcile-120x40": (MIDDLE, "spike", ("t", "9", "0", "d", "enter", "a", "end", "up", "enter")),
    "budget-120x40": (MIDDLE, "spike", ("a", "down", "down", "down", "down", "enter")),
    "budget-80x24": (SMALL, "spike", ("a", "down", "down", "down", "down", "enter", "end")),
    "tiers-120x40": (MIDDLE, "spike", ("a", "down", "down", "down", "enter")),
    "allocated-120x40": (MIDDLE, "spike", ("a", "end", "enter")),
    "anomalies-80x24": (SMALL, "leak", ("a", "end", "up", "up", "enter")),
    "anomalies-120x40": (MIDDLE, "leak", ("a", "end", "up", "up", "enter")),
    "empty-80x24": (SMALL, "empty", ()),
    "refused-120x40": (MIDDLE, "refusing", (",",)),
}


def comparable(svg: str) -> str:
    """The picture without the names that Rich makes up for its style classes."""
    return re.sub(r"terminal-\d+", "terminal", svg).strip()


@pytest.mark.parametrize("name", SCREENS)
async def test_the_screen_is_the_picture_in_the_readme(name: str) -> None:
    """A difference is either a defect or a change to look at."""
    size, scenario, keys = SCREENS[name]
    async with at_the_explorer(scenario=scenario, size=size) as person:
        await person.press(*keys)
        await person.drawn()
        drawn = comparable(person.app.export_screenshot(title="usagetop")) + "\n"
    path = SCREENSHOTS / f"{name}.svg"
    if os.environ.get("USAGETOP_UPDATE_GOLDEN"):
        path.write_text(drawn, encoding="utf-8")
    assert path.exists(), f"no picture {name}: make screenshots"
    assert drawn == path.read_text(encoding="utf-8"), f"{name} differs: make screenshots, and look at it"


def test_no_picture_is_left_over() -> None:
    """Every picture in the directory is one of the screens above."""
    assert {path.stem for path in SCREENSHOTS.glob("*.svg")} == set(SCREENS)
