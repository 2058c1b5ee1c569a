"""What a bundle brings, what is refused and why, and how it all goes away again."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from matchmaker.domain.errors import FileRefused, InvalidRecord, NotFound
from matchmaker.domain.lifecycle import NeedState
from matchmaker.domain.records import NeedRecord
from matchmaker.models import AuditEntry, FirmNote, Need, Organisation, Profile, TakenNeed
from matchmaker.models.base import now
from matchmaker.services.bundles import bundle_format, bundle_keys, neighbours, taken_bundles
from matchmaker.services.bundles.bundle_format import BundleHead
from matchmaker.services.imports import exports, list_exports
from matchmaker.services.needs import needs
from matchmaker.services.profiles import suppliers
from tests.support.neighbours import REASON, Installation, Neighbourhood
from tests.support.records import need, supplier


def test_a_bundle_brings_firms_of_their_origin_and_drafts_of_needs_and_touches_nothing_of_ones_own(
    around: Neighbourhood,
) -> None:
    verified = {"standard": "ISO 9001:2015", "number": "1", "verified": True}
    around.north.keeps(supplier(certificates=[verified]))
    asked = around.north.asks(need(), contractor="Завод «Сборка»")
    around.south.keeps(supplier(id="own", name={"ru": "Своя запись"}))
    done = around.south.takes(around.north.bundle(around.south))
    assert (done.counts.firms, done.counts.needs, done.neighbour.centre.name("en")) == (1, 1, "North")
    (own,) = around.south.shown(neighbours_too=False)
    assert (own.id, own.name.ru) == ("own", "Своя запись")  # of one INN with the neighbour's firm
    _, theirs = around.south.shown()
    assert (theirs.name.ru, theirs.contacts, theirs.references) == ("ООО «Пример»", None, ())
    assert [one.verified for one in theirs.certificates] == [False]
    (draft,) = around.south.needs()
    assert (draft.state, draft.channel, draft.reach, draft.contractor_given) == (
        "draft",
        "centre",
        "centre",
        None,
    )
    with around.south.sessions() as session:
        taken = session.scalars(select(TakenNeed)).one()
        home = taken.need.centre_id
        records = list(exports.records(session))
        written = [exports.line(one) for one in records]
        listed = list(list_exports.rows(session, "need"))
        counted = list_exports.count(session, "need", home)
        acts = session.scalars(select(AuditEntry.action).where(AuditEntry.centre == "centre")).all()
    assert taken.external_id == asked
    assert not any("Пример" in line for line in written)  # a neighbour's firm is exported by nobody else
    assert not any(isinstance(one, NeedRecord) for one in records)  # nor is its need
    assert (listed, counted) == ([], 0)
    assert {"neighbour.added", "bundle.taken", "need.created"} <= set(acts)


def test_the_newest_bundle_is_the_whole_truth_and_what_is_withdrawn_goes(around: Neighbourhood) -> None:
    around.north.keeps(supplier(), supplier(id="s-2", inn=None, name={"ru": "Вторая"}))
    stays, goes = around.north.asks(need()), around.north.asks(need(id="n-4", title="Втулки"))
    around.south.takes(around.north.bundle(around.south))
    around.north.keeps(supplier(employees=None, city="Пермь", updated="2026-11-01"))
    around.north.closes(goes)
    with around.north.sessions.begin() as session:
        second = session.scalars(select(Organisation).where(Organisation.external_id == "s-2")).one()
        second.blocked = True
    raw = around.north.bundle(around.south)
    assert {one.id for one in bundle_format.opened(raw).head.withdrawn} >= {goes}
    counts = around.south.takes(raw).counts
    assert (counts.firms, counts.firms_gone, counts.needs, counts.needs_gone) == (1, 1, 0, 1)
    assert [one.city for one in around.south.shown()] == ["Пермь"]
    assert [one.title for one in around.south.needs()] == ["Валы из 40Х"]
    with around.south.sessions() as session:
        assert session.scalars(select(TakenNeed.external_id)).all() == [stays]
        assert session.scalars(select(Organisation).where(Organisation.name_ru == "Вторая")).all() == []


def test_what_somebody_here_works_on_is_closed_and_hidden_but_not_overwritten(around: Neighbourhood) -> None:
    around.north.keeps(supplier())
    asked = around.north.asks(need())
    around.south.takes(around.north.bundle(around.south))
    with around.south.sessions.begin() as session:
        draft = session.scalars(select(Need)).one()
        needs.move(session, draft, NeedState.SUBMITTED, by="test")
        needs.move(session, draft, NeedState.PUBLISHED, by="test")
        firm = session.scalars(suppliers.with_firm()).one()
        session.add(FirmNote(organisation_id=firm.organisation_id, kind="note", text="x"))
    with around.north.sessions.begin() as session:
        needs.by_key(session, asked).title = "Валы, новые"
    assert around.south.takes(around.north.bundle(around.south)).counts.kept == 1
    assert [one.title for one in around.south.needs()] == ["Валы из 40Х"]
    around.south.forgets(around.north)
    (closed,) = around.south.needs()
    assert (closed.state, closed.closed_why) == ("closed", REASON)
    assert around.south.shown() == []
    with around.south.sessions() as session:
        firm = session.scalars(suppliers.with_firm()).one()
        left = suppliers.record(firm)
    assert (left.name.ru, left.inn, left.capabilities, left.city) == ("ООО «Пример»", None, (), None)
    with around.south.sessions() as session, pytest.raises(NotFound):
        neighbours.by_key(session, around.north.key.fingerprint)
    around.south.trusts(around.north)  # they find together again
    assert around.south.takes(around.north.bundle(around.south)).counts.firms == 1
    assert [one.city for one in around.south.shown()] == ["Екатеринбург"]


def test_what_has_expired_is_removed_by_the_day(around: Neighbourhood) -> None:
    around.north.keeps(supplier())
    around.north.asks(need())
    around.south.takes(around.north.bundle(around.south, days=2))
    for days, left in ((1, 1), (2, 0)):
        with around.south.sessions.begin() as session:
            late = now() + timedelta(days=days, seconds=1)
            assert len(list(taken_bundles.expire(session, late, REASON))) == 1 - left
        assert (len(around.south.shown()), len(around.south.needs())) == (left, left)


def _of(head: BundleHead, signer: Installation, **changed: object) -> bytes:
    return bundle_format.sealed(BundleHead(**{**dict(head), **changed}), (), signer.key)  # type: ignore[arg-type]


def test_each_wrong_bundle_is_refused_with_its_reason_and_changes_nothing(around: Neighbourhood) -> None:
    north, south, hostile = around.north, around.south, around.hostile
    north.keeps(supplier())
    first = north.bundle(south)
    second = north.bundle(south)
    south.takes(second)
    head = bundle_format.opened(north.bundle(south)).head
    bare = head.model_copy(update={"records": 0})
    stranger = south.key.fingerprint
    lines = second.splitlines(keepends=True)
    wrong: list[tuple[str, Callable[[], bytes]]] = [
        ("was taken on", lambda: second),
        ("is older than the one taken", lambda: first),
        ("signature does not fit", lambda: second.replace("Пример".encode(), "Примет".encode())),
        ("signature does not fit", lambda: _of(bare, hostile)),  # in the other's name
        (
            "signature does not fit",
            lambda: b"".join((*lines[:-1], hostile.bundle(south).splitlines(keepends=True)[-1])),
        ),
        ("on no list of neighbours", lambda: _of(bare, south, issuer=stranger)),
        ("for another installation", lambda: _of(bare, north, audience=hostile.key.fingerprint)),
        ("held until", lambda: _of(bare, north, expires=now() - timedelta(seconds=1))),
        (
            "yet to come",
            lambda: _of(bare, north, issued=now() + timedelta(hours=2), expires=now() + timedelta(days=1)),
        ),
        ("expires", lambda: _of(bare, north, expires=now() + timedelta(days=400))),
        ("records", lambda: _of(head, north)),
        ("larger than 20 MB", lambda: b" " * 20_000_001),
        ("no bundle of this version", lambda: b"PK\x03\x04"),
        ("no bundle of this version", lambda: b"\n".join((b"[" * 100_000, b"{}", b""))),
        ("no bundle of this version: version", lambda: second.replace(b'"version": 1', b'"version": 2')),
        ("contacts", lambda: _holding(bare, north, supplier())),
        ("id", lambda: _holding(bare, north, *[need(contractor=None)] * 2)),
    ]
    with south.sessions() as session:
        before = session.scalars(select(AuditEntry.id)).all()
    for words, made in wrong:
        with pytest.raises(FileRefused, match=words):
            south.takes(made())
    with south.sessions() as session:
        assert session.scalars(select(AuditEntry.id)).all() == before
    assert [one.name.ru for one in south.shown()] == ["ООО «Пример»"]
    south.forgets(north)
    south.trusts(north)
    with pytest.raises(FileRefused, match="was taken on"):  # its number is known however often it was removed
        south.takes(second)


def _holding(head: BundleHead, signer: Installation, *records: object) -> bytes:
    changed = head.model_copy(update={"records": len(records)})
    return bundle_format.sealed(changed, records, signer.key)  # type: ignore[arg-type]


def test_a_neighbour_never_reaches_what_another_one_sent(around: Neighbourhood) -> None:
    around.north.keeps(supplier())
    around.north.asks(need())
    around.south.takes(around.north.bundle(around.south))
    raw = around.south.bundle(around.hostile)
    assert bundle_format.opened(raw).head.records == 0  # nobody passes on what is not its own
    head = bundle_format.opened(around.hostile.bundle(around.south)).head
    (theirs,) = bundle_format.opened(around.north.bundle(around.south)).lines[:1]
    key = json.loads(theirs)["id"]
    posing = supplier(id=key, contacts=None, references=None, equipment=None, city="Чужой")
    around.south.takes(_holding(head, around.hostile, posing))
    assert sorted(one.city or "" for one in around.south.shown()) == ["Екатеринбург", "Чужой"]


def test_a_neighbour_is_added_by_a_key_and_the_fingerprint_that_fits_it(around: Neighbourhood) -> None:
    key = around.north.key
    right = {"name": "N", "key": key.public, "fingerprint": key.fingerprint, "level": "open"}
    other = around.hostile.key.fingerprint
    for field, value in (
        ("key", "abc"),
        ("fingerprint", other),
        ("fingerprint", "12"),
        ("name", " "),
        ("level", "all"),
    ):
        with around.hostile.sessions.begin() as session:
            office = around.hostile.office(session)
            with pytest.raises(InvalidRecord) as refused:
                neighbours.add(session, {**right, field: value}, office.key, office.home, by="test")
        assert [one.path for one in refused.value.problems] == [field]
        assert key.fingerprint not in str(refused.value)  # who was not told it does not learn it here
    own = {**right, "key": around.hostile.key.public, "fingerprint": other}
    with around.hostile.sessions.begin() as session:
        office = around.hostile.office(session)
        with pytest.raises(InvalidRecord, match="key of this site"):
            neighbours.add(session, own, office.key, office.home, by="test")
    assert bundle_keys.typed_fingerprint(bundle_keys.grouped(key.fingerprint)) == key.fingerprint


def test_a_number_rises_even_where_an_older_backup_was_put_back(around: Neighbourhood) -> None:
    serials = [bundle_format.opened(around.north.bundle(around.south)).head.serial for _ in range(3)]
    assert serials == sorted(set(serials))
    assert serials[0] >= int(now().timestamp()) - 5
    with around.south.sessions() as session:
        assert session.scalars(select(Profile)).all() == []
