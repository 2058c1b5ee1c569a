"""The map of rooms in docs/architecture.md: the order that import-linter holds, and what each package says of itself.

`python -m tests.support.rooms` renews it after a package or a contract was changed.
"""

import ast
import re
import tomllib
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "architecture.md"
PACKAGES = ("matchmaker", "search", "importers")
BEGIN = "<!-- The map: made by python -m tests.support.rooms -->"
END = "<!-- The end of the map -->"
# The contracts of layers, each with the heading of its picture.
PICTURES = {
    "An arrow only points down": "### The product",
    "The rooms of the services": "### The services",
    "The rooms of the search": "### The search",
    "The rooms of the importers": "### The importers",
    "The rooms of the web": "### The web",
}

Layers = Sequence[Sequence[str]]


def contracts(kind: str) -> dict[str, dict[str, object]]:
    """The contracts of a kind by name."""
    given = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return {one["name"]: one for one in given["tool"]["importlinter"]["contracts"] if one["type"] == kind}


def layers(contract: dict[str, object]) -> Layers:
    """Modules of a contract from the top, with their full names."""
    (container,) = contract.get("containers", [""])
    before = f"{container}." if container else ""
    return [[before + name.strip() for name in layer.split("|")] for layer in contract["layers"]]


def parts_of(package: str) -> list[str]:
    """The modules and packages that stand directly in a package."""
    folder = ROOT / package.replace(".", "/")
    found = [path.stem for path in folder.glob("*.py")] + [
        path.parent.name for path in folder.glob("*/__init__.py")
    ]
    return sorted(f"{package}.{name}" for name in found if not name.startswith("__"))


def packages(name: str) -> Iterator[str]:
    """A package with those in it; nothing for a module. Migrations are numbered, not named."""
    folder = ROOT / name.replace(".", "/")
    if (folder / "__init__.py").exists() and folder.name != "versions":
        yield name
        for inner in sorted(folder.glob("*/__init__.py")):
            yield from packages(f"{name}.{inner.parent.name}")


def first_sentence(name: str) -> str:
    """The first sentence of the docstring of a package or a module."""
    path = ROOT / name.replace(".", "/")
    source = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    words = ast.get_docstring(ast.parse(source.read_text(encoding="utf-8"))) or ""
    return re.split(r"(?<=\.)\s", words.strip(), maxsplit=1)[0].replace("\n", " ")


def _picture(order: Layers) -> Iterator[str]:
    yield "```mermaid"
    yield "flowchart TD"
    for upper, lower in pairwise(order):
        yield f"    {_joined(upper)} --> {_joined(lower)}"
    yield "```"


def _node(name: str) -> str:
    return name.rpartition(".")[2]


def _joined(layer: Sequence[str]) -> str:
    return " & ".join(map(_node, layer))


def _table(order: Layers, *, inside: bool) -> Iterator[str]:
    yield "| Room | What lives there |"
    yield "|---|---|"
    for name in (name for layer in order for name in layer):
        for one in (list(packages(name)) or [name]) if inside else [name]:
            yield f"| `{one}` | {first_sentence(one)} |"


def drawn() -> str:
    """The map as it should stand on the page."""
    lines = [BEGIN, ""]
    known = contracts("layers")
    for name, heading in PICTURES.items():
        order = layers(known[name])
        inside = bool(known[name].get("containers"))
        lines += [heading, "", *_picture(order), "", *_table(order, inside=inside), ""]
    others = [f"- {name}." for kind in ("independence", "forbidden") for name in contracts(kind)]
    return "\n".join([*lines, "Beside this order import-linter holds:", "", *others, "", END])


def written() -> str:
    """The map as it stands on the page."""
    page = PAGE.read_text(encoding="utf-8")
    return page[page.index(BEGIN) : page.index(END) + len(END)]


def renew() -> None:
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(page.replace(written(), drawn()), encoding="utf-8")


if __name__ == "__main__":
    renew()
