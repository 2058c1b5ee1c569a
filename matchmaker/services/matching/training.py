"""The way from decisions to a better ranker: freeze examples, train, measure, promote."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.domain.errors import ModelRefused, NotFound
from matchmaker.models import Decision, DecisionUndone, Match, Need, Profile
from matchmaker.services.matching import matching
from matchmaker.services.needs import needs
from search.ranking import artifact, features, train
from search.ranking.artifact import RankerModel
from search.ranking.dataset import Example, build
from search.ranking.linear import LinearRanker
from search.ranking.prior import prior


@dataclass(frozen=True, slots=True)
class ShownSupplier:
    """A supplier that was proposed or decided about: its last decision, if any, and its place in the list."""

    decision: str | None = None
    rank: int | None = None


def examples(session: Session, parts: matching.Matching) -> Iterator[Example]:
    """All suppliers shown for a need with at least one decision, as the present features see them."""
    decided = select(Decision.need_id).distinct()
    for need in session.scalars(select(Need).where(Need.id.in_(decided)).order_by(Need.id)):
        shown = _shown(session, need)
        requirements = matching.understand(needs.record(need), parts, need.strictness).requirements
        keys, evidence = parts.matcher.evidence(requirements, shown, today=parts.today)
        weighed = features.weighed(features.matrix(evidence), requirements.clarity)
        for key, values in zip(keys, weighed, strict=True):
            row = tuple(None if np.isnan(value) else round(float(value), 9) for value in values)
            yield Example(need.public_id, key, row, shown[key].decision, shown[key].rank)


def _shown(session: Session, need: Need) -> dict[str, ShownSupplier]:
    """The shown suppliers by key; the newest decision that was not undone counts."""
    proposed = select(Profile.public_id, Match.position).join(Match).where(Match.need_id == need.id)
    shown = {row.public_id: ShownSupplier(None, row.position) for row in session.execute(proposed)}
    made = select(Profile.public_id, Decision.kind).join(Decision).where(Decision.need_id == need.id)
    standing = made.where(Decision.id.not_in(select(DecisionUndone.decision_id)))
    for row in session.execute(standing.order_by(Decision.at, Decision.id)):
        before = shown.get(row.public_id, ShownSupplier())
        shown[row.public_id] = ShownSupplier(str(row.kind), before.rank)
    return shown


def train_ranker(session: Session, parts: matching.Matching, folder: Path) -> train.TrainedRanker:
    """Learn from all decisions and save the model with its examples. Raises ModelRefused for too few
    decisions.
    """
    found = list(examples(session, parts))
    trained = train.train(build(found), present(folder), prior(), parts.today)
    artifact.save(folder, trained.model)
    frozen = folder / f"{trained.model.name}.examples.jsonl"
    lines = (json.dumps(asdict(example), ensure_ascii=False) for example in found)
    frozen.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return trained


def present(folder: Path) -> LinearRanker:
    """The promoted ranker, else the prior. Raises ModelRefused where the promoted one cannot be used."""
    model = artifact.current(folder)
    return model.ranker() if model else prior()


def model(folder: Path, name: str | None) -> RankerModel | None:
    """A saved model by name, or the promoted one; None for the prior. Raises NotFound, ModelRefused."""
    if name is None:
        return artifact.current(folder)
    if not (folder / f"{name}.json").exists():
        raise NotFound(what="model", key=name)
    return artifact.load(folder / f"{name}.json")


def names(folder: Path) -> tuple[str, ...]:
    """Names of all saved models, oldest first."""
    return tuple(sorted(path.stem for path in folder.glob("learned-*.json")))


def promote(folder: Path, name: str) -> RankerModel:
    """Let a model rank. Raises ModelRefused unless it was better than the present one on unseen needs."""
    chosen = model(folder, name)
    assert chosen is not None
    before = present(folder).name
    measured = chosen.metrics
    if not {"present", "unseen_ndcg10", "present_ndcg10", "wins_of_resamples"} <= set(measured):
        raise ModelRefused(reason=f"{name} does not say how good it is on unseen needs")
    if measured["present"] != before:
        raise ModelRefused(
            reason=f"it was compared with {measured['present']}, but {before} ranks now; train again"
        )
    if not train.is_better(measured):
        figures = f"{measured['unseen_ndcg10']:.3f} against {measured['present_ndcg10']:.3f}"
        raise ModelRefused(reason=f"it is not surely better than {before} on unseen needs ({figures})")
    return artifact.promote(folder, name)


@dataclass(frozen=True, slots=True)
class MeasuredRanker:
    """A ranker's nDCG@10 over needs that it did not learn from, and the prior's over the same; None where
    there are none.
    """

    needs: int
    ndcg10: float | None = None
    prior_ndcg10: float | None = None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The prior measured over all needs with decisions, the usable models over those decided since, and the
    reasons of refusals.
    """

    prior: MeasuredRanker
    since: dict[str, tuple[RankerModel, MeasuredRanker]]
    refused: dict[str, ModelRefused]


def evaluate(session: Session, parts: matching.Matching, folder: Path) -> Evaluation:
    """Measure each saved model on needs whose decisions it has not seen; needs it learned from would flatter
    it.
    """
    found, since, refused = list(examples(session, parts)), {}, {}
    for name in names(folder):
        try:
            model = artifact.load(folder / f"{name}.json")
        except ModelRefused as error:
            refused[name] = error
            continue
        seen = _needs_seen(folder, name)
        later = [example for example in found if seen is not None and example.need not in seen]
        since[name] = model, _measured(later, model.ranker())
    return Evaluation(_measured(found, prior()), since, refused)


def _needs_seen(folder: Path, name: str) -> frozenset[str] | None:
    """The needs that a model learned from; None where its examples are gone."""
    frozen = folder / f"{name}.examples.jsonl"
    if not frozen.exists():
        return None
    lines = frozen.read_text(encoding="utf-8").splitlines()
    return frozenset(json.loads(line)["need"] for line in lines)


def _measured(found: list[Example], ranker: LinearRanker) -> MeasuredRanker:
    data = build(found)
    if not len(data):
        return MeasuredRanker(0)
    ours, priors = (train.by_need(train.logits(data, which), data) for which in (ranker, prior()))
    return MeasuredRanker(len(ours), float(ours.mean()), float(priors.mean()))
