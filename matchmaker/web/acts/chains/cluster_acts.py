"""Clusters for a reader: whose they are, changes, words, the functional map drawn, participants and supplies as a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Response
from flask_babel import gettext

from importers.cells import amount_text
from matchmaker.domain.errors import NotFound
from matchmaker.domain.language import N_
from matchmaker.models import ClusterParticipant, Session, SupplyCluster
from matchmaker.models.organisations import CLUSTER_ROLES
from matchmaker.services.chains import clusters
from matchmaker.services.chains.clusters import BoughtWhere, ClusterPicture, ClusterSupply
from matchmaker.services.figures.figure_values import FigureValue
from matchmaker.services.reports.spreadsheets import DownloadTable
from matchmaker.web.acts import list_acts
from matchmaker.web.kit import context
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database, product, wording
from matchmaker.web.kit.standpoint import operator, own_centre, standpoint

KINDS: Mapping[str, str] = {
    "industrial": N_("industrial cluster"),
    "innovation": N_("innovation cluster"),
    "supply-chain": N_("supply chain of a plant"),
    "mixed": N_("mixed cluster"),
}
ROLES: Mapping[str, str] = {
    "lead-plant": N_("Lead plant"),
    "parts-supplier": N_("Supplier of parts"),
    "service-supplier": N_("Supplier of services"),
    "research": N_("Research and education"),
    "infrastructure": N_("Support and infrastructure"),
    "finance": N_("Finance"),
    "authority": N_("Authority"),
}
PLACES: Mapping[str, str] = {
    BoughtWhere.CLUSTER: N_("in the cluster"),
    BoughtWhere.REGION: N_("elsewhere in the region"),
    BoughtWhere.COUNTRY: N_("elsewhere in the country"),
    BoughtWhere.ABROAD: N_("abroad"),
    BoughtWhere.UNKNOWN: N_("place not known"),
}
_COLUMNS = (
    N_("Supplier"),
    N_("Its role"),
    N_("Buyer"),
    N_("Role of the buyer"),
    N_("What"),
    N_("Contracts"),
    N_("Roubles"),
    N_("Without a value"),
    N_("Where"),
)
# The drawing: columns of roles from left to right, boxes, gaps; the plant stands in the middle, where most lines end.
_LAYOUT = (
    ("parts-supplier",),
    ("service-supplier",),
    ("lead-plant",),
    ("research", "infrastructure"),
    ("finance", "authority"),
)
_WIDE, _TALL, _GAP, _APART = 190, 40, 10, 50
_HEAD = 26
MOST_DRAWN = 12  # boxes of a role; the others are counted
_LONGEST = 23  # signs on a box


@dataclass(frozen=True, slots=True)
class ClusterBox:
    """A box of the drawing: its corner, its words whole and cut, the role; `more` participants of the role stand behind the last box."""

    x: int
    y: int
    words: str
    shown: str
    role: str
    more: int = 0


@dataclass(frozen=True, slots=True)
class ClusterLine:
    """A line from a supplier to a buyer: the path, its width, what it says."""

    path: str
    width: float
    words: str


@dataclass(frozen=True, slots=True)
class ClusterDrawing:
    """The functional map: its size, headings of roles (x, y, words), boxes and lines."""

    width: int
    height: int
    heads: Sequence[tuple[int, int, str]]
    boxes: Sequence[ClusterBox]
    lines: Sequence[ClusterLine]
    wide: int = _WIDE
    tall: int = _TALL


def seen(session: Session, key: str) -> SupplyCluster:
    """A cluster of the operator's own centres. Raises Forbidden, NotFound."""
    operator(session)
    found = clusters.by_key(session, key)
    if found.centre.code not in standpoint(session).centres:
        raise NotFound(what="cluster", key=key)
    return found


def save(key: str, typed: Mapping[str, str], once: str) -> str:
    """Register a cluster (`key` is "new") or change one; its public id. Raises InvalidRecord, StaleRevision, Forbidden, NotFound."""
    codes = product().recogniser.codes
    with change() as (session, user):
        found = None if key == "new" else seen(session, key)
        return clusters.save(session, own_centre(session), found, typed, codes, once, user).public_id


def join(key: str, typed: Mapping[str, str]) -> None:
    """Add a participant. Raises InvalidRecord, Forbidden, NotFound."""
    with change() as (session, user):
        clusters.join(session, seen(session, key), typed, user)


def leave(key: str, participant: str) -> None:
    """Take a participant out. Raises Forbidden, NotFound."""
    with change() as (session, user):
        clusters.leave(session, seen(session, key), participant, user)


def link(key: str, typed: Mapping[str, str]) -> None:
    """Declare a supply. Raises InvalidRecord, Forbidden, NotFound."""
    with change() as (session, user):
        clusters.link(session, seen(session, key), typed, user)


def unlink(key: str, supply: str) -> None:
    """Take a declared supply back. Raises Forbidden, NotFound."""
    with change() as (session, user):
        clusters.unlink(session, seen(session, key), supply, user)


def picture(found: SupplyCluster) -> ClusterPicture:
    """A cluster with its supplies and where its participants buy."""
    return clusters.picture(database(), found, country)


