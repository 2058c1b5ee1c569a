from collections.abc import Mapping
from typing import Any

from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from matchmaker.models import Capability, Organisation, Profile, bulk
from matchmaker.models.database import Sessions
from matchmaker.services.needs import needs

_line = st.text(st.characters(codec="utf-8", categories=("L", "N", "P")), min_size=1, max_size=10)
_rows = st.lists(
    st.fixed_dictionaries(
        {
            "position": st.integers(0, 9),
            "process": _line,
            "materials": st.lists(_line, max_size=2),
            "envelope_mm": st.none() | st.lists(st.floats(1, 10), min_size=3, max_size=3),
            "lot_min": st.none() | st.integers(1, 9),
        },
        optional={"note": st.none() | _line, "level": st.just("core")},
    ),
    min_size=1,
    max_size=5,
)


def read(rows: list[Capability]) -> list[Mapping[str, Any]]:
    names = [column.key for column in Capability.__table__.columns if column.key not in {"id", "profile_id"}]
    return [{name: getattr(row, name) for name in names} for row in sorted(rows, key=lambda row: row.lot_max)]


@hypothesis_settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=_rows)
def test_rows_are_stored_as_objects_would_be(sessions: Sessions, rows: list[dict[str, Any]]) -> None:
    numbered = [{**row, "lot_max": 10 + place} for place, row in enumerate(rows)]
    with sessions.begin() as session:
        centre = needs.centre_of(session, "centre")
        firms = [{"centre_id": centre.id, "name_en": "Shop"} for _ in range(2)]
        firm_ids = bulk.add_with_ids(session, Organisation, firms)
        one, other = bulk.add_with_ids(session, Profile, [{"organisation_id": own} for own in firm_ids])
        bulk.add(session, Capability, [{**row, "profile_id": one} for row in numbered])
        session.add_all(Capability(**row, profile_id=other) for row in numbered)
        session.flush()
        stored = session.scalars(select(Capability)).all()
        of_one, of_other = ([row for row in stored if row.profile_id == own] for own in (one, other))
        assert read(of_one) == read(of_other)
        session.rollback()


def test_ids_come_in_the_order_of_the_rows_and_follow_the_last(each_sessions: Sessions) -> None:
    with each_sessions.begin() as session:
        centre = needs.centre_of(session, "centre")

        def made(*names: str) -> list[int]:
            return bulk.add_with_ids(
                session, Organisation, [{"centre_id": centre.id, "name_en": name} for name in names]
            )

        first = made("a", "b")
        session.execute(delete(Organisation).where(Organisation.id == first[0]))
        session.add(Organisation(centre_id=centre.id, name_en="by itself"))
        session.flush()
        ids = [*first, *made("c", "d")]
        stored = {row.id: row.name_en for row in session.scalars(select(Organisation))}
    assert [stored.get(own) for own in ids] == [None, "b", "c", "d"]
    assert sorted(stored)[1] not in ids


def test_nothing_is_inserted_of_no_rows(sessions: Sessions) -> None:
    with sessions.begin() as session:
        bulk.add(session, Organisation, [])
        assert bulk.add_with_ids(session, Organisation, []) == []
