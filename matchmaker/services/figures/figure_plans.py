"""The plans of a period as a person types them."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from importers import cells
from matchmaker.domain.errors import InvalidRecord, Problem
from matchmaker.domain.language import N_
from matchmaker.models import Centre, User
from matchmaker.services.core.periods import Period
from matchmaker.services.figures import period_reports
from matchmaker.services.figures.definitions import BY_CODE
from matchmaker.services.figures.figure_definition import FigureDefinition
from matchmaker.services.figures.figure_values import FigureUnit

# No plan is greater, in the figure's unit.
_GREATEST = {FigureUnit.PERCENT: 100.0, FigureUnit.PER_THOUSAND: 1000.0, FigureUnit.EVENNESS: 1.0}
_GREATEST_OF_ALL = 10.0**12


def save(session: Session, centre: Centre, period: Period, typed: Mapping[str, str], user: User) -> None:
    """Set the plans of a period by the codes of their figures; an empty one has none. Raises InvalidRecord, PeriodLocked."""
    problems: list[Problem] = []
    given = {code: text for code, text in typed.items() if text.strip()}
    values = {code: _read(BY_CODE[code], text, problems) for code, text in given.items()}
    if problems:
        raise InvalidRecord(tuple(problems))
    period_reports.plan(session, centre, period, values, user)


def _read(figure: FigureDefinition, text: str, problems: list[Problem]) -> float:
    most = _GREATEST.get(figure.unit, _GREATEST_OF_ALL)
    digits = "".join(text.split()).replace(",", ".").removesuffix("%")
    plain = digits.replace(".", "", 1)
    value = float(digits) if plain.isascii() and plain.isdigit() else -1.0
    if not 0 <= value <= most:
        message = N_("Write a number from 0 to %(most)s, for example 12,5, or leave it empty.")
        problems.append(Problem(figure.code, "plan.number", message, text[:40], {"most": cells.plain(most)}))
    return value
