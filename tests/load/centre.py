"""A centre of a size with its people: suppliers and needs of the demo's generator, logins, invitations that wait for an answer.

A made centre is kept by its size in a folder, because a hundred thousand suppliers take minutes; a run works on a copy.
"""

from collections.abc import Sequence
from unittest.mock import patch

from sqlalchemy import select

from matchmaker.cli.demo import PASSWORD
from matchmaker.domain.records import ContractorRecord, NeedRecord
from matchmaker.models import Match, Need, Organisation, Profile, Session, User
from matchmaker.resources import folder, read_yaml
from matchmaker.services.core.record_origin import RecordOrigin
from matchmaker.services.imports import demo
from matchmaker.services.needs import need_bulk, needs
from matchmaker.services.people import accounts, api_keys
from matchmaker.services.profiles import suppliers
from matchmaker.services.quotes import messages
from matchmaker.services.shortlist import match_decisions, outcomes, shortlists
from matchmaker.services.shortlist.shortlists import SupplierProposal
from matchmaker.wiring import Application
from tests.load.cast import Cast, Login

BUYERS, SHOPS, OPERATORS = 12, 12, 6  # logins; of a mix of twenty people fewer are at work
INVITED = 12  # needs to which each shop with a login is invited
_NEEDS_A_CONTRACTOR = 5
_BY = "load"


def open_needs(count: int) -> int:
    """How many needs are open in a centre of so many suppliers: 30 of 300, 1,000 of 100,000."""
    return {300: 30, 20_000: 300, 100_000: 1_000}.get(count, max(BUYERS, round(count**0.6)))


def fill(app: Application, count: int) -> Cast:
    """Fill an empty centre, bring its index up to date, and say who is there."""
    shops = read_yaml(folder("config") / "demo" / "shops.yaml")
    with patch.object(demo, "SUPPLIERS", count), patch.object(demo, "NEEDS", open_needs(count)):
        made = demo.generate(shops, app.taxonomy, app.today())
    asked = _shared_out(made.needs)
    with app.sessions.begin() as session:
        centre = needs.centre_of(session, app.settings.centre)
        where = RecordOrigin(centre, _BY, _BY)
        suppliers.save_many(session, made.suppliers, app.recogniser, where)
        need_bulk.save_many(session, asked, app.recogniser, where)
        outcomes.save_many(session, made.outcomes, where)
    with app.sessions.begin() as session:
        cast = _cast(session, app)
    app.index.catch_up()
    return cast


def _shared_out(made: Sequence[NeedRecord]) -> list[NeedRecord]:
    """The needs shared out among so many contractors that each has a handful."""
    firms = max(BUYERS, len(made) // _NEEDS_A_CONTRACTOR)
    names = [
        ContractorRecord.model_validate({"name": {"ru": f"Заказчик {number} (пример)"}})
        for number in range(firms)
    ]
    return [need.model_copy(update={"contractor": names[at % firms]}) for at, need in enumerate(made)]


def _cast(session: Session, app: Application) -> Cast:
    centre = needs.centre_of(session, app.settings.centre)
    asked = list(session.scalars(select(Need).order_by(Need.id)))
    profiles = list(session.scalars(select(Profile).order_by(Profile.id).limit(400)))
    operators = [
        _person(session, f"operator{number}", "operator", centre=centre) for number in range(OPERATORS)
    ]
    owners = [_owner(session, asked, profiles[number], number, operators[0]) for number in range(SHOPS)]
    buyers = [_buyer(session, asked, number) for number in range(BUYERS)]
    return Cast(
        tuple(buyers),
        tuple(owners),
        tuple(Login(user.email) for user in operators),
        tuple(profile.public_id for profile in profiles),
        tuple(need.public_id for need in asked),
        PASSWORD,
    )


def _owner(session: Session, asked: Sequence[Need], profile: Profile, number: int, operator: User) -> Login:
    """The owner of a shop that is invited to some needs."""
    user = _person(session, f"shop{number}", "supplier_editor", organisation=profile.organisation)
    wanted = (asked[(number * INVITED + step) % len(asked)] for step in range(min(INVITED, len(asked))))
    invited = [need for need in wanted if _is_invited(session, need, profile, operator)]
    threads = [match for need in invited for match in shortlists.of_need(session, need)]
    own = [_thread(match) for match in threads if match.profile_id == profile.id]
    return Login(user.email, tuple(need.public_id for need in invited), tuple(own))


def _buyer(session: Session, asked: Sequence[Need], number: int) -> Login:
    """A buyer of the firm that posted the need of this number."""
    firm = asked[number].contractor
    assert firm is not None
    user = _person(session, f"buyer{number}", "contractor_buyer", organisation=firm)
    own = [need for need in asked if need.contractor_id == firm.id]
    for need in own[::2]:
        shortlists.release(session, need, by=_BY)  # the others are matched, and not curated yet
    threads = [_thread(one) for need in own for one in messages.threads(session, need, "contractor")]
    key = api_keys.make(session, user, "load", write=True, days=365)
    return Login(user.email, tuple(need.public_id for need in own), tuple(threads), key)


def _thread(match: Match) -> str:
    return f"/needs/{match.need.public_id}/messages/{match.public_id}"


def _person(session: Session, name: str, role: str, **where: Organisation) -> User:
    email = f"{name}@demo-centre.example"
    user = accounts.create_user(
        session, accounts.AccountDetails(email, name.title(), PASSWORD, "en", confirmed=True), by=_BY
    )
    accounts.grant(session, user, role, by=_BY, **where)
    return user


def _is_invited(session: Session, need: Need, profile: Profile, operator: User) -> bool:
    """Invite a shop; not so where the demo's outcomes have decided about it before."""
    proposal = SupplierProposal(profile.public_id, 0.8, {})
    match = match_decisions.add_by_hand(session, need, profile, operator, proposal)
    return bool(match_decisions.invite(session, [match], operator))
