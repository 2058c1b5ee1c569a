"""The firm of a form, found by its INN in the registers that the centre has imported: shown, and taken over where the person says so."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import request
from flask_babel import gettext

from matchmaker.domain.errors import InvalidRecord, TooManyAttempts
from matchmaker.services.people import guesses, register_firms
from matchmaker.services.people.register_firms import RegisterEntry
from matchmaker.web.kit import labels
from matchmaker.web.kit.context import database, person, product, visitor_address
from matchmaker.web.kit.forms import problems_of

FIELDS = ("inn", "organisation", "role", "taken")
FIND, NAME = "find", "name"  # the buttons of the form beside its own one


@dataclass(frozen=True, slots=True)
class FirmLookup:
    """The part of the form that looks a firm up: whether there is a register, whether somebody has looked, the entry that was
    found, and the name that was typed where it is another one.
    """

    offered: bool
    asked: bool = False
    entry: RegisterEntry | None = None
    typed: str = ""

    @property
    def registers(self) -> str:
        """The names of the registers that know the firm."""
        return ", ".join(map(gettext, self.entry.registers)) if self.entry else ""


@dataclass(frozen=True, slots=True)
class FormAnswer:
    """The form to be shown again: its values, its problems, the look-up, the status, and the seconds after which one may come
    again.
    """

    form: Mapping[str, str]
    problems: Mapping[str, str]
    lookup: FirmLookup
    status: int = 200
    seconds: int = 0

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self.seconds)} if self.seconds else {}


def at_first() -> FirmLookup:
    """The look-up of a form that nobody has sent yet."""
    return FirmLookup(register_firms.is_offered(database(), product().settings.centre))


def is_asked() -> bool:
    """Whether one of the buttons was pressed that only look a firm up."""
    return request.form.get("act") in {FIND, NAME}


def answer(form: Mapping[str, str]) -> FormAnswer:
    """The form with what the registers say of its INN: an empty name is filled in, another one only where the person asks."""
    try:
        lookup = _look(form["inn"])
    except InvalidRecord as error:
        return FormAnswer(form, problems_of(error), at_first(), 422)
    except TooManyAttempts as error:
        problems = {"inn": labels.filled(error.template, error.params)}
        return FormAnswer(form, problems, at_first(), 429, error.seconds)
    named = _named(form, lookup, wanted=request.form.get("act") == NAME)
    taken = lookup.entry.inn if lookup.entry else ""
    return FormAnswer({**named, "taken": taken}, {}, _beside(named, lookup))


def refused(form: Mapping[str, str], error: InvalidRecord) -> FormAnswer:
    """The form that could not be taken, with the firm that it showed; a name that was left out is filled in to be checked."""
    problems, lookup = problems_of(error), at_first()
    if lookup.offered and (form["taken"] or "organisation" in problems):
        try:
            lookup = _look(form["inn"])
        except (InvalidRecord, TooManyAttempts):
            return FormAnswer(form, problems, lookup, 422)
    named = _named(form, lookup, wanted=False)
    if named["organisation"] != form["organisation"]:
        problems["organisation"] = gettext(
            "The name comes from the register: check it, then send the form again."
        )
        named = {**named, "taken": lookup.entry.inn if lookup.entry else ""}
    return FormAnswer(named, problems, _beside(named, lookup), 422)


def _look(typed: str) -> FirmLookup:
    """What the registers say of an INN. Raises InvalidRecord, TooManyAttempts."""
    inn, who = register_firms.checked_inn(typed), person()
    guesses.check_lookup(product().limits, who.id if who else "", visitor_address())
    return FirmLookup(
        offered=True, asked=True, entry=register_firms.find(database(), product().settings.centre, inn)
    )


def _named(form: Mapping[str, str], lookup: FirmLookup, *, wanted: bool) -> Mapping[str, str]:
    if lookup.entry is None or (form["organisation"].strip() and not wanted):
        return form
    return {**form, "organisation": lookup.entry.name}


def _beside(form: Mapping[str, str], lookup: FirmLookup) -> FirmLookup:
    typed = " ".join(form["organisation"].split())
    return replace(lookup, typed=typed if lookup.entry and typed != lookup.entry.name else "")
