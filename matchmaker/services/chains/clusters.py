"""The register of clusters: who takes part in which role, who supplies whom, and where the participants buy.

Who supplies whom is told by contracts of needs, with what their orders are for, and by supplies that the centre declares.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from importers.cells import minor_units
from matchmaker.domain.errors import Faults, NotFound, StaleRevision, wrong_field
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import MatchState, OrderState
from matchmaker.domain.organisation import name_key
from matchmaker.models import (
    Centre,
    ClusterLink,
    ClusterParticipant,
    Match,
    Need,
    Organisation,
    Profile,
    PurchaseOrder,
    SupplyCluster,
    User,
)
from matchmaker.models.organisations import CLUSTER_KINDS, CLUSTER_ROLES
from matchmaker.services.core import journal, undoing
from matchmaker.services.core.locks import lock_row
from matchmaker.services.figures.figure_values import FigureRow, FigureSum, FigureValue, value_of
from matchmaker.services.quotes import exchange_rates

LEAVING, UNLINKING = "cluster.leaving", "cluster.unlinking"  # acts that can be taken back
LONGEST = 300  # characters of a name
MOST = 200  # clusters of a list
MOST_PARTICIPANTS, MOST_LINKS = 300, 1_000
MOST_CONTRACTS = 5_000
# Gives the codes of a region or country that words name.
Codes = Callable[[str, str], Sequence[str]]


class BoughtWhere(StrEnum):
    """Where a participant of a cluster buys: of another participant, elsewhere in the region, elsewhere in the country, abroad; or of a
    supplier whose place is not known.
    """

    CLUSTER = "cluster"
    REGION = "region"
    COUNTRY = "country"
    ABROAD = "abroad"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ClusterSupply:
    """A supply to a participant: who supplies (a participant, else the firm by name), for how much where that is known, and how many
    contracts say so; 0 where the centre declares it, with the key of the link.
    """

    supplier: ClusterParticipant | None
    firm: Organisation | None
    buyer: ClusterParticipant
    what: str
    contracts: int
    minor: int | None
    unpriced: int
    where: BoughtWhere
    link: str = ""


@dataclass(frozen=True, slots=True)
class BoughtShare:
    """The part that is bought in one place, in per cent of contracts and declared supplies, and of the money that is known; from a low to a
    high bound, since a supplier of an unknown place may stand in any.
    """

    where: BoughtWhere
    supplies: FigureValue
    money: FigureValue


@dataclass(frozen=True, slots=True)
class ClusterPicture:
    """A cluster with its participants, who supplies them, and where they buy; `unpriced` supplies have no value that is known."""

    cluster: SupplyCluster
    supplies: Sequence[ClusterSupply]
    shares: Sequence[BoughtShare]
    unpriced: int


def save(
    session: Session,
    centre: Centre,
    cluster: SupplyCluster | None,
    typed: Mapping[str, str],
    codes: Codes,
    key: str,
    user: User,
) -> SupplyCluster:
    """Register a cluster, once a form (`key` becomes its public id), or change one. Raises InvalidRecord with all that is wrong,
    StaleRevision.
    """
    given = {
        name: typed.get(name, "").strip()
        for name in ("name_ru", "name_en", "kind", "region", "note", "revision")
    }
    faults, region = Faults(), None
    with faults:
        if not (given["name_ru"] or given["name_en"]):
            raise wrong_field(
                "name_ru", "cluster.name", N_("Name the cluster in Russian, in English or in both.")
            )
    for name in ("name_ru", "name_en", "note"):
        with faults:
            if len(given[name]) > LONGEST:
                raise wrong_field(
                    name, "cluster.long", N_("At most %(most)s characters."), params={"most": LONGEST}
                )
    with faults:
        if given["kind"] not in CLUSTER_KINDS:
            raise wrong_field("kind", "cluster.kind", N_("Choose the kind of the cluster."))
    with faults:
        region = _region(given["region"], codes)
    faults.settle()
    if cluster is None:
        cluster = session.scalar(select(SupplyCluster).where(SupplyCluster.public_id == key))
        if cluster is not None:
            return cluster
        cluster = SupplyCluster(public_id=key, centre_id=centre.id)
        session.add(cluster)
    elif given["revision"] != str(cluster.revision):
        raise StaleRevision
    cluster.name_ru, cluster.name_en = given["name_ru"] or None, given["name_en"] or None
    cluster.kind, cluster.region_code, cluster.note = given["kind"], region, given["note"] or None
    if session.is_modified(cluster):
        _note(session, "cluster.saved", cluster, user, centre)
    return cluster


def _region(typed: str, codes: Codes) -> str | None:
    if not typed:
        return None
    found = codes("region", typed) or codes("country", typed)
    if not found:
        message = N_("“%(term)s” is not known as a region; write it as the lists of the site do.")
        raise wrong_field("region", "cluster.region", message, params={"term": typed[:60]})
    return found[0]


def _note(
    session: Session, action: str, cluster: SupplyCluster, user: User, centre: Centre, **details: str
) -> None:
    session.flush()
    journal.note(session, user.public_id, action, centre, {"cluster": cluster.public_id, **details})


def join(
    session: Session, cluster: SupplyCluster, typed: Mapping[str, str], user: User
) -> ClusterParticipant:
    """Add a participant by the INN or name of a firm that the centre knows, else by name alone; said again it stays one. Raises
    InvalidRecord.
    """
    _take_turns(session, cluster)
    name, inn, role = (typed.get(one, "").strip() for one in ("name", "inn", "role"))
    faults, firm = Faults(), None
    with faults:
        if role not in CLUSTER_ROLES:
            raise wrong_field("role", "cluster.role", N_("Choose the role in the cluster."))
    with faults:
        firm = _firm(session, cluster, name, inn)
    with faults:
        if len(cluster.participants) >= MOST_PARTICIPANTS:
            message = N_("A cluster has at most %(most)s participants.")
            raise wrong_field("name", "cluster.full", message, params={"most": MOST_PARTICIPANTS})
    faults.settle()
    there = next((one for one in cluster.participants if one.role == role and _is(one, firm, name)), None)
    if there is not None:
        return there
    made = ClusterParticipant(organisation=firm, name=None if firm else name, role=role)
    cluster.participants.append(made)
    _note(session, "cluster.joined", cluster, user, cluster.centre, role=role)
    return made


def _take_turns(session: Session, cluster: SupplyCluster) -> None:
    """Let who changes a cluster of the centre at the same moment end first, and see what that was."""
    lock_row(session, cluster.centre)
    session.refresh(cluster, ["participants"])


def _is(one: ClusterParticipant, firm: Organisation | None, name: str) -> bool:
    if firm is not None:
        return one.organisation_id == firm.id
    return one.name is not None and name_key(one.name) == name_key(name)


def _firm(session: Session, cluster: SupplyCluster, name: str, inn: str) -> Organisation | None:
    """The firm of the cluster's centre with this INN, or this name; None for a name that it does not know."""
    own = select(Organisation).where(
        Organisation.centre_id == cluster.centre_id, Organisation.blocked.is_(False)
    )
    if inn:
        found = session.scalars(own.where(Organisation.inn == inn).order_by(Organisation.id)).first()
        if found is None:
            message = N_(
                "The centre does not know this INN; leave it out to add the participant by name alone."
            )
            raise wrong_field("inn", "cluster.inn", message, inn)
        return found
    if not name or len(name) > LONGEST:
        message = N_("Name the participant, or give its INN.")
        raise wrong_field("name", "cluster.participant", message)
    key = name_key(name)[:300]
    named = session.scalars(
        own.where(or_(Organisation.sort_ru == key, Organisation.sort_en == key)).limit(2)
    ).all()
    if len(named) > 1:
        message = N_("Several organisations have this name; give the INN.")
        raise wrong_field("name", "cluster.several", message, name)
    return named[0] if named else None


