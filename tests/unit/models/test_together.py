"""Rows of several tables in one statement: the same as SQLAlchemy's own loaders find."""

import pytest
from sqlalchemy import inspect, select

from matchmaker.models import Capability, CertificateRow, Equipment, Organisation, Profile, Reference
from matchmaker.models import together as statements
from matchmaker.models.database import Sessions
from matchmaker.models.together import load_together, rows_together
from matchmaker.services.core.record_origin import RecordOrigin
from matchmaker.services.needs import needs
from matchmaker.services.profiles import suppliers
from tests.support.fakes import FakeRecogniser
from tests.support.records import supplier

PARTS = (Profile.capabilities, Profile.equipment, Profile.certificates, Profile.references, Profile.facts)


@pytest.fixture
def stored(sessions: Sessions) -> Sessions:
    with sessions.begin() as session:
        centre = needs.centre_of(session, "centre")
        for number in range(3):
            record = supplier(id=f"s-{number}", name={"en": f"Shop {number}"}, inn=None)
            suppliers.save(session, record, FakeRecogniser(), RecordOrigin(centre, "file", "tester"))
        session.add(Profile(organisation=Organisation(centre=centre, name_en="Without parts")))
    return sessions


def of(profile: Profile, name: str) -> list[dict[str, object]]:
    """The values of a collection, row by row."""
    columns = Profile.__mapper__.relationships[name].target.columns.keys()
    return [{key: getattr(item, key) for key in columns} for item in getattr(profile, name)]


def test_collections_are_those_that_are_loaded_one_by_one(stored: Sessions) -> None:
    with stored() as first, stored() as second:
        together = first.scalars(select(Profile).order_by(Profile.id)).all()
        load_together(first, together, PARTS)
        one_by_one = second.scalars(select(Profile).order_by(Profile.id)).all()
        for mine, theirs in zip(together, one_by_one, strict=True):
            for part in PARTS:
                assert of(mine, part.key) == of(theirs, part.key)
        assert [bool(one.certificates) for one in together] == [True, True, True, False]
        assert not first.dirty


def test_what_is_loaded_and_changed_is_left_alone(stored: Sessions) -> None:
    with stored.begin() as session:
        profile = session.scalars(select(Profile)).first()
        assert profile is not None
        load_together(session, [profile], PARTS)
        profile.references.clear()
        load_together(session, [profile], PARTS)
        assert profile.references == []
    with stored() as session:
        assert session.get_one(Profile, profile.id).references == []


def test_rows_are_told_apart_by_their_table(stored: Sessions) -> None:
    with stored() as session:
        ids = session.scalars(select(Profile.id)).all()
        tables = (Capability, Equipment, CertificateRow, Reference)
        found = rows_together(session, tuple(table.profile_id for table in tables), ids)
        for table, rows in zip(tables, found, strict=True):
            assert {one.id for one in rows} == set(session.scalars(select(table.id)))
        assert rows_together(session, (Capability.profile_id, Reference.profile_id), []) == [[], []]


def test_a_statement_is_complete_before_threads_share_it() -> None:
    """Threads that were the first to use one at once each filled in columns of their own, and every later page failed."""
    made = statements._statement((Capability.profile_id, CertificateRow.profile_id))
    rows = inspect(made.column_descriptions[0]["entity"]).selectable
    assert "c" in vars(rows)
