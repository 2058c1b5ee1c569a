"""Likely twins among firms: pairs with a probability and a decision, joined into clusters, with the rules above the model."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from matchmaker.collector import collecting_later
from matchmaker.services.profiles.twins.compared_firms import ComparedFirms, FirmIdentity
from matchmaker.services.profiles.twins.firm_names import name_reader
from matchmaker.services.profiles.twins.twin_candidates import Pairs, candidates
from matchmaker.services.profiles.twins.twin_clusters import clusters
from matchmaker.services.profiles.twins.twin_features import FEATURES, Floats, features
from matchmaker.services.profiles.twins.twin_model import TwinModel, shipped_model

# The features that tell of something beside names.
_BESIDE_NAMES = [list(FEATURES).index(name) for name in ("region", "address", "houses", "contact", "domain")]
_LONG, _A_LITTLE = 4, 0.001


@dataclass(frozen=True, slots=True)
class DuplicatePair:
    """Two firms by id, in order, with the verdict on them: "same", "doubtful" or "different", and its probability. One that is not
    `joined` is a question between two clusters that are no one firm on the whole.
    """

    a: str
    b: str
    probability: float
    decision: str
    joined: bool = True


def find(firms: Iterable[FirmIdentity], model: TwinModel | None = None) -> list[DuplicatePair]:
    """The pairs that are same or doubtful, most probable first. The members of a cluster are pairs, also where their names
    alone would not tell.
    """
    with collecting_later():
        return sorted(
            _found(firms, model or shipped_model()), key=lambda pair: (-pair.probability, pair.a, pair.b)
        )


def _found(firms: Iterable[FirmIdentity], judge: TwinModel) -> Iterator[DuplicatePair]:
    compared = ComparedFirms.of(firms)
    pairs = candidates(compared)
    sure = judged(compared, pairs, judge)
    found = dict(zip(map(tuple, pairs.tolist()), sure.tolist(), strict=True))
    for one, other, probability, joined in clusters(compared, found, judge):
        decision = "same" if probability >= judge.same else "doubtful"
        first, second = sorted((compared.ids[one], compared.ids[other]))
        yield DuplicatePair(first, second, round(probability, 4), decision, joined)


def judged(firms: ComparedFirms, pairs: Pairs, model: TwinModel) -> Floats:
    """The probabilities of pairs. An equal INN or OGRN is certain; two different ones are no candidates. Names of words that
    many firms have are never sure where nothing beside them agrees.
    """
    if not len(pairs):
        return np.empty(0)
    values = features(firms, pairs)
    sure = model.probabilities(values)
    beside = (values[:, _BESIDE_NAMES] > 0).any(axis=1)
    spots = np.flatnonzero(~beside & (sure >= model.same))
    plain = [not all(_distinct(firms, spot) for spot in pairs[row].tolist()) for row in spots.tolist()]
    sure[spots[np.asarray(plain, np.bool_)]] = model.same - _A_LITTLE
    for numbers in (firms.inns, firms.ogrns):
        known = np.asarray(numbers, object)
        one, other = known[pairs[:, 0]], known[pairs[:, 1]]
        sure[(one == other) & (one != "")] = 1.0
    return sure


def _distinct(firms: ComparedFirms, spot: int) -> bool:
    """Whether a firm has a name with a word that few firms have."""
    common = name_reader().common
    return any(
        len(word) >= _LONG and not word.isdigit() and word not in common
        for name in firms.of_firms[spot]
        for word in firms.names[name].words
    )