def leave(session: Session, cluster: SupplyCluster, key: str, user: User) -> None:
    """Take a participant out, with its declared supplies; one that is gone stays gone. It can be taken back for a while."""
    _take_turns(session, cluster)
    one = next((each for each in cluster.participants if each.public_id == key), None)
    if one is None:
        return
    supplies = or_(ClusterLink.supplier_id == one.id, ClusterLink.buyer_id == one.id)
    own = [(ClusterParticipant, ClusterParticipant.id == one.id), (ClusterLink, supplies)]
    with undoing.undoable(session, LEAVING, cluster.centre, user, own):
        session.execute(delete(ClusterLink).where(supplies))
        cluster.participants.remove(one)
        _note(session, "cluster.left", cluster, user, cluster.centre, role=one.role)


def link(session: Session, cluster: SupplyCluster, typed: Mapping[str, str], user: User) -> ClusterLink:
    """Declare a supply from one participant to another; said again it stays one, with the newest value. Raises InvalidRecord."""
    _take_turns(session, cluster)
    there = {one.public_id: one for one in cluster.participants}
    given = {name: typed.get(name, "").strip() for name in ("supplier", "buyer", "what", "value")}
    faults, value = Faults(), None
    for name in ("supplier", "buyer"):
        with faults:
            if given[name] not in there:
                raise wrong_field(name, "cluster.end", N_("Choose a participant of the cluster."))
    with faults:
        if given["supplier"] and given["supplier"] == given["buyer"]:
            raise wrong_field("buyer", "cluster.same", N_("Choose another participant than the supplier."))
    with faults:
        if not given["what"] or len(given["what"]) > LONGEST:
            message = N_("Say what is supplied, in at most %(most)s characters.")
            raise wrong_field("what", "cluster.what", message, params={"most": LONGEST})
    with faults:
        value = minor_units(given["value"]) if given["value"] else None
        if given["value"] and not value:
            message = N_("Give roubles a year like 1 250 000, or leave it empty.")
            raise wrong_field("value", "cluster.value", message, given["value"])
    faults.settle()
    supplier, buyer = there[given["supplier"]], there[given["buyer"]]
    same = ClusterLink.supplier_id == supplier.id, ClusterLink.buyer_id == buyer.id
    made = session.scalar(select(ClusterLink).where(*same, ClusterLink.what == given["what"]))
    if made is None:
        made = ClusterLink(supplier=supplier, buyer=buyer, what=given["what"])
        session.add(made)
    made.year_minor = value
    if session.is_modified(made):
        _note(session, "cluster.linked", cluster, user, cluster.centre)
    return made


