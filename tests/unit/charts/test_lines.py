"""Lines and running totals: what plotext drew, in our frame."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from tests.support.house import run_python
from tests.unit.charts.drawing import any_series, assert_drawn, looks, pictured, series, sizes
from usagetop.analysis.series import Series
from usagetop.charts import DEFAULT_KIND, KINDS, cumulative, lines
from usagetop.charts.picture import Look, Picture, Size
from usagetop.charts.plot import Curve, draw

LOOK = Look()


def test_a_line() -> None:
    """From the zero line at its lower edge up to the mark and back."""
    drawn = lines.build(series((0, 8, 16, 8, 0)), Size(27, 7), LOOK)
    assert pictured(drawn) == [
        "               ⡠⠊⠢⡀",
        "             ⡠⠊   ⠈⠢⡀",
        "   10 ▔▔▔▔⢀⠤⠊▔▔▔▔▔▔▔⠈⠢⡀▔▔▔▔",
        "        ⢀⠔⠁           ⠈⠢⡀",
        "      ⣀⠔⠁               ⠈⠢⣀",
        "    0 Nov 1     3         5",
        "■ a 32",
    ]


def test_running_totals_have_a_total() -> None:
    """Without colours a line is made of the mark that stands in the legend."""
    drawn = cumulative.build(series((1, 2, 3, 2, 0), (1, 1, 1, 1, 1)), Size(27, 9), Look(ascii=True))
    assert drawn.text.isascii()
    assert pictured(drawn) == [
        "   15 --------------------T",
        "                     TTTTT",
        "   10 ----------TTTTT******",
        "           TTTTT*****     +",
        "    5 ---TT*****++++++++++-",
        "      TTT**+++++",
        "    0 ---------------------",
        "      Nov 1     3         5",
        "T total 13   * a 8   + b 5",
    ]


def test_running_totals_go_on_behind_a_gap() -> None:
    """The gap stays open, what was before it counts."""
    found = cumulative.running(series((1.0, 2.0, None, 4.0), (0.0, None, None, 1.0)))
    assert [line.values for line in found.lines] == [(1.0, 3.0, None, 7.0), (0.0, None, None, 1.0)]
    assert found.kind == "level"


def test_a_level_has_no_running_total() -> None:
    """Bytes stored today and yesterday do not add up."""
    stored = series((5, 6, 7, 6), kind="level", unit="bytes")
    assert cumulative.build(stored, Size(60, 9), LOOK) == lines.build(stored, Size(60, 9), LOOK)


def test_a_gap_breaks_the_line() -> None:
    """No dot leads over the bucket that is missing."""
    cells = draw([Curve((1.0, 1.0, None, 1.0, 1.0), 0)], 5, 0, 2, Size(41, 4))
    drawn = {column for row in cells for column, cell in enumerate(row) if cell.text != " "}
    assert not drawn & set(range(12, 28))
    assert {0, 9, 31, 40} <= drawn


def test_lines_keep_their_tones() -> None:
    """Tones come back from plotext's colour codes; later curves lie over earlier ones."""
    high, low = Curve((3.0, 3.0), 7, dim=True), Curve((1.0, 1.0), None, bold=True)
    cells = draw([high, low], 2, 0, 4, Size(10, 4))
    assert {(cell.tone, cell.dim, cell.bold) for cell in cells[0] + cells[1] if cell.text != " "} == {
        (7, True, False)
    }
    assert {(cell.tone, cell.dim, cell.bold) for cell in cells[2] + cells[3] if cell.text != " "} == {
        (None, False, True)
    }


def test_nothing_is_drawn_without_plotext() -> None:
    """An empty figure would pin its axes."""
    assert {cell.text for row in draw([Curve((None,), 0)], 1, 0, 1, Size(9, 2)) for cell in row} == {" "}


def test_the_open_bucket_is_dim() -> None:
    """The stretch that leads to it, and the floor under it."""
    drawn = lines.build(series((8, 8, 8, 8, 2.0), partial=True), Size(47, 9), LOOK)
    toned = [span for row in drawn.rows[:6] for span in row if span.tone == 0]
    assert {span.dim for span in toned} == {True, False}
    assert "╌" in drawn.text
    for row in drawn.rows[:6]:
        at = 0
        for span in row:
            if span.tone == 0 and span.dim:
                assert at >= 7 + 30 - 1  # four stretches of ten columns: the last one
            at += len(span.text)


def test_threads_do_not_share_a_figure() -> None:
    """Charts are built in workers: two at once are what they are alone."""
    many = [series(tuple(float((number * step) % 13) for number in range(60))) for step in (1, 2, 3, 5)]
    alone = [lines.build(one, Size(80, 12), LOOK) for one in many]
    together: dict[int, Picture] = {}

    def work(number: int) -> None:
        for _ in range(3):
            together[number] = lines.build(many[number], Size(80, 12), LOOK)

    workers = [threading.Thread(target=work, args=(number,)) for number in range(len(many))]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [together[number] for number in range(len(many))] == alone


@pytest.mark.parametrize(
    "rows", [(), ((),), ((0.0, 0.0),), ((None, None),), ((1e300, 2e300),), ((5e-324,),), ((3.0,),)]
)
@pytest.mark.parametrize("kind", ["lines", "cumulative"])
def test_odd_series(rows: tuple[tuple[float | None, ...], ...], kind: str) -> None:
    """No bucket, no line, only zeros, only gaps, the largest and the smallest there is, one bucket."""
    for size in (Size(1, 1), Size(20, 4), Size(120, 12), Size(0, 0)):
        assert_drawn(KINDS[kind].build(series(*rows), size, LOOK), size)


@limits(max_examples=30)
@given(any_series(most=60), sizes, looks, st.sampled_from(("lines", "cumulative")))
def test_every_picture_has_its_size(drawn: Series, size: Size, look: Look, kind: str) -> None:
    """Whatever the numbers and labels are; few examples, for plotext takes its time."""
    assert_drawn(KINDS[kind].build(drawn, size, look), size)


def test_the_registry_does_not_load_plotext() -> None:
    """Nor do bars: the first paint of the explorer has no time for it."""
    code = (
        "import sys; from usagetop.charts import KINDS; from usagetop.charts.picture import Look, Size\n"
        "from tests.unit.charts.drawing import series\n"
        "KINDS['bars'].build(series((1.0, 2.0)), Size(80, 12), Look())\n"
        "assert not [name for name in sys.modules if name.split('.')[0] in {'plotext', 'textual', 'rich'}]"
    )
    done = run_python("-c", code)
    assert done.returncode == 0, done.stderr


def test_kinds() -> None:
    """Stacked bars are the default, and the only ones that may be built on the event loop."""
    assert DEFAULT_KIND in KINDS
    assert [kind.name for kind in KINDS.values() if kind.quick] == ["bars"]
