"""Taking a view away: to the clipboard and to files, through the same exports as ``usagetop show``."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from usagetop.errors import UsageError
from usagetop.exports import FORMATS
from usagetop.model.dimensions import DIMENSIONS
from usagetop.model.text import label
from usagetop.store.labels import raw_names

if TYPE_CHECKING:
    from usagetop.client.names import Names
    from usagetop.exports.report import Report
    from usagetop.model.query import Query
    from usagetop.screens.dialogs.export import ExportChoice
    from usagetop.store.outcome import Outcome
    from usagetop.store.session import View


def report(outcome: Outcome, view: View, known: Names | None) -> Report:
    """The view as the formats take it; the row search narrows the screen only, never what is taken away."""
    from usagetop.exports.report import Report, Sort  # not before the first paint

    frame, answer = outcome.frame, outcome.answer
    wanted = {
        name: dict.fromkeys(value for key in frame.keys if isinstance(value := key[at], str))
        for at, name in enumerate(frame.dims)
        if known is not None and name in DIMENSIONS and DIMENSIONS[name].names
    }
    sort = view.sorted_by if view.sorted_by != "share" else view.charted
    return Report(
        query=answer.query,
        frame=frame,
        notices=answer.notices,
        source=answer.source,
        complete=answer.complete,
        metric=view.charted,
        sort=Sort(sort, descending=view.descending),
        top=view.top,
        names=raw_names(known, wanted),
        earlier=outcome.earlier,
        ages=answer.ages,
    )


def copied(form: str, outcome: Outcome, view: View, known: Names | None) -> str:
    """The view as text: one of the formats, ``command`` (the command line) or ``curl``."""
    if form == "command":
        return command_line(outcome, view)
    if form == "curl":
        return curl(outcome.answer.query, outcome.answer.source.base_url)
    return FORMATS[form].render(report(outcome, view, known))


def command_line(outcome: Outcome, view: View) -> str:
    """``usagetop show …``: what prints the same numbers."""
    words = ["usagetop", "show", *outcome.answer.query.arguments()]
    if outcome.earlier is not None:
        words += ["--compare", view.compare]
    if view.metric:
        words += ["--metric", view.metric]
    if view.sort and view.sort != "share":
        words += ["--sort", f"{view.sort}:{'desc' if view.descending else 'asc'}"]
    if view.top is not None:
        words += ["--top", str(view.top)]
    base_url = outcome.answer.source.base_url
    if base_url.startswith("demo:"):
        words += ["--scenario", base_url.removeprefix("demo:")]
    return shlex.join(words)


def curl(query: Query, base_url: str) -> str:
    """The first request behind the view; the key stays in its variable."""
    from usagetop.client.paging import parameters
    from usagetop.client.plan import Window

    limit = query.about.limits[query.width]
    window = Window(query.range.start, query.range.asked_until, limit)
    base = "https://api.openai.com/v1" if base_url.startswith("demo:") else base_url
    words = [
        "curl",
        "-G",
        shlex.quote(base + query.about.path),
        "-H",
        '"Authorization: Bearer $OPENAI_ADMIN_KEY"',
    ]
    for name, value in parameters(query, window, limit=limit):
        words += ["--data-urlencode", shlex.quote(f"{name}={value}")]
    return " ".join(words)


def write_export(choice: ExportChoice, outcome: Outcome, view: View, known: Names | None) -> None:
    """Write the view to a file; raises UsageError with what is in the way."""
    from usagetop.exports.files import write_file

    text = FORMATS[choice.format].render(report(outcome, view, known))
    write_file(export_path(choice.path), text, force=choice.force)


def export_path(text: str) -> Path:
    """The file that was named, ``~`` resolved; raises UsageError where there is no such home."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise UsageError(f"cannot write {label(text)}", why="there is no such home directory") from None
