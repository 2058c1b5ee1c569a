"""Personal data: exported, erased, and every column that points at a person classed."""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from matchmaker.models import Base, Match
from matchmaker.services.backup import backups
from matchmaker.services.backup.backups import BackupSource
from matchmaker.services.core import journal
from matchmaker.services.people import accounts, consent, personal_data
from matchmaker.worker import Worker
from tests.support.browser import text
from tests.support.small_centre import (
    EDITOR,
    FRESH,
    OPERATOR,
    PASSWORD,
    Centre,
    change_password,
    enter,
    firm_key,
    key_of,
    make,
    small_centre,
)


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    with small_centre(tmp_path) as made:
        yield made


def test_a_person_takes_all_data_along_and_is_erased_without_trace(centre: Centre) -> None:
    browser = enter(centre, EDITOR)
    browser.post("/account/name", {"name": "Trace Canary"}, page="/account")
    change_password(centre, browser)
    answer = browser.get("/account/data.json")
    data = json.loads(text(answer))
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert (data["account"]["email"], data["roles"][0]["role"]) == (EDITOR, "supplier_editor")
    assert {one["action"] for one in data["journal"]} >= {"user.renamed", "user.password"}
    assert "password_hash" not in text(answer)
    Worker(centre.application).work()
    folder = Path(centre.application.transport.place)
    assert any(EDITOR in path.read_text() for path in folder.glob("*.eml"))
    unsure = browser.post("/account/erase", {"current": FRESH}, page="/account/data")
    assert (unsure.status_code, "Tick that you are sure" in text(unsure)) == (422, True)
    assert (
        browser.post("/account/erase", {"current": FRESH, "sure": "1"}, page="/account/data").status_code
        == 302
    )
    assert browser.get("/account").status_code == 302
    with centre.application.sessions() as session:
        for table in Base.metadata.sorted_tables:
            rows = str([tuple(row) for row in session.execute(select(table))])
            assert EDITOR not in rows, table.name
            assert "Trace Canary" not in rows, table.name
        assert journal.first_broken(session) is None
    assert not any(EDITOR in path.read_text() for path in folder.glob("*.eml"))


NAME, WORDS = "Trace Canary", "Words of a canary"


def test_an_erased_person_is_in_no_table_file_letter_log_or_new_backup(
    centre: Centre, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    application = centre.application
    make(centre, "chief@example.org", "supplier_editor", chief=True)
    centre.invite()
    browser = enter(centre, "chief@example.org")
    browser.post("/account/name", {"name": NAME}, page="/account")
    with application.sessions() as session:
        match = session.scalars(select(Match)).one()
        thread = f"/needs/{match.need.public_id}/messages/{match.public_id}"
    assert browser.post(thread, {"text": WORDS}, page=thread).status_code == 302
    asked = {"email": "friend@example.org", "role": "supplier_editor", "organisation": firm_key(centre)}
    assert browser.post("/account/people", asked, page="/account/people").status_code == 302
    browser.post("/account/email", {"current": PASSWORD, "email": "next@example.org"}, page="/account/email")
    Worker(application).work()
    copies = application.data / "copies"
    copies.mkdir()
    (copies / "marked").write_text(NAME, encoding="utf-8")
    before = _everything(centre, tmp_path / "before")
    assert all(word in before for word in (NAME, WORDS, "chief@example.org", "next@example.org"))
    assert any(NAME in mail.text for mail in centre.mails() if mail.recipient == "friend@example.org")

    erased = browser.post("/account/erase", {"current": PASSWORD, "sure": "1"}, page="/account/data")
    assert erased.status_code == 302
    left = _everything(centre, tmp_path / "after") + caplog.text
    assert [word for word in (NAME, WORDS, "chief@example.org", "next@example.org") if word in left] == []
    page = text(enter(centre, OPERATOR).get(thread))
    assert "The words were deleted with the account of who wrote them." in page


def _everything(centre: Centre, folder: Path) -> str:
    """All rows, the bytes of all files of the data folder but the database, and of all parts of a new backup."""
    application, found = centre.application, []
    with application.sessions() as session:
        for table in Base.metadata.sorted_tables:
            found += [str(tuple(row)) for row in session.execute(select(table))]
    for path in application.data.rglob("*"):
        if path.is_file() and ".sqlite3" not in path.name:
            found.append(path.read_bytes().decode("utf-8", "replace"))
    folder.mkdir()
    target = folder / "backup.zip"
    backups.make(BackupSource(application.sessions.engine, application.data, {}), target, lambda _: None)
    with zipfile.ZipFile(target) as parts:
        found += [parts.read(name).decode("utf-8", "replace") for name in parts.namelist()]
    return "\n".join(found)


def test_the_consent_is_kept_with_its_text_and_time(centre: Centre) -> None:
    form = {"email": "new@example.org", "name": "New", "password": "a long password", "consent": "1"}
    form |= {"inn": "7707083893", "organisation": "Firm", "role": "supplier_editor"}
    assert centre.another().post("/register", form).status_code == 302
    with centre.application.sessions() as session:
        kept = accounts.by_email(session, "new@example.org").consents
    assert kept["text"] == hashlib.sha256(consent.text("en").encode()).hexdigest()
    assert datetime.fromisoformat(kept["at"]).tzinfo is not None
    told = enter(centre, "new@example.org", "a long password").get("/account/data.json").json
    assert told["account"]["consents"] == kept


def test_an_operator_hands_data_over_and_erases(centre: Centre) -> None:
    operator, where = enter(centre, OPERATOR), f"/people/{key_of(centre, EDITOR)}"
    assert json.loads(text(operator.get(f"{where}/data")))["account"]["email"] == EDITOR
    assert operator.post(f"{where}/erase").status_code == 422
    assert operator.post(f"{where}/erase", {"sure": "1"}).status_code == 302
    assert operator.get(where).status_code in {200, 404}
    assert EDITOR not in text(operator.get("/people/"))


def test_every_column_that_points_at_a_person_is_classed() -> None:
    pointing = {
        f"{table.name}.{key.parent.name}"
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == "user_account"
    }
    assert pointing == set(personal_data.REGISTER)
