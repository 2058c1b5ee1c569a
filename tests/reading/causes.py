"""What wrong and missing facts come from, by kind and cause: the list by which the next rule to mend is chosen."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.reading.labels import Fact, LabelledText, Outcome

EXAMPLES = 3
LONGEST = 60  # characters of a text around what was read
_CODED = {"processes": "process", "materials": "material"}


def of_outcome(outcome: Outcome, asked: frozenset[str]) -> Iterator[tuple[str, Fact]]:
    """The cause of each wrong and missing fact; `asked` are the answers to its doubts, as told."""
    missing, wrong = list(outcome.missing), list(outcome.wrong)
    of_text = {*outcome.right, *outcome.wrong}
    wanted = {*outcome.right, *outcome.missing}
    for fact in wrong:
        yield _cause(fact, missing, wanted, "invented"), fact
    for fact in missing:
        cause = _cause(fact, wrong, of_text, "missed")
        yield ("asked" if cause == "missed" and _told(fact) in asked else cause), fact


def _cause(fact: Fact, others: Sequence[Fact], told: set[Fact], alone: str) -> str:
    kind, value = fact
    alike = [one[1] for one in others if one[0] == kind]
    if kind in _CODED:
        if any(one[0] == value[0] for one in alike):
            return "wrong scope"
        return "other place" if fact in told else alone
    if alike:
        return "wrong value"
    return "other place" if fact in told else alone


def _told(fact: Fact) -> str:
    """The fact as an answer to a doubt tells it."""
    kind, value = fact
    if kind in _CODED:
        return f"{_CODED[kind]} {value[0]}"
    amounts = value if isinstance(value, tuple) else (value,)
    return f"{kind} {' × '.join(f'{one:g}' if isinstance(one, int | float) else str(one) for one in amounts)}"


def table(
    labels: Sequence[LabelledText], outcomes: Sequence[Outcome], answers: Sequence[Mapping[str, Any]]
) -> None:
    """Print kinds by cause, the most frequent first, with examples."""
    found: dict[tuple[str, str], list[tuple[str, Any]]] = defaultdict(list)
    for label, outcome, answer in zip(labels, outcomes, answers, strict=True):
        asked = frozenset(one for doubt in answer["doubts"] for one in doubt["readings"])
        for cause, (kind, value) in of_outcome(outcome, asked):
            found[kind, cause].append((label.id, value))
    for (kind, cause), facts in sorted(found.items(), key=lambda one: -len(one[1])):
        examples = "; ".join(f"{identifier}: {value}" for identifier, value in facts[:EXAMPLES])
        print(f"  {len(facts):4}  {kind:27} {cause:12} {examples}")
