from datetime import timedelta

import pytest
from sqlalchemy import select

from matchmaker.domain.errors import StaleRevision
from matchmaker.models import (
    ClusterLink,
    ClusterParticipant,
    Decision,
    Match,
    Need,
    Profile,
    Session,
    SupplyCluster,
    User,
    YearAnswer,
)
from matchmaker.models.base import now
from matchmaker.models.database import Sessions, counted
from matchmaker.services.core import undoing
from matchmaker.services.core.record_origin import RecordOrigin
from matchmaker.services.needs import need_bulk, needs
from matchmaker.services.people import accounts
from matchmaker.services.profiles import duplicates, merging, suppliers
from matchmaker.services.profiles.duplicates import TwinFinder
from matchmaker.services.profiles.twins.twin_pairs import DuplicatePair
from matchmaker.services.shortlist import match_decisions, shortlists, work_queues
from matchmaker.services.shortlist.match_decisions import NewDecision
from matchmaker.services.shortlist.shortlists import SupplierProposal
from tests.support.fakes import FakeRecogniser
from tests.support.records import need, supplier


@pytest.fixture
def keys(each_sessions: Sessions) -> list[str]:
    """Two needs, an operator, two twins and a stranger, whose keys these are."""
    records = [
        supplier(id="s-0", inn=None, employees=None),
        supplier(
            id="s-1",
            inn=None,
            employees=77,
            capabilities=[{"process": "шлифовка"}],
            certificates=[],
            address=None,
        ),
        supplier(
            id="s-2",
            inn=None,
            name={"ru": "АО «Совсем другое дело»"},
            address="ул. Дальняя, 1",
            contacts={"email": "else@example.org"},
        ),
    ]
    with each_sessions.begin() as session:
        centre = needs.centre_of(session, "centre")
        suppliers.save_many(session, records, FakeRecogniser(), RecordOrigin(centre, "file", "tester"))
        wanted = [need(), need(id="n-4")]
        need_bulk.save_many(session, wanted, FakeRecogniser(), RecordOrigin(centre, "file", "tester"))
        accounts.create_user(session, accounts.AccountDetails("o@example.org", "Operator"), by="tester")
        return list(session.scalars(select(Profile.public_id).order_by(Profile.id)))


def wanted(session: Session, external_id: str = "n-3") -> Need:
    return session.scalars(select(Need).where(Need.external_id == external_id)).one()


def propose(session: Session, keys: list[str], external_id: str = "n-3") -> list[Match]:
    found = [SupplierProposal(key, 0.9 - place / 10, {}) for place, key in enumerate(keys)]
    return shortlists.propose(session, wanted(session, external_id), found, ranker="prior", by="tester")


def merge(session: Session, keep: str, gone: str) -> tuple[Profile, Profile]:
    one, other = suppliers.by_key(session, keep), suppliers.by_key(session, gone)
    user = session.scalars(select(User)).one()
    merging.merge(session, one, other, FakeRecogniser(), user, revisions=[one.revision, other.revision])
    return one, other


def found(sessions: Sessions) -> list[set[str]]:
    """The likely twins of the centre once the work beside the pages is done."""
    TwinFinder().renew(sessions)
    with sessions() as session:
        centre = needs.centre_of(session, "centre").id
        return [set(group.keys) for group in duplicates.likeliest(session, centre, 10)]


def test_likely_twins_are_found_until_somebody_says_that_they_are_two(
    each_sessions: Sessions, keys: list[str]
) -> None:
    with each_sessions() as session:
        assert duplicates.count(session, needs.centre_of(session, "centre").id) is None
    assert found(each_sessions) == [set(keys[:2])]
    with each_sessions.begin() as session:
        one, other = (suppliers.by_key(session, key).organisation for key in keys[:2])
        merging.say_distinct(session, other, one, session.scalars(select(User)).one())
    with each_sessions.begin() as session:
        centre = needs.centre_of(session, "centre").id
        assert duplicates.count(session, centre) == 0
        suppliers.by_key(session, keys[2]).organisation.changed_at = now()
    assert found(each_sessions) == []


