from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from sqlalchemy import event, func, select

from matchmaker.domain.errors import MoveNotAllowed, NotFound, StaleRevision
from matchmaker.domain.lifecycle import ProfileState
from matchmaker.domain.records import SupplierRecord, parse, to_data
from matchmaker.models import AuditEntry, Capability, OrganisationAlias, Outbox, Profile, User
from matchmaker.models.base import new_public_id
from matchmaker.models.database import Sessions
from matchmaker.services.core import journal
from matchmaker.services.core.record_origin import RecordOrigin
from matchmaker.services.needs import needs
from matchmaker.services.profiles import certificates, suppliers
from matchmaker.services.profiles.profile_mapping import TermCodes
from matchmaker.services.profiles.record_overlay import RecordOverlay, changes
from matchmaker.services.profiles.supplier_bulk import SavedSupplier, SavingRules
from tests.support.fakes import FakeRecogniser
from tests.support.records import any_supplier, supplier


def save(sessions: Sessions, records: Iterable[SupplierRecord], **options: Any) -> list[SavedSupplier]:
    with sessions.begin() as session:
        centre = needs.centre_of(session, "centre")
        return suppliers.save_many(
            session, records, FakeRecogniser(), RecordOrigin(centre, "file", "tester"), SavingRules(**options)
        )


def stored(sessions: Sessions, name: str = "s-17") -> SupplierRecord:
    with sessions() as session:
        centre = needs.centre_of(session, "centre")
        return suppliers.record(suppliers.by_external_id(session, centre, name))


def count(sessions: Sessions, table: Any) -> int:
    with sessions() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_saved_supplier_reads_back_as_the_same_record(sessions: Sessions) -> None:
    (saved,) = save(sessions, [supplier()])
    assert saved.status == "new"
    assert stored(sessions) == supplier()


@hypothesis_settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(record=any_supplier)
def test_any_record_reads_back_as_it_was(sessions: Sessions, record: SupplierRecord) -> None:
    fresh = record.model_copy(update={"id": new_public_id()})  # nothing was said of it before
    save(sessions, [fresh])
    assert stored(sessions, fresh.id) == said(fresh)


def said(record: SupplierRecord) -> SupplierRecord:
    """The record with the day on which certificates without any date were last said."""
    day = record.updated or datetime.now(UTC).date()
    certificates = tuple(
        one if one.issued or one.valid_until else one.model_copy(update={"said_on": one.said_on or day})
        for one in record.certificates
    )
    return record.model_copy(update={"certificates": certificates})


def test_a_certificate_without_dates_keeps_the_day_until_it_is_said_again(sessions: Sessions) -> None:
    papers = [{"standard": "ISO 9001"}, {"standard": "ISO 14001", "issued": "2025-02-01"}]
    for updated, name in (("2026-03-01", "A"), ("2026-02-01", "B"), ("2026-05-01", "C")):
        save(sessions, [supplier(certificates=papers, updated=updated, name={"en": name})])
    first, second = stored(sessions).certificates
    assert (str(first.said_on), second.said_on) == ("2026-05-01", None)
    save(sessions, [supplier(certificates=papers, updated=None, name={"en": "D"})])
    assert stored(sessions).certificates[0].said_on == datetime.now(UTC).date()


def test_terms_that_are_asked_by_code_are_resolved_beside_the_text_as_typed(sessions: Sessions) -> None:
    save(sessions, [supplier()])
    with sessions() as session:
        profile = session.scalars(select(Profile)).one()
        assert profile.organisation.region_code == "RU-SVE"
        assert [row.type_codes for row in profile.equipment] == [["cnc-lathe"]]
        assert [row.standard_code for row in profile.certificates] == ["iso-9001"]


def test_the_same_record_again_changes_nothing(sessions: Sessions) -> None:
    save(sessions, [supplier()])
    before = count(sessions, AuditEntry), count(sessions, Outbox)
    (again,) = save(sessions, [supplier()])
    assert again.status == "same"
    assert (count(sessions, AuditEntry), count(sessions, Outbox)) == before


