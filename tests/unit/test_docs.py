"""The documents are held against the code: what the README says must be there, and what is there it must say."""

from __future__ import annotations

import json
import re
import shlex
from importlib import import_module

import pytest

from tests.support import readme
from tests.support.house import ROOT
from usagetop import __version__, errors
from usagetop.cli import COMMANDS as PROGRAM_COMMANDS
from usagetop.cli import main, options
from usagetop.cli.parsing import ENVIRONMENT, Parser
from usagetop.commands import COMMANDS, Command, keys_text
from usagetop.demo.scenarios import DEFAULT_SCENARIO, SCENARIOS
from usagetop.exports import FORMATS
from usagetop.model.categories import CATEGORIES, Category
from usagetop.model.period import DEFAULT_RANGE, GRAMMAR, PRESETS, parse_range
from usagetop.model.query import make_query
from usagetop.settings import load_settings
from usagetop.settings.hosts import to_ask_about
from usagetop.store.views import VIEWS

DOCUMENTS = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")
README = readme.README.read_text(encoding="utf-8")
PARTS = readme.parts(README)
# Fields that the table of views tells in words: every row has a currency, and tokens are many.
_IN_WORDS = {"currency", "input_tokens", "output_tokens", "input_cached_tokens", "input_cache_write_tokens"}
PARSERS: dict[str, Parser] = {
    name: import_module(f"usagetop.cli.{name}").parser() for name in ("explore", *PROGRAM_COMMANDS)
}


def blocks(language: str) -> list[str]:
    """The fenced blocks of a language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def command_lines() -> list[list[str]]:
    """The words after ``usagetop`` of every example, without what the shell does around them."""
    found = []
    for line in "".join(blocks("sh")).splitlines():
        words = shlex.split(line, comments=True)
        if words[:1] == ["usagetop"]:
            end = next((at for at, word in enumerate(words) if word in {"|", "||", ">", "&&"}), len(words))
            found.append(words[1:end])
    return found


def slug(heading: str) -> str:
    """The anchor that a heading gets."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


# -- generated parts


@pytest.mark.parametrize("name", readme.PARTS)
def test_a_generated_part_is_fresh(name: str) -> None:
    """It is what the code makes of it now; otherwise ``make docs`` was forgotten."""
    assert name in PARTS, f"no part {name} in the README"
    assert name not in readme.stale(README), "make docs"


def test_the_check_names_what_is_stale(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """A part that was changed by hand or taken out is named, and writing mends the first."""
    copy = tmp_path_factory.mktemp("docs") / "README.md"
    monkeypatch.setattr(readme, "README", copy)
    copy.write_text(README.replace("| Quit. |", "| Stay. |"), encoding="utf-8")
    assert readme.main(["--check"]) == 1
    assert "stale: keys." in capsys.readouterr().err
    assert readme.main(["--write"]) == 0
    assert copy.read_text(encoding="utf-8") == README
    assert readme.main(["--check"]) == 0
    copy.write_text(README.replace("<!-- generated: words -->", ""), encoding="utf-8")
    assert readme.main(["--check"]) == 1
    assert "stale: words." in capsys.readouterr().err


def test_the_sample_is_json() -> None:
    """The JSON sample is what a program would read."""
    document = json.loads(re.sub(r"^```.*$", "", PARTS["json-sample"], flags=re.MULTILINE))
    assert document["schema_version"] == 1


# -- everything that is there is said


@pytest.mark.parametrize("name", PARSERS)
def test_every_command_and_option_is_in_the_readme(name: str) -> None:
    """Also an option that a parser has but the tables of ``cli.options`` lack."""
    if name != "explore":
        assert f"`usagetop {name}`" in README
    offered = {flag for action in PARSERS[name]._actions for flag in action.option_strings}
    said = set(re.findall(r"`(-{1,2}[a-z][a-z-]*)", README))
    assert offered - said - {"--help"} == set()


def test_every_word_of_a_command_is_in_the_readme() -> None:
    """``cache info``, ``completion zsh``: the words that a command chooses from."""
    for name, parser in PARSERS.items():
        for action in parser._actions:
            if not action.option_strings and action.choices is not None:
                missing = [word for word in action.choices if f"usagetop {name} {word}" not in README]
                assert missing == []


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.id)
def test_every_key_is_in_the_table(command: Command) -> None:
    """With its name, by which it is bound anew."""
    for key in keys_text(command).split():
        assert f"`{key}`" in PARTS["keys"]
    name = "category-NAME" if command.action.startswith("category(") else command.id
    assert f"`{name}`" in PARTS["keys"]


@pytest.mark.parametrize("about", CATEGORIES, ids=lambda about: about.name)
def test_every_category_is_in_the_table(about: Category) -> None:
    """With all that it measures, groups and filters by."""
    row = next(line for line in PARTS["categories"].splitlines() if line.startswith(f"| `{about.name}` |"))
    metrics, dimensions, filters, buckets = row.split(" | ")[1:]
    assert [f"`{metric.name}`" for metric in about.main_metrics] == metrics.split()
    assert [f"`{one.name}`" for one in about.dimensions] == dimensions.split()[: len(about.dimensions)]
    assert {f"`{name}`" for name in about.filters} == set(filters.split())
    assert all(f"`{width}` {limit:,}" in buckets for width, limit in about.limits.items())
    assert all(f"`{metric.name}`" in PARTS["categories"] for metric in about.metrics)


def test_small_vocabularies_are_in_the_readme() -> None:
    """Presets, formats, scenarios, exit codes and environment variables."""
    codes = [value for name, value in vars(errors).items() if name.startswith("EXIT_")]
    variables = re.findall(r"[A-Z]+_[A-Z_]+", ENVIRONMENT)
    wanted = [*PRESETS, *FORMATS, *SCENARIOS, *variables]
    assert [word for word in wanted if f"`{word}`" not in README] == []
    table = README.partition("### Exit codes")[2].partition("###")[0]
    assert [code for code in codes if not re.search(rf"^\|.*\b{code}\b.* \|", table, re.MULTILINE)] == []


