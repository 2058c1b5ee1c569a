"""The training of the model of twins: pairs of the seen halves and made ones, folds by firm, calibration on what was left out."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import brier_score_loss
from sklearn.model_selection import GroupKFold
from threadpoolctl import threadpool_limits

from matchmaker.resources import folder
from matchmaker.services.profiles.twins.compared_firms import ComparedFirms
from matchmaker.services.profiles.twins.twin_candidates import candidates
from matchmaker.services.profiles.twins.twin_features import FEATURES, Floats, features
from matchmaker.services.profiles.twins.twin_model import FILE
from tests.twins import made
from tests.twins.sets import SEEN, LabelledSet, labelled_sets

_FOLDS = 5
_RIGHT = 0.985  # of `same`, on every set that was left out
_MADE = 2500


@dataclass(frozen=True, slots=True)
class Examples:
    """Labelled pairs of a set as features; `groups` the firm by which folds are made."""

    name: str
    values: Floats
    labels: Floats
    groups: np.ndarray[Any, Any]


def _examples(labelled: LabelledSet) -> Examples:
    firms = ComparedFirms.of(entry.firm for entry in labelled.entries)
    truth = {entry.firm.id: entry.truth for entry in labelled.entries}
    twins = labelled.twins()
    spots = {key: spot for spot, key in enumerate(firms.ids)}
    if labelled.labelled is not None:
        pairs = np.asarray([(spots[a], spots[b]) for a, b in labelled.labelled], np.int64)
    else:
        pairs = candidates(firms)
    ids = [tuple(sorted((firms.ids[a], firms.ids[b]))) for a, b in pairs.tolist()]
    labels = np.asarray([float(pair in twins) for pair in ids])
    groups = np.asarray([min(truth[a], truth[b]) for a, b in ids])
    return Examples(labelled.name, features(firms, pairs), labels, groups)


def _classifier() -> HistGradientBoostingClassifier:
    return HistGradientBoostingClassifier(
        max_iter=120,
        learning_rate=0.08,
        max_leaf_nodes=8,
        min_samples_leaf=15,
        l2_regularization=2.0,
        monotonic_cst=list(FEATURES.values()),
        random_state=1,
    )


def train(data: Path, facilities: Path | None) -> None:
    """Train on the seen halves and write the model that ships."""
    threadpool_limits(1)
    sets = [one for one in labelled_sets(data, SEEN, facilities) if "at most" not in one.name]
    sets.append(LabelledSet("made Russian firms", list(made.firms(_MADE, seed=11))))
    examples = [_examples(one) for one in sets]
    values = np.concatenate([one.values for one in examples]).round(2)  # few values, so quick bins
    labels = np.concatenate([one.labels for one in examples])
    groups = np.concatenate([np.char.add(f"{one.name}: ", one.groups.astype(str)) for one in examples])
    weights = np.concatenate([_weights(one) for one in examples])
    weights *= len(weights) / weights.sum()
    left_out = np.zeros(len(labels))
    for fit, rest in GroupKFold(_FOLDS).split(values, labels, groups):
        fitted = _classifier().fit(values[fit], labels[fit], sample_weight=weights[fit])
        left_out[rest] = fitted.decision_function(values[rest])
    bends = _bends(left_out, labels, weights)
    sure = np.interp(left_out, *bends)
    content = _content(_classifier().fit(values, labels, sample_weight=weights), bends)
    content["same"], content["doubtful"] = _thresholds(examples, sure, labels)
    content["card"] = {
        "made": datetime.now(tz=UTC).date().isoformat(),
        "trained_on": {
            one.name: {"pairs": len(one.labels), "of one firm": int(one.labels.sum())} for one in examples
        },
        "left_out": {
            "brier": round(float(brier_score_loss(labels, sure, sample_weight=weights)), 4),
            **_left_out(examples, sure, content["same"], content["doubtful"]),
        },
    }
    path = folder("config") / "firms" / FILE
    path.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    print(json.dumps(content["card"], ensure_ascii=False, indent=1), content["same"], content["doubtful"])
    print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")


def _weights(one: Examples) -> Floats:
    """Every set counts alike, a firm of many spellings no more than ten."""
    _, place, counts = np.unique(one.groups, return_inverse=True, return_counts=True)
    weights = np.minimum(1.0, 10.0 / counts)[place]
    return np.asarray(weights * np.sqrt(weights.sum()) / weights.sum())


def _bends(scores: Floats, labels: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """The calibration: the share of one firm by score, rising, as a line with few bends."""
    rising = IsotonicRegression(out_of_bounds="clip", y_min=0.001, y_max=0.999).fit(scores, labels, weights)
    spots = np.unique(np.quantile(scores, np.linspace(0, 1, 60)).round(3))
    smooth = rising.predict(spots)
    # A step says nothing of the order within it; a slight slope keeps the order of the scores.
    smooth = 0.98 * smooth + 0.02 / (1 + np.exp(-spots))
    return spots, np.maximum.accumulate(smooth)


def _thresholds(examples: Sequence[Examples], sure: Floats, labels: Floats) -> tuple[float, float]:
    """The least probability at which `same` is right often enough in every set, and the best for a pair to be asked about."""
    begin, same, scores = 0, 0.5, dict.fromkeys(np.linspace(0.2, 0.8, 25).round(3), 0.0)
    for one in examples:
        mine = sure[begin : begin + len(one.labels)]
        begin += len(one.labels)
        order = np.argsort(-mine)
        right = np.cumsum(one.labels[order]) / np.arange(1, len(order) + 1)
        good = np.flatnonzero(right >= _RIGHT)
        if len(good) and len(order) > 200:
            same = max(same, float(mine[order[good[-1]]]))
        for least in scores:
            told = mine >= least
            scores[least] += 2 * one.labels[told].sum() / (told.sum() + one.labels.sum())
    return round(same, 4), float(max(scores, key=scores.__getitem__))


def _left_out(examples: Sequence[Examples], sure: Floats, same: float, doubtful: float) -> dict[str, Any]:
    begin, found = 0, {}
    for one in examples:
        mine = sure[begin : begin + len(one.labels)]
        begin += len(one.labels)
        told, joined = mine >= doubtful, mine >= same
        found[one.name] = {
            "F1 of candidates": round(float(2 * one.labels[told].sum() / (told.sum() + one.labels.sum())), 3),
            "same": int(joined.sum()),
            "right of same": round(float(one.labels[joined].mean()), 4) if joined.any() else None,
        }
    return found


def _content(fitted: HistGradientBoostingClassifier, bends: tuple[Floats, Floats]) -> dict[str, Any]:
    trees = []
    for (predictor,) in fitted._predictors:
        nodes = predictor.nodes
        leaf = nodes["is_leaf"].astype(bool)
        trees.append(
            {
                "feature": [
                    -1 if end else int(one) for one, end in zip(nodes["feature_idx"], leaf, strict=True)
                ],
                "threshold": [
                    round(float(one), 5) for one in np.nan_to_num(nodes["num_threshold"], posinf=1e9)
                ],
                "unknown_left": [int(one) for one in nodes["missing_go_to_left"]],
                "left": nodes["left"].astype(int).tolist(),
                "right": nodes["right"].astype(int).tolist(),
                "value": [round(float(one), 5) for one in nodes["value"]],
            }
        )
    return {
        "features": list(FEATURES),
        "base": float(np.ravel(fitted._baseline_prediction)[0]),
        "bends": [bends[0].round(4).tolist(), bends[1].round(5).tolist()],
        "trees": trees,
    }
