"""What a process remembers is bounded: a cache without a limit is asked with nothing, or with the program's own words."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODULES = [
    path
    for package in ("matchmaker", "search", "importers")
    for path in sorted((ROOT / package).rglob("*.py"))
]
# What these are asked with stands in the program or its files: languages, lists of words, features, tables.
OF_THE_PROGRAM = {
    "matchmaker.locale.__init__.translations",
    "matchmaker.models.together._statement",
    "matchmaker.services.mail.letters._environment",
    "matchmaker.web.pages.unread_words._labels",
    "matchmaker.web.views.public.outlines.of",
    "importers.columns.column_words",
    "search.ranking.features.position",
    "search.text.dates.written_day._list_of",
    "search.text.lexicon._lists",
    "search.text.lexicon.replacements",
    "search.text.lexicon.whole_words",
}


def _is_unlimited(decorator: ast.expr) -> bool:
    name = ast.unparse(decorator).removeprefix("functools.")
    return name in {"cache", "lru_cache(None)", "lru_cache(maxsize=None)"}


def unlimited(source: str) -> Iterator[str]:
    """The functions with arguments whose results are remembered without a limit."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.FunctionDef):
            if isinstance(node, ast.Call) and _is_unlimited(node.func):
                yield ast.unparse(node)
            continue
        if any(map(_is_unlimited, node.decorator_list)) and ast.unparse(node.args):
            yield node.name


def test_every_cache_has_a_limit() -> None:
    found = {
        f"{'.'.join(path.relative_to(ROOT).with_suffix('').parts)}.{name}"
        for path in MODULES
        for name in unlimited(path.read_text(encoding="utf-8"))
    }
    assert found == OF_THE_PROGRAM


def test_caches_without_a_limit_are_found() -> None:
    source = """
@cache
def one(text): ...
@functools.lru_cache(maxsize=None)
def two(*, text): ...
three = cache(read)
four = functools.lru_cache(None)(read)
@cache
def nothing(): ...
@lru_cache(maxsize=5)
def limited(text): ...
"""
    assert list(unlimited(source)) == ["one", "two", "cache(read)", "functools.lru_cache(None)(read)"]
