"""Support measures and helpers: kept by the centre, matched to a shop with reasons, offered on its ladder, taken as files."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from matchmaker.domain.lifecycle import CertificateStatus
from matchmaker.models import AuditEntry, CertificateRow, Profile, SupportOffer
from matchmaker.services.development import support_offers
from matchmaker.services.profiles import suppliers
from tests.support.browser import TODAY, Browser, text
from tests.support.small_centre import EDITOR, OPERATOR, Centre, enter, small_centre

GIVEN = {
    "kind": "subsidy",
    "name": "Субсидия на сертификацию",
    "giver": "Фонд развития",
    "standards": "ISO 9001",
    "regions": "Свердловская область",
    "most": "500000",
    "share_percent": "50",
    "papers": "Заявка\nДоговор с органом",
    "closes_on": "2027-03-01",
}
NEW = "/work/support/new"


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    with small_centre(tmp_path_factory.mktemp("support")) as made:
        yield made


@pytest.fixture
def operator(centre: Centre) -> Iterator[Browser]:
    yield enter(centre, OPERATOR)
    with centre.application.sessions.begin() as session:
        for one in session.scalars(select(SupportOffer)):
            session.delete(one)


def kept(centre: Centre) -> SupportOffer:
    with centre.application.sessions() as session:
        return session.scalars(select(SupportOffer)).one()


def test_an_offer_is_kept_changed_and_ended(operator: Browser, centre: Centre) -> None:
    assert operator.post(NEW, GIVEN, page=NEW).status_code == 302
    offer = kept(centre)
    assert (offer.most_minor, offer.share_percent, offer.standards) == (500_000_00, 50, ["iso-9001"])
    address = f"/work/support/{offer.public_id}"
    form = text(operator.get(address))
    assert 'value="500000' in form
    changed = {**GIVEN, "share_percent": "70", "revision": str(offer.revision)}
    assert operator.post(address, changed, page=address).status_code == 302
    stale = operator.post(address, {**changed, "name": "Чужое имя"}, page=address)
    assert stale.status_code == 409
    assert "Чужое имя" in text(stale)
    assert kept(centre).share_percent == 70
    operator.post(f"{address}/end", {"ended": "yes"}, page=address)
    assert kept(centre).ended
    assert "Over: 1" in text(operator.get("/work/support/"))
    with centre.application.sessions() as session:
        acts = session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("support.%"))).all()
    assert acts == ["support.added", "support.changed", "support.ended"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"kind": "present"}, "Choose what it is"),
        ({"name": " "}, "Give it a name"),
        ({"regions": "Атлантида"}, "“Атлантида” is not known"),
        ({"standards": "ISO 9001; Знак качества гнома"}, "is not known"),
        ({"years_min": "много"}, "Give a whole number from 0 to 100."),
        ({"share_percent": "101"}, "Give a whole number from 1 to 100."),
        ({"closes_on": "завтра"}, "Give the day as year, month and day."),
        ({"opens_on": "2027-04-01"}, "The last day cannot lie before the first one."),
        ({"most": "много"}, "Give the sum in roubles"),
        ({"link": "javascript:alert(1)"}, "Give an address that begins with https://."),
        ({"text": "x" * 4_001}, "At most 4000 characters."),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(
    given: dict[str, str], message: str, operator: Browser, centre: Centre
) -> None:
    answer = operator.post(NEW, {**GIVEN, "giver": "Особые & слова", **given}, page=NEW)
    assert answer.status_code == 422
    assert message in text(answer)
    assert "Особые &amp; слова" in text(answer)
    with centre.application.sessions() as session:
        assert session.scalars(select(SupportOffer)).all() == []


def test_a_shop_reads_what_suits_it_and_why(operator: Browser, centre: Centre) -> None:
    shop = enter(centre, EDITOR)
    assert "keeps no measure or helper" in text(shop.get("/shop/support/"))
    operator.post(NEW, GIVEN, page=NEW)
    operator.post(NEW, {"kind": "laboratory", "name": "Лаборатория", "regions": "Москва"}, page=NEW)
    with centre.application.sessions() as session:
        key = session.scalars(select(Profile.public_id)).one()
    ladder = f"/work/ladders/{key}/iso-9001"
    page = text(shop.get("/shop/support/"))
    assert "Does not suit us now" in page
    assert "only for firms of: " in page
    operator.post(ladder, {"stage": "diagnosis", "on": "2026-11-01"}, page=ladder)
    page = text(shop.get("/shop/support/"))
    suits = page[page.index('id="suits"') : page.index("Does not suit us now")]
    assert "Субсидия на сертификацию" in suits
    assert "you are on the way to this certificate" in suits
    assert "Договор с органом" in suits
    assert "Лаборатория" not in suits
    shown = text(operator.get(ladder))
    assert "Support that suits the firm" in shown
    items = shop.get("/api/v1/shop/support").get_json()["items"]
    assert [one["outcome"] for one in items] == ["met", "unmet"]


def test_the_lists_are_taken_along(operator: Browser) -> None:
    operator.post(NEW, GIVEN, page=NEW)
    operator.post(NEW, {"kind": "laboratory", "name": "=Лаборатория"}, page=NEW)
    rows = operator.get("/work/support/measures.csv").get_data(as_text=True)
    assert "Субсидия на сертификацию" in rows
    assert "Лаборатория" not in rows
    assert "'=Лаборатория" in operator.get("/work/support/helpers.csv").get_data(as_text=True)
    assert operator.get("/work/support/helpers.xlsx").status_code == 200
    assert operator.get("/work/support/secrets.csv").status_code == 404


def test_a_form_sent_twice_keeps_one_offer(operator: Browser, centre: Centre) -> None:
    once = re.search(r'name="once" value="([0-9a-f]{16})"', text(operator.get(NEW)))
    assert once
    for _ in range(2):
        assert operator.post(NEW, {**GIVEN, "once": once[1]}, page=NEW).status_code == 302
    assert kept(centre).name == GIVEN["name"]


def test_a_certificate_whose_last_day_is_over_is_not_held(centre: Centre) -> None:
    with centre.application.sessions() as session:
        profile = suppliers.one_whole(session, Profile.id > 0)
        assert profile
        profile.certificates.clear()
        for standard, last in (("iso-9001", -1), ("iso-14001", 0), ("iatf-16949", None)):
            paper = CertificateRow(
                position=len(profile.certificates),
                standard=standard,
                standard_code=standard,
                status=CertificateStatus.CERTIFIED,
                valid_until=None if last is None else TODAY + timedelta(days=last),
            )
            profile.certificates.append(paper)
        codes = centre.application.recogniser.codes
        facts = support_offers.facts_of(session, profile, codes, frozenset(), TODAY)
        assert facts.held == {"iso-14001", "iatf-16949"}
        session.rollback()