def unlink(session: Session, cluster: SupplyCluster, key: str, user: User) -> None:
    """Take a declared supply out; one that is gone stays gone. It can be taken back for a while."""
    _take_turns(session, cluster)
    found = next((one for one in _links(session, cluster) if one.public_id == key), None)
    if found is None:
        return
    with undoing.undoable(
        session, UNLINKING, cluster.centre, user, [(ClusterLink, ClusterLink.id == found.id)]
    ):
        session.delete(found)
        _note(session, "cluster.unlinked", cluster, user, cluster.centre)


def by_key(session: Session, key: str) -> SupplyCluster:
    """The cluster with this public id, with its participants and their firms. Raises NotFound."""
    firms = selectinload(SupplyCluster.participants).joinedload(ClusterParticipant.organisation)
    found = session.scalar(
        select(SupplyCluster)
        .where(SupplyCluster.public_id == key)
        .options(firms, joinedload(SupplyCluster.centre))
    )
    if found is None:
        raise NotFound(what="cluster", key=key)
    return found


def listed(session: Session, centre: Centre) -> Sequence[SupplyCluster]:
    """The clusters of a centre with their participants, by name."""
    query = (
        select(SupplyCluster)
        .where(SupplyCluster.centre_id == centre.id)
        .options(selectinload(SupplyCluster.participants))
    )
    found = session.scalars(query.limit(MOST)).all()
    return sorted(found, key=lambda one: (one.name_ru or one.name_en or "").casefold())


def _links(session: Session, cluster: SupplyCluster) -> Sequence[ClusterLink]:
    ids = [one.id for one in cluster.participants]
    query = (
        select(ClusterLink).where(ClusterLink.buyer_id.in_(ids)).order_by(ClusterLink.id).limit(MOST_LINKS)
    )
    return session.scalars(query).all()


def picture(session: Session, cluster: SupplyCluster, country: Callable[[str], str | None]) -> ClusterPicture:
    """A cluster with who supplies its participants and where they buy. `country` gives the country of a code of a region or a country."""
    supplies = [*_contracted(session, cluster, country), *_declared(session, cluster)]
    shares = shares_of(supplies)
    return ClusterPicture(cluster, supplies, shares, sum(one.unpriced for one in supplies))


def _declared(session: Session, cluster: SupplyCluster) -> list[ClusterSupply]:
    there = {one.id: one for one in cluster.participants}
    return [
        ClusterSupply(
            there[one.supplier_id],
            there[one.supplier_id].organisation,
            there[one.buyer_id],
            one.what,
            0,
            one.year_minor,
            int(one.year_minor is None),
            BoughtWhere.CLUSTER,
            one.public_id,
        )
        for one in _links(session, cluster)
        if one.supplier_id in there and one.buyer_id in there
    ]


