"""The registry of commands against INTERFACE's table of keys: all bound, none twice, and the footer holds what fits."""

from __future__ import annotations

from collections import Counter

import pytest
from textual.binding import Binding

from usagetop.app import ExplorerApp
from usagetop.commands import BY_ID, COMMANDS, FOOTER, check_overrides, key_name, keys_text, shown
from usagetop.errors import ConfigError
from usagetop.screens import captions
from usagetop.screens.dialogs.reading import help_lines
from usagetop.screens.explorer import Explorer
from usagetop.widgets.line import fitting

# INTERFACE.md, "Keys", without `c` (compare), which a later version adds. Keys as a person types them.
PROMISED = {
    **{f"category-{name}": key for key, name in zip(
        "1234567890",
        ("costs", "completions", "embeddings", "moderations", "images", "audio_speeches",
         "audio_transcriptions", "vector_stores", "code_interpreter_sessions", "file_search_calls"),
        strict=True,
    )},
    "category-previous": "[ ,", "category-next": "] .",
    "down": "j down", "up": "k up", "left": "h left", "right": "l right",
    "first": "g home", "last": "G end", "page-up": "pageup", "page-down": "pagedown",
    "half-down": "ctrl+d", "half-up": "ctrl+u", "pane-next": "tab", "pane-previous": "shift+tab",
    "drill": "enter", "back": "escape backspace", "history-back": "H", "history-forward": "L",
    "mark": "space", "group-by": "b", "keep": "f", "exclude": "x", "filters": "F", "search": "/",
    "range": "t", "shift-back": "<", "shift-forward": ">", "zoom-out": "-", "zoom-in": "+", "now": "T",
    "width": "i", "metric": "m", "chart": "v", "sort": "s", "sort-list": "S", "names": "n",
    "refresh": "r", "refresh-all": "R", "copy-cell": "y", "copy-view": "Y", "export": "e",
    "maximise": "z", "details": "d", "messages": "!", "palette": "ctrl+p :", "help": "?",
    "quit": "q", "suspend": "ctrl+z", "interrupt": "ctrl+c",
}  # fmt: skip


def bound() -> dict[str, set[str]]:
    """Key → command ids, as the app and the explorer really bind them."""
    found: dict[str, set[str]] = {}
    for source in (Explorer.BINDINGS, ExplorerApp.BINDINGS):
        given = [binding for binding in source if isinstance(binding, Binding)]
        for binding in Binding.make_bindings(given):
            found.setdefault(binding.key, set()).add(str(binding.id))
    return found


@pytest.mark.parametrize(("name", "keys"), PROMISED.items(), ids=PROMISED)
def test_every_promised_key_is_bound_to_its_command(name: str, keys: str) -> None:
    """Under the command's id, which makes it rebindable."""
    for key in keys.split():
        assert bound().get(key_name(key)) == {name}


def test_ids_are_unique_and_no_key_is_given_twice() -> None:
    """Textual would take the first and say nothing."""
    assert len(BY_ID) == len(COMMANDS)
    keys = Counter(key_name(key) for command in COMMANDS for key in command.keys)
    assert [key for key, times in keys.items() if times > 1] == []


def test_nothing_needs_alt_ctrl_shift_or_a_function_key() -> None:
    """Terminals keep those, or never send them."""
    for command in COMMANDS:
        for key in command.keys:
            assert "alt+" not in key
            assert "ctrl+shift" not in key
            assert not (key[0] == "f" and key[1:].isdigit())


def test_every_action_exists() -> None:
    """A name that is spelled wrong would be a key that does nothing."""
    for command in COMMANDS:
        name = "action_" + command.action.partition("(")[0]
        home = ExplorerApp if command.group == "Program" and command.id != "help" else Explorer
        assert hasattr(home, name), command.id


def test_everything_but_cursor_movement_stands_in_the_palette() -> None:
    """But the palette itself, which is open then."""
    movement = {"up", "down", "left", "right", "first", "last"}
    movement |= {"page-up", "page-down", "half-up", "half-down"}
    assert {command.id for command in COMMANDS if not command.palette} == {*movement, "palette"}


def test_every_command_says_what_it_does_and_help_shows_all_that_have_keys() -> None:
    """One sentence each."""
    text = "\n".join(line.plain for line in help_lines())
    for command in COMMANDS:
        assert command.help.endswith(".")
        assert command.word
        if command.keys:
            assert command.help in text
            assert keys_text(command) in text


@pytest.mark.parametrize(("width", "most"), [(60, 8), (80, 8), (120, 9)])
def test_the_footer_holds_at_most_eight_keys_at_80_columns_with_the_way_out(width: int, most: int) -> None:
    """Drill, range, grouping, help and q stay on the narrowest screen."""
    keys = {command.id: command.keys[0] for command in COMMANDS if command.keys}
    left, right = fitting(*captions.footer(keys), width)
    named = [piece.value for piece in (*left, *right) if piece.part == "key"]
    assert len(named) <= most
    assert named[-1] == "quit"
    assert {"drill", "range", "group-by", "help"} <= set(named)
    assert sum(len(piece.text) for piece in (*left, *right)) <= width


def test_the_footer_s_order_is_that_of_its_numbers() -> None:
    """Without holes, or a key would be missing."""
    assert [command.footer for command in FOOTER] == list(range(1, len(FOOTER) + 1))


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("comma", ","),
        (",", ","),
        ("slash", "/"),
        ("semicolon", ";"),
        ("pageup", "PgUp"),
        ("escape", "esc"),
        ("G", "G"),
        ("ctrl+p", "ctrl+p"),
        ("tab", "tab"),
        ("space", "space"),
        ("enter", "enter"),
    ],
)
def test_a_key_is_shown_as_a_person_reads_it(key: str, text: str) -> None:
    """Textual's names are for the configuration."""
    assert shown(key) == text


def test_overrides_are_named_as_textual_names_keys() -> None:
    """A comma would be read as a separator."""
    assert check_overrides({"search": (",", "ctrl+f"), "category-previous": ("[",)}) == {
        "search": ("comma", "ctrl+f"),
        "category-previous": ("left_square_bracket",),
    }
    assert check_overrides({}) == {}


def test_two_commands_may_change_keys() -> None:
    """Nothing collides when both are rebound."""
    assert check_overrides({"metric": ("v",), "chart": ("m",)})["metric"] == ("v",)


@pytest.mark.parametrize(
    ("overrides", "told"),
    [
        ({"nonsense": ("x",)}, "no such command"),
        ({"\x1b[2J": ("x",)}, "no such command"),
        ({"search": ("q",)}, "'q' is given to"),
        ({"search": ("w",), "metric": ("w",)}, "'w' is given to"),
        ({"search": ("comma",)}, "',' is given to"),
        ({"search": (",",)}, "',' is given to"),
        ({"search": ("question_mark",)}, "'?' is given to"),
        ({"search": ()}, "has no key"),
        ({"search": (" ",)}, "has no key"),
        ({"search": ("a,b",)}, "has no key"),
    ],
)
def test_what_cannot_be_bound_is_refused_before_anything_is_drawn(
    overrides: dict[str, tuple[str, ...]], told: str
) -> None:
    """With both commands named where they collide, and nothing that moves the terminal."""
    with pytest.raises(ConfigError) as caught:
        check_overrides(overrides)
    text = "\n".join(caught.value.lines())
    assert told in text
    assert "\x1b" not in text
