"""The ladder of a supplier to a certificate for a standard: steps with their days, corrections beside what they correct.

Where a supplier stands is told by its last standing step: the one of the latest day, of several the one of the last place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from importers.cells import amount_text, minor_units
from matchmaker.domain.errors import Faults, wrong_field
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import CertificationStage
from matchmaker.domain.typed_text import day_of
from matchmaker.models import Centre, CertificationStep, Profile, User
from matchmaker.models.development import PAYERS
from matchmaker.services.core import journal, locks
from matchmaker.services.mail import recipients
from matchmaker.services.shortlist import assignments

FIRST_DAY = date(2000, 1, 1)
FURTHEST = timedelta(days=5 * 365)  # the day of a next step
LONGEST_LINE, LONGEST_NOTE = 300, 4_000  # characters
MOST_ROUBLES = 1_000_000_000
FIELDS = (
    "stage",
    "on",
    "owner",
    "next_step",
    "next_on",
    "helper",
    "cost",
    "payer",
    "note",
    "replaces",
    "why",
)
_KOPECKS = 100


@dataclass(frozen=True, slots=True)
class StepGiven:
    """A step as typed; `key` marks the form, so that a form that comes twice makes one step. `owner` and `replaces` are public
    ids, "" for none; `cost_minor` is in minor units of a rouble.
    """

    key: str
    stage: CertificationStage
    on: date
    owner: str = ""
    next_step: str | None = None
    next_on: date | None = None
    helper: str | None = None
    cost_minor: int | None = None
    payer: str | None = None
    note: str | None = None
    replaces: str = ""
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Ladder:
    """All steps of a supplier to a certificate for a standard, by their days; `replaced` are the ids of corrected ones."""

    profile: Profile
    standard: str
    steps: Sequence[CertificationStep]
    replaced: frozenset[int]

    @property
    def standing(self) -> list[CertificationStep]:
        return [step for step in self.steps if step.id not in self.replaced]

    @property
    def current(self) -> CertificationStep | None:
        """The step at which the supplier stands; None before the first one."""
        return self.standing[-1] if self.standing else None

    @property
    def reached(self) -> Mapping[CertificationStage, date]:
        """The first day of each stage."""
        found: dict[CertificationStage, date] = {}
        for step in self.standing:
            found.setdefault(step.stage, step.on)
        return found

    @property
    def spent_minor(self) -> int:
        """What the standing steps cost, in minor units of a rouble."""
        return sum(step.cost_minor or 0 for step in self.standing)


def read(typed: Mapping[str, str], key: str, today: date) -> StepGiven:
    """The step in a form. Raises InvalidRecord with a problem for every wrong field."""
    given = {name: typed.get(name, "").replace("\r\n", "\n").strip() for name in FIELDS}
    faults = Faults()
    stage = on = next_on = cost = None
    with faults:
        stage = _stage(given["stage"])
    with faults:
        on = _day_reached(given["on"], today)
    with faults:
        next_on = _next_day(given, on, today)
    with faults:
        cost = _cost(given)
    for name in ("next_step", "helper", "why", "note"):
        with faults:
            _check_length(given, name)
    faults.settle()
    assert stage is not None
    assert on is not None
    lines = {name: given[name] or None for name in ("next_step", "helper", "payer", "note", "why")}
    return StepGiven(
        key=key,
        stage=stage,
        on=on,
        owner=given["owner"],
        next_on=next_on,
        cost_minor=cost,
        replaces=given["replaces"],
        **lines,
    )


def _stage(typed: str) -> CertificationStage:
    if typed not in set(CertificationStage):
        raise wrong_field("stage", "ladder.stage", N_("Choose the stage that was reached."), typed)
    return CertificationStage(typed)


def _day_reached(typed: str, today: date) -> date:
    on = day_of(typed)
    if on is None or not FIRST_DAY <= on <= today:
        raise wrong_field(
            "on", "ladder.day", N_("Give the day on which it was reached, today or earlier."), typed
        )
    return on


def _next_day(given: Mapping[str, str], on: date | None, today: date) -> date | None:
    typed = given["next_on"]
    if not typed and not given["next_step"]:
        return None
    if not given["next_step"]:
        raise wrong_field("next_step", "ladder.next", N_("Say what the next step is, or leave out its day."))
    day = day_of(typed)
    if day is None or not (on or FIRST_DAY) <= day <= today + FURTHEST:
        message = N_("Give the day of the next step: after this one, within five years.")
        raise wrong_field("next_on", "ladder.next_day", message, typed)
    return day


def _cost(given: Mapping[str, str]) -> int | None:
    typed, payer = given["cost"], given["payer"]
    minor = minor_units(typed) if typed else None
    if typed and (minor is None or not 0 <= minor <= MOST_ROUBLES * _KOPECKS):
        message = N_("Give the cost in roubles as a number like 180000, at most %(most)s.")
        raise wrong_field("cost", "ladder.cost", message, typed, {"most": MOST_ROUBLES})
    if payer and payer not in PAYERS:
        raise wrong_field("payer", "ladder.payer", N_("Choose who pays."), payer)
    if minor and not payer:
        raise wrong_field("payer", "ladder.payer", N_("Choose who pays."))
    return minor


def _check_length(given: Mapping[str, str], name: str) -> None:
    most = LONGEST_NOTE if name == "note" else LONGEST_LINE
    if len(given[name]) > most:
        raise wrong_field(name, "ladder.long", N_("At most %(most)s characters."), params={"most": most})
    if name == "why" and given["replaces"] and not given["why"]:
        raise wrong_field("why", "ladder.why", N_("Say why the step is corrected; it stays on record."))


def typed_of(step: CertificationStep) -> dict[str, str]:
    """A step as the form shows it that corrects it."""
    cost = "" if step.cost_minor is None else amount_text(step.cost_minor).removesuffix(".00")
    return {
        "stage": step.stage,
        "on": step.on.isoformat(),
        "owner": step.owner.public_id if step.owner else "",
        "next_step": step.next_step or "",
        "next_on": step.next_on.isoformat() if step.next_on else "",
        "helper": step.helper or "",
        "cost": cost,
        "payer": step.payer or "",
        "note": step.note or "",
        "replaces": step.public_id,
        "why": "",
    }


def record(session: Session, profile: Profile, standard: str, given: StepGiven, user: User) -> None:
    """Record a step, or the correction of one; the same form sent again adds nothing. Raises InvalidRecord."""
    locks.lock_row(session, profile)
    if session.scalar(select(CertificationStep.id).where(CertificationStep.public_id == given.key)):
        return
    ladder = of_standard(session, profile, standard)
    replaced = _replaced(ladder, given.replaces) if given.replaces else None
    _check_order(ladder, given, replaced)
    step = CertificationStep(
        public_id=given.key,
        profile_id=profile.id,
        standard=standard,
        place=replaced.place if replaced else _next_place(ladder),
        stage=given.stage,
        on=given.on,
        owner_id=_owner(session, profile, given.owner),
        next_step=given.next_step,
        next_on=given.next_on,
        helper=given.helper,
        cost_minor=given.cost_minor,
        payer=given.payer,
        note=given.note,
        replaces_id=replaced.id if replaced else None,
        why=given.why if replaced else None,
        by_id=user.id,
    )
    _add(session, profile, step, "ladder.corrected" if replaced else "ladder.step", user)


def ask(session: Session, profile: Profile, standard: str, step: StepGiven, user: User) -> None:
    """Let a supplier ask its centre for help on the way to a certificate. Raises InvalidRecord where it is on that way."""
    locks.lock_row(session, profile)
    if session.scalar(select(CertificationStep.id).where(CertificationStep.public_id == step.key)):
        return
    current = of_standard(session, profile, standard).current
    if current is not None:
        message = N_("The centre knows of this already: its next step stands below.")
        raise wrong_field("standard", "ladder.known", message)
    wish = CertificationStep(
        public_id=step.key,
        profile_id=profile.id,
        standard=standard,
        place=1,
        stage=CertificationStage.NONE,
        on=step.on,
        next_on=step.on,
        note=step.note,
        by_id=user.id,
    )
    _add(session, profile, wish, "ladder.asked", user)


def _add(session: Session, profile: Profile, step: CertificationStep, action: str, user: User) -> None:
    session.add(step)
    session.flush()
    details = {"standard": step.standard, "stage": step.stage.value}
    journal.note(session, user.public_id, action, profile, details)


def _next_place(ladder: Ladder) -> int:
    return max((step.place for step in ladder.steps), default=0) + 1


def _replaced(ladder: Ladder, key: str) -> CertificationStep:
    found = next((step for step in ladder.standing if step.public_id == key), None)
    if found is None:
        message = N_(
            "This step is not on record any more, or somebody has corrected it: look at the history."
        )
        raise wrong_field("replaces", "ladder.replaced", message)
    return found


def _check_order(ladder: Ladder, given: StepGiven, replaced: CertificationStep | None) -> None:
    """Steps follow each other by their days; surveillance follows a certificate."""
    others = [step for step in ladder.standing if step is not replaced]
    place = ladder.standing.index(replaced) if replaced else len(others)
    before, after = others[:place], others[place:]
    if before and given.on < before[-1].on:
        message = N_("The step before it was reached on %(day)s: give a later day, or correct that step.")
        raise wrong_field("on", "ladder.order", message, params={"day": before[-1].on.isoformat()})
    if after and given.on > after[0].on:
        message = N_("The step after it was reached on %(day)s: give an earlier day, or correct that step.")
        raise wrong_field("on", "ladder.order", message, params={"day": after[0].on.isoformat()})
    stages = [*(step.stage for step in before), given.stage, *(step.stage for step in after)]
    if not _watches_nothing(stages):
        return
    if _watches_nothing(stages[: place + 1]):
        message = N_("Surveillance follows a certificate: record that first.")
        raise wrong_field("stage", "ladder.surveillance", message)
    message = N_("A later step is surveillance, which follows a certificate: correct that step first.")
    raise wrong_field("stage", "ladder.surveillance", message)


def _watches_nothing(stages: Sequence[CertificationStage]) -> bool:
    """Whether there is surveillance with no certificate before it."""
    for stage in stages:
        if stage is CertificationStage.CERTIFIED:
            return False
        if stage is CertificationStage.SURVEILLANCE:
            return True
    return False


def people(session: Session, profile: Profile, centre: Centre) -> Sequence[User]:
    """Who may answer for work of a centre with a supplier, by name: the people of the centre and, where the firm is of this
    centre, those of the firm.
    """
    firm = profile.organisation
    found = {one.id: one for one in assignments.colleagues(session, centre)}
    if firm.centre_id == centre.id:
        found |= {one.id: one for one in recipients.members(session, firm, "supplier_editor")}
    return sorted(found.values(), key=lambda one: (one.name, one.id))


def _owner(session: Session, profile: Profile, key: str) -> int | None:
    if not key:
        return None
    found = next(
        (one.id for one in people(session, profile, profile.organisation.centre) if one.public_id == key),
        None,
    )
    if found is None:
        message = N_("Choose somebody of the centre or of the firm.")
        raise wrong_field("owner", "ladder.owner", message)
    return found


def of_standard(session: Session, profile: Profile, standard: str) -> Ladder:
    """A supplier's ladder to one standard, without steps before the first one is recorded."""
    found = [one for one in of_profile(session, profile) if one.standard == standard]
    return found[0] if found else Ladder(profile, standard, (), frozenset())


