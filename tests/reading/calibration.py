"""What config/reading/sureness.yaml is made of: each rule's right and wrong readings, and what the signs around them are worth.

The weights are fitted on the labelled texts of the seen half. How sure the readings of a file turn out to be is told by weights
that were fitted without it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from matchmaker.domain.records import NeedRecord
from search.reading.need_reading import requirements_of
from search.reading.sureness import Sureness, group_of
from search.text import Mention, Recogniser, Recognition, TextSource
from tests.reading.labels import TODAY, Fact, LabelledText, Outcome

# Kinds of mentions, by the fields of an answer that they fill.
_FIELDS: Mapping[str, str] = {
    "mass": "mass_kg",
    "tolerance": "tolerance_it",
    "roughness": "roughness_ra_um",
    "quantity": "quantity",
    "rhythm": "lots_per_year",
    "distance": "max_distance_km",
    **{
        name: f"{name}_mm" for name in ("diameter", "inner_diameter", "length", "wall", "thickness", "height")
    },
}
_LINES = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9)


@dataclass(frozen=True, slots=True)
class Judgement:
    """A reading that a label confirms or refutes, with the signs around it and the file of its text."""

    file: str
    basis: str
    group: str
    signs: Mapping[str, float]
    right: bool


def judged(file: str, label: LabelledText, outcome: Outcome, recogniser: Recogniser) -> Iterator[Judgement]:
    """The readings that the label confirms or refutes; those that it leaves open are left out."""
    right, wrong = set(outcome.right), set(outcome.wrong)
    for recognition in _positions(label, recogniser):
        sureness = Sureness(recognition, recogniser.taxonomy, of_shop=label.kind != "need")
        for mention in recognition.mentions:
            facts = set(_facts(mention))
            if mention.basis and facts & (right | wrong):
                group = group_of(mention)
                signs = sureness.signs(mention) if group in {"process", "material", "figure"} else {}
                yield Judgement(file, mention.basis, group, signs, bool(facts & right))


def _positions(label: LabelledText, recogniser: Recogniser) -> Iterator[Recognition]:
    if label.kind != "need":
        yield recogniser.recognise(label.text, source=TextSource.PAGE)
        return
    reading = requirements_of(NeedRecord(id="text", text=label.text), recogniser, TODAY)
    yield from (one.part.recognition for one in reading.parts)
    if not reading.parts:
        yield reading.recognition


def _facts(mention: Mention) -> Iterator[Fact]:
    if mention.kind in {"process", "material"}:
        field = "processes" if mention.kind == "process" else "materials"
        roles = ("wanted", "excluded", "customer", "own", "partner", "denied")
        yield from ((field, (mention.code, role)) for role in roles)
    elif mention.kind in {"envelope", "plate"}:
        yield "box_mm", mention.amounts
    elif mention.kind in _FIELDS and mention.amounts:
        yield _FIELDS[mention.kind], mention.amounts[0]
    elif mention.kind == "deadline" and mention.day:
        yield "deliver_by", mention.day.isoformat()


def table(judgements: Sequence[Judgement]) -> str:
    """The file of the counts, sorted by rule, and of the weights."""
    counts: Counter[tuple[str, bool]] = Counter((one.basis, one.right) for one in judgements)
    rules = sorted({basis for basis, _ in counts})
    lines = [
        "rules:",
        *(f'  "{one}": [{counts[one, True]}, {counts[one, False]}]' for one in rules),
        "weights:",
    ]
    for group, own in sorted(_by_group(judgements).items()):
        model, names = _fitted(own)
        told = {"start": model.intercept_[0], **dict(zip(names, model.coef_[0], strict=True))}
        lines.append(f"  {group}: {{{', '.join(f'{name}: {weight:.2f}' for name, weight in told.items())}}}")
    return "\n".join(lines)


def lines(judgements: Sequence[Judgement]) -> str:
    """What a line of sureness keeps and asks about, by weights that were fitted on the other files."""
    told: list[str] = []
    for group, own in sorted(_by_group(judgements).items()):
        files = np.array([one.file for one in own])
        right = np.array([one.right for one in own])
        sure = np.zeros(len(own))
        for file in set(files):
            model, names = _fitted([one for one in own if one.file != file])
            sure[files == file] = model.predict_proba(_matrix(own, names)[files == file])[:, 1]
        told.append(f"{group}: {len(own)} readings, {right.mean():.3f} right")
        for line in _LINES:
            kept = sure >= line
            told.append(
                f"  {line:.2f}: facts {right[kept].sum()} right, {(~right[kept]).sum()} wrong; "
                f"asked {right[~kept].sum()} right, {(~right[~kept]).sum()} wrong"
            )
    return "\n".join(told)


def _by_group(judgements: Iterable[Judgement]) -> dict[str, list[Judgement]]:
    found: dict[str, list[Judgement]] = defaultdict(list)
    for one in judgements:
        if one.signs:
            found[one.group].append(one)
    return found


def _fitted(judgements: Sequence[Judgement]) -> tuple[LogisticRegression, tuple[str, ...]]:
    names = tuple(judgements[0].signs)
    right = np.array([one.right for one in judgements])
    return LogisticRegression(C=1.0, max_iter=1000).fit(_matrix(judgements, names), right), names


def _matrix(judgements: Sequence[Judgement], names: Sequence[str]) -> NDArray[np.float64]:
    return np.array([[one.signs[name] for name in names] for one in judgements])
