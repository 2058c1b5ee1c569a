"""A shop is told of a need for several parts where it can make one of them."""

from pathlib import Path

from matchmaker.domain.lifecycle import NeedState
from matchmaker.domain.records import NeedRecord, SupplierRecord, parse
from matchmaker.models.database import Sessions
from matchmaker.services.matching import matching
from matchmaker.services.matching.matching import Matching
from matchmaker.services.needs import needs
from matchmaker.services.needs.needs import NeedPosting
from search.columns.store import Columns
from search.engines.embedded.embedded_engine import EmbeddedEngine
from search.matching.matcher import Matcher
from search.ranking.prior import prior
from search.reading.supplier_reading import document_of
from tests.support.asked import RECOGNISER, TAXONOMY, TODAY

NEED = {
    "id": "n-1",
    "title": "Детали насоса",
    "positions": [
        {"id": "1", "title": "Вал", "processes": ["токарная обработка"], "diameter_mm": 45},
        {"id": "2", "title": "Корпус", "processes": ["токарная обработка"], "diameter_mm": 900},
    ],
}


def test_a_shop_that_makes_one_position_sees_the_need_once(sessions: Sessions, tmp_path: Path) -> None:
    told = {
        "id": "s",
        "name": {"ru": "Цех"},
        "capabilities": [{"process": "токарная обработка", "diameter_mm": 100}],
    }
    documents = [document_of(parse(SupplierRecord, told), RECOGNISER, key="s", revision=1)]
    engine = EmbeddedEngine(tmp_path / "index", TAXONOMY)
    engine.rebuild(documents)
    parts = Matching(Matcher(engine, Columns.build(documents, TAXONOMY), prior()), RECOGNISER, TODAY)
    with sessions() as session:
        centre = needs.centre_of(session, "centre")
        how = NeedPosting(state=NeedState.PUBLISHED)
        need = needs.post(session, parse(NeedRecord, NEED), centre=centre, by="tester", posting=how)
        session.flush()
        fitting = matching.openings(session, "s", parts).fitting
        assert [found.public_id for found, _ in fitting] == [need.public_id]
        (diameter,) = [one for one in fitting[0][1].verdicts if one.requirement == "diameter"]
        assert (str(diameter.outcome), diameter.needed) == ("met", 45)
        session.rollback()
    engine.close()
