"""Development cards: a gap to a plant's need, measured by the matcher before and after, read by the shop within its rights."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from matchmaker.domain.lifecycle import CardState, CertificateStatus, NeedState
from matchmaker.domain.records import NeedRecord, parse
from matchmaker.models import CertificateRow, DevelopmentCard, Need, Organisation, Profile
from matchmaker.models.base import now
from matchmaker.services.core import journal
from matchmaker.services.development import development_cards
from matchmaker.services.needs import needs
from matchmaker.services.needs.needs import NeedPosting
from matchmaker.services.people import accounts
from matchmaker.services.profiles import suppliers
from matchmaker.services.shortlist import match_decisions
from tests.support.browser import TODAY, Browser, text
from tests.support.small_centre import EDITOR, OPERATOR, PASSWORD, Centre, enter, key_of, small_centre

DUE = (TODAY + timedelta(days=60)).isoformat()
GIVEN = {
    "requirement": "certification",
    "closes": "certificate",
    "what": "ISO 9001 в этом году",
    "due_on": DUE,
}


@pytest.fixture
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    """A shop without certificates, and a plant's need for its work that demands one; the need hides the plant's name."""
    with small_centre(tmp_path_factory.mktemp("cards")) as made:
        with made.application.sessions.begin() as session:
            profile = suppliers.one_whole(session, Profile.id > 0)
            assert profile
            profile.certificates.clear()
            plant = session.scalars(select(Organisation).where(Organisation.is_contractor)).one()
            given = {"kind": "need", "id": "gap", "processes": ["токарная обработка"], "title": "Втулки"}
            record = parse(
                NeedRecord, {**given, "text": "Точить втулки", "certification": [{"standard": "ISO 9001"}]}
            )
            posting = NeedPosting(plant, disclosure="name-hidden", state=NeedState.PUBLISHED)
            needs.post(session, record, centre=plant.centre, by="test", posting=posting).published_at = now()
            journal.announce(session, (profile.public_id,))
        made.application.index.catch_up()
        yield made


@pytest.fixture
def operator(centre: Centre) -> Browser:
    return enter(centre, OPERATOR)


def pair(centre: Centre) -> str:
    with centre.application.sessions() as session:
        need = session.scalars(select(Need.public_id).where(Need.external_id == "gap")).one()
        return f"/work/cards/new/{need}/{session.scalars(select(Profile.public_id)).one()}"


def made(centre: Centre, operator: Browser) -> str:
    answer = operator.post(pair(centre), GIVEN, page=pair(centre))
    assert answer.status_code == 302, text(answer)
    return str(answer.headers["Location"])


def card(centre: Centre) -> DevelopmentCard:
    with centre.application.sessions() as session:
        return session.scalars(select(DevelopmentCard)).one()


def test_the_gap_is_measured_before_and_after(centre: Centre, operator: Browser) -> None:
    address = made(centre, operator)
    assert card(centre).before["closing"] == ["certification"]
    operator.post(f"{address}/measure", {}, page=address)
    assert (card(centre).state, card(centre).after["closing"]) == (CardState.OPEN, ["certification"])  # type: ignore[index]
    with centre.application.sessions.begin() as session:
        profile = suppliers.one_whole(session, Profile.id > 0)
        assert profile
        paper = CertificateRow(
            position=0,
            standard="ISO 9001:2015",
            standard_code="iso-9001",
            status=CertificateStatus.CERTIFIED,
            issued=TODAY,
            valid_until=TODAY + timedelta(days=900),
        )
        profile.certificates.append(paper)
        journal.announce(session, (profile.public_id,))
    centre.application.index.catch_up()
    assert "Nothing closes the need to the supplier." in text(operator.get(address))
    operator.post(f"{address}/measure", {}, page=address)
    assert (card(centre).state, card(centre).after["closing"]) == (CardState.DONE, [])  # type: ignore[index]
    assert "done" in text(operator.get("/work/cards/?state=done"))


def test_the_shop_reads_its_card_without_the_hidden_name(centre: Centre, operator: Browser) -> None:
    made(centre, operator)
    shop = enter(centre, EDITOR)
    page = text(shop.get("/shop/cards/"))
    assert "ISO 9001 в этом году" in page
    assert "Втулки" in page
    assert "Сборка" not in page
    assert "Сборка" in text(operator.get("/work/cards/"))
    (line,) = shop.get("/api/v1/shop/cards").get_json()["items"]
    assert "contractor" not in line
    with centre.application.sessions.begin() as session:
        session.scalars(select(Need).where(Need.external_id == "gap")).one().disclosure = "open"
    assert "Сборка" in text(shop.get("/shop/cards/"))


def test_a_card_stands_in_today_when_its_day_has_come(centre: Centre, operator: Browser) -> None:
    made(centre, operator)
    assert "ISO 9001 в этом году" not in text(operator.get("/work/?kind=cards"))
    with centre.application.sessions.begin() as session:
        session.scalars(select(DevelopmentCard)).one().due_on = TODAY
    assert "The gap was to be closed by now: ISO 9001 в этом году" in text(operator.get("/work/?kind=cards"))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"requirement": "diameter"}, "Choose a requirement that closes this need"),
        ({"closes": "prayer"}, "Choose what closes the gap."),
        ({"what": " "}, "Say what exactly"),
        ({"due_on": "2001-01-01"}, "Give the day by which it is to be met"),
        ({"owner": "0" * 16}, "Choose somebody of the centre or of the firm."),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(
    given: dict[str, str], message: str, centre: Centre, operator: Browser
) -> None:
    answer = operator.post(pair(centre), {**GIVEN, "note": "Особые & слова", **given}, page=pair(centre))
    assert answer.status_code == 422
    assert message in text(answer)
    assert "Особые &amp; слова" in text(answer)


def test_a_card_is_changed_given_up_and_taken_along(centre: Centre, operator: Browser) -> None:
    address = made(centre, operator)
    changed = {**GIVEN, "what": "IATF", "revision": str(card(centre).revision)}
    assert operator.post(address, changed, page=address).status_code == 302
    assert operator.post(address, changed, page=address).status_code == 409
    assert "IATF" in operator.get("/work/cards.csv").get_data(as_text=True)
    operator.post(f"{address}/drop", {}, page=address)
    assert card(centre).state == CardState.DROPPED
    late = {**changed, "what": "позже", "revision": str(card(centre).revision)}
    for where, form in ((address, late), (f"{address}/measure", {})):
        answer = operator.post(where, form, page="/work/cards/?state=any")
        assert answer.status_code == 422
        assert "The card is done or given up" in text(answer)
    assert (card(centre).what, card(centre).after) == ("IATF", None)
    assert "No card yet." in text(enter(centre, EDITOR).get("/shop/cards/"))


def set_need(centre: Centre, **values: object) -> None:
    with centre.application.sessions.begin() as session:
        need = session.scalars(select(Need).where(Need.external_id == "gap")).one()
        for name, value in values.items():
            setattr(need, name, value)


HIDDEN = [
    ({"state": NeedState.SUBMITTED}, "The need is not published"),
    ({"disclosure": "invited"}, "The need is by invitation"),
]


@pytest.mark.parametrize(("hidden", "message"), HIDDEN)
def test_no_card_tells_a_shop_of_a_need_that_is_hidden_from_it(
    hidden: dict[str, object], message: str, centre: Centre, operator: Browser
) -> None:
    set_need(centre, **hidden)
    assert message in text(operator.get(pair(centre)))
    answer = operator.post(pair(centre), GIVEN, page=pair(centre))
    assert answer.status_code == 422
    assert message in text(answer)
    with centre.application.sessions() as session:
        assert session.scalars(select(DevelopmentCard)).all() == []


@pytest.mark.parametrize(("hidden", "_message"), HIDDEN)
def test_a_card_leaves_the_shop_with_its_need(
    hidden: dict[str, object], _message: str, centre: Centre, operator: Browser
) -> None:
    address = made(centre, operator)
    shop = enter(centre, EDITOR)
    assert len(shop.get("/api/v1/shop/cards").get_json()["items"]) == 1
    set_need(centre, **hidden)
    assert "ISO 9001" not in text(shop.get("/shop/cards/"))
    assert shop.get("/api/v1/shop/cards").get_json()["items"] == []
    assert "Втулки" in text(operator.get(address))


def test_an_invited_shop_has_cards_for_a_need_by_invitation(centre: Centre, operator: Browser) -> None:
    set_need(centre, disclosure="invited")
    with centre.application.sessions.begin() as session:
        need = session.scalars(select(Need).where(Need.external_id == "gap")).one()
        profile = suppliers.one_whole(session, Profile.id > 0)
        assert profile
        user = accounts.by_email(session, OPERATOR)
        match_decisions.invite(session, [match_decisions.add_by_hand(session, need, profile, user)], user)
    made(centre, operator)
    assert "ISO 9001 в этом году" in text(enter(centre, EDITOR).get("/shop/cards/"))


def test_a_card_for_a_firm_of_another_centre_names_only_the_own_people(
    centre: Centre, operator: Browser
) -> None:
    with centre.application.sessions.begin() as session:
        other = needs.centre_of(session, "other")
        firm = session.scalars(select(Organisation).where(~Organisation.is_contractor)).one()
        firm.centre = other
        person = accounts.AccountDetails("far@example.org", "Дальний", PASSWORD, "en", confirmed=True)
        far = accounts.create_user(session, person, by="tester")
        accounts.grant(session, far, "operator", by="tester", centre=other)
        own, away, editor = (
            accounts.by_email(session, email).public_id for email in (OPERATOR, "far@example.org", EDITOR)
        )
    page = text(operator.get(pair(centre)))
    assert own in page
    assert away not in page
    assert editor not in page
    for stranger in (away, editor):
        refused = operator.post(pair(centre), {**GIVEN, "owner": stranger}, page=pair(centre))
        assert refused.status_code == 422
    answer = operator.post(pair(centre), {**GIVEN, "owner": own}, page=pair(centre))
    assert answer.status_code == 302
    assert "/work/companies/" not in text(operator.get(str(answer.headers["Location"])))


def test_an_own_firm_leads_to_the_work_with_it(centre: Centre, operator: Browser) -> None:
    page = text(operator.get(pair(centre)))
    assert "Work with it" in page
    assert key_of(centre, EDITOR) in page


def test_an_overdue_card_keeps_its_day_when_something_else_changes(centre: Centre, operator: Browser) -> None:
    address = made(centre, operator)
    over = TODAY - timedelta(days=3)
    with centre.application.sessions.begin() as session:
        session.scalars(select(DevelopmentCard)).one().due_on = over
    given = {**GIVEN, "what": "Аудит назначен", "due_on": over.isoformat()}
    kept = operator.post(address, {**given, "revision": str(card(centre).revision)}, page=address)
    assert kept.status_code == 302
    assert (card(centre).what, card(centre).due_on) == ("Аудит назначен", over)
    earlier = {**given, "due_on": (over - timedelta(days=1)).isoformat()}
    refused = operator.post(address, {**earlier, "revision": str(card(centre).revision)}, page=address)
    assert refused.status_code == 422


def test_a_gap_has_one_open_card(centre: Centre, operator: Browser) -> None:
    address = made(centre, operator)
    again = operator.post(pair(centre), {**GIVEN, "what": "Второй раз"}, page=pair(centre))
    assert again.status_code == 422
    assert f"A card for this gap is open already: “ISO 9001 в этом году”, by {DUE}" in text(again)
    operator.post(f"{address}/drop", {}, page=address)
    assert operator.post(pair(centre), GIVEN, page=pair(centre)).status_code == 302


def test_all_cards_are_counted_and_stand_on_pages(centre: Centre, operator: Browser) -> None:
    made(centre, operator)
    with centre.application.sessions.begin() as session:
        first = session.scalars(select(DevelopmentCard)).one()
        for number in range(development_cards.PAGE):
            session.add(
                DevelopmentCard(
                    profile=first.profile,
                    need=first.need,
                    requirement="certification",
                    closes="machine",
                    what=f"станок {number}",
                    due_on=first.due_on + timedelta(days=1),
                    before={"closing": ["certification"]},
                )
            )
    number, last = f"{development_cards.PAGE + 1} cards", f"станок {development_cards.PAGE - 1}"
    for reader, address in ((operator, "/work/cards/"), (enter(centre, EDITOR), "/shop/cards/")):
        page = text(reader.get(address))
        assert number in page
        assert last not in page
        assert last in text(reader.get(f"{address}?page=2"))
