"""Needs that a process holds as read are answered as if each were read anew, whatever is done to them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from matchmaker.domain.lifecycle import NeedState
from matchmaker.domain.records import NeedRecord, SupplierRecord, parse
from matchmaker.models import Need, Session
from matchmaker.models.database import Sessions
from matchmaker.services.matching import asked_needs, matching, profile_gains
from matchmaker.services.matching.asked_needs import AskedNeeds
from matchmaker.services.matching.matching import Matching
from matchmaker.services.needs import needs
from matchmaker.services.needs.needs import NeedPosting
from search.columns.store import Columns
from search.engines.embedded.embedded_engine import EmbeddedEngine
from search.matching.matcher import Matcher
from search.ranking.prior import prior
from search.reading.supplier_reading import document_of
from tests.support.asked import RECOGNISER, TAXONOMY, TODAY

SHOP = {
    "id": "s",
    "name": {"ru": "Цех"},
    "capabilities": [{"process": "токарная обработка", "diameter_mm": 100}],
}
TURNED = {"title": "Вал", "processes": ["токарная обработка"]}


def posted(session: Session, number: int | None, **asked: object) -> Need:
    name = "new" if number is None else f"n-{number}"
    record = parse(NeedRecord, {"id": name, **TURNED, **asked})
    centre, how = needs.centre_of(session, "centre"), NeedPosting(state=NeedState.PUBLISHED)
    return needs.post(session, record, centre=centre, by="tester", posting=how)


def changed(session: Session, need: Need, **asked: object) -> None:
    record = needs.record(need).model_copy(update=asked)
    needs.edit(session, need, record, revision=need.revision, by="tester")


# What may become of a need, by the name that a failing example shows.
ACTS: dict[str, Callable[[Session, Need], object]] = {
    "another is posted": lambda session, need: posted(session, None, diameter_mm=60),
    "it is larger": lambda session, need: changed(session, need, diameter_mm=300.0),
    "it is smaller": lambda session, need: changed(session, need, diameter_mm=30.0),
    "a must": lambda session, need: needs.set_strictness(session, need, {"diameter": "strict"}, by="t"),
    "a wish": lambda session, need: needs.set_strictness(session, need, {"diameter": "wish"}, by="t"),
    "closed": lambda session, need: (
        needs.move(session, need, NeedState.CLOSED, by="t", reason="x") if need.is_open else None
    ),
    "by invitation": lambda session, need: needs.set_openness(session, need, "invited", "network", by="t"),
    "for everybody": lambda session, need: needs.set_openness(session, need, "open", "network", by="t"),
    "of its centre": lambda session, need: needs.set_openness(session, need, "open", "centre", by="t"),
}


@pytest.fixture
def parts(tmp_path: Path):  # type: ignore[no-untyped-def]
    documents = [document_of(parse(SupplierRecord, SHOP), RECOGNISER, key="s", revision=1)]
    engine = EmbeddedEngine(tmp_path / "index", TAXONOMY)
    engine.rebuild(documents)
    yield Matching(Matcher(engine, Columns.build(documents, TAXONOMY), prior()), RECOGNISER, TODAY)
    engine.close()


def told(session: Session, parts: Matching) -> tuple[object, ...]:
    found = matching.openings(session, "s", parts).fitting
    year = profile_gains.needs_of_year(session, parts).needs
    return [(need.public_id, need.revision, match) for need, match in found], year


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.tuples(st.sampled_from(sorted(ACTS)), st.integers(0, 2)), min_size=1, max_size=5))
def test_what_is_held_is_what_would_be_read(sessions: Sessions, parts: Matching, acts) -> None:  # type: ignore[no-untyped-def]
    held = replace(parts, asked=AskedNeeds())
    with sessions() as session:
        for number in range(3):
            posted(session, number, diameter_mm=50 + 40 * number)
        session.flush()
        for name, number in acts:
            ACTS[name](session, session.scalars(select(Need).order_by(Need.id)).all()[number])
            session.flush()
            assert told(session, held) == told(session, replace(parts, asked=AskedNeeds())), name
        tomorrow = {"today": TODAY + timedelta(days=1)}
        assert told(session, replace(held, **tomorrow)) == told(session, replace(parts, **tomorrow))
        session.rollback()


def test_only_what_has_changed_is_read_again(
    sessions: Sessions, parts: Matching, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    seen = asked_needs._as_read
    monkeypatch.setattr(
        asked_needs, "_as_read", lambda need, *asked: read.append(need.external_id) or seen(need, *asked)
    )
    with sessions() as session:
        made = [posted(session, number, diameter_mm=50) for number in range(3)]
        session.flush()
        told(session, parts)
        assert sorted(read) == ["n-0", "n-1", "n-2"]
        changed(session, made[1], diameter_mm=60.0)
        session.flush()
        told(session, parts)
        assert read[3:] == ["n-1"]
        session.rollback()
