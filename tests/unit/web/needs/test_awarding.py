"""An award by position: one supplier, several, parts of a position; the summary and the letters before anything is kept."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from matchmaker.domain.records import PositionRecord
from matchmaker.models import AuditEntry, Mail, Match, Need, Quote, UndoableAct
from matchmaker.services.needs import needs
from matchmaker.services.quotes import award_plans, position_prices, quotes
from matchmaker.services.quotes.position_prices import AskedPosition
from matchmaker.services.shortlist import match_decisions, outcomes
from matchmaker.wiring import Application
from tests.support.browser import Browser, text
from tests.support.invited import award, offers

PLATE, BRACKET = AskedPosition("1", "Plate", 100), AskedPosition("B/2", "Bracket", 20)


@pytest.fixture
def quoted(need: str, shop: Browser, rival: Browser, own_product: Application) -> str:
    """The need with two positions, both quoted by both suppliers: the shop's plates and the rival's brackets are cheaper."""
    with own_product.sessions.begin() as session:
        stored = needs.by_key(session, need)
        given = tuple(
            PositionRecord(id=one.id, title=one.title, quantity=one.pieces) for one in (PLATE, BRACKET)
        )
        changed = needs.record(stored).model_copy(update={"positions": given})
        needs.edit(session, stored, changed, revision=stored.revision, by="tester")
    for browser, prices in ((shop, ("12", "70")), (rival, ("14", "50"))):
        page = f"/needs/{need}/quote"
        typed = {f"price-{one.mark}": price for one, price in zip((PLATE, BRACKET), prices, strict=True)}
        form = {"amount": "", "currency": "RUB", "do": "submit", **typed}
        assert browser.post(page, form, page=page).status_code == 302
    return need


def plan(product: Application, need: str, *pieces: str) -> dict[str, str]:
    """The form of an award: pieces of the plates and the brackets for the shop, then for the rival."""
    form, given = {}, iter(pieces)
    with product.sessions() as session:
        sent = quotes.opened(session, needs.by_key(session, need))
        assert len(sent) == 2
        for quote in sent:
            form[f"revision-{quote.match.public_id}"] = str(quote.match.revision)
            form |= {award_plans.field(quote.public_id, one): next(given) for one in (PLATE, BRACKET)}
    return form


def kept(product: Application) -> tuple[int | None, ...]:
    """What an award would add: letters, entries of the journal, acts."""
    with product.sessions() as session:
        return tuple(
            session.scalar(select(func.count()).select_from(one)) for one in (Mail, AuditEntry, UndoableAct)
        )


def had(product: Application, need: str) -> list[dict[str, int | None]]:
    with product.sessions() as session:
        made = match_decisions.contracts(session, needs.by_key(session, need))
        return [{one.id: one.quantity for one in match_decisions.awarded(decision)} for decision in made]


def test_the_lowest_prices_are_proposed_and_the_summary_keeps_nothing(
    quoted: str, plant: Browser, own_product: Application
) -> None:
    page = text(plant.get(f"/needs/{quoted}/award"))
    proposed = plan(own_product, quoted, "100", "", "", "20")
    for name, value in proposed.items():
        assert (
            f'name="{name}" type="hidden" value="{value}"' in page
            or f'value="{value}"' in page.split(f'name="{name}"', 1)[1][:80]
        )
    before = kept(own_product)
    shown = text(award(plant, quoted, **{**proposed, "do": "summary"}))
    assert "Letters that go in ten minutes" in shown
    assert shown.count("You are chosen") + shown.count("Вы выбраны") + shown.count("Выбраны вы") >= 1
    assert "supplier@demo-centre.example" not in shown, "contacts open with the contract alone"
    assert kept(own_product) == before
    with own_product.sessions() as session:
        assert needs.by_key(session, quoted).is_awardable


def test_a_split_award_gives_each_its_part_and_is_taken_back_whole(
    quoted: str, shop: Browser, rival: Browser, plant: Browser, own_product: Application
) -> None:
    form = plan(own_product, quoted, "60", "", "40", "20")
    before = kept(own_product)[0] or 0
    for _ in range(2):
        assert award(plant, quoted, **form).status_code == 302
    assert had(own_product, quoted) == [{"1": 60}, {"1": 40, "B/2": 20}]
    with own_product.sessions() as session:
        need = needs.by_key(session, quoted)
        assert need.state == "contracted"
        states = session.scalars(select(Quote.state).join(Quote.match).where(Match.need_id == need.id)).all()
        assert states == ["accepted", "accepted"]
        letters = session.scalars(select(Mail).order_by(Mail.id)).all()[before:]
        to_shop = [one.text for one in letters if one.recipient == "supplier@demo-centre.example"]
        assert len(to_shop) == 1
        record = [one for one in outcomes.every(session) if one.need == need.external_id and one.positions]
        assert [len(one.positions) for one in record] == [1, 2]
    page = text(plant.get(f"/needs/{quoted}"))
    assert "Positions of the contract" in page
    assert "60 pcs" in page
    for other in (shop, rival):
        assert 'id="contracts"' not in text(other.get(f"/needs/{quoted}")), "nobody is told yet"
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11), tick=True):
        ours, theirs = (text(one.get(f"/needs/{quoted}")) for one in (shop, rival))
        parts = {"60": re.compile(r": 60 (?:pcs|шт)"), "40": re.compile(r": 40 (?:pcs|шт)")}
        read = [{number for number, words in parts.items() if words.search(page)} for page in (ours, theirs)]
        assert sorted(map(sorted, read)) == [["40"], ["60"]], "a supplier reads its own part alone"
    with own_product.sessions() as session:
        key = session.scalars(select(Need.award).where(Need.public_id == quoted)).one()["act"]
    assert plant.post(f"/acts/{key}/undo", page=f"/needs/{quoted}").status_code == 302
    assert had(own_product, quoted) == []
    with own_product.sessions() as session:
        assert needs.by_key(session, quoted).is_awardable


@pytest.mark.parametrize(
    ("pieces", "words"),
    [
        (("", "", "", ""), "Give at least one position"),
        (("60", "", "60", ""), "40 are left for this supplier"),
        (("101", "", "", ""), "up to 100"),
        (("ten", "", "", ""), "up to 100"),
        (("-1", "", "", ""), "up to 100"),
    ],
)
def test_a_plan_that_does_not_fit_comes_back_as_typed(
    quoted: str, plant: Browser, own_product: Application, pieces: tuple[str, ...], words: str
) -> None:
    form = plan(own_product, quoted, *pieces)
    for do in ("summary", "award"):
        answer = award(plant, quoted, **{**form, "do": do})
        assert answer.status_code == 422
        assert words in text(answer)
        assert all(f'value="{value}"' in text(answer) for value in pieces if value)
    assert had(own_product, quoted) == []


def test_what_nobody_gets_is_told_before_and_one_may_have_all(
    quoted: str, plant: Browser, own_product: Application
) -> None:
    shown = text(award(plant, quoted, **{**plan(own_product, quoted, "30", "", "", ""), "do": "summary"}))
    assert "Plate: 70 pcs" in shown
    assert "Bracket: 20 pcs" in shown
    assert "1 other supplier learns" in shown
    chosen = offers(plant, quoted)[0]
    assert "Without a contract" not in text(award(plant, quoted, **{**chosen, "do": "summary"}))
    assert award(plant, quoted, **{**chosen, "revision": "0"}).status_code == 409
    assert award(plant, quoted, **chosen).status_code == 302
    assert had(own_product, quoted) == [{"1": 100, "B/2": 20}]


def test_an_award_on_terms_that_were_not_shown_is_refused(
    quoted: str, rival: Browser, plant: Browser, own_product: Application
) -> None:
    form = plan(own_product, quoted, "100", "", "", "20")
    page = text(award(plant, quoted, **{**form, "do": "summary"}))
    sure = page.split('name="sure"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
    own = f"/needs/{quoted}/quote"
    typed = {f"price-{one.mark}": price for one, price in zip((PLATE, BRACKET), ("14", "90"), strict=True)}
    dearer = {"amount": "", "currency": "RUB", "do": "submit", **typed}
    assert rival.post(own, dearer, page=own).status_code == 302
    form = plan(own_product, quoted, "100", "", "", "20")
    assert award(plant, quoted, **form, sure=sure).status_code == 409
    assert had(own_product, quoted) == []
    page = text(award(plant, quoted, **{**form, "do": "summary"}))
    sure = page.split('name="sure"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
    assert award(plant, quoted, **form, sure=sure).status_code == 302
    assert had(own_product, quoted) == [{"1": 100}, {"B/2": 20}]


def test_another_division_after_the_award_is_no_second_press(
    quoted: str, plant: Browser, own_product: Application
) -> None:
    form = plan(own_product, quoted, "60", "", "40", "20")
    assert award(plant, quoted, **form).status_code == 302
    assert award(plant, quoted, **form).status_code == 302
    for other in (("60", "", "30", "20"), ("100", "20", "", "")):
        changed = {**form, **plan(own_product, quoted, *other)}
        assert award(plant, quoted, **changed).status_code == 409
    assert had(own_product, quoted) == [{"1": 60}, {"1": 40, "B/2": 20}]


def test_an_award_waits_for_the_opening(quoted: str, plant: Browser, own_product: Application) -> None:
    form = plan(own_product, quoted, "100", "", "", "")
    with own_product.sessions.begin() as session:
        needs.by_key(session, quoted).quotes_until = datetime.now(UTC) + timedelta(days=1)
    assert plant.get(f"/needs/{quoted}/award").headers["Location"] == f"/needs/{quoted}/quotes"
    for do in ("summary", "award"):
        assert award(plant, quoted, **{**form, "do": do}).status_code == 409


def test_fewer_pieces_cost_what_the_steps_say() -> None:
    price = position_prices.PositionPrice("1", 100, 1000, None, ((10, 1500), (50, 1200), (500, 800)))
    assert [price.price_for(pieces) for pieces in (100, 60, 50, 20, 5)] == [1000, 1200, 1200, 1500, 1000]
