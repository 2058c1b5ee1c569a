"""Bad inputs that are more than one request: of people whose rights have changed, of others' things, of files."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from matchmaker.domain.errors import InvalidRecord
from matchmaker.domain.lifecycle import OutboxRowState
from matchmaker.domain.records import SupplierRecord, parse
from matchmaker.models import Match, Message, Outbox, StoredFile
from matchmaker.services.core.record_origin import RecordOrigin
from matchmaker.services.needs import drawings, needs
from matchmaker.services.profiles import suppliers
from matchmaker.services.profiles.twins.compared_firms import FirmIdentity
from matchmaker.services.profiles.twins.firm_names import LONGEST
from matchmaker.services.profiles.twins.twin_pairs import find
from matchmaker.wiring import Application
from tests.access.world import DRAWING, NOTE, PRICE, World
from tests.support.browser import Browser, text
from tests.support.hostile_files import pdf_pages
from tests.support.small_centre import (
    EDITOR,
    OPERATOR,
    PASSWORD,
    Centre,
    enter,
    key_of,
    role_of,
    small_centre,
)

SHOP = {"kind": "supplier", "id": "x", "name": {"ru": "Цех"}}
WORDS = "Чертёж пришлём завтра, срок прежний"


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Centre]:
    with small_centre(tmp_path) as made:
        yield made


def test_a_session_that_was_planted_before_signing_in_is_none_afterwards(small: Centre) -> None:
    browser, thief = small.another(), small.another()
    browser.get("/login")
    planted = browser.client.get_cookie("matchmaker")
    assert planted is not None
    thief.client.set_cookie("matchmaker", planted.value)
    assert browser.post("/login", {"email": EDITOR, "password": PASSWORD}).status_code == 302
    own = browser.client.get_cookie("matchmaker")
    assert own is not None
    assert own.value != planted.value
    assert (browser.get("/account").status_code, thief.get("/account").status_code) == (200, 302)


def test_a_form_sent_after_its_role_ended_keeps_its_text_and_saves_nothing(small: Centre) -> None:
    small.invite()
    browser = enter(small, EDITOR)
    with small.application.sessions() as session:
        match = session.scalars(select(Match)).one()
        thread = f"/needs/{match.need.public_id}/messages/{match.public_id}"
    token = browser.token(thread)
    where = f"/people/{key_of(small, EDITOR)}/roles/{role_of(small, EDITOR)}/end"
    assert enter(small, OPERATOR).post(where).status_code == 302
    answer = browser.client.post(thread, data={"csrf_token": token, "text": WORDS}, headers=browser.headers)
    assert (answer.status_code, WORDS in text(answer)) == (401, True)
    with small.application.sessions() as session:
        assert session.scalars(select(Message)).all() == []


def test_a_batch_with_something_of_another_need_does_nothing(app: Flask, world: World) -> None:
    client = world.enter(app.test_client(), "OO")
    with world.application.sessions.begin() as session:
        one, other = (
            needs.by_key(session, str(world.things("needs")[name].values["key"]))
            for name in ("open", "name-hidden")
        )
        own = session.scalars(select(Match).where(Match.need_id == one.id)).all()
        own[0].state = "approved"
        foreign = session.scalars(select(Match.public_id).where(Match.need_id == other.id)).first()
        ticked, key = [own[0].public_id, foreign], one.public_id
    answer = client.post(f"/work/needs/{key}/invite", data={"match": ticked})
    assert answer.status_code == 404
    with world.application.sessions.begin() as session:
        first = session.scalars(select(Match).where(Match.public_id == ticked[0])).one()
        assert first.state == "approved"
        first.state = "invited"


def test_words_that_stand_where_only_some_may_read_find_nothing(app: Flask, world: World) -> None:
    def found(words: str, name: str) -> set[str]:
        client = world.enter(app.test_client(), name)
        page = client.get("/suppliers", query_string={"q": words}).get_data(as_text=True)
        return set(re.findall(r'href="(/suppliers/[0-9a-f]+)"', page))

    for name in ("AN", "SX", "CX"):
        assert {words: found(words, name) for words in (NOTE, PRICE, DRAWING)} == dict.fromkeys(
            (NOTE, PRICE, DRAWING), found("zzqqx wwvvy", name)
        )


def test_neither_a_range_nor_a_tag_opens_another_s_file(app: Flask, world: World) -> None:
    client = world.enter(app.test_client(), "CX")
    drawing = world.things("drawings")["abroad"].values["key"]
    scan = world.things("scans")["shop"].values["key"]
    for address in (f"/drawings/{drawing}", f"/certificates/scans/{scan}", f"/drawings/{'0' * 16}"):
        for asked in ({"Range": "bytes=0-9"}, {"If-None-Match": "*"}, {"If-None-Match": 'W/"1"'}):
            answer = client.get(address, headers=asked)
            assert answer.status_code in {403, 404}, address
            assert "Content-Range" not in answer.headers
            answer.close()
    for method in ("head", "get"):
        assert getattr(client, method)(f"/drawings/{drawing}").status_code == 404


def test_a_word_longer_than_an_index_takes_is_saved_and_indexed(own_product: Application) -> None:
    long = {**SHOP, "id": "long", "name": {"ru": "ш" * 300}, "description": {"ru": "щ" * 30_000}}
    with own_product.sessions.begin() as session:
        centre = needs.centre_of(session, own_product.settings.centre)
        record = parse(SupplierRecord, long)
        suppliers.save(session, record, own_product.recogniser, RecordOrigin(centre, "test", "test"))
    own_product.index.catch_up()
    with own_product.sessions() as session:
        assert session.scalars(select(Outbox).where(Outbox.state == OutboxRowState.DEAD)).all() == []
    assert own_product.engine.health().ready


def test_names_of_20000_letters_are_compared_at_once() -> None:
    """They are compared by their beginnings: the scorers are worse than linear."""
    same = "Ромашка " * 2_500
    (pair,) = find([FirmIdentity("a", (same + "один",)), FirmIdentity("b", (same[:LONGEST],))])
    assert {pair.a, pair.b} == {"a", "b"}


# werkzeug leaves the part that it began to the collector of garbage.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_upload_that_breaks_off_leaves_nothing(
    plant: Browser, need: str, own_product: Application
) -> None:
    page = f"/needs/{need}/drawings"
    head = f'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{plant.token(page)}\r\n--x\r\n'
    head += 'Content-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    body = head.encode() + pdf_pages(1)[:200]
    kept = _files_of_needs(own_product)
    sent = plant.client.post(page, data=body, content_type="multipart/form-data; boundary=x")
    assert 400 <= sent.status_code < 500
    assert _files_of_needs(own_product) == kept


def _files_of_needs(product: Application) -> list[int]:
    with product.sessions() as session:
        return list(session.scalars(select(StoredFile.id).where(StoredFile.need_id.is_not(None))))


def test_a_file_too_many_is_refused_and_the_same_file_is_one(
    plant: Browser, need: str, own_product: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawings, "MOST", 1)
    page = f"/needs/{need}/drawings"
    answers = [
        plant.post(page, {"file": (_file(number), "a.pdf")}, page=page).status_code  # type: ignore[dict-item]
        for number in (1, 1, 2)
    ]
    assert answers == [302, 302, 413]
    with own_product.sessions() as session:
        stored = needs.by_key(session, need)
        assert len(session.scalars(select(StoredFile).where(StoredFile.need_id == stored.id)).all()) == 1


def _file(pages: int):  # type: ignore[no-untyped-def]
    from io import BytesIO

    return BytesIO(pdf_pages(pages))


def test_stuffed_lines_are_refused_by_their_number() -> None:
    with pytest.raises(InvalidRecord) as error:
        parse(SupplierRecord, {**SHOP, "capabilities": [{"process": "Turning"}] * 10_000})
    (problem,) = error.value.problems
    assert (problem.path, problem.params["max_length"]) == ("capabilities", 200)