def test_a_question_between_two_clusters_joins_nothing(
    each_sessions: Sessions, keys: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other, stranger = keys
    pairs = [
        DuplicatePair(*sorted((one, other)), 0.9, "doubtful"),
        DuplicatePair(*sorted((other, stranger)), 0.8, "doubtful", joined=False),
        DuplicatePair(*sorted((one, stranger)), 0.7, "doubtful", joined=False),
    ]
    monkeypatch.setattr(duplicates, "find", lambda _firms: pairs)
    assert found(each_sessions) == [{one, other}, {other, stranger}]


def test_firms_are_compared_again_only_once_one_of_them_has_changed(
    each_sessions: Sessions, keys: list[str]
) -> None:
    assert found(each_sessions) == [set(keys[:2])]
    with counted() as asked:
        assert found(each_sessions) == [set(keys[:2])]
    idle = asked.statements
    with each_sessions.begin() as session:
        firm = suppliers.by_key(session, keys[1]).organisation
        firm.name_ru, firm.name_en, firm.changed_at = "АО «Ничего общего»", None, now()
    with counted() as asked:
        assert found(each_sessions) == []
    assert asked.statements > idle


def test_the_one_that_stays_gains_what_it_lacks_and_the_other_leads_to_it(
    each_sessions: Sessions, keys: list[str]
) -> None:
    assert found(each_sessions)
    with each_sessions.begin() as session:
        keep, gone = merge(session, keys[0], keys[1])
        assert keep.employees == 77
        assert [row.process for row in keep.capabilities][-1] == "шлифовка"
        assert gone.state == "blocked"
        assert merging.moved_to(session, keys[1]) == keys[0]
        assert merging.moved_to(session, keys[0]) is None
        centre = needs.centre_of(session, "centre")
        assert suppliers.by_external_id(session, centre, "s-1").public_id == keys[0]
        assert duplicates.count(session, centre.id) == 0
    assert found(each_sessions) == []


def test_what_both_told_of_years_is_kept_once_and_comes_apart_again(
    each_sessions: Sessions, keys: list[str]
) -> None:
    with each_sessions.begin() as session:
        one, other = (suppliers.by_key(session, key) for key in keys[:2])
        told = ((one, 2025, 10), (other, 2025, 99), (other, 2024, 8))
        session.add_all(YearAnswer(profile_id=by.id, year=year, staff=staff) for by, year, staff in told)
    with each_sessions.begin() as session:
        keep, _ = merge(session, keys[0], keys[1])
        rows = session.scalars(select(YearAnswer).where(YearAnswer.profile_id == keep.id))
        assert {(row.year, row.staff) for row in rows} == {(2025, 10), (2024, 8)}
    with each_sessions.begin() as session:
        user, keep = session.scalars(select(User)).one(), suppliers.by_key(session, keys[0])
        act = undoing.open_acts(session, keep, user)[0]
        undoing.undo(session, act, keep, user)
    with each_sessions() as session:
        gone = suppliers.by_key(session, keys[1])
        rows = session.scalars(select(YearAnswer).where(YearAnswer.profile_id == gone.id))
        assert {(row.year, row.staff) for row in rows} == {(2025, 99), (2024, 8)}


def test_a_role_in_a_cluster_that_both_had_stands_once_and_comes_apart_again(
    each_sessions: Sessions, keys: list[str]
) -> None:
    with each_sessions.begin() as session:
        stays, goes, plant = (suppliers.by_key(session, key).organisation_id for key in keys)
        places = [
            ClusterParticipant(organisation_id=firm, role=role)
            for firm, role in (
                (stays, "parts-supplier"),
                (goes, "parts-supplier"),
                (plant, "lead-plant"),
                (goes, "research"),
            )
        ]
        own, other, buyer, _ = places
        centre = needs.centre_of(session, "centre")
        session.add(
            SupplyCluster(centre_id=centre.id, name_ru="Насосы", kind="industrial", participants=places)
        )
        session.add_all(
            ClusterLink(supplier=one, buyer=to, what=what, year_minor=value)
            for one, to, what, value in (
                (own, buyer, "shafts", None),
                (other, buyer, "shafts", 900),
                (other, buyer, "bushings", 50),
                (other, own, "tools", 7),
            )
        )
    before = told_of_clusters(each_sessions)
    with each_sessions.begin() as session:
        merge(session, keys[0], keys[1])
    assert told_of_clusters(each_sessions) == (
        {(stays, "parts-supplier"), (plant, "lead-plant"), (stays, "research")},
        {(stays, plant, "shafts", 900), (stays, plant, "bushings", 50)},
    )
    with each_sessions.begin() as session:
        user, keep = session.scalars(select(User)).one(), suppliers.by_key(session, keys[0])
        assert undoing.undo(session, undoing.open_acts(session, keep, user)[0], keep, user)
    assert told_of_clusters(each_sessions) == before


def told_of_clusters(
    sessions: Sessions,
) -> tuple[set[tuple[int | None, str]], set[tuple[int | None, int | None, str, int | None]]]:
    """The places in clusters, and the supplies between them, by the row ids of firms."""
    with sessions() as session:
        places = session.scalars(select(ClusterParticipant)).all()
        links = session.scalars(select(ClusterLink)).all()
        told = {(one.organisation_id, one.role) for one in places}
        assert len(told) == len(places)
        return told, {
            (one.supplier.organisation_id, one.buyer.organisation_id, one.what, one.year_minor)
            for one in links
        }


def test_what_is_chosen_comes_from_the_one_that_goes_and_an_undo_brings_all_back(
    each_sessions: Sessions, keys: list[str]
) -> None:
    with each_sessions.begin() as session:
        one, other = suppliers.by_key(session, keys[0]), suppliers.by_key(session, keys[2])
        before = suppliers.record(one), suppliers.record(other)
        user = session.scalars(select(User)).one()
        revisions = [one.revision, other.revision]
        taken = ["name_ru", "place", "contacts", "employees"]
        merging.merge(session, one, other, FakeRecogniser(), user, revisions=revisions, taken=taken)
    with each_sessions.begin() as session:
        merged = suppliers.record(suppliers.by_key(session, keys[0]))
        assert merged.name.ru == "АО «Совсем другое дело»"
        assert merged.address == "ул. Дальняя, 1"
        assert (merged.contacts, merged.location) == (before[1].contacts, before[1].location)
        assert merged.employees == before[1].employees
        assert merged.capabilities == before[0].capabilities
        user = session.scalars(select(User)).one()
        (act,) = undoing.open_acts(session, suppliers.by_key(session, keys[0]), user)
        assert undoing.undo(session, act, suppliers.by_key(session, keys[0]), user)
    with each_sessions() as session:
        assert [suppliers.record(suppliers.by_key(session, key)) for key in (keys[0], keys[2])] == list(
            before
        )


def test_a_description_that_is_chosen_leaves_the_words_of_the_other_language() -> None:
    whole = supplier(description={"ru": "Точим", "en": "We turn"})
    other = supplier(id="s-2", description={"ru": "Точим и фрезеруем"})
    told = merging.with_choices(whole, other, ["description"]).description
    assert told is not None
    assert (told.ru, told.en) == ("Точим и фрезеруем", "We turn")


def test_a_file_that_names_the_twin_changes_the_one_that_stays(
    each_sessions: Sessions, keys: list[str]
) -> None:
    with each_sessions.begin() as session:
        merge(session, keys[0], keys[1])
    with each_sessions.begin() as session:
        centre = needs.centre_of(session, "centre")
        suppliers.save_many(
            session,
            [supplier(id="s-1", inn=None)],
            FakeRecogniser(),
            RecordOrigin(centre, "file", "tester"),
        )
        assert len(session.scalars(select(Profile)).all()) == 3


def test_matches_and_decisions_follow(each_sessions: Sessions, keys: list[str]) -> None:
    with each_sessions.begin() as session:
        user = session.scalars(select(User)).one()
        _mine, theirs = propose(session, keys[:2])
        match_decisions.decide(session, theirs, NewDecision("approved"), user, revision=theirs.revision)
        propose(session, keys[1:2], "n-4")
        merge(session, keys[0], keys[1])
        session.expire_all()
        assert {m.profile.public_id for m in session.scalars(select(Match))} == {keys[0]}
        states = {m.need.external_id: m.state for m in session.scalars(select(Match))}
        assert states == {"n-3": "approved", "n-4": "proposed"}
        assert session.scalars(select(Decision)).one().profile.public_id == keys[0]


def test_redirects_do_not_chain(each_sessions: Sessions, keys: list[str]) -> None:
    with each_sessions.begin() as session:
        merge(session, keys[1], keys[2])
        merge(session, keys[0], keys[1])
        assert merging.moved_to(session, keys[2]) == keys[0]


def test_a_profile_that_was_changed_meanwhile_is_not_merged(each_sessions: Sessions, keys: list[str]) -> None:
    with each_sessions.begin() as session:
        one, other = suppliers.by_key(session, keys[0]), suppliers.by_key(session, keys[1])
        user = session.scalars(select(User)).one()
        with pytest.raises(StaleRevision):
            merging.merge(session, one, other, FakeRecogniser(), user, revisions=[one.revision - 1, 1])


def test_queues_tell_how_many_wait_and_since_when(each_sessions: Sessions, keys: list[str]) -> None:
    with each_sessions.begin() as session:
        user = session.scalars(select(User)).one()
        first, *_ = propose(session, keys)
        match_decisions.invite(session, [first], user)
        session.execute(Decision.__table__.update().values(at=now() - timedelta(days=9)))  # type: ignore[attr-defined]
        today = now().date()
        found = {queue.name: queue for queue in work_queues.queues(session, ["centre"], today)}
        assert (found["matches"].count, found["needs"].count, found["profiles"].count) == (2, 0, 0)
        assert (found["unanswered"].count, found["unanswered"].oldest) == (1, today - timedelta(days=9))
        assert found["unverified"].count == 2
        _, (waiting,) = work_queues.letters_and_answers(session, ["centre"])
        assert (waiting.match, waiting.since.date()) == (first, today - timedelta(days=9))
        (uncurated,) = work_queues.need_queues(session, ["centre"]).uncurated
        assert (uncurated.need, uncurated.count) == (wanted(session), 2)
        assert all(queue.count == 0 for queue in work_queues.queues(session, ["elsewhere"], today))


def test_a_contract_goes_to_the_profile_that_stays(each_sessions: Sessions, keys: list[str]) -> None:
    with each_sessions.begin() as session:
        user = session.scalars(select(User)).one()
        mine, theirs = propose(session, keys[:2])
        match_decisions.decide(session, mine, NewDecision("rejected"), user, revision=mine.revision)
        for kind in ("approved", "contracted"):
            match_decisions.decide(session, theirs, NewDecision(kind), user, revision=theirs.revision)
        merge(session, keys[0], keys[1])
        session.expire_all()
        (match,) = session.scalars(select(Match)).all()
        assert (match.profile.public_id, match.state) == (keys[0], "contracted")