def test_a_changed_record_replaces_the_rows_and_grows_the_revision(sessions: Sessions) -> None:
    save(sessions, [supplier()])
    changed = supplier(employees=46, capabilities=[{"process": "шлифование"}], certificates=[])
    (saved,) = save(sessions, [changed])
    assert saved.status == "changed"
    assert stored(sessions) == changed
    assert count(sessions, Capability) == 1
    with sessions() as session:
        assert session.scalars(select(Profile.revision)).one() == 2


@pytest.mark.parametrize("adding", [True, False])
def test_what_a_record_does_not_say_stays(sessions: Sessions, adding: bool) -> None:
    save(sessions, [supplier()])
    bare = parse(
        SupplierRecord, {"id": "s-17", "name": {"ru": "Другое имя"}, "contacts": {"email": "a@b.example"}}
    )
    (saved,) = save(sessions, [bare], adding=adding)
    before, after = supplier(), stored(sessions)
    assert saved.status == "changed"
    assert (after.name.ru, after.name.en) == ("Другое имя", before.name.en)
    assert after.contacts == before.contacts.model_copy(update={"email": "a@b.example"})  # type: ignore[union-attr]
    kept = {"name", "contacts", "updated"}
    assert after.model_dump(exclude=kept) == before.model_dump(exclude=kept)
    assert {one.field for one in saved.changes} == {"name.ru", "contacts.email"}


def test_a_list_adds_entries_and_fills_in_those_it_names(sessions: Sessions) -> None:
    first = [
        {"process": "Токарная обработка", "materials": ["сталь 45"], "tolerance_it": 7},
        {"process": "шлифование"},
    ]
    papers = [
        {"standard": "ISO 9001", "number": "A-1", "issued": "2025-01-01", "valid_until": "2028-01-01"},
        {"standard": "ISO 14001"},
    ]
    save(
        sessions,
        [supplier(capabilities=first, certificates=papers, equipment=[{"name": "16К20", "axes": 2}])],
    )
    listed = supplier(
        capabilities=[{"process": "токарная  обработка", "materials": ["12Х18Н10Т"]}, {"process": "гибка"}],
        certificates=[{"standard": "ISO 9001", "valid_until": "2028-06-01"}],
        equipment=[{"name": "1К62"}, {"name": "16к20", "year": 1990}],
    )
    save(sessions, [listed], adding=True)
    held = stored(sessions)
    turning, grinding, bending = held.capabilities
    assert (turning.materials, turning.tolerance_it) == (("сталь 45", "12Х18Н10Т"), 7)
    assert (grinding.process, bending.process) == ("шлифование", "гибка")
    assert [(one.number, str(one.valid_until)) for one in held.certificates] == [
        ("A-1", "2028-06-01"),
        (None, "None"),
    ]
    assert [(one.axes, one.year) for one in held.equipment] == [(2, 1990), (None, None)]
    assert [one.status for one in save(sessions, [listed], adding=True)] == ["same"]


@given(any_supplier, any_supplier)
@hypothesis_settings(max_examples=40, deadline=None)
def test_an_overlay_loses_nothing_and_says_what_changes(base: SupplierRecord, given: SupplierRecord) -> None:
    overlay = RecordOverlay(TermCodes(FakeRecogniser()), adding=True)
    whole = overlay.over(base, given)
    assert parse(SupplierRecord, to_data(whole)) == whole
    for name in ("capabilities", "equipment", "certificates", "references", "sectors", "languages"):
        assert len(getattr(whole, name)) >= len(getattr(base, name))
    said = {name for name in given.model_fields_set if getattr(given, name) is not None}
    assert {one.field.split(".")[0] for one in changes(base, whole)} <= said
    assert overlay.over(base, SupplierRecord(id=base.id, name=base.name)) == base
    assert list(changes(whole, overlay.over(whole, given))) == []


