"""What a need asks for, corrected row by row; its history; closing it with a reason; how the contract came out."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from matchmaker.models import Mail, Match
from matchmaker.services.needs import needs, quote_rounds
from matchmaker.services.shortlist import shortlists
from matchmaker.wiring import Application
from tests.support.browser import Browser, text
from tests.support.invited import field, sign

WORDS = "Валы ø45h6, сталь 40Х, 50 шт., обязательно ISO 9001"


def draft(browser: Browser, words: str = WORDS) -> str:
    answer = browser.post("/needs/new", {"text": words}, page="/needs/new")
    return str(answer.headers["Location"])


def correct(browser: Browser, address: str, **typed: str):  # type: ignore[no-untyped-def]
    form = {"revision": field(text(browser.get(address)), "revision"), **typed}
    return browser.post(f"{address}/conditions", form, page=address)


def record(application: Application, address: str):  # type: ignore[no-untyped-def]
    with application.sessions() as session:
        found = needs.by_key(session, address.rsplit("/", 1)[1])
        return needs.record(found), dict(found.strictness or {})


def test_a_value_is_changed_emptied_and_added(plant: Browser, own_product: Application) -> None:
    address = draft(plant)
    page = text(plant.get(address))
    assert field(page, "diameter_mm") == "45"
    assert field(page, "tolerance_it") == "6"
    assert field(page, "standard") == "ISO 9001"
    changed = {"diameter_mm": "", "length_mm": "45", "tolerance_it": "7", "roughness_ra_um": "1,6"}
    assert correct(plant, address, **changed, **{"how-tolerance": "strict"}).status_code == 302
    kept, strictness = record(own_product, address)
    assert (kept.length_mm, kept.tolerance_it, kept.roughness_ra_um) == (45, 7, 1.6)
    assert "ø45" in kept.disregarded
    assert strictness["tolerance"] == "strict"
    page = text(plant.get(address))
    assert field(page, "diameter_mm") == ""
    assert field(page, "tolerance_it") == "7"
    assert kept.certification == ()  # what nobody touched is still read from the text


def test_demands_for_certificates_are_a_list(plant: Browser, own_product: Application) -> None:
    address = draft(plant)
    page = text(plant.get(address))
    assert 'name="level_2"' in page
    assert 'name="level_3"' not in page
    more = {"standard_2": "НАКС; ISO 3834-2", "level_2": "dated", "strength_2": "wish"}
    assert correct(plant, address, **more).status_code == 302
    quality, welding = record(own_product, address)[0].certification
    assert (quality.standards, quality.strength) == (("ISO 9001",), "must")  # of the text, as shown
    assert (welding.standards, welding.strength, welding.dated) == (("НАКС", "ISO 3834-2"), "wish", True)
    page = text(plant.get(address))
    assert field(page, "standard_2") == "НАКС; ISO 3834-2"
    assert 'name="level_3"' in page
    assert correct(plant, address, level="", standard="").status_code == 302
    (left,) = record(own_product, address)[0].certification
    assert left == welding


def test_what_is_not_touched_stays_as_it_was(plant: Browser, own_product: Application) -> None:
    address = draft(plant)
    page = text(plant.get(address))
    same = {name: field(page, name) for name in ("diameter_mm", "tolerance_it", "quantity", "materials")}
    before = record(own_product, address)
    correct(plant, address, **same)
    assert record(own_product, address) == before


def test_a_wrong_value_and_an_old_form_change_nothing(plant: Browser, own_product: Application) -> None:
    address = draft(plant)
    answer = correct(plant, address, roughness_ra_um="fine", tolerance_it="7")
    assert answer.status_code == 422
    assert 'value="fine"' in text(answer)
    assert 'id="q-roughness_ra_um"' in text(answer)
    assert record(own_product, address)[0].tolerance_it is None
    assert correct(plant, address, revision="0", tolerance_it="8").status_code == 409


def test_the_history_names_moves_with_reasons(plant: Browser) -> None:
    address = draft(plant)
    plant.post(f"{address}/move", {"state": "submitted"}, page=address)
    refused = plant.post(f"{address}/move", {"state": "closed"}, page=address)
    assert refused.status_code == 422
    plant.post(f"{address}/move", {"state": "closed", "reason": "Bought elsewhere"}, page=address)
    told = text(plant.get(address)).split('id="history"', 1)[1].split("</ol>")[0]
    assert re.search("Closed.*Bought elsewhere.*Submitted|Closed.*Bought elsewhere", told, re.DOTALL)
    assert told.count("<li>") == 3


def release(application: Application, key: str) -> list[str]:
    """Show the shortlist to the contractor; public ids of its matches."""
    with application.sessions.begin() as session:
        stored = needs.by_key(session, key)
        matches = shortlists.of_need(session, stored)
        for match in matches:
            match.released_at = datetime.now(UTC)
        return [match.public_id for match in matches]


def local(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M")


def test_quotes_are_asked_for_by_letter(
    need: str,
    plant: Browser,
    own_product: Application,
) -> None:
    matches = release(own_product, need)
    page = f"/needs/{need}/quotes"
    until = local(datetime.now(UTC) + timedelta(days=9))
    assert plant.post(f"{page}/ask", {"until": until}, page=page).status_code == 422
    asked = {"match": matches, "until": until}
    assert plant.post(f"{page}/ask", asked, page=page).status_code == 302  # type: ignore[arg-type]
    with own_product.sessions() as session:
        letters = session.scalars(select(Mail).where(Mail.subject.contains("Please quote"))).all()
        assert letters
        assert all("/quote" in one.text for one in letters)
        assert all(
            one.wanted_at for one in session.scalars(select(Match).where(Match.public_id.in_(matches)))
        )
        assert needs.by_key(session, need).quotes_sealed


def test_sealed_quotes_are_never_opened_early(
    need: str,
    plant: Browser,
    shop: Browser,
) -> None:
    page = f"/needs/{need}/quotes"
    soon = datetime.now(UTC) + timedelta(days=5)
    plant.post(f"{page}/deadline", {"until": local(soon)}, page=page)
    sign(shop, need)
    own = f"/needs/{need}/quote"
    shop.post(own, {"amount": "125000,50", "currency": "RUB", "do": "submit"}, page=own)
    for wrong, said in (
        ({"until": ""}, "promised that their quotes stay sealed"),
        ({"until": local(datetime.now(UTC) + timedelta(hours=12))}, "need a day to finish"),
        ({"until": local(soon), "openly": "yes"}, "promised that their quotes stay sealed"),
        ({"until": local(datetime.now(UTC) - timedelta(days=1))}, "is in the past"),
        ({"until": "9999-12-31T15:00"}, "too far ahead"),
        ({"until": local(datetime.now(UTC) + timedelta(days=181))}, "too far ahead"),
    ):
        answer = plant.post(f"{page}/deadline", wrong, page=page)
        assert answer.status_code == 422, wrong
        assert said in text(answer)
    shown = text(plant.get(page)).replace(need, "")  # a public id may hold the digits
    assert "125" not in shown.split("<h1>", 1)[1].split("Ask for quotes", 1)[0]
    later = plant.post(f"{page}/deadline", {"until": local(soon + timedelta(days=2))}, page=page)
    assert later.status_code == 302


def test_quotes_open_as_they_come_where_the_need_says_so(
    need: str,
    plant: Browser,
    shop: Browser,
) -> None:
    page = f"/needs/{need}/quotes"
    until = local(datetime.now(UTC) + timedelta(days=5))
    plant.post(f"{page}/deadline", {"until": until, "openly": "yes"}, page=page)
    sign(shop, need)
    own = f"/needs/{need}/quote"
    assert "reads them as they come" in text(shop.get(own))
    shop.post(own, {"amount": "77123,50", "currency": "RUB", "do": "submit"}, page=own)
    assert "77,123.50" in text(plant.get(page))


def test_the_outcome_is_recorded_with_the_contract(
    need: str,
    plant: Browser,
    own_product: Application,
) -> None:
    match = release(own_product, need)[0]
    page = f"/needs/{need}"
    with own_product.sessions() as session:
        revision = session.scalars(select(Match.revision).where(Match.public_id == match)).one()
    plant.post(f"{page}/award", {"match": match, "revision": str(revision)}, page=page)
    given = {"match": match, "quality": "4", "value_band": "to-2000"}
    wrong = plant.post(f"{page}/rate", {**given, "quality": "9", "text": "Fine"}, page=page)
    assert wrong.status_code == 422
    assert "Choose from 1 to 5." in text(wrong)
    assert ">Fine</textarea>" in text(wrong)
    plant.post(f"{page}/rate", {**given, "repeat_order": "no"}, page=page)
    shown = text(plant.get(page))
    assert '<option value="to-2000" selected>' in shown
    assert 'id="conditions"' not in shown  # what was contracted is no longer matched nor changed
    assert f"{page}/edit" not in shown
    revision = field(text(plant.get(f"{page}/edit")), "revision")
    changed = plant.post(f"{page}/edit", {"revision": revision, "text": "Другое"}, page=f"{page}/edit")
    assert changed.status_code == 409


@pytest.mark.parametrize("sealed", [True, False])
def test_the_seal_holds_to_the_second(
    need: str,
    own_product: Application,
    monkeypatch: pytest.MonkeyPatch,
    sealed: bool,
) -> None:
    until = datetime(2026, 12, 20, 12, tzinfo=UTC)
    with own_product.sessions() as session:
        stored = needs.by_key(session, need)
        stored.quotes_until, stored.quotes_sealed = until, sealed
        for seconds, expected in ((-1, sealed), (0, False), (1, False)):
            monkeypatch.setattr(
                quote_rounds, "clock", lambda _session, at=seconds: until + timedelta(seconds=at)
            )
            assert quote_rounds.sealed(session, stored) is expected
        session.rollback()


def test_what_was_quoted_for_is_only_extended(
    need: str,
    plant: Browser,
    shop: Browser,
    own_product: Application,
) -> None:
    page = f"/needs/{need}"
    correct(plant, page, deliver_by="2027-03-01")
    sign(shop, need)
    shop.post(f"{page}/quote", {"amount": "900", "currency": "RUB", "do": "submit"}, page=f"{page}/quote")
    before = record(own_product, page)[0]
    typed = {"title": "Shafts", "text": str(before.text), "deliver_by": "2027-03-01"}
    for wrong in ({"tolerance_it": "5"}, {"deliver_by": "2027-02-01"}, {"deliver_by": ""}):
        revision = field(text(plant.get(f"{page}/edit")), "revision")
        answer = plant.post(f"{page}/edit", {**typed, **wrong, "revision": revision}, page=f"{page}/edit")
        assert answer.status_code == 409, wrong
        assert "only its delivery date can be moved, to a later day" in text(answer)
    revision = field(text(plant.get(f"{page}/edit")), "revision")
    forged = {"revision": revision, "tolerance_it": "5"}
    assert plant.post(f"{page}/conditions", forged, page=page).status_code == 409
    assert plant.post(f"{page}/pieces", {"drop": "ø45"}, page=page).status_code == 409
    assert record(own_product, page)[0] == before
    later = {**typed, "deliver_by": "2027-04-01", "revision": revision}
    assert plant.post(f"{page}/edit", later, page=f"{page}/edit").status_code == 302
    assert "There are quotes" in text(plant.get(page))
