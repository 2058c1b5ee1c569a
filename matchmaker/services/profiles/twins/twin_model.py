"""The model that says how sure two firms are one: trees made by scikit-learn, kept as JSON, read with NumPy alone.

The file ships with the product; `python -m tests.twins --train` makes it, and it names what it was made from.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from matchmaker.resources import folder
from matchmaker.services.profiles.twins.twin_features import FEATURES, Floats

FILE = "twin_model.json"


@dataclass(frozen=True, slots=True)
class TwinModel:
    """The trees: of each the features, thresholds, ways and values of its nodes; `bends` the calibration, score to
    probability; `same` and `doubtful` the least probabilities of the decisions; `card` what the model was made from.
    """

    trees: tuple["DecisionTree", ...]
    base: float
    bends: tuple[Floats, Floats]
    same: float
    doubtful: float
    card: Mapping[str, Any]

    def scores(self, values: Floats) -> Floats:
        """The sums of the trees for rows of features."""
        total = np.full(len(values), self.base)
        for tree in self.trees:
            total += tree.values_of(values)
        return total

    def probabilities(self, values: Floats) -> Floats:
        """How sure each row of features is of one firm."""
        return np.asarray(np.interp(self.scores(values), *self.bends), np.float64)


@dataclass(frozen=True, slots=True)
class DecisionTree:
    """A tree as arrays of nodes; a node without a feature is a leaf."""

    feature: npt.NDArray[np.int64]
    threshold: Floats
    unknown_left: npt.NDArray[np.bool_]
    left: npt.NDArray[np.int64]
    right: npt.NDArray[np.int64]
    value: Floats

    def values_of(self, rows: Floats) -> Floats:
        spot = np.zeros(len(rows), np.int64)
        every = np.arange(len(rows))
        while True:
            feature = self.feature[spot]
            inner = feature >= 0
            if not inner.any():
                return self.value[spot]
            asked = rows[every, np.maximum(feature, 0)]
            goes_left = np.where(np.isnan(asked), self.unknown_left[spot], asked <= self.threshold[spot])
            spot = np.where(inner, np.where(goes_left, self.left[spot], self.right[spot]), spot)


def as_model(content: Mapping[str, Any]) -> TwinModel:
    """A model from its file. Raises ValueError where it was made for other features."""
    if content["features"] != list(FEATURES):
        raise ValueError("The model of twins was made for other features; make it again.")
    return TwinModel(
        tuple(
            DecisionTree(
                np.asarray(tree["feature"], np.int64),
                np.asarray(tree["threshold"], np.float64),
                np.asarray(tree["unknown_left"], np.bool_),
                np.asarray(tree["left"], np.int64),
                np.asarray(tree["right"], np.int64),
                np.asarray(tree["value"], np.float64),
            )
            for tree in content["trees"]
        ),
        float(content["base"]),
        (np.asarray(content["bends"][0], np.float64), np.asarray(content["bends"][1], np.float64)),
        float(content["same"]),
        float(content["doubtful"]),
        content["card"],
    )


@cache
def shipped_model() -> TwinModel:
    """The model that ships with the product."""
    with (folder("config") / "firms" / FILE).open(encoding="utf-8") as stream:
        return as_model(json.load(stream))
