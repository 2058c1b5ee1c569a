"""What a neighbour's program asks for by the network: its own bundle, once a request, and nobody else's."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from matchmaker.domain.errors import FileRefused, Forbidden, InvalidRecord
from matchmaker.models import Neighbour
from matchmaker.models.base import now
from matchmaker.services.bundles import bundle_format, bundle_requests, neighbours
from matchmaker.services.core.outside import OutsideAnswer
from tests.support.neighbours import Installation, Neighbourhood


def _ask(one: Installation, raw: bytes) -> bytes:
    with one.sessions.begin() as session:
        office = one.office(session)
        return bundle_requests.answered(session, raw, office.key, office.home)


def test_a_signed_request_is_answered_once_and_for_its_neighbour_alone(
    around: Neighbourhood, monkeypatch: pytest.MonkeyPatch
) -> None:
    north, south, hostile = around.north, around.south, around.hostile
    fresh = bundle_requests.asked(south.key, north.key.fingerprint)
    later = bundle_requests.asked(south.key, north.key.fingerprint)
    assert bundle_format.opened(_ask(north, later)).head.audience == south.key.fingerprint
    posing = bundle_requests.asked(hostile.key, north.key.fingerprint)
    in_another_name = posing.replace(hostile.key.fingerprint.encode(), south.key.fingerprint.encode())
    for_another = bundle_requests.asked(south.key, hostile.key.fingerprint)
    monkeypatch.setattr(bundle_requests, "now", lambda: now() - timedelta(minutes=6))
    stale = bundle_requests.asked(south.key, north.key.fingerprint)
    monkeypatch.undo()
    wrong = (later, fresh, posing, in_another_name, for_another, stale, b"", b"[]", b"{}", b"[" * 5000)
    with north.sessions() as session:
        before = session.scalars(select(Neighbour.sent_serial)).all()
    for raw in wrong:
        with pytest.raises(Forbidden, match="Only a neighbour on the list"):
            _ask(north, raw)
    with north.sessions() as session:
        assert session.scalars(select(Neighbour.sent_serial)).all() == before


def test_what_a_site_answers_is_refused_in_words_or_taken_if_it_is_its_own(
    around: Neighbourhood, monkeypatch: pytest.MonkeyPatch
) -> None:
    south = around.south
    with south.sessions() as session:
        north = neighbours.by_key(session, around.north.key.fingerprint)
        with pytest.raises(FileRefused, match="no address"):
            bundle_requests.pull(north, south.key, (), "en")
        north.address = "https://north.example"
        for answer, said in (
            (OutsideAnswer(None, fault="TimeoutError"), "could not be reached: TimeoutError"),
            (OutsideAnswer(403, "Нет".encode()), "refused: 403, Нет"),
            (OutsideAnswer(502, b"<html>"), "refused: 502$"),
        ):
            monkeypatch.setattr(bundle_requests.outside, "post", lambda *_, answer=answer, **__: answer)
            with pytest.raises(FileRefused, match=said):
                bundle_requests.pull(north, south.key, (), "en")
        session.rollback()
    theirs = around.hostile.bundle(south)
    with south.sessions.begin() as session:
        key = neighbours.by_key(session, around.north.key.fingerprint).public_id
        with pytest.raises(FileRefused, match="another installation than its own"):
            bundle_requests.take_pulled(session, key, theirs, south.office(session), by="test")
        own = bundle_requests.take_pulled(
            session, key, around.north.bundle(south), south.office(session), by="test"
        )
    assert own.neighbour.fault is None
    with south.sessions.begin() as session:
        found = neighbours.by_key(session, key)
        found.address = "https://north.example"
        assert bundle_requests.due(session) == []  # it was asked a moment ago
        found.pulled_at = now() - timedelta(hours=7)
        assert [one.public_id for one in bundle_requests.due(session)] == [key]
        refused = FileRefused("The neighbour's site refused: %(reason)s", reason="403")
        bundle_requests.note_fault(session, key, refused, "ru")
        assert (found.fault, bundle_requests.due(session)) == ("Сайт соседа отказал: 403", [])


def test_an_address_is_one_of_the_internet_or_an_allowed_host(around: Neighbourhood) -> None:
    key = around.north.key
    given = {"name": "N", "key": key.public, "fingerprint": key.fingerprint, "level": "open"}
    for address in ("http://north.example", "https://10.0.0.1", "https://north.local", "x"):
        with around.south.sessions.begin() as session:
            office = around.south.office(session)
            with pytest.raises(InvalidRecord, match="begins with https"):
                neighbours.add(session, {**given, "address": address}, office.key, office.home, by="test")
    with around.south.sessions.begin() as session:
        office, near = around.south.office(session), {**given, "address": "http://10.0.0.1:8000"}
        made = neighbours.add(session, near, office.key, office.home, by="test", allowed={"10.0.0.1"})
        assert made.address == "http://10.0.0.1:8000"