def test_a_firm_that_registered_itself_is_not_overwritten_by_a_list_with_its_inn(sessions: Sessions) -> None:
    save(sessions, [supplier()])
    with sessions.begin() as session:
        profile = suppliers.by_external_id(session, needs.centre_of(session, "centre"), "s-17")
        profile.organisation.external_id = None
        suppliers.edit(session, profile, supplier(employees=50), FakeRecogniser(), revision=1, by="owner")
    listed = parse(
        SupplierRecord, {"id": "row-1", "inn": supplier().inn, "name": {"ru": "Имя"}, "employees": 7}
    )
    (saved,) = save(sessions, [listed], adding=True)
    assert saved.status == "changed"
    with sessions() as session:
        profile = session.scalars(select(Profile)).one()
        assert (profile.employees, profile.waiting and profile.waiting["employees"]) == (50, 7)
    entries = count(sessions, AuditEntry)
    assert [one.status for one in save(sessions, [listed], adding=True)] == ["same"]
    assert count(sessions, AuditEntry) == entries


def test_a_list_that_says_nothing_new_of_a_firm_that_registered_itself_waits_nowhere(
    sessions: Sessions,
) -> None:
    save(sessions, [supplier()])
    with sessions.begin() as session:
        profile = suppliers.by_external_id(session, needs.centre_of(session, "centre"), "s-17")
        profile.organisation.external_id = None
        suppliers.edit(session, profile, supplier(employees=50), FakeRecogniser(), revision=1, by="owner")
    known = supplier()
    listed = SupplierRecord(id="row-1", inn=known.inn, name=known.name, employees=50)
    assert [one.status for one in save(sessions, [listed], adding=True)] == ["same"]
    with sessions() as session:
        assert session.scalars(select(Profile.waiting)).all() == [None]


def test_every_change_writes_audit_and_outbox_and_the_chain_holds(sessions: Sessions) -> None:
    save(sessions, [supplier()])
    save(sessions, [supplier(employees=1)])
    with sessions() as session:
        assert session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all() == [
            "supplier.created",
            "supplier.changed",
        ]
        assert count(sessions, Outbox) == 2
        assert journal.first_broken(session) is None


def test_an_audit_entry_that_was_altered_is_found(sessions: Sessions) -> None:
    save(sessions, [supplier(id=f"s-{number}", inn=None) for number in range(3)])
    with sessions.begin() as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()[1]
        entry.actor = "somebody else"
        altered = entry.id
    with sessions() as session:
        assert journal.first_broken(session) == altered


def test_a_second_id_with_the_same_inn_joins_and_fills_gaps(sessions: Sessions) -> None:
    save(sessions, [supplier(founded=None)])
    (joined,) = save(
        sessions, [supplier(id="s-90", founded=1990, employees=999, references=[{"customer": "Новый"}])]
    )
    assert (joined.status, joined.joined) == ("changed", "s-17")
    record = stored(sessions, "s-90")
    assert (record.id, record.founded, record.employees, len(record.references)) == ("s-17", 1990, 45, 2)


def test_a_joined_file_read_twice_changes_nothing(sessions: Sessions) -> None:
    file = [supplier(), supplier(id="s-90", founded=1990)]
    save(sessions, file)
    assert [saved.status for saved in save(sessions, file)] == ["same", "same"]
    assert count(sessions, OrganisationAlias) == 1


def test_records_about_one_organisation_under_several_ids_do_not_trip_over_each_other(
    sessions: Sessions,
) -> None:
    save(sessions, [supplier(), supplier(id="s-90"), supplier(id="s-91")])
    later = [
        supplier(id="s-90", inn=None, sectors=["rail"]),
        supplier(id="s-91", inn=None, sectors=["marine"]),
        supplier(employees=7),
        supplier(id="s-92", sectors=["energy"]),
    ]
    assert [one.status for one in save(sessions, later)] == ["changed"] * 4
    assert set(stored(sessions, "s-92").sectors) == {"automotive", "energy"}
    assert [one.status for one in save(sessions, later)] == ["same"] * 4


