"""The learned half of the ranker: logistic regression on differences, no coefficient below zero."""

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from search.ranking.evidence import Floats


class NonNegativeLogistic(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Two-class logistic regression without intercept whose coefficients are ≥ 0 and are drawn towards `centre`.

    Rows are differences "first − second", the target says whether the first was better. With little data the penalty
    keeps the coefficients at `centre` (the prior); each decision moves them a little. `within` are the least and the
    greatest multiple of its centre that a coefficient may become.
    """

    def __init__(
        self,
        penalty: float = 1.0,
        centre: ArrayLike | None = None,
        max_iter: int = 500,
        within: tuple[float, float] | None = None,
    ) -> None:
        self.penalty = penalty
        self.centre = centre
        self.max_iter = max_iter
        self.within = within

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:  # noqa: N803
        rows, target = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(target)
        self.classes_, encoded = np.unique(target, return_inverse=True)
        if len(self.classes_) > 2:
            raise ValueError(
                f"Only binary classification is supported. The type of the target is {len(self.classes_)} classes."
            )
        if len(self.classes_) < 2:
            raise ValueError("Classifier can't train when only one class is present.")
        signs = 2.0 * encoded - 1.0
        weights = np.ones(len(rows)) if sample_weight is None else np.asarray(sample_weight, dtype=float)
        if weights.shape != (len(rows),) or not weights.any():
            raise ValueError("sample_weight must be one number a row, and not zero for all.")
        centre = np.zeros(rows.shape[1]) if self.centre is None else np.asarray(self.centre, dtype=float)
        found = minimize(
            _loss,
            np.maximum(centre, 0.0),
            args=(rows * signs[:, None], weights, centre, self.penalty),
            jac=True,
            method="L-BFGS-B",
            bounds=[
                (0.0, None) if self.within is None else (self.within[0] * one, self.within[1] * one)
                for one in np.maximum(centre, 0.0).tolist()
            ],
            options={"maxiter": self.max_iter},
        )
        self.coef_ = found.x
        self.n_iter_ = max(int(found.nit), 1)
        return self

    def decision_function(self, X: ArrayLike) -> Floats:  # noqa: N803
        check_is_fitted(self)
        rows = validate_data(self, X, dtype=np.float64, reset=False)
        logits: Floats = rows @ self.coef_
        return logits

    def predict_proba(self, X: ArrayLike) -> Floats:  # noqa: N803
        chance = 1.0 / (1.0 + np.exp(-np.clip(self.decision_function(X), -60, 60)))
        return np.column_stack([1.0 - chance, chance])

    def predict(self, X: ArrayLike) -> Any:  # noqa: N803
        chosen = (self.decision_function(X) > 0).astype(int)
        return self.classes_[chosen]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        # No intercept and no negative coefficient: many toy data sets cannot be fitted well.
        tags.classifier_tags.poor_score = True
        return tags


def _loss(
    coefficients: Floats, signed: Floats, weights: Floats, centre: Floats, penalty: float
) -> tuple[float, Floats]:
    margins = signed @ coefficients
    chance = 1.0 / (1.0 + np.exp(np.clip(margins, -60.0, 60.0)))
    away = coefficients - centre
    loss = float(weights @ np.logaddexp(0.0, -margins) + 0.5 * penalty * away @ away)
    return loss, penalty * away - signed.T @ (weights * chance)
