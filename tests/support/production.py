"""The parts of config/production as a test sees them: what a file names is real, what it promises is there."""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import yaml

from matchmaker.cli import cli
from matchmaker.settings import Settings

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "config" / "production"
NGINX = FOLDER / "matchmaker.nginx.conf"
_VARIABLE = re.compile(r"\$\{([A-Z][A-Z0-9_]*)\}")


def compose() -> Any:
    return yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))


# `matchmaker mcp` runs beside an agent, away from the site, and reads none of its settings.
OF_AGENTS = frozenset({"MATCHMAKER_SITE", "MATCHMAKER_KEY"})


def settings_named(text: str) -> set[str]:
    """The settings that a text names, but for those of the tests."""
    named = set(re.findall(r"\bMATCHMAKER_[A-Z][A-Z0-9_]*[A-Z0-9]\b", text))
    return {name for name in named if not name.startswith("MATCHMAKER_TEST_")}


def unknown_settings(text: str) -> set[str]:
    return settings_named(text) - {f"MATCHMAKER_{name.upper()}" for name in Settings.model_fields} - OF_AGENTS


def unknown_command(words: Sequence[str]) -> str | None:
    """What is wrong with the words after `matchmaker`; None where the command line would take them."""
    found: click.Command = cli
    context = click.Context(cli, info_name="matchmaker")
    rest = list(words)
    while isinstance(found, click.Group) and rest and not rest[0].startswith("-"):
        inner = found.get_command(context, rest[0])
        if inner is None:
            return f"matchmaker {' '.join(words)}: no command {rest[0]}"
        found, rest = inner, rest[1:]
    options = {option for parameter in found.params for option in parameter.opts} | {
        "-h",
        "--help",
        "--version",
    }
    wrong = [word for word in rest if word.startswith("-") and word.partition("=")[0] not in options]
    return f"matchmaker {' '.join(words)}: no option {' '.join(wrong)}" if wrong else None


def filled(template: str, values: Mapping[str, str]) -> str:
    """A template with its variables filled in as the proxy's image does it: those alone that are given."""
    return _VARIABLE.sub(lambda found: values.get(found[1], found[0]), template)


def variables(template: str) -> set[str]:
    return set(_VARIABLE.findall(template))


def environment_file(path: Path) -> dict[str, str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def instructions(path: Path) -> Iterator[tuple[str, str]]:
    """The instructions of a Dockerfile with their arguments, continued lines joined, comments left out."""
    lines = [
        line for line in path.read_text(encoding="utf-8").splitlines() if not line.lstrip().startswith("#")
    ]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    for line in joined.splitlines():
        if line.strip():
            name, _, rest = line.strip().partition(" ")
            yield name.upper(), rest.strip()


def body_limits(conf: str) -> tuple[int, list[tuple[str, str, int]]]:
    """The proxy's limit of a request's body, and the locations with limits of their own: modifier, pattern, bytes."""
    general = re.search(r"^    client_max_body_size (\d+);", conf, re.MULTILINE)
    assert general, "a limit for the whole site"
    own = re.findall(r"^    location (=|~) (\S+) \{\s*client_max_body_size (\d+);", conf, re.MULTILINE)
    return int(general[1]), [(kind, pattern, int(size)) for kind, pattern, size in own]


def body_limit(conf: str, address: str) -> int:
    """The limit for an address: an exact location counts before the first pattern that fits."""
    general, own = body_limits(conf)
    exact = [size for kind, pattern, size in own if kind == "=" and pattern == address]
    fitting = [size for kind, pattern, size in own if kind == "~" and re.search(pattern, address)]
    return [*exact, *fitting, general][0]


def commands_in(text: str) -> Iterator[list[str]]:
    """The command lines of `matchmaker` in the code of a page, without what stands for a value."""
    spans = re.findall(r"`([^`\n]+)`", text) + re.findall(r"^    (.+)$", text, re.MULTILINE)
    for span in spans:
        for found in re.finditer(r"(?:^|[\s/])matchmaker ([a-z](?:[a-z-]+ ?)+(?: ?--[a-z-]+)*)", span):
            yield shlex.split(found[1])
