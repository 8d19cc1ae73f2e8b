"""Every command of the explorer, once: its keys, its words, and the action that it runs.

Bindings, footer, palette, help and the README's key table are made from this registry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from usagetop.errors import ConfigError
from usagetop.model.categories import CATEGORIES
from usagetop.model.text import label
from usagetop.store.views import VIEWS

if TYPE_CHECKING:
    from collections.abc import Mapping


class Command(NamedTuple):
    """One command.

    ``id`` names it in the configuration file; ``keys`` are Textual key names, the first is the one shown.
    ``word`` is its footer label, ``help`` one sentence. ``footer`` orders it among the footer's keys (0: not
    there). ``palette`` is False for cursor movement.
    """

    id: str
    keys: tuple[str, ...]
    word: str
    help: str
    group: str
    action: str
    footer: int = 0
    palette: bool = True


def _category_commands() -> tuple[Command, ...]:
    """One command a category; the first ten have digits."""
    keys = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "0")
    return tuple(
        Command(
            f"category-{category.name}",
            (keys[number],) if number < len(keys) else (),
            category.title,
            f"Show {category.name}.",
            "Category",
            f"category('{category.name}')",
        )
        for number, category in enumerate(CATEGORIES)
    )


_CATEGORY = (
    *_category_commands(),
    Command("category-previous", ("[", "comma"), "previous", "Previous category.", "Category", "step(-1)"),
    Command("category-next", ("]", "full_stop"), "next", "Next category.", "Category", "step(1)"),
)

_MOVE = (
    Command("up", ("k", "up"), "up", "One row up.", "Move", "rows(-1)", palette=False),
    Command("down", ("j", "down"), "down", "One row down.", "Move", "rows(1)", palette=False),
    Command("left", ("h", "left"), "left", "One column to the left.", "Move", "columns(-1)", palette=False),
    Command(
        "right", ("l", "right"), "right", "One column to the right.", "Move", "columns(1)", palette=False
    ),
    Command("first", ("g", "home"), "first", "First row.", "Move", "edge(-1)", palette=False),
    Command("last", ("G", "end"), "last", "Last row.", "Move", "edge(1)", palette=False),
    Command("page-up", ("pageup",), "page up", "One page up.", "Move", "pages(-2)", palette=False),
    Command("page-down", ("pagedown",), "page down", "One page down.", "Move", "pages(2)", palette=False),
    Command("half-up", ("ctrl+u",), "half up", "Half a page up.", "Move", "pages(-1)", palette=False),
    Command("half-down", ("ctrl+d",), "half down", "Half a page down.", "Move", "pages(1)", palette=False),
    Command("pane-next", ("tab",), "pane", "Next pane.", "Move", "pane(1)"),
    Command("pane-previous", ("shift+tab",), "pane", "Previous pane.", "Move", "pane(-1)"),
)

_DRILL = (
    Command(
        "drill",
        ("enter",),
        "drill",
        "Keep this row's value (or the marked rows) and break down by the next dimension.",
        "Drill",
        "drill",
        footer=1,
    ),
    Command(
        "back",
        ("escape", "backspace"),
        "back",
        "Back: end a load, leave maximised, clear the search, or go up one drill level; never quits.",
        "Drill",
        "back",
    ),
    Command(
        "other-side",
        ("o",),
        "other side",
        "From this line of the bill to the usage behind it, and from usage to its costs.",
        "Drill",
        "other_side",
    ),
    Command("history-back", ("H",), "earlier", "Back in the history of views.", "Drill", "history(-1)"),
    Command("history-forward", ("L",), "later", "Forward in the history of views.", "Drill", "history(1)"),
    Command("mark", ("space",), "mark", "Mark the row, or take its mark away.", "Drill", "mark"),
    Command("keep", ("f",), "keep", "Filter: keep this value.", "Drill", "keep"),
    Command("exclude", ("x",), "exclude", "Filter: exclude this value.", "Drill", "exclude"),
    Command("filters", ("F",), "filters", "Edit the filters.", "Drill", "filters"),
)

_VIEW = (
    Command("group-by", ("b",), "group by", "Pick the dimensions of the rows.", "View", "group_by", footer=3),
    Command("range", ("t",), "range", "Pick the time range.", "View", "range", footer=2),
    Command("shift-back", ("<",), "earlier", "Shift the range one period back.", "View", "shift(-1)"),
    Command("shift-forward", (">",), "later", "Shift the range one period on.", "View", "shift(1)"),
    Command("zoom-out", ("-",), "zoom out", "Twice the range.", "View", "zoom(-1)"),
    Command("zoom-in", ("+",), "zoom in", "Half the range.", "View", "zoom(1)"),
    Command("now", ("T",), "now", "Back to a range that reaches now.", "View", "now"),
    Command("width", ("i",), "width", "Bucket width: 1m, 1h, 1d, auto.", "View", "width"),
    Command("metric", ("m",), "metric", "Choose the metric.", "View", "metric"),
    Command("chart", ("v",), "chart", "Next kind of chart.", "View", "chart", footer=6),
    Command(
        "sort",
        ("s",),
        "sort",
        "Sort by the column under the cursor; again reverses.",
        "View",
        "sort",
        footer=4,
    ),
    Command("sort-list", ("S",), "sort by", "Pick the column to sort by from a list.", "View", "sort_list"),
    Command("search", ("/",), "search", "Search rows as you type.", "View", "search", footer=7),
    Command("names", ("n",), "names or ids", "Show names or ids.", "View", "names"),
    Command(
        "compare",
        ("c",),
        "compare",
        "Compare: the period before, the same days of last month, off.",
        "View",
        "compare",
    ),
    Command("maximise", ("z",), "maximise", "Maximise the pane, and back.", "View", "maximise"),
)

_WHY = (
    Command(
        "views",
        ("a",),
        "why",
        "Costs from another side: what drove them, prices, savings, tiers, budget, odd days, reconcile, allocated.",
        "Why",
        "views",
        footer=5,
    ),
    *(
        Command(f"view-{view.name}", (), view.title, view.help, "Why", f"sheet('{view.name}')")
        for view in VIEWS.values()
    ),
)

_DATA = (
    Command("refresh", ("r",), "refresh", "Refresh what is due.", "Data", "refresh_view"),
    Command("refresh-all", ("R",), "ask again", "Ask again for everything in view.", "Data", "refresh_all"),
    Command("copy-cell", ("y",), "copy", "Copy the cell.", "Data", "copy_cell"),
    Command(
        "copy-view",
        ("Y",),
        "copy view",
        "Copy the view as CSV, Markdown, JSON, command line or curl.",
        "Data",
        "copy_view",
    ),
    Command("export", ("e",), "export", "Export the view to a file.", "Data", "export"),
    Command("details", ("d",), "details", "Every field that the API gave for this row.", "Data", "details"),
    Command("messages", ("!",), "messages", "Errors, notices and retries.", "Data", "messages"),
)

_PROGRAM = (
    Command(
        "palette",
        ("ctrl+p", ":"),
        "palette",
        "Every command by name.",
        "Program",
        "command_palette",
        palette=False,
    ),
    Command("help", ("?",), "help", "Keys and words.", "Program", "help", footer=8),
    Command("theme", (), "theme", "Next theme: dark, light, the terminal's own.", "Program", "theme"),
    Command("suspend", ("ctrl+z",), "suspend", "Suspend; fg brings it back.", "Program", "suspend"),
    Command(
        "interrupt", ("ctrl+c",), "copy or quit", "Copy the selection; twice quits.", "Program", "interrupt"
    ),
    Command("quit", ("q",), "quit", "Quit.", "Program", "leave"),
)

COMMANDS: tuple[Command, ...] = (*_CATEGORY, *_MOVE, *_DRILL, *_VIEW, *_WHY, *_DATA, *_PROGRAM)
BY_ID = {command.id: command for command in COMMANDS}
FOOTER = tuple(sorted((command for command in COMMANDS if command.footer), key=lambda c: c.footer))

_SHOWN = {
    "comma": ",",
    "full_stop": ".",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
    "escape": "esc",
    "slash": "/",
    "backslash": "\\",
    "at": "@",
    "minus": "-",
    "plus": "+",
    "underscore": "_",
    "space": "space",
}


def shown(key: str) -> str:
    """A key as a person reads it: ``comma`` is ``,``, ``pageup`` is ``PgUp``."""
    if key in _SHOWN or len(key) == 1:
        return _SHOWN.get(key, key)
    import unicodedata

    try:
        character = unicodedata.lookup(key.replace("_", " "))
    except KeyError:
        return key
    return character if character.isprintable() else key


def key_name(key: str) -> str:
    """Textual's name of a key: ``,`` and ``comma`` are one key."""
    from textual.keys import _character_to_key

    if len(key) == 1:
        return _character_to_key(key)
    return key.strip()


