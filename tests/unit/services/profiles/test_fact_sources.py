"""Whose word each fact of a profile is: a list's or a person's, and that no list overrules a person."""

from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from matchmaker.domain.lifecycle import ReviewState
from matchmaker.domain.records import SupplierRecord
from matchmaker.models import ImportBatch, Profile
from matchmaker.models.base import new_public_id
from matchmaker.models.database import Sessions
from matchmaker.services.core.record_origin import RecordOrigin
from matchmaker.services.needs import needs
from matchmaker.services.profiles import fact_sources, freshness, profile_drafts, suppliers
from matchmaker.services.profiles.supplier_bulk import SavedSupplier, SavingRules
from tests.support.fakes import FakeRecogniser
from tests.support.records import supplier

DAY = date(2026, 11, 30)


def take(sessions: Sessions, name: str, record: SupplierRecord) -> SavedSupplier:
    """Import one record from a list of this name."""
    with sessions.begin() as session:
        centre = needs.centre_of(session, "centre")
        batch = ImportBatch(centre_id=centre.id, source="list", file_name=name, sha256=name, counts={})
        session.add(batch)
        session.flush()
        origin = RecordOrigin(centre, "list", "tester", batch.id)
        return suppliers.save_many(session, [record], FakeRecogniser(), origin, SavingRules(adding=True))[0]


def edit(sessions: Sessions, record: SupplierRecord) -> None:
    """Publish a person's changes."""
    with sessions.begin() as session:
        profile = suppliers.by_external_id(session, needs.centre_of(session, "centre"), record.id)
        profile_drafts._keep(session, profile, record, "owner")
        profile.review = ReviewState.SUBMITTED
        session.flush()
        profile_drafts.approve(session, profile, FakeRecogniser(), revision=profile.revision, by="operator")


def sources(sessions: Sessions, name: str = "s-17") -> Mapping[str, str | None]:
    """The file of each key, None for a person's word."""
    with sessions() as session:
        profile = suppliers.by_external_id(session, needs.centre_of(session, "centre"), name)
        found = fact_sources.of_profile(session, profile, suppliers.record(profile))
        return {one.field: one.file for one in found}


def test_each_fact_names_the_list_that_said_it_last(sessions: Sessions) -> None:
    take(sessions, "register.xlsx", supplier(updated="2026-01-10"))
    take(sessions, "fair.xlsx", supplier(updated="2026-02-10", employees=99))
    found = sources(sessions)
    assert found["employees"] == "fair.xlsx"
    assert {file for field, file in found.items() if field != "employees"} == {"register.xlsx"}


def test_a_persons_word_is_not_changed_by_a_list_and_the_rest_is(sessions: Sessions) -> None:
    take(sessions, "register.xlsx", supplier())
    edit(sessions, supplier(employees=50))
    assert sources(sessions)["employees"] is None
    assert take(sessions, "newer.xlsx", supplier(employees=50, city="Тагил")).status == "changed"
    with sessions() as session:
        profile = session.scalars(select(Profile)).one()
        assert (profile.organisation.city, profile.waiting) == ("Тагил", None)
    assert sources(sessions)["city"] == "newer.xlsx"
    take(sessions, "third.xlsx", supplier(employees=7, city="Тагил"))
    with sessions() as session:
        profile = session.scalars(select(Profile)).one()
        assert (profile.employees, profile.waiting and profile.waiting["employees"]) == (50, 7)


def test_a_row_that_an_operator_let_in_is_still_the_lists_word(sessions: Sessions) -> None:
    take(sessions, "register.xlsx", supplier())
    edit(sessions, supplier(employees=50))
    take(sessions, "third.xlsx", supplier(employees=7))
    with sessions.begin() as session:
        profile = session.scalars(select(Profile)).one()
        confirmed = profile.confirmed_at
        profile_drafts.approve(session, profile, FakeRecogniser(), revision=profile.revision, by="operator")
        assert profile.confirmed_at == confirmed, "the firm has confirmed nothing"
    assert sources(sessions)["employees"] == "third.xlsx"


