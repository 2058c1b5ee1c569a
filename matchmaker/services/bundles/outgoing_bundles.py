"""The bundle for a neighbour: all that may leave for it now, and what it is to give up of earlier ones."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from matchmaker.domain.errors import wrong_field
from matchmaker.domain.language import N_
from matchmaker.domain.records import NeedRecord, SupplierRecord
from matchmaker.models import Centre, Neighbour
from matchmaker.models.base import now
from matchmaker.services.bundles import bundle_format, disclosure
from matchmaker.services.bundles.bundle_format import MOST_DAYS, BundleHead, WithdrawnRecord
from matchmaker.services.bundles.bundle_keys import BundleKey
from matchmaker.services.core import journal

USUAL_DAYS = 14


def make(
    session: Session, neighbour: Neighbour, key: BundleKey, home: Centre, *, by: str, days: int = USUAL_DAYS
) -> bytes:
    """The bytes of a new bundle for a neighbour whose row is locked. Raises InvalidRecord for the days, FileTooLarge.

    Its number is the time in seconds, at least one above the last: it rises even where an older backup was put back.
    """
    if not 1 <= days <= MOST_DAYS:
        message = N_("Give a number of days from 1 to %(most)s.")
        raise wrong_field("days", "bundle.days", message, str(days), {"most": MOST_DAYS})
    at = now().replace(microsecond=0)
    records: list[SupplierRecord | NeedRecord] = [
        *disclosure.suppliers_for(session, neighbour),
        *disclosure.needs_for(session, neighbour),
    ]
    expires = at + timedelta(days=days)
    held = {name: until for name, until in neighbour.sent.items() if datetime.fromisoformat(until) > at}
    told = {f"{record.kind} {record.id}" for record in records}
    head = BundleHead(
        issuer=key.fingerprint,
        audience=neighbour.fingerprint,
        serial=max(neighbour.sent_serial + 1, int(at.timestamp())),
        issued=at,
        expires=expires,
        level=neighbour.level,
        records=len(records),
        withdrawn=tuple(map(_withdrawn, sorted(held.keys() - told))),
    )
    raw = bundle_format.sealed(head, records, key)
    neighbour.sent_serial, neighbour.sent_at = head.serial, at
    neighbour.sent = {**held, **dict.fromkeys(sorted(told), expires.isoformat())}
    counted = {"serial": head.serial, "records": head.records, "withdrawn": len(head.withdrawn)}
    details = {**counted, "level": head.level}
    journal.note(session, by, "bundle.made", neighbour.centre, details, centre=home.code)
    return raw


def _withdrawn(name: str) -> WithdrawnRecord:
    kind, _, key = name.partition(" ")
    return WithdrawnRecord.model_validate({"kind": kind, "id": key})


def file_name(neighbour: Neighbour) -> str:
    """The name of the file of a neighbour's newest bundle."""
    return f"{neighbour.centre.code}-{neighbour.sent_serial}{bundle_format.SUFFIX}"
