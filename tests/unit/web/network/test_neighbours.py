"""The page of the neighbour centres: the key, the list, bundles out and in, each with what is wrong said in place."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select

from matchmaker.models import Organisation, Profile
from matchmaker.services.bundles import bundle_format, bundle_keys, bundle_requests, neighbours
from matchmaker.services.core.outside import OutsideAnswer
from tests.support.browser import text
from tests.support.neighbours import Installation
from tests.support.records import supplier
from tests.support.small_centre import OPERATOR, Centre, enter, make, small_centre

PAGE = "/network/neighbours/"


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    with small_centre(tmp_path) as made:
        yield made


@pytest.fixture
def north(_migrated: Path, tmp_path: Path) -> Iterator[Installation]:
    made = Installation.made("North", _migrated, tmp_path / "north")
    yield made
    made.close()


def test_an_operator_exchanges_bundles_with_a_neighbour(
    centre: Centre, north: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator = enter(centre, OPERATOR)
    page = text(operator.get(PAGE))
    assert "There is no key yet" in page
    assert "No neighbour is on the list yet" in page
    assert operator.post(f"{PAGE}key", {}, page=PAGE).status_code == 302
    with centre.application.sessions() as session:
        own = bundle_keys.demanded(session, centre.application.data)
    page = text(operator.get(PAGE))
    assert own.public in page
    assert bundle_keys.grouped(own.fingerprint) in page
    given = {
        "name": "Северный центр",
        "key": north.key.public,
        "fingerprint": own.fingerprint,
        "level": "open",
    }
    wrong = operator.post(PAGE, given, page=PAGE)
    assert (wrong.status_code, "not the fingerprint of the key above" in text(wrong)) == (422, True)
    assert "Северный центр" in text(wrong)
    given["fingerprint"] = bundle_keys.grouped(north.key.fingerprint).lower()
    assert operator.post(PAGE, given, page=PAGE).status_code == 302
    assert "Северный центр" in text(operator.get(PAGE))
    with centre.application.sessions() as session:
        neighbour = neighbours.by_key(session, north.key.fingerprint).public_id
    late = operator.post(f"{PAGE}{neighbour}/bundle", {"days": "0"}, page=PAGE)
    assert (late.status_code, "from 1 to 92" in text(late)) == (422, True)
    sent = operator.post(f"{PAGE}{neighbour}/bundle", {"days": "7"}, page=PAGE)
    assert sent.headers["Content-Disposition"].startswith("attachment; filename=neighbour-")
    head = bundle_format.opened(sent.data).head
    assert (head.audience, head.issuer, head.records) == (north.key.fingerprint, own.fingerprint, 2)

    north.keeps(supplier(id="n", inn=None, name={"ru": "Северный токарь"}))
    north.trusts_key("Centre", own)
    raw = north.bundle_for(own)
    for file, said in (
        (b"", "Choose a file."),
        (b"x", "no bundle of this version"),
        (sent.data, "no list of neighbours"),
    ):
        name = "b.jsonl" if file else ""
        refused = operator.post(f"{PAGE}bundles", {"file": (BytesIO(file), name)}, page=PAGE)
        assert (refused.status_code, said in text(refused)) == (422, True)
    assert operator.post(f"{PAGE}bundles", {"file": (BytesIO(raw), "b.jsonl")}, page=PAGE).status_code == 302
    page = text(operator.get(PAGE))
    assert "Taken from Северный центр. Suppliers: 1." in page
    again = operator.post(f"{PAGE}bundles", {"file": (BytesIO(raw), "b.jsonl")}, page=PAGE)
    assert (again.status_code, "was taken on" in text(again)) == (422, True)
    with centre.application.sessions() as session:
        of_north = Profile.organisation.has(Organisation.name_ru == "Северный токарь")
        firm = session.scalars(select(Profile.public_id).where(of_north)).one()
    assert "Sent by another centre, Северный центр" in text(operator.get(f"/suppliers/{firm}"))
    assert "bundle of a neighbour taken" in text(operator.get("/journal/"))

    given |= {"address": "https://north.example"}
    assert operator.post(PAGE, given, page=PAGE).status_code == 302
    answer = OutsideAnswer(200, north.bundle_for(own))
    monkeypatch.setattr(bundle_requests.outside, "post", lambda *_, **__: answer)
    for act, status, said in (("pull", 302, ""), ("pull", 422, "was taken on"), ("push", 302, "")):
        asked = operator.post(f"{PAGE}{neighbour}/{act}", {}, page=PAGE)
        assert (asked.status_code, said in text(asked)) == (status, True)
    answer = OutsideAnswer(None, fault="TimeoutError")
    assert "could not be reached: TimeoutError" in text(
        operator.post(f"{PAGE}{neighbour}/push", {}, page=PAGE)
    )
    pushed = north.bundle_for(own)
    program = centre.another().client
    assert (
        program.post("/network/bundles/push", data=pushed, content_type=bundle_format.MEDIA_TYPE).status_code
        == 200
    )
    again = program.post("/network/bundles/push", data=pushed, content_type=bundle_format.MEDIA_TYPE)
    assert (again.status_code, "was taken on" in again.text) == (403, True)
    request = bundle_requests.asked(north.key, own.fingerprint)
    mine = program.post("/network/bundles/pull", data=request, content_type=bundle_format.MEDIA_TYPE)
    assert bundle_format.opened(mine.data).head.audience == north.key.fingerprint
    assert (
        program.post("/network/bundles/pull", data=request, content_type=bundle_format.MEDIA_TYPE).status_code
        == 403
    )

    assert operator.post(f"{PAGE}{neighbour}/remove", {}, page=PAGE).status_code == 302
    assert "No neighbour is on the list yet" in text(operator.get(PAGE))
    assert operator.post(f"{PAGE}{neighbour}/bundle", {"days": "7"}, page=PAGE).status_code == 404
    bundle_keys.path_in(centre.application.data).unlink()
    assert "is gone, and neighbours have confirmed it" in text(operator.get(PAGE))


def test_the_page_is_that_of_the_operators_of_the_home_centre(centre: Centre) -> None:
    make(centre, "net@example.org", "network_administrator")
    assert enter(centre, "net@example.org").get(PAGE).status_code == 403
    assert "Neighbour centres" in text(enter(centre, OPERATOR).get("/work/"))