@pytest.mark.parametrize("name", VIEWS)
def test_every_view_has_a_picture_and_its_fields(name: str) -> None:
    """A reader of the README finds what a view answers, how it looks, and what a program gets."""
    section = README.partition("\n## From numbers to answers\n")[2].partition("\n## ")[0]
    assert f"(screenshots/{name}-120x40.svg)" in section
    row = next(line for line in README.splitlines() if line.startswith(f"| `{name}` |"))
    view = VIEWS[name]
    fields = import_module(f"usagetop.store.views.{name}")
    told = getattr(fields, "FIELDS", ())
    assert [one.name for one in told if f"`{one.name}`" not in row and one.name not in _IN_WORDS] == []
    assert [by for by in view.by if f"`{by}`" not in row and f"`--by {by}`" not in row] == []


def test_nothing_that_is_there_is_called_missing() -> None:
    """What usagetop does not do is not an option that it has."""
    missing = README.partition("\n## What it does not do\n")[2].partition("\n## ")[0]
    assert re.findall(r"`--[a-z-]+`", missing) == []
    assert "budgets` are read" not in README


# -- what is said is there


def test_the_first_two_commands_do_everything() -> None:
    """They need only Python and make, and stand before anything else."""
    first = blocks("sh")[0].splitlines()
    assert [line.partition("#")[0].strip() for line in first] == ["make demo", "make test"]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_make_targets_exist(name: str) -> None:
    """Every ``make X`` of a document is in the Makefile."""
    text = (ROOT / name).read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"(?:`|^)make ([a-z-]+)", text, re.MULTILINE))
    assert [each for each in sorted(targets) if not re.search(rf"^{each}:", makefile, re.MULTILINE)] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_and_pictures_lead_somewhere(name: str) -> None:
    """Relative links name files of the checkout, anchors name headings."""
    text = (ROOT / name).read_text(encoding="utf-8")
    anchors = {slug(heading) for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE)}
    targets = re.findall(r"\]\(([^)\s]+)\)", text)
    for target in targets:
        if target.startswith("#"):
            assert target[1:] in anchors
        elif not target.startswith("https://"):
            assert (ROOT / target.partition("#")[0]).is_file(), f"no {target}"


@pytest.mark.parametrize("words", command_lines(), ids=" ".join)
def test_examples_are_understood(words: list[str]) -> None:
    """Every example line parses, and its view can be asked."""
    command = words[0] if words[:1] and words[0] in PROGRAM_COMMANDS else "explore"
    given = PARSERS[command].parse_args(words if command == "explore" else words[1:])
    if command in {"explore", "show"}:
        view = options.view_of(given)
        make_query(view.category, view.range, now=readme.NOW, by=view.by, filters=view.filters)


@pytest.mark.parametrize("words", [words for words in command_lines() if "--demo" in words], ids=" ".join)
def test_examples_on_the_demo_run(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """They end well and print something."""
    assert main(words) == errors.EXIT_GOOD
    printed = capsys.readouterr()
    assert printed.out
    assert printed.err == ""


def test_ranges_are_of_the_grammar() -> None:
    """The table of ranges holds what the parser takes, and all that its own sentence names."""
    table = README.partition("## Time ranges")[2].partition("\nDays are")[0]
    said = [
        word for row in table.splitlines() if row.startswith("| `") for word in re.findall(r"`([^`]+)`", row)
    ]
    for word in said:
        parse_range(word.replace("N", "5"), readme.NOW)
    assert [word for word in re.split(r",? ", GRAMMAR) if word != "any" and word not in said] == []
    assert f"The default is `{DEFAULT_RANGE}`" in README


def test_the_configuration_is_taken(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The sample file is one that usagetop reads, with the lines too that are commented out."""
    place = tmp_path_factory.mktemp("config") / "config.toml"
    (sample,) = blocks("toml")
    place.write_text(re.sub(r"^# (?=\w+ = )", "", sample, flags=re.MULTILINE), encoding="utf-8")
    place.chmod(0o600)
    settings = load_settings({}, path=place)
    assert settings.profile == "work"
    assert settings.key_command[0] == "pass"
    assert to_ask_about(settings.base_url) == "gateway.example.com"
    assert set(settings.keys) <= {command.id for command in COMMANDS}


def test_the_default_scenario_is_said() -> None:
    """Which of the scenarios opens by itself."""
    assert re.search(rf"`{DEFAULT_SCENARIO}` \(the\s+default\)", README)


def test_the_changelog_knows_this_version() -> None:
    """With a place for what comes next above it."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    heads = re.findall(r"^## \[(.+?)\]", text, re.MULTILINE)
    assert heads[:2] == ["Unreleased", __version__]


def test_documents_travel_with_the_source() -> None:
    """Those beside README and LICENSE, which always do, are named in the sdist."""
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    included = pyproject.partition("[tool.hatch.build.targets.sdist]")[2].partition("\n[")[0]
    assert [name for name in DOCUMENTS[1:] if f'"/{name}"' not in included] == []


def test_the_tests_that_security_names_are_there() -> None:
    """A promise that names its test is kept only as long as the test is."""
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    files = re.findall(r"`(tests/[a-z_/]+\.py)`", text)
    source = "".join((ROOT / name).read_text(encoding="utf-8") for name in files)
    named = re.findall(r"`(test_[a-z_]+)`", text)
    assert named
    assert [name for name in named if f"def {name}(" not in source] == []
