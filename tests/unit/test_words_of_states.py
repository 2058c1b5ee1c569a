"""States are asked by their names: no module and no template writes a state's word where it means the state."""

import ast
import re
from enum import StrEnum
from pathlib import Path

import pytest

from matchmaker.domain import lifecycle

ROOT = Path(__file__).parents[2]
COLUMNS = ("state", "review", "status")
WORDS = [
    {str(state) for state in kind}
    for kind in vars(lifecycle).values()
    if isinstance(kind, type) and issubclass(kind, StrEnum) and kind is not StrEnum
]
MODULES = [
    path
    for package in ("matchmaker", "search", "importers")
    for path in sorted((ROOT / package).rglob("*.py"))
    if not path.is_relative_to(ROOT / "matchmaker" / "domain")
    and not path.is_relative_to(ROOT / "matchmaker" / "migrations")
]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

# Of a template only what is reckoned: "{{ need.state }}", "{% if need.state … %}".
RECKONED = re.compile(r"\{[{%].*?[%}]\}", re.DOTALL)
_STATE = rf"\b(?:{'|'.join(COLUMNS)})"
_WORD = r"""['"]"""
BARE = [
    re.compile(rf"{_STATE}\s*(?:==|!=|(?:not\s+)?in)\s*[(\[]?\s*{_WORD}"),
    re.compile(rf"{_WORD}\s*(?:==|!=)\s*[\w.]*{_STATE}\b"),
    re.compile(rf"attr\(\s*{_WORD}{_STATE}{_WORD}"),
    re.compile(rf"{_WORD}(?:{'|'.join(sorted(set().union(*WORDS)))}){_WORD}\s+(?:not\s+)?in\s"),
]


def is_state(node: ast.AST) -> bool:
    """Whether this is the state of something: `need.state`, `Match.state`, `decision.kind`."""
    named = isinstance(node, ast.Attribute) and node.attr in COLUMNS
    return named or ast.unparse(node).lower().endswith("decision.kind")


def bare_words(node: ast.AST) -> list[str]:
    return [
        part.value
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    ]


def is_word(text: str) -> bool:
    return any(text in words for words in WORDS)


def is_compared(node: ast.Compare) -> bool:
    sides = (node.left, *node.comparators)
    return any(map(is_state, sides)) and any(bare_words(side) for side in sides if not is_state(side))


def is_queried(node: ast.Call) -> bool:
    asked = isinstance(node.func, ast.Attribute) and node.func.attr in {"in_", "not_in"}
    return asked and is_state(node.func.value) and any(map(bare_words, node.args))  # type: ignore[attr-defined]


def is_set(node: ast.Assign) -> bool:
    targets = [part for target in node.targets for part in ast.walk(target)]
    return any(map(is_state, targets)) and any(map(is_word, bare_words(node.value)))


def is_handed(node: ast.keyword) -> bool:
    return node.arg in COLUMNS and any(map(is_word, bare_words(node.value)))


def is_listed(node: ast.Set | ast.Tuple | ast.List) -> bool:
    listed = {part.value for part in node.elts if isinstance(part, ast.Constant)}
    whole = len(listed) == len(node.elts) > 1
    return whole and any(listed <= words for words in WORDS)


OFFENCES = {
    ast.Compare: is_compared,
    ast.Call: is_queried,
    ast.Assign: is_set,
    ast.keyword: is_handed,
    ast.Set: is_listed,
    ast.Tuple: is_listed,
    ast.List: is_listed,
}


def places(path: Path, source: str) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', '?')}: {ast.unparse(node)}"
        for node in ast.walk(ast.parse(source))
        if type(node) in OFFENCES and OFFENCES[type(node)](node)
    ]


def test_no_module_outside_the_domain_writes_the_word_of_a_state() -> None:
    assert [place for path in MODULES for place in places(path, path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(
    "line",
    [
        'found = match.state == "invited"',
        'found = match.state in {"invited", "lost"}',
        'found = "draft" != quote.state',
        'query.where(Match.state.in_(("invited", *other)))',
        'query.where(Decision.kind == "invited")',
        'quote.state, quote.changed_at = "withdrawn", now()',
        'row = Match(need=need, state="lost")',
        'update(Job).values(state="done")',
        'WAITING = frozenset({"invited", "interested"})',
    ],
)
def test_a_bare_word_is_found(line: str) -> None:
    assert places(ROOT / "made.py", line)


@pytest.mark.parametrize(
    "line",
    [
        "found = match.state == MatchState.INVITED",
        'found = need.disclosure == "invited"',
        'answer = jsonify(status="ok")',
        'values = {"state": need.state}',
        "found = match.state in SEATED",
    ],
)
def test_what_is_no_bare_word_of_a_state_is_let_through(line: str) -> None:
    assert not places(ROOT / "made.py", line)


def bare_in(source: str) -> list[str]:
    return [part for part in RECKONED.findall(source) if any(pattern.search(part) for pattern in BARE)]


def test_no_template_compares_a_state_with_a_word() -> None:
    found = {str(path.relative_to(ROOT)): bare_in(path.read_text(encoding="utf-8")) for path in TEMPLATES}
    assert {path: parts for path, parts in found.items() if parts} == {}


@pytest.mark.parametrize(
    "part",
    [
        "{% if need.state == 'draft' %}",
        "{{ 'a' if m.state in ('invited', 'lost') else 'b' }}",
        "{% if state not in ('draft',) %}",
        "{% if 'draft' == need.state %}",
        "{{ matches|rejectattr('state', 'in', settled) }}",
        '{% if row.status != "certified" %}',
        "{{ 'a' if 'draft' in states else 'b' }}",
    ],
)
def test_a_bare_word_in_a_template_is_found(part: str) -> None:
    assert bare_in(part)


@pytest.mark.parametrize(
    "part",
    [
        "{% if need.is_open %}",
        "{{ state_label('need', need.state) }}",
        "{% if request.args.state == state %}",
        '<p class="flash" role="status">{{ message }}</p>',
    ],
)
def test_a_template_may_show_a_state(part: str) -> None:
    assert not bare_in(part)
