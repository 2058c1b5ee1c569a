"""The dealings about a need for programs: a shortlist is curated, an invitation answered, a quote given and read once open."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from matchmaker.models import Match, Need, Organisation
from matchmaker.models.base import now
from matchmaker.services.needs import ndas, needs
from matchmaker.services.people import accounts
from matchmaker.services.profiles import profile_drafts
from matchmaker.services.quotes import quote_deadlines
from matchmaker.services.shortlist import match_decisions
from matchmaker.wiring import Application
from tests.support.api_keys import key_of_once
from tests.support.browser import Browser


@pytest.fixture
def program(own_site: Flask) -> FlaskClient:
    return own_site.test_client()


@pytest.fixture
def centre(own_site: Flask) -> dict[str, str]:
    return key_of_once(Browser(own_site.test_client()).sign_in("operator"))


@pytest.fixture
def shop_key(shop: Browser) -> dict[str, str]:
    return key_of_once(shop)


def invited(product: Application) -> str:
    """A need of the demo plant whose words open after an agreement, to which the demo shop is newly invited."""
    with product.sessions.begin() as session:
        user = accounts.by_email(session, "supplier@demo-centre.example")
        firm = next(held.organisation for held in user.memberships if held.organisation)
        profile = profile_drafts.of_organisation(session, firm.public_id)
        assert profile is not None
        taken = select(Match.need_id).where(Match.profile_id == profile.id)
        query = (
            select(Need)
            .join(Organisation, Need.contractor_id == Organisation.id)
            .where(Need.state.in_(("published", "shortlisting", "negotiation")), Need.id.not_in(taken))
        )
        need = next(one for one in session.scalars(query) if one.is_open)
        need.disclosure = "nda"
        operator = accounts.by_email(session, "operator@demo-centre.example")
        match = match_decisions.add_by_hand(session, need, profile, operator)
        match_decisions.invite(session, [match], operator)
        return need.public_id


def test_an_operator_s_program_curates_a_shortlist(
    program: FlaskClient, centre: dict[str, str], own_product: Application
) -> None:
    need = invited(own_product)
    address = f"/api/v1/needs/{need}/shortlist"
    proposed = program.post(address, headers=centre)
    assert proposed.status_code == 200
    one = next(line for line in proposed.json["items"] if line["state"] == "proposed")
    assert one["reasons"]
    where, tag = f"{address}/{one['match']}", {"If-Match": f'"{one["revision"]}"'}
    unsaid = program.put(where, json={"decision": "rejected"}, headers=centre | tag)
    assert (unsaid.status_code, unsaid.json["problems"][0]["field"]) == (422, "reason")
    assert program.put(where, json={"decision": "approved"}, headers=centre).status_code == 428
    done = program.put(where, json={"decision": "approved"}, headers=centre | tag)
    assert (done.status_code, done.json["state"]) == (200, "approved")
    stale = program.put(where, json={"decision": "approved"}, headers=centre | tag)
    assert (stale.status_code, stale.json["code"]) == (409, "stale")
    now_there = {line["match"]: line["state"] for line in program.get(address, headers=centre).json["items"]}
    assert now_there[one["match"]] == "approved"


def test_a_shop_s_program_answers_and_quotes(
    program: FlaskClient, shop_key: dict[str, str], centre: dict[str, str], own_product: Application
) -> None:
    need = invited(own_product)
    address = f"/api/v1/needs/{need}/quote"
    waiting = program.get("/api/v1/shop/invitations", headers=shop_key).json["waiting"]
    assert need in {one["need"] for one in waiting}
    unsaid = program.post(f"/api/v1/needs/{need}/answer", json={"answer": "not_ours"}, headers=shop_key)
    assert (unsaid.status_code, unsaid.json["problems"][0]["field"]) == (422, "reason")
    answered = program.post(f"/api/v1/needs/{need}/answer", json={"answer": "interested"}, headers=shop_key)
    assert (answered.status_code, answered.json["state"]) == (200, "interested")
    offer = {"amount": "1000,50", "batches": [{"pieces": 100, "price": "55.2"}], "lead_time_days": 21}
    unsigned = program.put(address, json=offer, headers=shop_key)
    assert (unsigned.status_code, unsigned.json["code"]) == (403, "nda.required")
    sign(own_product, need)
    assert program.get(address, headers=shop_key).status_code == 404
    wrong = program.put(address, json={**offer, "amount": "1 000,5,0"}, headers=shop_key)
    assert (wrong.status_code, wrong.json["problems"][0]["field"]) == (422, "amount")
    for unclear in ("1,000.50", "1.000,50", "12O0"):
        refused = program.put(address, json={**offer, "amount": unclear}, headers=shop_key)
        problem = refused.json["problems"][0]
        assert (refused.status_code, problem["field"], problem["value"]) == (422, "amount", unclear)
        assert "1000" in problem["detail"].replace("\u00a0", "").replace(" ", ""), problem
    named = {"Idempotency-Key": "first-quote"}
    draft = program.put(address, json=offer, headers=shop_key | named)
    # Heard of or not, it is sent again: under its key it is answered as before, without one it meets its own quote.
    again = program.put(address, json=offer, headers=shop_key | named)
    assert (again.get_json(), again.headers["Idempotent-Replayed"]) == (draft.get_json(), "true")
    other = program.put(address, json={**offer, "amount": "999"}, headers=shop_key | named)
    assert (other.status_code, other.json["code"]) == (422, "idempotency.mismatch")
    assert program.put(address, json=offer, headers=shop_key).status_code == 428
    assert (draft.status_code, draft.json["state"], draft.json["amount"]) == (200, "draft", "1000.50")
    assert draft.json["batches"] == [{"pieces": 100, "price": "55.20"}]
    blind = program.put(address, json={**offer, "submit": True}, headers=shop_key)
    assert blind.status_code == 428
    sent = program.put(
        address, json={**offer, "submit": True}, headers=shop_key | {"If-Match": draft.headers["ETag"]}
    )
    assert (sent.status_code, sent.json["state"]) == (200, "submitted")
    read = program.get(address, headers=shop_key)
    assert read.json["revision"] == sent.json["revision"]
    listed = program.get(f"/api/v1/needs/{need}/quotes", headers=centre).json
    assert [one["amount"] for one in listed["items"]] == ["1000.50"]
    seal(own_product, need)
    sealed = program.get(f"/api/v1/needs/{need}/quotes", headers=centre).json
    assert (sealed["sealed"], sealed["items"]) == (True, [])
    back = program.delete(address, headers=shop_key)
    assert (back.status_code, back.json["state"]) == (200, "withdrawn")


def sign(product: Application, key: str) -> None:
    """Accept the agreement of a need for the demo shop."""
    with product.sessions.begin() as session:
        user = accounts.by_email(session, "supplier@demo-centre.example")
        firm = next(held.organisation for held in user.memberships if held.organisation)
        ndas.accept(session, needs.by_key(session, key), firm, user, "en")


def seal(product: Application, key: str) -> None:
    """Seal the quotes of a need for three days."""
    with product.sessions.begin() as session:
        operator = accounts.by_email(session, "operator@demo-centre.example")
        until = now() + timedelta(days=3)
        quote_deadlines.set_deadline(session, needs.by_key(session, key), until, operator)


def test_a_shop_s_program_writes_its_profile(program: FlaskClient, shop_key: dict[str, str]) -> None:
    address = "/api/v1/shop/profile"
    read = program.get(address, headers=shop_key)
    wanted = {**read.json["record"], "employees": 61}
    assert program.put(address, json=wanted, headers=shop_key).status_code == 428
    tag = {"If-Match": read.headers["ETag"]}
    changed = program.put(address, json=wanted, headers=shop_key | tag)
    assert (changed.status_code, changed.json["draft"], changed.json["record"]["employees"]) == (
        200,
        True,
        61,
    )
    assert program.put(address, json=wanted, headers=shop_key | tag).status_code == 409
    renamed = program.put(
        address, json={**wanted, "id": "other"}, headers=shop_key | {"If-Match": changed.headers["ETag"]}
    )
    assert (renamed.status_code, renamed.json["problems"][0]["field"]) == (422, "id")
    handed = program.post(f"{address}/submit", headers=shop_key)
    assert (handed.status_code, handed.json["review"]) == (200, "submitted")
