"""What a record may say on the day on which it is written: no work of the future, no day long past, an address that can be.

A record that was right once stays right: only what differs from the record of before is held against the day.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from email_validator import EmailNotValidError, validate_email

from matchmaker.domain.errors import InvalidRecord, Problem
from matchmaker.domain.language import N_
from matchmaker.domain.records import (
    CertificateRecord,
    NeedRecord,
    PartRecord,
    SupplierRecord,
)

# Years from now: no certificate is good for longer, no need is planned further ahead.
LONGEST_VALID, LONGEST_PLANNED = 30, 10
# None for the name of a known standard, else the nearest names that are known.
NearestStandards = Callable[[str], Sequence[str] | None]
_IN_FUTURE = N_("This lies in the future; today is %(today)s.")
_IN_PAST = N_("This day has passed; today is %(today)s.")
_TOO_FAR = N_("This lies more than %(years)s years ahead; check the year.")


def any_standard(_name: str) -> None:
    """Take every name for that of a known standard."""


def demand_supplier(
    record: SupplierRecord,
    today: date,
    before: SupplierRecord | None = None,
    standards: NearestStandards = any_standard,
) -> None:
    """Raise InvalidRecord for what a shop cannot say today."""
    _raise(_of_supplier(record, today, before, standards))


def demand_need(record: NeedRecord, today: date, before: NeedRecord | None = None) -> None:
    """Raise InvalidRecord for what a need cannot ask for today."""
    _raise(_of_need(record, today, before))


def remarks_on_need(record: NeedRecord, today: date) -> tuple[Problem, ...]:
    """What would be refused of a need that is written today: of an older one it is worth a remark."""
    return tuple(_of_need(record, today, None))


def remarks_on_email(email: str) -> tuple[Problem, ...]:
    """Why an address cannot be one; nothing where it can."""
    return tuple(_email("contacts.email", email))


def _raise(problems: Iterable[Problem]) -> None:
    found = tuple(problems)
    if found:
        raise InvalidRecord(found)


def _of_supplier(
    record: SupplierRecord, today: date, before: SupplierRecord | None, standards: NearestStandards
) -> Iterator[Problem]:
    if record.founded != (before.founded if before else None):
        yield from _year("founded", record.founded, today)
    for place, machine in _fresh(record.equipment, before.equipment if before else ()):
        yield from _year(f"equipment.{place}.year", machine.year, today)
    for place, reference in _fresh(record.references, before.references if before else ()):
        yield from _year(f"references.{place}.year", reference.year, today)
    for place, held in _fresh(record.certificates, before.certificates if before else ()):
        yield from _of_certificate(f"certificates.{place}", held, today, standards)
    email = record.contacts.email if record.contacts else None
    if email and not (before and before.contacts and before.contacts.email == email):
        yield from _email("contacts.email", email)


def _fresh(entries: Iterable[Any], before: Iterable[Any]) -> Iterator[tuple[int, Any]]:
    """The entries that were not there before, with their places."""
    held = [_plain(entry) for entry in before]
    return ((place, entry) for place, entry in enumerate(entries) if _plain(entry) not in held)


def _plain(entry: Any) -> Any:
    """An entry without the day on which it was said."""
    return entry.model_copy(update={"said_on": None}) if isinstance(entry, CertificateRecord) else entry


def _of_certificate(
    path: str, held: CertificateRecord, today: date, standards: NearestStandards
) -> Iterator[Problem]:
    if held.issued and held.issued > today:
        yield _problem(f"{path}.issued", "date.future", _IN_FUTURE, held.issued, today=today)
    if held.valid_until:
        yield from _not_too_far(f"{path}.valid_until", held.valid_until, today, LONGEST_VALID)
    nearest = standards(held.standard)
    if nearest is not None:
        message = N_(
            "We do not know this standard. The nearest that we know: %(nearest)s. Any other paper belongs into the text "
            "about the shop."
        )
        params = {"nearest": ", ".join(nearest)}
        yield Problem(f"{path}.standard", "standard.unknown", message, held.standard[:80], params)


def _of_need(record: NeedRecord, today: date, before: NeedRecord | None) -> Iterator[Problem]:
    yield from _of_part("", record, today, before)
    for name in ("hours_from", "hours_until"):
        yield from _day(name, getattr(record, name), today, getattr(before, name, None))
    parts = {one.id: one for one in before.positions} if before else {}
    for place, position in enumerate(record.positions):
        yield from _of_part(f"positions.{place}.", position, today, parts.get(position.id))


def _of_part(prefix: str, part: PartRecord, today: date, before: PartRecord | None) -> Iterator[Problem]:
    for name in ("deliver_by", "desired_by"):
        yield from _day(prefix + name, getattr(part, name), today, getattr(before, name, None))


def _day(path: str, day: date | None, today: date, before: date | None) -> Iterator[Problem]:
    if day is None or day == before:
        return
    if day < today:
        yield _problem(path, "date.past", _IN_PAST, day, today=today)
    yield from _not_too_far(path, day, today, LONGEST_PLANNED)


def _not_too_far(path: str, day: date, today: date, years: int) -> Iterator[Problem]:
    if day.year > today.year + years:
        yield _problem(path, "date.far", _TOO_FAR, day, years=years)


def _year(path: str, year: int | None, today: date) -> Iterator[Problem]:
    if year is not None and year > today.year:
        yield _problem(path, "year.future", _IN_FUTURE, year, today=today)


def _email(path: str, address: str) -> Iterator[Problem]:
    try:
        validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        message = N_("Give an e-mail address such as name@example.org.")
        yield Problem(path, "email.invalid", message, address[:80])


def _problem(path: str, code: str, message: str, value: object, **params: object) -> Problem:
    return Problem(path, code, message, str(value), {name: str(value) for name, value in params.items()})
