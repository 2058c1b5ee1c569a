"""A team from its forming to its contracts: the centre forms it, members price their parts, the lead hands the joint quote in, the
contractor reads it among the others and chooses it with one press; whoever is not of it meets nothing.
"""

import re
from collections.abc import Mapping

import pytest
from sqlalchemy import select

from matchmaker.domain.records import PositionRecord
from matchmaker.models import Mail, Match, Need, PurchaseOrder, SupplierTeam
from matchmaker.services.needs import needs
from matchmaker.services.quotes.position_prices import AskedPosition
from matchmaker.wiring import Application
from tests.support.browser import Browser, text

PLATE, BRACKET = AskedPosition("1", "Plate", 100), AskedPosition("B/2", "Bracket", 20)


@pytest.fixture
def divided(need: str, own_product: Application) -> str:
    """A need of plates and brackets with the shop and the rival invited."""
    with own_product.sessions.begin() as session:
        stored = needs.by_key(session, need)
        asked = tuple(
            PositionRecord(id=one.id, title=one.title, quantity=one.pieces) for one in (PLATE, BRACKET)
        )
        changed = needs.record(stored).model_copy(update={"positions": asked})
        needs.edit(session, stored, changed, revision=stored.revision, by="tester")
    return need


def firms(own_product: Application, need: str, shop: Browser) -> tuple[str, str]:
    """The matches of the shop and of the rival."""
    mine = re.search(r'"(/suppliers/[0-9a-f]+)"', text(shop.get("/shop/")))
    with own_product.sessions() as session:
        there = session.scalars(
            select(Match).where(Match.need_id == needs.by_key(session, need).id).order_by(Match.id)
        ).all()
        invited = [one for one in there if one.is_seated]
        own = [one.public_id for one in invited if mine and mine[1].endswith(one.profile.public_id)]
        others = [one.public_id for one in invited if one.public_id not in own]
    return own[0], others[0]


def team_form(lead: str, plates: str, brackets: str) -> Mapping[str, str]:
    return {"lead": lead, f"part-{PLATE.mark}": plates, f"part-{BRACKET.mark}": brackets}


def price(browser: Browser, need: str, position: AskedPosition, amount: str) -> None:
    page = f"/needs/{need}/quote"
    typed = {f"price-{position.mark}": amount, "amount": "", "currency": "RUB", "lead_time_days": "21"}
    answer = browser.post(page, {**typed, "do": "submit"}, page=page)
    assert answer.status_code == 302, text(answer)


def test_a_team_quotes_as_one_and_each_member_gets_its_contract(
    divided: str, shop: Browser, rival: Browser, plant: Browser, centre: Browser, own_product: Application
) -> None:
    own, other = firms(own_product, divided, shop)
    page = f"/work/needs/{divided}/teams"
    assert "No team yet" in text(centre.get(page))
    wrong = centre.post(page, team_form(own, own, own), page=page)
    assert wrong.status_code == 422
    assert "at least two suppliers" in text(wrong)
    for _ in range(2):
        assert centre.post(page, team_form(own, own, other), page=page).status_code == 302
    with own_product.sessions() as session:
        team = session.scalars(
            select(SupplierTeam).join(SupplierTeam.need).where(Need.public_id == divided)
        ).one()
        told = session.scalars(
            select(Mail).where(Mail.kind == "team_news", Mail.about.in_((own, other)))
        ).all()
    assert len(told) == 2, "each of those invited before, once"
    assert "Plate" in told[0].text + told[1].text
    assert "Brackets" not in text(plant.get(f"/needs/{divided}"))

    mine = f"/needs/{divided}/team"
    early = shop.post(f"{mine}/offer", {"note": "We coordinate."}, page=mine)
    assert early.status_code == 422
    assert "have not quoted" in text(early)
    assert "We coordinate." in text(early)
    assert "You quote in a team" in text(shop.get(f"/needs/{divided}/quote"))
    price(shop, divided, PLATE, "12")
    price(rival, divided, BRACKET, "30")
    assert "Hand in the joint quote" not in text(rival.get(mine)), "for its lead alone"
    assert rival.post(f"{mine}/offer", {"note": "me"}, page=mine).status_code == 403
    assert "Joint quotes" not in text(plant.get(f"/needs/{divided}/quotes")), "not handed in yet"
    assert shop.post(f"{mine}/offer", {"note": "We coordinate."}, page=mine).status_code == 302
    assert "12" not in re.findall(r"<td[^>]*>(.*?)</td>", text(rival.get(mine))), "no prices of others"

    listed = text(plant.get(f"/needs/{divided}/quotes"))
    assert "Joint quotes of teams" in listed
    assert "2 of 2 positions" in listed
    assert "We coordinate." in listed
    row = listed[listed.index(f'id="t-{team.public_id}"') :]
    fields = dict(re.findall(r'name="((?:take|revision)-[^"]+)" value="(\d+)"', row))
    assert sorted(value for name, value in fields.items() if name.startswith("take-")) == ["100", "20"]
    award = f"/needs/{divided}/award"
    summary = text(plant.post(award, {"do": "summary", **fields}, page=f"/needs/{divided}/quotes"))
    sure = re.search(r'name="sure" value="([0-9a-f]+)"', summary)
    assert sure
    made = plant.post(award, {"do": "award", "sure": sure[1], **fields}, page=f"/needs/{divided}/quotes")
    assert made.status_code == 302
    with own_product.sessions() as session:
        lines = [
            [line["id"] for line in order.lines]
            for order in session.scalars(select(PurchaseOrder).order_by(PurchaseOrder.id.desc()).limit(2))
        ]
    assert sorted(lines) == [["1"], ["B/2"]]


def test_a_team_ends_and_its_members_quote_for_themselves(
    divided: str, shop: Browser, rival: Browser, centre: Browser, own_product: Application
) -> None:
    own, other = firms(own_product, divided, shop)
    page = f"/work/needs/{divided}/teams"
    centre.post(page, team_form(other, own, other), page=page)
    busy = centre.post(page, team_form(own, other, own), page=page)
    assert busy.status_code == 422
    assert "another team" in text(busy)
    with own_product.sessions() as session:
        key = session.scalars(
            select(SupplierTeam.public_id).join(SupplierTeam.need).where(Need.public_id == divided)
        ).one()
    for _ in range(2):
        assert centre.post(f"{page}/{key}/end", page=page).status_code == 302
    assert shop.get(f"/needs/{divided}/team").status_code == 404
    price(shop, divided, PLATE, "12")
    with own_product.sessions() as session:
        about = Mail.about.in_((own, other)), Mail.kind == "team_news"
        told = session.scalars(select(Mail.about).where(*about).order_by(Mail.id)).all()
    assert len(told) == 4, "formed and ended"
    assert set(told[:2]) == set(told[2:]) == {own, other}


def test_who_is_not_of_the_team_meets_nothing(
    divided: str, shop: Browser, rival: Browser, plant: Browser, centre: Browser, own_product: Application
) -> None:
    assert shop.get(f"/needs/{divided}/team").status_code == 404
    assert plant.get(f"/needs/{divided}/team").status_code == 403
    assert plant.get(f"/work/needs/{divided}/teams").status_code == 403
    assert rival.get(f"/work/needs/{divided}/teams").status_code == 403