def test_what_a_list_said_is_not_called_confirmed_until_a_person_does(sessions: Sessions) -> None:
    take(sessions, "register.xlsx", supplier())
    with sessions.begin() as session:
        profile = session.scalars(select(Profile)).one()
        assert {one.field: one.of_list for one in freshness.of_profile(profile, DAY)} == {
            "capabilities": True,
            "equipment": True,
        }
        freshness.confirm(session, profile, ("equipment",), by="owner", today=DAY)
        assert {one.field: one.of_list for one in freshness.of_profile(profile, DAY)} == {
            "capabilities": True,
            "equipment": False,
        }
    assert sources(sessions)["equipment"] is None


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    said=st.lists(
        st.tuples(st.booleans(), st.sampled_from(["employees", "city", "address"]), st.integers(1, 40))
    )
)
def test_the_last_word_of_a_person_stands_whatever_lists_say(
    sessions: Sessions, said: list[tuple[bool, str, int]]
) -> None:
    name = new_public_id()
    plain = supplier(id=name, inn=None, updated=None)
    take(sessions, "first.xlsx", plain)
    persons: dict[str, object] = {}
    for number, (is_person, field, value) in enumerate(said):
        given_value: object = value if field == "employees" else f"{field} {value}"
        with sessions() as session:
            stored = suppliers.by_external_id(session, needs.centre_of(session, "centre"), name)
            now = suppliers.record(stored).model_copy(update={"updated": None})
        changed = now.model_copy(update={field: given_value})
        if is_person:
            if getattr(now, field) != given_value:
                persons[field] = given_value
            edit(sessions, changed)
        else:
            take(sessions, f"{number}.xlsx", SupplierRecord(id=name, name=now.name, **{field: given_value}))
        with sessions() as session:
            stored = suppliers.by_external_id(session, needs.centre_of(session, "centre"), name)
            record = suppliers.record(stored)
        assert {one: getattr(record, one) for one in persons} == persons
        found = sources(sessions, name)
        assert all(found[one] is None for one in persons)


@pytest.mark.parametrize("field", ["phone", "email"])
def test_each_key_of_contacts_has_its_own_source(sessions: Sessions, field: str) -> None:
    take(sessions, "register.xlsx", supplier(contacts=None))
    value = {"phone": "+7 343 000-00-00", "email": "shop@example.com"}[field]
    take(sessions, "contacts.xlsx", supplier(contacts={field: value}))
    assert {one: file for one, file in sources(sessions).items() if one.startswith("contacts")} == {
        f"contacts.{field}": "contacts.xlsx"
    }


def test_a_confirmed_fact_is_a_persons_word(sessions: Sessions) -> None:
    take(sessions, "register.xlsx", supplier())
    with sessions.begin() as session:
        profile = session.scalars(select(Profile)).one()
        freshness.confirm(session, profile, ("equipment",), by="owner", today=DAY)
    take(sessions, "newer.xlsx", supplier(employees=99))
    take(sessions, "third.xlsx", supplier(employees=99, equipment=[{"name": "Пресс"}]))
    with sessions() as session:
        profile = session.scalars(select(Profile)).one()
        assert profile.employees == 99
        assert "Пресс" not in [one.name for one in profile.equipment]
        assert profile.waiting
        assert profile.waiting["equipment"][-1]["name"] == "Пресс"


def test_a_list_under_another_id_overrules_nobody_either(sessions: Sessions) -> None:
    take(sessions, "register.xlsx", supplier())
    edit(sessions, supplier(equipment=[{"name": "Станок"}]))
    take(sessions, "other.xlsx", supplier(id="row-9", equipment=[{"name": "Пресс"}]))
    with sessions() as session:
        profile = session.scalars(select(Profile)).one()
        assert [one.name for one in profile.equipment] == ["Станок"]
        assert profile.waiting
        assert [one["name"] for one in profile.waiting["equipment"]] == ["Станок", "Пресс"]


def test_a_row_that_meets_waiting_changes_of_a_person_is_told_and_taken_later(sessions: Sessions) -> None:
    take(sessions, "register.xlsx", supplier())
    with sessions.begin() as session:
        profile = session.scalars(select(Profile)).one()
        profile_drafts._keep(session, profile, supplier(city="Пермь"), "owner")
    newer = supplier(employees=99)
    assert take(sessions, "newer.xlsx", newer).status == "busy"
    with sessions.begin() as session:
        profile = session.scalars(select(Profile)).one()
        assert profile.waiting
        assert profile.waiting["city"] == "Пермь"
        profile.waiting = profile.review = None
    assert take(sessions, "newer again.xlsx", newer).status == "changed"
    assert sources(sessions)["employees"] == "newer again.xlsx"


def test_a_newer_list_takes_the_place_of_an_older_one_that_waits(sessions: Sessions) -> None:
    take(sessions, "register.xlsx", supplier())
    edit(sessions, supplier(employees=50))
    for name, employees in (("second.xlsx", 7), ("third.xlsx", 8)):
        assert take(sessions, name, supplier(employees=employees)).status == "changed"
    with sessions() as session:
        profile = session.scalars(select(Profile)).one()
        assert profile.waiting
        assert profile.waiting["employees"] == 8


def test_what_a_list_said_before_imports_were_kept_stays_a_lists_word(sessions: Sessions) -> None:
    take(sessions, "register.xlsx", supplier())
    with sessions.begin() as session:
        profile = session.scalars(select(Profile)).one()
        profile.batch_id = None
    edit(sessions, supplier(employees=50))
    with sessions() as session:
        profile = session.scalars(select(Profile)).one()
        assert all(one.of_list for one in freshness.of_profile(profile, DAY))
    assert sources(sessions)["equipment"] == "list"
    assert sources(sessions)["employees"] is None
