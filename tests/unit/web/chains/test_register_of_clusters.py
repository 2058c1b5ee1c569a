"""The register of clusters: participants in roles, who supplies whom by contracts and by declaration, the functional map, shares."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from matchmaker.domain.lifecycle import MatchState
from matchmaker.models import (
    ClusterLink,
    ClusterParticipant,
    ExchangeRate,
    Match,
    Need,
    Organisation,
    Profile,
    PurchaseOrder,
    SupplyCluster,
    User,
)
from matchmaker.models.base import now
from matchmaker.services.needs import needs
from matchmaker.services.people import accounts, api_keys
from tests.support.browser import Browser, text
from tests.support.small_centre import OPERATOR, PASSWORD, Centre, enter, small_centre

PAGE = "/work/clusters/"
GIVEN = {
    "name_ru": "Кластер насосов",
    "name_en": "Pump cluster",
    "kind": "industrial",
    "region": "Свердловская область",
}


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    """A plant that has a contract with the shop."""
    with small_centre(tmp_path_factory.mktemp("clusters")) as made:
        with made.application.sessions.begin() as session:
            need = session.scalars(select(Need)).one()
            need.contractor_id = session.scalars(
                select(Organisation.id).where(Organisation.is_contractor)
            ).one()
            shop = session.scalars(select(Profile)).one()
            session.add(Match(need_id=need.id, profile_id=shop.id, state=MatchState.CONTRACTED))
        yield made


@pytest.fixture
def operator(centre: Centre) -> Browser:
    return enter(centre, OPERATOR)


def made(operator: Browser, name: str = "Кластер насосов") -> str:
    answer = operator.post(f"{PAGE}new", {**GIVEN, "name_ru": name}, page=PAGE)
    assert answer.status_code == 302, text(answer)
    return str(answer.headers["Location"])


def joined(operator: Browser, address: str, **form: str) -> str:
    answer = operator.post(f"{address}/participants", form, page=address)
    return text(operator.get(address)) if answer.status_code == 302 else text(answer)


def test_a_contract_in_another_currency_counts_by_the_rate_of_its_day(
    centre: Centre, operator: Browser
) -> None:
    address = made(operator, "Кластер с валютой")
    joined(operator, address, role="lead-plant", name="Завод «Сборка»")
    with centre.application.sessions.begin() as session:
        match = session.scalars(select(Match)).one()
        opened = now() - timedelta(days=2)
        order = PurchaseOrder(
            match_id=match.id, lines=[], amount_minor=1_000_00, currency="EUR", opened_at=opened
        )
        session.add(order)
    shown = joined(operator, address, role="parts-supplier", inn="7707083893")
    assert "no rate of its currency by its day" in shown
    with centre.application.sessions.begin() as session:
        person = session.scalars(select(User.id).limit(1)).one()
        home = session.scalars(select(SupplyCluster.centre_id).limit(1)).one()
        for days, micro in ((-1, 91_500_000), (1, 7_000_000)):  # the later one is of a day after the contract
            on = (opened + timedelta(days=days)).date()
            rate = ExchangeRate(centre_id=home, currency="EUR", on=on, micro_roubles=micro, by_id=person)
            session.add(rate)
    shown = text(operator.get(address))
    assert "no rate of its currency" not in shown
    assert "91,500" in shown
    with centre.application.sessions.begin() as session:
        session.delete(session.get_one(PurchaseOrder, order.id))


def test_a_cluster_with_participants_is_drawn_with_its_contracts_and_declared_supplies(
    centre: Centre, operator: Browser
) -> None:
    address = made(operator)
    joined(operator, address, role="lead-plant", name="Завод «Сборка»")
    shown = joined(operator, address, role="parts-supplier", inn="7707083893")
    assert "1 contract" in shown
    assert '<svg class="functional"' in shown
    assert "Primer LLC → " in shown  # the title of the line
    assert "in the cluster" in shown
    shown = joined(operator, address, role="research", name="Политех")
    assert "Research and education" in shown
    with centre.application.sessions() as session:
        keys = {one.called("ru"): one.public_id for one in session.scalars(select(ClusterParticipant))}
    sent = {
        "supplier": keys["Политех"],
        "buyer": keys["Завод «Сборка»"],
        "what": "испытания",
        "value": "1 250 000",
    }
    for _ in range(2):  # said again it stays one
        assert operator.post(f"{address}/supplies", sent, page=address).status_code == 302
    shown = text(operator.get(address))
    assert "испытания" in shown
    assert "100 %" in shown
    with centre.application.sessions() as session:
        link = session.scalars(select(ClusterLink)).one()
        assert link.year_minor == 125_000_000
    taken = operator.get(f"{address}/supplies.csv").get_data().decode("utf-8-sig")
    assert "испытания" in taken
    operator.post(f"{address}/supplies/take-back", {"supply": link.public_id}, page=address)
    operator.undo(text(operator.get(address)))
    assert "испытания" in text(operator.get(address))
    operator.post(f"{address}/participants/leave", {"participant": keys["Политех"]}, page=address)
    operator.undo(text(operator.get(address)))
    assert "Политех" in text(operator.get(address))
    operator.post(f"{address}/participants/leave", {"participant": keys["Политех"]}, page=address)
    assert "Политех" not in text(operator.get(address))


def test_what_is_wrong_is_told_by_field_and_what_was_typed_stays(operator: Browser) -> None:
    answer = operator.post(f"{PAGE}new", {"name_ru": "Имя", "kind": "none", "region": "Нигде"}, page=PAGE)
    assert answer.status_code == 422
    told = text(answer)
    assert "Choose the kind of the cluster." in told
    assert "is not known as a region" in told
    assert 'value="Имя"' in told
    address = made(operator, "Второй")
    assert "The centre does not know this INN" in joined(operator, address, role="finance", inn="123")
    assert "Choose the role" in joined(operator, address, role="none", name="Банк")
    for name in ("Один", "Два"):
        joined(operator, address, role="finance", name=name)
    same = operator.post(
        f"{address}/supplies", {"supplier": "x", "buyer": "", "what": "", "value": "много"}, page=address
    )
    assert same.status_code == 422
    assert "Choose a participant" in text(same)


def test_who_changes_what_somebody_else_changed_is_told(operator: Browser) -> None:
    address = made(operator, "Третий")
    stale = operator.post(address, {**GIVEN, "revision": "0"}, page=address)
    assert stale.status_code == 409
    assert (
        operator.post(address, {**GIVEN, "name_ru": "Новое имя", "revision": "1"}, page=address).status_code
        == 302
    )
    assert "Pump cluster" in text(operator.get(address))


def test_another_centre_does_not_learn_of_a_cluster(centre: Centre, operator: Browser) -> None:
    address = made(operator, "Четвёртый")
    with centre.application.sessions.begin() as session:
        south = needs.centre_of(session, "south")
        person = accounts.AccountDetails("south@example.org", "South", PASSWORD, "en", confirmed=True)
        accounts.grant(
            session, accounts.create_user(session, person, by="t"), "operator", by="t", centre=south
        )
        key = api_keys.make(
            session, accounts.by_email(session, OPERATOR), "t", write=False, days=30, special=["export"]
        )
    assert enter(centre, "south@example.org").get(address).status_code == 404
    assert "Четвёртый" not in text(enter(centre, "south@example.org").get(PAGE))
    head = {"Authorization": f"Bearer {key}"}
    client = centre.another().client
    listed = client.get("/api/v1/clusters", headers=head).json["items"]
    one = next(one for one in listed if address.endswith(one["key"]))
    assert client.get(f"/api/v1/clusters/{one['key']}", headers=head).json["members"] == []
