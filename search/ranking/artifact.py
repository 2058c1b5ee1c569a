"""Learned rankers as files: JSON that names its features, data and measures. Nothing in it is ever executed.

A folder holds one file a model and `current.json`, which names the promoted one and those before it.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from matchmaker.domain.errors import ModelRefused
from search.ranking import features
from search.ranking.linear import LinearRanker

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Model:
    """A learned ranker with its origin. `created` is an ISO date; `data` and `metrics` are what the card shows."""

    name: str
    created: str
    coefficients: dict[str, float]
    intercept: float
    data: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, Any] = field(default_factory=dict)

    def ranker(self) -> LinearRanker:
        return LinearRanker(self.name, self.coefficients, self.intercept)


def _content(model: Model) -> dict[str, Any]:
    neutral = {name: item.neutral for name, item in features.FEATURES.items()}
    return {"format": FORMAT, "features": list(features.FEATURES), "neutral": neutral, **asdict(model)}


def _digest(content: dict[str, Any]) -> str:
    plain = {key: value for key, value in content.items() if key != "digest"}
    return hashlib.sha256(json.dumps(plain, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _write(path: Path, content: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    partial.replace(path)


def save(folder: Path, model: Model) -> Path:
    """Write a model under its name, replacing an older one of that name."""
    content = _content(model)
    path = folder / f"{model.name}.json"
    _write(path, {**content, "digest": _digest(content)})
    return path


def load(path: Path) -> Model:
    """Read a model. Raises ModelRefused if it is damaged, of another format, or made for other features."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelRefused(reason=str(error)) from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ModelRefused(reason=f"{path.name} is not of format {FORMAT}")
    if content.get("digest") != _digest(content):
        raise ModelRefused(reason=f"{path.name} was changed after it was saved")
    present = {name: item.neutral for name, item in features.FEATURES.items()}
    if content["features"] != list(present) or content["neutral"] != present:
        raise ModelRefused(reason=f"{path.name} was trained with other features")
    model = Model(**{key: content[key] for key in Model.__dataclass_fields__})
    numbers = np.array([model.intercept, *model.coefficients.values()], dtype=float)
    if set(model.coefficients) != set(present) or not np.isfinite(numbers).all() or (numbers[1:] < 0).any():
        raise ModelRefused(reason=f"{path.name} has coefficients that no ranker may have")
    return model


def promoted(folder: Path) -> tuple[str, ...]:
    """Names of the promoted models, the present one last; empty while the prior ranks."""
    path = folder / "current.json"
    return tuple(json.loads(path.read_text(encoding="utf-8"))["promoted"]) if path.exists() else ()


def promote(folder: Path, name: str) -> Model:
    """Make a saved model the present one. Raises ModelRefused if it cannot be used."""
    model = load(folder / f"{name}.json")
    _write(folder / "current.json", {"promoted": [*promoted(folder), name]})
    return model


def roll_back(folder: Path) -> str | None:
    """Return to the model before; its name, or None where that is the prior."""
    names = promoted(folder)[:-1]
    _write(folder / "current.json", {"promoted": list(names)})
    return names[-1] if names else None


def current(folder: Path) -> Model | None:
    """The promoted model, or None while the prior ranks. Raises ModelRefused."""
    names = promoted(folder)
    return load(folder / f"{names[-1]}.json") if names else None
