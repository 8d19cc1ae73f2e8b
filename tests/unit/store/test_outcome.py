"""What a load ends with: one answer as frame, series and labels, which agree with each other."""

from __future__ import annotations

import pytest

from tests.unit.store.world import World
from usagetop.client.names import Name, Names
from usagetop.store.labels import by_names
from usagetop.store.opening import demo_loader
from usagetop.store.outcome import Outcome, load_outcome, outcome, relabelled
from usagetop.store.session import View, first_view

pytestmark = pytest.mark.anyio

NOW = 1_795_509_020
NAMED = by_names(Names({("model", "m"): Name("the model")}))


async def loaded(view: View) -> Outcome:
    """A view of the little world in which every bucket holds one token of model m."""
    world = World()
    return await load_outcome(world.loader(), view, now=int(world.now), mode="normal", resolve=NAMED)


async def test_frame_series_and_labels_are_those_of_the_answer() -> None:
    """One day, one token."""
    view = View("embeddings", range_text="7d", group_by=("model",))
    result = await loaded(view)
    assert result.view is view
    assert result.answer.query == view.query(NOW)
    assert result.frame.totals.counts["input_tokens"] == 7
    assert [line.label for line in result.series.lines] == ["the model"]
    assert sum(value or 0 for value in result.series.lines[0].values) == 7


async def test_ids_and_names_are_another_drawing_of_the_same_numbers() -> None:
    """There and back; nothing is asked or added up again."""
    named = await loaded(View("embeddings", range_text="7d", group_by=("model",)))
    ids = relabelled(named, named.view.changed(show_ids=True), NAMED)
    assert [line.label for line in ids.series.lines] == ["m"]
    assert ids.labels.of("model", "m") == "m"
    assert (ids.frame, ids.answer) == (named.frame, named.answer)
    again = relabelled(ids, named.view, NAMED)
    assert again.series == named.series
    assert again.labels.of("model", "m") == "the model"


async def test_a_view_that_shows_ids_is_loaded_with_ids() -> None:
    """Also where names are known."""
    result = await loaded(View("embeddings", range_text="7d", group_by=("model",), show_ids=True))
    assert [line.label for line in result.series.lines] == ["m"]


@pytest.mark.parametrize("group_by", [(), ("bucket",), ("bucket", "model"), ("model", "bucket")])
async def test_the_chart_never_groups_by_the_bucket_that_is_its_axis(group_by: tuple[str, ...]) -> None:
    """Where every row is a bucket, the chart still shows all of them over time."""
    result = await loaded(View("embeddings", range_text="7d", group_by=group_by))
    assert len(result.series.starts) == 7
    assert len(result.series.lines) == 1
    assert len(result.frame) == (7 if "bucket" in group_by else 1)
    assert relabelled(result, result.view, NAMED).series == result.series


@pytest.mark.parametrize("category", ["costs", "completions", "vector_stores"])
async def test_the_series_holds_the_charted_metric_of_every_bucket(category: str) -> None:
    """Against the demo organization: chart and totals line say the same."""
    loader = demo_loader("spike", clock=lambda: float(NOW))
    view = first_view(category)
    result = outcome(view, await loader.load(view.query(NOW)))
    for place, point in enumerate(result.frame.buckets):
        total = (
            point.totals.amounts.get("usd", 0)
            if view.about.is_costs
            else point.totals.counts.get(view.charted, 0)
        )
        charted = sum(line.values[place] or 0 for line in result.series.lines)
        assert charted == pytest.approx(float(total))
