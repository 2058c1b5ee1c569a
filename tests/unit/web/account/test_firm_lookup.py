"""A firm found by its INN in the registers that the centre has imported, at registration and by who joins later."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from matchmaker.models import ImportBatch, Organisation, Profile, RegisterFirm, User
from matchmaker.services.imports import import_batches, import_plans, import_rollback, import_runs
from matchmaker.services.imports.import_runs import ImportTarget
from matchmaker.services.people import register_firms
from tests.support.browser import TODAY, text
from tests.support.register_files import legal_entities, legal_entity, small_firms
from tests.support.small_centre import Centre, enter, small_centre

INN, CLOSED, OTHER, BOTH = "7736050003", "7728168971", "7702070139", "7707083893"
NAME = 'ООО "КАМА"'
FORM = {"email": "new@example.org", "name": "Newcomer", "password": "long-enough-password", "consent": "1"}
FORM |= {"role": "supplier_editor", "organisation": "", "inn": INN}
EGRUL = legal_entities(
    legal_entity("КАМА", INN, email="secret@example.com"), legal_entity("СТАРАЯ", CLOSED, closed=True)
)


def imported(centre: Centre, content: bytes, name: str = "register.xml", **target: bool) -> None:
    path = centre.application.settings.data / name
    path.write_bytes(content)
    app = centre.application
    into = ImportTarget(app.sessions, app.recogniser, "centre", by="tester", today=TODAY, **target)
    import_runs.run(import_plans.of_records(path, ()), into)


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    with small_centre(tmp_path) as made:
        imported(made, EGRUL)
        yield made


def firms(centre: Centre) -> list[Organisation]:
    with centre.application.sessions() as session:
        return list(session.scalars(select(Organisation).order_by(Organisation.id)))


def forgotten(centre: Centre) -> None:
    """The firms of the register are not of the centre: only the register knows them."""
    with centre.application.sessions.begin() as session:
        session.execute(update(Organisation).where(Organisation.inn == INN).values(inn=None))


def test_without_a_register_nothing_is_offered(tmp_path: Path) -> None:
    with small_centre(tmp_path) as made:
        assert "Find the firm" not in text(made.another().get("/register"))
        imported(made, EGRUL, dry_run=True)
        assert "Find the firm" not in text(made.another().get("/register"))


def test_an_inn_fills_in_the_name_and_shows_address_and_activity_and_no_contacts(centre: Centre) -> None:
    visitor = centre.another()
    assert "Find the firm by its INN" in text(visitor.get("/register"))
    answer = visitor.post("/register", FORM | {"act": "find"})
    page = text(answer)
    assert answer.status_code == 200
    assert 'value="ООО &#34;КАМА&#34;"' in page
    assert "614000, Пермский край, г. Пермь, ул. Ленина" in page
    assert "25.62 Обработка металлических изделий механическая" in page
    assert "secret@example.com" not in page
    assert "ИВАНОВ" not in page.upper()
    assert 'value="new@example.org"' in page  # what was typed stays, the password does not
    assert FORM["password"] not in page
    assert len(firms(centre)) == 3  # a look-up makes nothing


def test_a_typed_name_is_asked_about_and_not_overwritten(centre: Centre) -> None:
    visitor = centre.another()
    page = text(visitor.post("/register", FORM | {"organisation": "Кама-мастер", "act": "find"}))
    assert 'value="Кама-мастер"' in page
    assert "You typed “Кама-мастер”; the register calls it “ООО &#34;КАМА&#34;”." in page
    page = text(visitor.post("/register", FORM | {"organisation": "Кама-мастер", "act": "name"}))
    assert 'value="ООО &#34;КАМА&#34;"' in page
    assert "You typed" not in page


def test_a_new_firm_takes_over_what_the_register_says_only_where_the_person_says_so(centre: Centre) -> None:
    forgotten(centre)
    centre.another().post("/register", FORM | {"organisation": "Кама-мастер", "taken": INN})
    made = firms(centre)[-1]
    assert (made.name_ru, made.inn, made.region_code) == ("Кама-мастер", INN, "RU-PER")
    assert made.address == "614000, Пермский край, г. Пермь, ул. Ленина, д. 25А"
    assert made.details["registration"]["activity"]["code"] == "25.62"
    with centre.application.sessions() as session:
        profile = session.scalars(select(Profile).where(Profile.organisation_id == made.id)).one()
        assert (profile.founded, profile.contacts, profile.state) == (1998, None, "draft")
    other = FORM | {"email": "b@example.org", "organisation": "Другая", "inn": OTHER, "taken": INN}
    centre.another().post("/register", other)
    made = firms(centre)[-1]
    assert (made.name_ru, made.address, made.details) == ("Другая", None, {})


def test_a_name_that_was_left_out_is_filled_in_to_be_checked(centre: Centre) -> None:
    answer = centre.another().post("/register", FORM)
    assert answer.status_code == 422
    assert "The name comes from the register: check it" in text(answer)
    assert 'value="ООО &#34;КАМА&#34;"' in text(answer)
    with centre.application.sessions() as session:
        assert session.scalar(select(func.count(User.id)).where(User.email == "new@example.org")) == 0


def test_a_closed_firm_says_so_and_an_unknown_or_wrong_number_leads_on(centre: Centre) -> None:
    visitor = centre.another()
    closed = text(visitor.post("/register", FORM | {"inn": CLOSED, "act": "find"}))
    assert "This firm ceased to be on" in closed
    assert "Not in the register" in text(visitor.post("/register", FORM | {"inn": OTHER, "act": "find"}))
    wrong = visitor.post("/register", FORM | {"inn": "123", "act": "find"})
    assert wrong.status_code == 422
    assert "Check the INN" in text(wrong)


def test_a_look_up_tells_nothing_of_who_takes_part(centre: Centre) -> None:
    """The firm of the centre (its INN stands in no register) is not found; one of the register is, whatever became of it."""
    visitor = centre.another()
    assert "Not in the register" in text(visitor.post("/register", FORM | {"inn": BOTH, "act": "find"}))
    before = text(visitor.post("/register", FORM | {"act": "find"})).split('id="found"')[1]
    with centre.application.sessions.begin() as session:
        known = session.scalars(select(Organisation).where(Organisation.inn == INN)).one()
        known.name_ru, known.address, known.details, known.is_contractor = "Тайна", "Секретная, 1", {}, True
    assert text(visitor.post("/register", FORM | {"act": "find"})).split('id="found"')[1] == before
    forgotten(centre)
    assert text(visitor.post("/register", FORM | {"act": "find"})).split('id="found"')[1] == before


def test_look_ups_are_limited_and_what_was_typed_stays(centre: Centre) -> None:
    visitor = centre.another()
    answers = [visitor.post("/register", FORM | {"act": "find"}).status_code for _ in range(21)]
    assert answers == [200] * 20 + [429]
    answer = visitor.post("/register", FORM | {"organisation": "Кама", "act": "find"})
    assert 0 < int(answer.headers["Retry-After"]) <= 180
    assert "Too many look-ups in the register" in text(answer)
    assert 'value="Кама"' in text(answer)
    assert 'id="found"' not in text(visitor.post("/register", FORM | {"taken": INN, "password": "x"}))
    assert visitor.post("/register", FORM | {"organisation": "Кама"}).status_code == 302


def test_who_is_signed_in_finds_a_firm_too(centre: Centre) -> None:
    editor = enter(centre, "editor@example.org")
    form = {"inn": INN, "organisation": "", "role": "contractor_buyer"}
    page = text(editor.post("/account/join", form | {"act": "find"}, page="/account/join"))
    assert 'value="ООО &#34;КАМА&#34;"' in page
    forgotten(centre)
    editor.post("/account/join", form | {"organisation": NAME, "taken": INN}, page="/account/join")
    assert (firms(centre)[-1].city, firms(centre)[-1].is_contractor) == ("Пермь", True)


def test_the_fuller_register_comes_first_and_the_other_fills_its_gaps(centre: Centre) -> None:
    imported(centre, small_firms(), "small.xml")
    imported(centre, legal_entities(legal_entity("КАМА", BOTH, day="2026-01-01")), "more.xml")
    with centre.application.sessions() as session:
        found = register_firms.find(session, "centre", BOTH)
        assert found is not None
        assert (found.registers, str(found.on)) == (("ЕГРЮЛ", "МСП"), "2026-11-10")
        assert (found.record.city, found.record.size_class, found.record.employees) == ("Пермь", "small", 17)
        assert found.activity is not None
        assert found.activity.code == "25.62"


def told(centre: Centre) -> list[tuple[str, str]]:
    with centre.application.sessions() as session:
        rows = session.scalars(select(RegisterFirm).where(RegisterFirm.inn == INN).order_by(RegisterFirm.id))
        return [(row.firm["name"]["ru"], str(row.said_on)) for row in rows]


def test_the_newest_word_of_a_register_counts_and_an_undo_brings_the_former_one_back(centre: Centre) -> None:
    imported(centre, legal_entities(legal_entity("КАМА", INN, day="2025-12-01")), "again.xml")
    assert told(centre) == [(NAME, "2025-12-01")]  # the same, said again
    imported(centre, legal_entities(legal_entity("КАМА ПЛЮС", INN, day="2026-02-01")), "new.xml")
    imported(centre, legal_entities(legal_entity("КАМА СТАРАЯ", INN, day="2024-02-01")), "old.xml")
    assert told(centre) == [(NAME, "2025-12-01"), ('ООО "КАМА ПЛЮС"', "2026-02-01")]
    with centre.application.sessions.begin() as session:
        newest = session.scalars(select(ImportBatch).where(ImportBatch.file_name == "new.xml")).one()
        newest.suffix = ".xml"
        import_rollback.undo(session, newest, session.scalars(select(User)).first())
    assert told(centre) == [(NAME, "2025-12-01")]


def test_what_a_later_import_replaced_goes_once_that_one_cannot_be_undone(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(centre, legal_entities(legal_entity("КАМА ПЛЮС", INN, day="2026-02-01")), "new.xml")
    with centre.application.sessions.begin() as session:
        import_rollback.forget_old(session)
    assert len(told(centre)) == 2
    monkeypatch.setattr(import_rollback, "KEPT", -import_rollback.KEPT)
    with centre.application.sessions.begin() as session:
        import_rollback.forget_old(session)
    assert [name for name, _ in told(centre)] == ['ООО "КАМА ПЛЮС"']


def test_the_registers_are_sources_of_imports() -> None:
    assert set(register_firms.REGISTERS) < {form.name for form in import_batches.import_plans.formats.FORMATS}
