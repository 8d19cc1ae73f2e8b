"""``usagetop show CATEGORY``: print one view and end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from usagetop.cli.ending import tell, tell_notices
from usagetop.cli.grammar import Grammar
from usagetop.cli.options import ANSWER, CACHE, DEMO, PRINT, VIEW, source_of, view_of
from usagetop.cli.output import put
from usagetop.errors import EXIT_GOOD, EXIT_INCOMPLETE
from usagetop.exports import FORMATS
from usagetop.model.answer import INCOMPLETE_CODES
from usagetop.model.categories import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from usagetop.cli.parsing import Parser
    from usagetop.exports import Printable

GRAMMAR = Grammar(
    "usagetop show",
    "Print one view of usage or costs and end.",
    {"view": VIEW, "source": (*DEMO, *CACHE, *ANSWER), "output": PRINT},
    place="category",
    place_help="what to show, see below",
)


def parser() -> Parser:
    """The parser of the command."""
    from usagetop.cli.parsing import ENVIRONMENT, EXITS, RANGES, epilog, examples, listed

    shown = examples(
        "usagetop show costs --range mtd --by project_id",
        "usagetop show completions --range 7d --by model,bucket --format csv",
        "usagetop show costs --range last-month --filter project_id=search-api --format json",
        "usagetop show embeddings --demo --top 5",
    )
    return GRAMMAR.parser(epilog(listed("categories", list(BY_NAME)), RANGES, shown, EXITS, ENVIRONMENT))


def run(words: Sequence[str]) -> int:
    """Print the view; returns 0, or 5 where the data is incomplete."""
    given = GRAMMAR.read(words, parser)
    view, source = view_of(given), source_of(given)
    report: Printable
    if given.view is not None:
        from usagetop.cli.viewing import Viewing

        report = Viewing(given.view, view, source).report()
    else:
        from usagetop.cli.asking import Asking

        report = Asking(view, source).report()
    form = FORMATS[given.format]
    put(report, form, output=given.output, force=given.force)
    if not form.tells:
        tell_notices(report.notices)
    if report.complete:
        return EXIT_GOOD
    if not form.tells or given.output is not None:
        tell(f"INCOMPLETE: {_reason(report)}")
    return EXIT_INCOMPLETE


def _reason(report: Printable) -> str:
    """The first of the notices that make the answer incomplete."""
    reasons = (notice.message for notice in report.notices if notice.code in INCOMPLETE_CODES)
    return next(reasons, "the answer does not hold everything that was asked for")