def country(code: str) -> str | None:
    """The country of a code of a region or a country."""
    taxonomy = product().taxonomy
    if code in taxonomy.countries:
        return code
    named = taxonomy.regions[code].extra.get("country") if code in taxonomy.regions else None
    return str(named) if named else None


def region(code: str | None) -> str:
    """A region or country in the reader's language."""
    if not code:
        return ""
    taxonomy = product().taxonomy
    return taxonomy.label("region" if code in taxonomy.regions else "country", code, context.language())


def supplier_name(one: ClusterSupply) -> str:
    language = context.language()
    if one.supplier:
        return one.supplier.called(language)
    return one.firm.name(language) if one.firm else ""


def by_role(found: SupplyCluster) -> list[tuple[str, list[ClusterParticipant]]]:
    """The participants by role, in the order of CLUSTER_ROLES, each role's by name."""
    language = context.language()

    def of(role: str) -> list[ClusterParticipant]:
        own = [one for one in found.participants if one.role == role]
        return sorted(own, key=lambda one: one.called(language).casefold())

    return [(role, own) for role in CLUSTER_ROLES if (own := of(role))]


def percent(value: FigureValue) -> str:
    """A share in words: one number, an interval, or a dash."""
    if value.low is None or value.high is None:
        return "—"
    number = wording().number
    low, high = number(round(value.low, 1)), number(round(value.high, 1))
    return (
        gettext("%(value)s %%", value=low)
        if low == high
        else gettext("%(low)s to %(high)s %%", low=low, high=high)
    )


def drawing(found: ClusterPicture) -> ClusterDrawing:
    """The functional map as boxes and lines, all of it here: the page needs no script."""
    roles, language = dict(by_role(found.cluster)), context.language()
    heads: list[tuple[int, int, str]] = []
    boxes: list[ClusterBox] = []
    places: dict[int, tuple[int, int]] = {}
    lowest, column = 0, 0
    for group in _LAYOUT:
        there = [(role, roles[role]) for role in group if role in roles]
        if not there:
            continue
        x, y = column * (_WIDE + _APART), 0
        for role, own in there:
            heads.append((x, y + _HEAD - 10, gettext(ROLES[role])))
            y += _HEAD
            for number, one in enumerate(own):
                place = min(number, MOST_DRAWN - 1)
                top = y + place * (_TALL + _GAP)
                places[one.id] = x, top
                if number < MOST_DRAWN:
                    more = max(len(own) - MOST_DRAWN, 0) if number == MOST_DRAWN - 1 else 0
                    words = one.called(language)
                    boxes.append(ClusterBox(x, top, words, _cut(words, more), role, more))
            y += min(len(own), MOST_DRAWN) * (_TALL + _GAP) + _GAP
        lowest, column = max(lowest, y), column + 1
    lines = [_line(one, places) for one in found.supplies if one.supplier]
    width = max(column * (_WIDE + _APART) - _APART, _WIDE)
    return ClusterDrawing(width, max(lowest, _TALL), heads, boxes, lines)


def _cut(words: str, more: int) -> str:
    tail = f" +{more}" if more else ""
    room = _LONGEST - len(tail)
    return (words if len(words) <= room else words[: room - 1] + "…") + tail


def _line(one: ClusterSupply, places: Mapping[int, tuple[int, int]]) -> ClusterLine:
    """A curve from the supplier's box to the buyer's, wider for more contracts."""
    assert one.supplier is not None
    (x1, y1), (x2, y2) = places[one.supplier.id], places[one.buyer.id]
    y1, y2 = y1 + _TALL // 2, y2 + _TALL // 2
    if x1 == x2:
        side = x1 + _WIDE
        path = f"M{side} {y1}C{side + 40} {y1} {side + 40} {y2} {side} {y2}"
    else:
        start, end = (x1 + _WIDE, x2) if x1 < x2 else (x1, x2 + _WIDE)
        middle = (start + end) // 2
        path = f"M{start} {y1}C{middle} {y1} {middle} {y2} {end} {y2}"
    words = f"{supplier_name(one)} → {one.buyer.called(context.language())}"
    return ClusterLine(path, min(1.5 + one.contracts, 6.0), words)


def as_file(key: str, kind: str) -> Response:
    """The participants of a cluster and who supplies whom, as a file; the download is recorded. Raises Forbidden, NotFound."""
    found = picture(seen(database(), key))
    language = context.language()
    rows = [
        (
            supplier_name(one),
            gettext(ROLES[one.supplier.role]) if one.supplier else "",
            one.buyer.called(language),
            gettext(ROLES[one.buyer.role]),
            one.what,
            str(one.contracts or ""),
            "" if one.minor is None else amount_text(one.minor),
            str(one.unpriced or ""),
            gettext(PLACES[one.where]),
        )
        for one in found.supplies
    ]
    supplied = {end.id for one in found.supplies for end in (one.supplier, one.buyer) if end}
    rows += [
        (one.called(language), gettext(ROLES[role]), "", "", "", "", "", "", "")
        for role, own in by_role(found.cluster)
        for one in own
        if one.id not in supplied
    ]
    table = DownloadTable(found.cluster.name(language), tuple(map(gettext, _COLUMNS)), rows)
    return list_acts.answer(table, kind, f"cluster-{key}", centre=found.cluster.centre.code)
