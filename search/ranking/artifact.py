"""Learned rankers as files: JSON that names its features, data and measures. Nothing in it is ever executed.

A folder holds one file a model and `current.json`, which names the promoted one and those before it.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from matchmaker.domain.errors import ModelRefused
from search.ranking import features
from search.ranking.linear import LinearRanker

FORMAT = 1
LARGEST = 1e6  # no logit is near it


@dataclass(frozen=True, slots=True)
class RankerModel:
    """A learned ranker with its origin. `created` is an ISO date; the model card shows `data` and `metrics`."""

    name: str
    created: str
    coefficients: dict[str, float]
    intercept: float
    data: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, Any] = field(default_factory=dict)

    def ranker(self) -> LinearRanker:
        return LinearRanker(self.name, self.coefficients, self.intercept)


def _content(model: RankerModel) -> dict[str, Any]:
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


def save(folder: Path, model: RankerModel) -> Path:
    """Write a model under its name, replacing an older model of that name."""
    content = _content(model)
    path = folder / f"{model.name}.json"
    _write(path, {**content, "digest": _digest(content)})
    return path


def load(path: Path) -> RankerModel:
    """Read a model. Raises ModelRefused if it is damaged, of another format, or made for other features."""
    content = _read(path)
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ModelRefused(reason=f"{path.name} is not of format {FORMAT}")
    if content.get("digest") != _digest(content):
        raise ModelRefused(reason=f"{path.name} was changed after it was saved")
    present = {name: item.neutral for name, item in features.FEATURES.items()}
    if content.get("features") != list(present) or content.get("neutral") != present:
        raise ModelRefused(reason=f"{path.name} was trained with other features")
    if content.get("name") != path.stem:
        raise ModelRefused(reason=f"{path.name} bears another name")
    if not _is_whole(content) or set(content["coefficients"]) != set(present):
        raise ModelRefused(reason=f"{path.name} has coefficients that no ranker may have")
    return RankerModel(**{key: content[key] for key in RankerModel.__dataclass_fields__})


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelRefused(reason=f"{path.name}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise ModelRefused(reason=f"{path.name}: {error}") from error


def _is_whole(content: dict[str, Any]) -> bool:
    """Whether every field of a model is there and every number is one, no coefficient below zero."""
    coefficients = content.get("coefficients")
    if not all(isinstance(content.get(key), dict) for key in ("coefficients", "data", "metrics")):
        return False
    numbers = [content.get("intercept"), *coefficients.values()]  # type: ignore[union-attr]
    if not all(isinstance(number, int | float) and abs(number) <= LARGEST for number in numbers):
        return False
    return isinstance(content.get("created"), str) and min(numbers[1:], default=0.0) >= 0


def promoted(folder: Path) -> tuple[str, ...]:
    """Names of the promoted models, the present one last; empty while the prior ranks. Raises ModelRefused."""
    path = folder / "current.json"
    if not path.exists():
        return ()
    content = _read(path)
    names = content.get("promoted") if isinstance(content, dict) else None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ModelRefused(reason=f"{path.name} does not name the promoted models")
    return tuple(names)


def promote(folder: Path, name: str) -> RankerModel:
    """Make a saved model the present one. Raises ModelRefused if it cannot be used."""
    model = load(folder / f"{name}.json")
    _write(folder / "current.json", {"promoted": [*promoted(folder), name]})
    return model


def roll_back(folder: Path) -> str | None:
    """Return to the model before and give its name; None where that is the prior, also where the earlier
    model is unknown.
    """
    try:
        names = promoted(folder)[:-1]
    except ModelRefused:
        names = ()
    _write(folder / "current.json", {"promoted": list(names)})
    return names[-1] if names else None


def current(folder: Path) -> RankerModel | None:
    """The promoted model, or None while the prior ranks. Raises ModelRefused."""
    names = promoted(folder)
    return load(folder / f"{names[-1]}.json") if names else None