def _contracted(
    session: Session, cluster: SupplyCluster, country: Callable[[str], str | None]
) -> list[ClusterSupply]:
    """The contracts of the participants' needs, one line a supplier and buyer: in one statement."""
    buyers = _first_of_firm(cluster)
    seller = aliased(Organisation, name="seller")
    query = (
        select(
            Need.contractor_id,
            seller,
            PurchaseOrder.amount_minor,
            PurchaseOrder.currency,
            PurchaseOrder.opened_at,
            PurchaseOrder.state,
        )
        .select_from(Match)
        .join(Need, Need.id == Match.need_id)
        .join(Profile, Profile.id == Match.profile_id)
        .join(seller, seller.id == Profile.organisation_id)
        .outerjoin(PurchaseOrder, PurchaseOrder.match_id == Match.id)
        .where(Match.state == MatchState.CONTRACTED, Need.contractor_id.in_(buyers))
        .where(Match.silent_until.is_(None) | PurchaseOrder.id.is_not(None))
        .order_by(Match.id)
        .limit(MOST_CONTRACTS)
    )
    rows = session.execute(query).all()
    is_foreign = any(row.currency not in {None, exchange_rates.BASE} for row in rows)
    rates = exchange_rates.dated(session, cluster.centre_id) if is_foreign else exchange_rates.DatedRates({})
    found: dict[tuple[int, int], list[tuple[Organisation, int | None]]] = {}
    for buyer, firm, amount, currency, opened, state in rows:
        if buyer is not None and state != OrderState.CANCELLED:
            value = None if amount is None else rates.roubles(amount, currency, opened.date())
            found.setdefault((buyer, firm.id), []).append((firm, value))
    return [
        _of_contracts(cluster, buyers[buyer], buyers.get(firm), own, country)
        for (buyer, firm), own in found.items()
    ]


def _first_of_firm(cluster: SupplyCluster) -> dict[int, ClusterParticipant]:
    """The participants by the row id of their firm; of several roles the first."""
    found: dict[int, ClusterParticipant] = {}
    for one in sorted(cluster.participants, key=lambda each: CLUSTER_ROLES.index(each.role)):
        if one.organisation_id is not None:
            found.setdefault(one.organisation_id, one)
    return found


def _of_contracts(
    cluster: SupplyCluster,
    buyer: ClusterParticipant,
    supplier: ClusterParticipant | None,
    rows: Sequence[tuple[Organisation, int | None]],
    country: Callable[[str], str | None],
) -> ClusterSupply:
    firm, values = rows[0][0], [value for _, value in rows if value is not None]
    home = cluster.region_code or (buyer.organisation.region_code if buyer.organisation else None)
    where = BoughtWhere.CLUSTER if supplier else place_of(firm.region_code, home, country)
    minor = sum(values) if values else None
    return ClusterSupply(supplier, firm, buyer, "", len(rows), minor, len(rows) - len(values), where)


def place_of(region: str | None, home: str | None, country: Callable[[str], str | None]) -> BoughtWhere:
    """Where a supplier of a region stands to a home region (codes)."""
    if region is None or home is None:
        return BoughtWhere.UNKNOWN
    if region == home:
        return BoughtWhere.REGION
    return BoughtWhere.COUNTRY if country(region) == country(home) else BoughtWhere.ABROAD


def shares_of(supplies: Sequence[ClusterSupply]) -> list[BoughtShare]:
    """The part of each place; none where nothing is bought."""
    if not supplies:
        return []
    return [
        BoughtShare(
            where,
            value_of(_rows(supplies, where, lambda one: float(max(one.contracts, 1))), FigureSum.SHARE),
            value_of(_rows(supplies, where, lambda one: float(one.minor or 0)), FigureSum.SHARE),
        )
        for where in BoughtWhere
        if where is not BoughtWhere.UNKNOWN
    ]


def _rows(
    supplies: Iterable[ClusterSupply], where: BoughtWhere, weight: Callable[[ClusterSupply], float]
) -> list[FigureRow]:
    """The rows of a share: what is surely bought there, and what may be."""
    return [
        FigureRow("supply", "", "", None, own if one.where is where else 0.0, _most(one, where, own), own)
        for one in supplies
        if (own := weight(one))
    ]


def _most(one: ClusterSupply, where: BoughtWhere, own: float) -> float:
    """How much of a supply may be bought there: a supplier of an unknown place is no participant of the cluster."""
    unknown = one.where is BoughtWhere.UNKNOWN and where is not BoughtWhere.CLUSTER
    return own if one.where is where or unknown else 0.0


def values(one: ClusterSupply, language: str) -> dict[str, Any]:
    """A supply in plain values."""
    named = one.supplier.called(language) if one.supplier else one.firm.name(language) if one.firm else ""
    return {
        "supplier": named,
        "buyer": one.buyer.called(language),
        "in_cluster": one.supplier is not None,
        "what": one.what,
        "contracts": one.contracts,
        "minor": one.minor,
        "unpriced": one.unpriced,
        "where": str(one.where),
    }