def keys_text(command: Command) -> str:
    """All keys of a command, as a person reads them."""
    return " ".join(shown(key) for key in command.keys)


def check_overrides(overrides: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Key overrides of the configuration (command id → key names), checked; raises ConfigError.

    An unknown command is refused, and so are a command without a key and a key that two commands would share.
    """
    if not overrides:
        return {}  # the usual case, without a module of Textual
    for name, keys in overrides.items():
        if name not in BY_ID:
            raise ConfigError(
                f"no such command in [keys]: '{label(name, most=40)}'", mend="Commands: " + " ".join(BY_ID)
            )
        if not keys or not all(key.strip() for key in keys) or any("," in key and key != "," for key in keys):
            raise ConfigError(
                f"'{name}' in [keys] has no key that can be read",
                mend=f'Write it like {name} = ["x", "ctrl+x"]',
            )
    chosen = {name: tuple(dict.fromkeys(map(key_name, keys))) for name, keys in overrides.items()}
    taken: dict[str, str] = {}
    for command in COMMANDS:
        for key in chosen.get(command.id, tuple(map(key_name, command.keys))):
            if key in taken and (command.id in chosen or taken[key] in chosen):
                raise ConfigError(
                    f"the key '{label(shown(key))}' is given to {taken[key]} and to {command.id}"
                )
            taken[key] = command.id
    return chosen
