"""The catalogue of machine models: what kind of machine a mark names, and the largest part that it takes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Sides = tuple[float, float, float | None]


@dataclass(frozen=True, slots=True)
class MachineModel:
    """A model as its maker lists it; sizes are those of the largest part, None where the catalogue does not say.

    `equipment` is the code of the type of machine. `sides_mm` are its travels; a machine for sheet has no third one.
    """

    mark: str
    equipment: str
    maker: str = ""
    diameter_mm: float | None = None
    length_mm: float | None = None
    sides_mm: Sides | None = None


def models_of(rows: Iterable[Mapping[str, str]]) -> tuple[MachineModel, ...]:
    """The models in the rows of machines.csv."""
    return tuple(
        MachineModel(
            row["model"],
            row["type"],
            row["maker"],
            _number(row["diameter_mm"]),
            _number(row["length_mm"]),
            _sides(row),
        )
        for row in rows
    )


def _number(text: str) -> float | None:
    return float(text) if text else None


def _sides(row: Mapping[str, str]) -> Sides | None:
    x, y = _number(row["x_mm"]), _number(row["y_mm"])
    return (x, y, _number(row["z_mm"])) if x is not None and y is not None else None
