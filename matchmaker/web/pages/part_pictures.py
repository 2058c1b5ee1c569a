"""A part beside the room of a machine, to one scale: what numbers say dully, as a picture with the same in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask_babel import gettext

from matchmaker.web.kit.context import wording
from search.ranking.explain import RequirementOutcome, RequirementVerdict

WIDE, HIGH = 240.0, 96.0  # of the picture's field, in its own units
_LEAST = 1.5  # of a side, so that a thin one is still seen


@dataclass(frozen=True, slots=True)
class DrawnBox:
    """A rectangle of the picture, from the corner at the lower left, in the units of the picture."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class PartPicture:
    """The two longest sides of the part and of the machine's room from one corner; `words` say the same."""

    room: DrawnBox
    part: DrawnBox
    fits: bool
    words: str

    @property
    def width(self) -> float:
        return max(self.room.width, self.part.width)

    @property
    def height(self) -> float:
        return max(self.room.height, self.part.height)


def of_verdicts(verdicts: Iterable[RequirementVerdict]) -> PartPicture | None:
    """The picture of the verdict about sizes; None where the need or the supplier states too little for one."""
    for verdict in verdicts:
        if verdict.requirement == "envelope":
            part, room = _seen(verdict.needed), _seen(verdict.declared)
            return None if part is None or room is None else _drawn(part, room, verdict)
    return None


def _seen(sides: object) -> tuple[float, float] | None:
    """Length and height as seen from the side: of a box its two longest sides, of a round part length and diameter."""
    if not isinstance(sides, Sequence) or isinstance(sides, str) or len(sides) != 3:
        return None
    length, across, third = sides
    if length is None or across is None:
        return None
    if third is None:
        return float(length), float(across)
    longest, second, _ = sorted(map(float, sides), reverse=True)
    return longest, second


def _drawn(
    part: tuple[float, float], room: tuple[float, float], verdict: RequirementVerdict
) -> PartPicture | None:
    if not all(side > 0 for side in (*part, *room)):
        return None
    scale = min(WIDE / max(part[0], room[0]), HIGH / max(part[1], room[1]))
    words = gettext(
        "To scale: the part %(part)s in the room of the machine, %(room)s.",
        part=wording().value("envelope", verdict.needed),
        room=wording().value("envelope", verdict.declared),
    )
    fits = verdict.outcome not in {RequirementOutcome.NEAR, RequirementOutcome.UNMET}
    return PartPicture(_box(room, scale), _box(part, scale), fits, words)


def _box(sides: tuple[float, float], scale: float) -> DrawnBox:
    return DrawnBox(*(round(max(side * scale, _LEAST), 1) for side in sides))
