import pytest
from sqlalchemy import func, select

from matchmaker.domain.certificate import CertificationLevel, validity
from matchmaker.domain.errors import StaleRevision
from matchmaker.models import Decision, Match, Need, Outbox, Profile, User
from matchmaker.models.database import Sessions
from matchmaker.services.core.record_origin import RecordOrigin
from matchmaker.services.needs import need_bulk, needs
from matchmaker.services.people import accounts
from matchmaker.services.profiles import certificates, suppliers
from matchmaker.services.shortlist import match_decisions, shortlists
from matchmaker.services.shortlist.match_decisions import NewDecision
from matchmaker.services.shortlist.shortlists import SupplierProposal
from tests.support.asked import TAXONOMY
from tests.support.fakes import FakeRecogniser
from tests.support.records import need, supplier


@pytest.fixture
def keys(sessions: Sessions) -> list[str]:
    """A need, an operator and three suppliers, whose keys these are."""
    with sessions.begin() as session:
        centre = needs.centre_of(session, "centre")
        records = [supplier(id=f"s-{number}", inn=None) for number in range(3)]
        suppliers.save_many(session, records, FakeRecogniser(), RecordOrigin(centre, "file", "tester"))
        need_bulk.save(session, need(), FakeRecogniser(), RecordOrigin(centre, "file", "tester"))
        accounts.create_user(session, accounts.AccountDetails("o@example.org", "Operator"), by="tester")
        return list(session.scalars(select(Profile.public_id).order_by(Profile.id)))


def propose(sessions: Sessions, keys: list[str]) -> None:
    with sessions.begin() as session:
        found = [SupplierProposal(key, 0.9 - place / 10, {"why": place}) for place, key in enumerate(keys)]
        shortlists.propose(session, session.scalars(select(Need)).one(), found, ranker="prior", by="tester")


def shortlist(sessions: Sessions) -> list[tuple[str, str]]:
    with sessions() as session:
        matches = shortlists.of_need(session, session.scalars(select(Need)).one())
        return [(match.profile.public_id, match.state) for match in matches]


def test_proposals_stand_in_their_order(sessions: Sessions, keys: list[str]) -> None:
    propose(sessions, keys[::-1])
    assert shortlist(sessions) == [(key, "proposed") for key in keys[::-1]]


def test_matching_again_keeps_what_was_decided_and_drops_what_was_not(
    sessions: Sessions, keys: list[str]
) -> None:
    propose(sessions, keys[:2])
    with sessions.begin() as session:
        user = session.scalars(select(User)).one()
        first = shortlists.of_need(session, session.scalars(select(Need)).one())[0]
        match_decisions.decide(
            session, first, NewDecision("rejected", "too-far"), user, revision=first.revision
        )
    propose(sessions, keys[2:])
    assert sorted(shortlist(sessions)) == sorted([(keys[0], "rejected"), (keys[2], "proposed")])


def test_a_change_of_mind_is_another_row(sessions: Sessions, keys: list[str]) -> None:
    propose(sessions, keys[:1])
    with sessions.begin() as session:
        user = session.scalars(select(User)).one()
        match = session.scalars(select(Match)).one()
        for kind in ("rejected", "approved"):
            match_decisions.decide(session, match, NewDecision(kind), user, revision=match.revision)
        decisions = match_decisions.history(session, match.need)
        assert [decision.kind for decision in decisions] == ["rejected", "approved"]
        assert match.state == "approved"


def test_two_operators_on_one_match_do_not_overwrite_each_other(sessions: Sessions, keys: list[str]) -> None:
    propose(sessions, keys[:1])
    with sessions.begin() as session:
        user = session.scalars(select(User)).one()
        match = session.scalars(select(Match)).one()
        seen = match.revision
        match_decisions.decide(session, match, NewDecision("approved"), user, revision=seen)
        with pytest.raises(StaleRevision):
            match_decisions.decide(session, match, NewDecision("rejected"), user, revision=seen)


def test_several_are_invited_at_once_and_nobody_twice(sessions: Sessions, keys: list[str]) -> None:
    propose(sessions, keys)
    with sessions.begin() as session:
        user = session.scalars(select(User)).one()
        matches = session.scalars(select(Match)).all()
        assert len(match_decisions.invite(session, matches, user)) == 3
        assert match_decisions.invite(session, matches, user) == []
        assert session.scalar(select(func.count(Decision.id))) == 3


def test_a_supplier_is_added_by_hand_once(sessions: Sessions, keys: list[str]) -> None:
    with sessions.begin() as session:
        user = session.scalars(select(User)).one()
        wanted, profile = session.scalars(select(Need)).one(), suppliers.by_key(session, keys[0])
        first = match_decisions.add_by_hand(session, wanted, profile, user)
        assert match_decisions.add_by_hand(session, wanted, profile, user) is first
    propose(sessions, keys[1:2])
    assert {key for key, _ in shortlist(sessions)} == {keys[0], keys[1]}


def test_a_decision_of_no_known_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="perhaps"):
        NewDecision("perhaps")


def test_verifying_and_suspending_a_certificate_change_what_it_counts_for(
    sessions: Sessions, keys: list[str]
) -> None:
    def level(profile: Profile) -> CertificationLevel | None:
        held = validity(certificates.facts(profile.certificates[0]), TAXONOMY)
        return held.level if held else None

    with sessions.begin() as session:
        before = session.scalar(select(func.count(Outbox.id))) or 0
        user = session.scalars(select(User)).one()
        profile = suppliers.by_key(session, keys[0])
        revision = profile.revision
        assert level(profile) == CertificationLevel.CERTIFIED
        row = certificates.by_key(session, profile.certificates[0].public_id)
        certificates.verify(session, row, certificates.Verification("register", "extract 7"), user)
        assert level(profile) == CertificationLevel.VERIFIED
        assert (row.verified_by, row.verified_how, row.evidence) == (user, "register", "extract 7")
        certificates.withdraw(session, row, user)
        assert level(profile) == CertificationLevel.CERTIFIED
        certificates.suspend(session, row, "withdrawn by its body", user)
        assert level(profile) is None
        assert profile.revision == revision + 3
        assert session.scalar(select(func.count(Outbox.id))) == before + 3


def test_certificates_that_end_soon_are_listed(sessions: Sessions, keys: list[str]) -> None:
    with sessions.begin() as session:
        centre = needs.centre_of(session, "centre")
        rows = [suppliers.by_key(session, key).certificates[0] for key in keys]
        end = rows[0].valid_until
        assert end is not None
        assert len(certificates.ending(session, centre, end, 30)) == 3
        assert certificates.ending(session, centre, end.replace(year=end.year - 1), 30) == []
        assert len(certificates.unverified(session, centre, end)) == 3
