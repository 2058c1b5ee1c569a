"""The pipeline of a centre: where each of its suppliers stands on the way to each certificate; narrowed, sorted, by stage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from matchmaker.domain.lifecycle import CertificateStatus, CertificationStage, ProfileState
from matchmaker.domain.organisation import search_key
from matchmaker.models import Centre, CertificateRow, CertificationStep, Organisation, Profile
from matchmaker.services.development import ladders

PAGE = 50
ON_BOARD = 20  # cards of a stage; the list shows the rest
MOST_IN_FILE = 5_000
MOST_BESIDE = 50  # suppliers that say they prepare for a certificate and have no ladder


@dataclass(frozen=True, slots=True)
class LaddersAsked:
    """The ladders of a centre: at a stage, to a standard (a code), owned by `person`, with words in the firm's name, `late`
    for those whose next step was due before `today`; sorted by a name of SORTS, from the end where `falling`.
    """

    centre: int
    today: date
    stage: CertificationStage | None = None
    standard: str = ""
    person: int | None = None
    words: str = ""
    late: bool = False
    sort: str = "next"
    falling: bool = False


@dataclass(frozen=True, slots=True)
class LaddersFound:
    """The steps at which suppliers stand, a part of them, and how many there are in all."""

    steps: Sequence[CertificationStep]
    total: int


_STAGES = {stage: place for place, stage in enumerate(CertificationStage)}
SORTS: Mapping[str, ColumnElement[Any]] = {
    "firm": Organisation.sort_ru.expression,
    "standard": CertificationStep.standard.expression,
    "stage": case(_STAGES, value=CertificationStep.stage),
    "since": CertificationStep.on.expression,
    "next": CertificationStep.next_on.expression,
}


def page(session: Session, asked: LaddersAsked, first: int = 0, limit: int = PAGE) -> LaddersFound:
    """The ladders from the place `first` on, counted from 0."""
    where = _where(asked)
    total = session.scalar(_of_firms(select(func.count())).where(*where)) or 0
    return LaddersFound(_steps(session, asked, where, first, limit), total)


def board(session: Session, asked: LaddersAsked) -> dict[CertificationStage, LaddersFound]:
    """The first ladders at every stage with the number of all, in the order of the stages."""
    where, step = _where(asked), CertificationStep
    counted = _of_firms(select(step.stage, func.count())).where(*where).group_by(step.stage)
    totals: dict[CertificationStage, int] = dict(session.execute(counted).all())
    place = func.row_number().over(partition_by=step.stage, order_by=_order(asked)).label("place")
    ranked = _of_firms(select(step.id, place)).where(*where).subquery()
    first = select(ranked.c.id).where(ranked.c.place <= ON_BOARD)
    cards: dict[CertificationStage, list[CertificationStep]] = {stage: [] for stage in CertificationStage}
    for one in _steps(session, asked, [step.id.in_(first)]):
        cards[one.stage].append(one)
    return {stage: LaddersFound(found, totals.get(stage, 0)) for stage, found in cards.items()}


def due(session: Session, centre: Centre, today: date, limit: int) -> Sequence[CertificationStep]:
    """The steps of a centre's suppliers whose next day has come, and wishes nobody has answered, the oldest first."""
    asked = LaddersAsked(centre.id, today)
    where = [*_where(asked), CertificationStep.next_on <= today]
    return _steps(session, asked, where, 0, limit)


def _where(asked: LaddersAsked) -> list[ColumnElement[bool]]:
    step = CertificationStep
    found: list[ColumnElement[bool]] = [
        step.id.in_(ladders.current()),
        Organisation.centre_id == asked.centre,
    ]
    if asked.stage is not None:
        found.append(step.stage == asked.stage)
    if asked.standard:
        found.append(step.standard == asked.standard)
    if asked.person is not None:
        found.append(step.owner_id == asked.person)
    if asked.words:
        found.append(Organisation.search_key.contains(search_key(asked.words), autoescape=True))
    if asked.late:
        found.append(step.next_on < asked.today)
    return found


def _of_firms(query: Any) -> Select[Any]:
    joined: Select[Any] = query.select_from(CertificationStep).join(
        Profile, Profile.id == CertificationStep.profile_id
    )
    return joined.join(Organisation, Organisation.id == Profile.organisation_id)


def _steps(
    session: Session,
    asked: LaddersAsked,
    where: Sequence[ColumnElement[bool]],
    first: int = 0,
    limit: int | None = None,
) -> Sequence[CertificationStep]:
    whole = contains_eager(CertificationStep.profile).contains_eager(Profile.organisation)
    ordered = _of_firms(select(CertificationStep)).where(*where).order_by(*_order(asked))
    query = ordered.options(whole, joinedload(CertificationStep.owner)).offset(first).limit(limit)
    return session.scalars(query).all()


def _order(asked: LaddersAsked) -> list[ColumnElement[Any]]:
    """The chosen order; what has no value stands last in both directions."""
    by = SORTS[asked.sort]
    return [by.is_(None), by.desc() if asked.falling else by.asc(), CertificationStep.id.expression]


def without_ladder(session: Session, centre: Centre) -> Sequence[CertificateRow]:
    """The certificates that published suppliers say they prepare for, and that no ladder leads to, by firm."""
    row, step = CertificateRow, CertificationStep
    there = select(step.id).where(step.profile_id == row.profile_id, step.standard == row.standard_code)
    query = select(row).join(row.profile).join(Profile.organisation)
    of_centre = Organisation.centre_id == centre.id, Profile.state == ProfileState.PUBLISHED
    prepared = row.status == CertificateStatus.IMPLEMENTING, row.standard_code.is_not(None), ~there.exists()
    ordered = query.where(*of_centre, *prepared).order_by(Organisation.sort_ru, row.id).limit(MOST_BESIDE)
    whole = contains_eager(row.profile).contains_eager(Profile.organisation)
    return session.scalars(ordered.options(whole)).all()
