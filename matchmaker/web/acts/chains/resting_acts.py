"""What rests on one, for a reader: whose it may be, words, the list as a file, and what is lost where something stops."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response
from flask_babel import gettext

from matchmaker.domain.errors import NotFound
from matchmaker.domain.language import N_
from matchmaker.models import Organisation, Profile
from matchmaker.services.chains import resilience
from matchmaker.services.chains.resilience import (
    Loss,
    LostPlace,
    Resting,
    RestingDemand,
    RestingMachine,
    RestingWork,
    StoppedKind,
    WhatStops,
)
from matchmaker.services.profiles import suppliers
from matchmaker.services.reports.spreadsheets import DownloadTable
from matchmaker.web.acts import list_acts
from matchmaker.web.kit import context, formats
from matchmaker.web.kit.context import database, wording
from matchmaker.web.kit.standpoint import operator, own_centre
from matchmaker.web.pages.profile_access import access_of, may_see

PLACES = {
    LostPlace.ONLY: N_("the only one that is able"),
    LostPlace.BEST: N_("the best of several"),
    LostPlace.ONE: N_("one of several"),
}
_COLUMNS = (
    N_("What rests on one"),
    N_("Which"),
    N_("Supplier"),
    N_("Needs of a year"),
    N_("Open needs"),
    N_("Machine-hours"),
    N_("Until"),
    N_("Who would step in"),
)


def of_centre() -> Resting:
    """What rests on one in the operator's own centre. Raises Forbidden."""
    return resilience.resting(database(), own_centre(database()), context.matching())


def seen(key: str) -> Profile:
    """A supplier that an operator may see. Raises Forbidden for who is no operator, NotFound."""
    operator(database())
    profile = suppliers.by_key(database(), key)
    if not may_see(database(), profile):
        raise NotFound(what="supplier", key=key)
    return profile


def parts_of(profile: Profile) -> tuple[list[tuple[str, str]], list[tuple[int, str]]]:
    """The certificates of a supplier by their public ids, and its machines by their places, in the words that the reader may read."""
    told = access_of(database(), profile).record
    held = [
        (row.public_id, one.standard)
        for row, one in zip(profile.certificates, told.certificates, strict=True)
    ]
    machines = [(row.position, one.name) for row, one in zip(profile.equipment, told.equipment, strict=True)]
    return held, machines


def stops(certificate: str, machine: str) -> WhatStops:
    """What stops: a certificate by its public id, a machine by its place, else the firm."""
    if certificate:
        return WhatStops(StoppedKind.CERTIFICATE, certificate)
    return WhatStops(StoppedKind.MACHINE, machine) if machine else WhatStops(StoppedKind.FIRM)


def loss(profile: Profile, what: WhatStops) -> Loss:
    """What is lost where it stops. Raises NotFound for what the supplier does not have."""
    return resilience.loss(database(), own_centre(database()), profile, what, context.matching())


def work(one: RestingWork) -> str:
    """An operation with its material, in the reader's language."""
    named = wording().codes("process", (one.process,))
    return f"{named}, {wording().codes('material', (one.material,))}" if one.material else named


def demand(one: RestingDemand) -> str:
    """A demand for a certificate in the reader's language."""
    return wording().demand(one.demand)


def machine(one: RestingMachine) -> str:
    """A machine with its type, in the reader's language."""
    types = wording().codes("equipment", one.types)
    return ", ".join(filter(None, (types, one.name, str(one.year or ""))))


def names(firms: Mapping[str, Organisation], keys: Sequence[str]) -> list[tuple[str, str]]:
    """The keys of suppliers that are still there, with their names."""
    return [(key, firms[key].name(context.language())) for key in keys if key in firms]


def as_file(kind: str) -> Response:
    """What rests on one in the operator's own centre, as a file; the download is recorded. Raises Forbidden."""
    found = of_centre()

    def named(keys: Sequence[str]) -> str:
        return "; ".join(name for _, name in names(found.firms, keys))

    rows = [
        *(
            (
                gettext("one firm"),
                work(one),
                named([one.firm]),
                str(one.needs),
                str(one.open_needs),
                str(round(one.hours) or ""),
                "",
                named(one.near),
            )
            for one in found.works
        ),
        *(
            (
                gettext("one certificate"),
                demand(one),
                named([one.certificate.profile.public_id]),
                str(one.needs),
                "",
                "",
                formats.day(one.certificate.valid_until),
                named(one.coming),
            )
            for one in found.demands
        ),
        *(
            (gettext("one machine"), machine(one), named([one.firm]), "", "", "", "", "")
            for one in found.machines
        ),
    ]
    columns = tuple(map(gettext, _COLUMNS))
    return list_acts.answer(DownloadTable(gettext("Resilience"), columns, rows), kind, "resilience")


def values(found: Resting) -> dict[str, Any]:
    """What rests on one, in plain values."""
    return {
        "works": [
            {
                "process": one.process,
                "material": one.material,
                "work": work(one),
                "supplier": one.firm,
                "needs": one.needs,
                "open_needs": one.open_needs,
                "hours": round(one.hours, 1),
                "near": list(one.near),
            }
            for one in found.works
        ],
        "certificates": [
            {
                "demand": demand(one),
                "supplier": one.certificate.profile.public_id,
                "certificate": one.certificate.public_id,
                "valid_until": one.certificate.valid_until,
                "needs": one.needs,
                "coming": list(one.coming),
            }
            for one in found.demands
        ],
        "machines": [
            {
                "machine": machine(one),
                "types": list(one.types),
                "supplier": one.firm,
                "place": one.place,
            }
            for one in found.machines
        ],
    }


def lost_values(found: Loss) -> dict[str, Any]:
    """What is lost, in plain values."""
    return {
        "total": found.total,
        "ever": found.ever,
        "hours": round(found.hours, 1),
        "needs": [
            {"need": one.key, "place": str(one.place), "takers": list(one.takers)} for one in found.needs
        ],
        "matches": [one.need.public_id for one in found.matches],
        "orders": [
            {
                "order": one.public_id,
                "need": one.match.need.public_id,
                "due_on": one.due_on,
                "takers": list(found.takers.get(one.match.need.public_id, ())),
            }
            for one in found.orders
        ],
    }