def test_twins_may_be_kept_apart(sessions: Sessions) -> None:
    save(sessions, [supplier(), supplier(id="s-90")], keep_twins=True)
    assert count(sessions, Profile) == 2
    assert count(sessions, OrganisationAlias) == 0


def test_an_id_repeated_in_one_file_ends_as_its_last_line(sessions: Sessions) -> None:
    saved = save(sessions, [supplier(), supplier(employees=7)])
    assert [one.status for one in saved] == ["new", "changed"]
    assert stored(sessions).employees == 7


def test_the_centres_verification_outlives_a_new_import(sessions: Sessions) -> None:
    save(sessions, [supplier()])
    with sessions.begin() as session:
        user = User(email="o@example.org", email_key="o@example.org", name="Operator")
        session.add(user)
        session.flush()
        profile = suppliers.by_external_id(session, needs.centre_of(session, "centre"), "s-17")
        certificates.verify(session, profile.certificates[0], certificates.Verification("register"), user)
    save(sessions, [supplier(employees=1)])
    assert stored(sessions).certificates[0].verified


def test_a_file_does_not_overwrite_what_a_person_edited(sessions: Sessions) -> None:
    save(sessions, [supplier()])
    with sessions.begin() as session:
        profile = suppliers.by_external_id(session, needs.centre_of(session, "centre"), "s-17")
        suppliers.edit(session, profile, supplier(employees=50), FakeRecogniser(), revision=1, by="owner")
    (saved,) = save(sessions, [supplier(employees=60)])
    assert saved.status == "changed"
    assert stored(sessions).employees == 50
    with sessions() as session:
        waiting = session.scalars(select(Profile.waiting)).one()
        assert waiting is not None
        assert waiting["employees"] == 60


def test_an_edit_over_somebody_elses_is_refused(sessions: Sessions) -> None:
    save(sessions, [supplier()])
    with sessions.begin() as session:
        profile = suppliers.by_external_id(session, needs.centre_of(session, "centre"), "s-17")
        with pytest.raises(StaleRevision):
            suppliers.edit(session, profile, supplier(), FakeRecogniser(), revision=7, by="owner")


def test_saving_takes_a_fixed_number_of_statements(sessions: Sessions) -> None:
    def statements(records: list[SupplierRecord]) -> int:
        seen: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            seen.append(statement)

        event.listen(sessions.engine, "before_cursor_execute", note)
        save(sessions, records)
        event.remove(sessions.engine, "before_cursor_execute", note)
        return len(seen)

    many = [supplier(id=f"s-{number}", inn=None) for number in range(50)]
    statements([supplier(id="first", inn=None)])
    assert statements(many) == statements([supplier(id="one more", inn=None)])


def test_a_profile_moves_only_where_it_may(sessions: Sessions) -> None:
    save(sessions, [supplier()])
    with sessions.begin() as session:
        profile = suppliers.by_external_id(session, needs.centre_of(session, "centre"), "s-17")
        with pytest.raises(MoveNotAllowed):
            suppliers.move(session, profile, ProfileState.RETURNED, by="operator")
        suppliers.move(session, profile, ProfileState.BLOCKED, by="operator")
        assert suppliers.count(session) == 0


def test_an_unknown_supplier_is_named(sessions: Sessions) -> None:
    with sessions() as session, pytest.raises(NotFound, match="nobody"):
        suppliers.by_key(session, "nobody")


def test_times_are_read_back_in_utc(sessions: Sessions) -> None:
    before = datetime.now(UTC)
    save(sessions, [supplier()])
    with sessions() as session:
        made = session.scalars(select(Profile.created_at)).one()
    assert made.tzinfo is not None
    assert before <= made <= datetime.now(UTC)