def of_profile(session: Session, profile: Profile) -> list[Ladder]:
    """The ladders of a supplier, by standard."""
    query = select(CertificationStep).where(CertificationStep.profile_id == profile.id)
    people_of = joinedload(CertificationStep.owner), joinedload(CertificationStep.by)
    step = CertificationStep
    ordered = query.order_by(step.standard, step.on, step.place, step.id)
    steps: dict[str, list[CertificationStep]] = {}
    for row in session.scalars(ordered.options(*people_of)):
        steps.setdefault(row.standard, []).append(row)
    return [_ladder(profile, standard, rows) for standard, rows in steps.items()]


def _ladder(profile: Profile, standard: str, rows: Sequence[CertificationStep]) -> Ladder:
    return Ladder(profile, standard, rows, frozenset(row.replaces_id for row in rows if row.replaces_id))


def standing() -> ColumnElement[bool]:
    """The condition that a step was not corrected."""
    later = aliased(CertificationStep)
    return ~select(later.id).where(later.replaces_id == CertificationStep.id).exists()


def current(*conditions: ColumnElement[bool]) -> Select[Any]:
    """The ids of the steps at which suppliers stand, of the steps under these conditions."""
    last = func.row_number().over(
        partition_by=(CertificationStep.profile_id, CertificationStep.standard),
        order_by=(CertificationStep.on.desc(), CertificationStep.place.desc()),
    )
    ranked = select(CertificationStep.id, last.label("last")).where(standing(), *conditions).subquery()
    return select(ranked.c.id).where(ranked.c.last == 1)
