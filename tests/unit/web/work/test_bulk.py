"""Acts on many needs: told before, done together, those that refuse named with the reason, one undo for all."""

import re

import pytest
from sqlalchemy import select, update

from matchmaker.domain.lifecycle import MatchState, NeedState
from matchmaker.models import Assignment, Mail, Match, Need, Profile, UndoableAct
from matchmaker.wiring import Application
from tests.support.browser import Browser, text

BULK, LIST = "/work/bulk/needs", "/needs/"


@pytest.fixture
def three(buyer: Browser) -> list[str]:
    """Two needs that were handed in, and a draft."""
    keys = []
    for number in range(3):
        answer = buyer.post(
            "/needs/new", {"text": f"Нужны шайбы, 30 шт. Партия {number}."}, page="/needs/new"
        )
        address = str(answer.headers["Location"])
        if number < 2:
            buyer.post(f"{address}/move", {"state": "submitted"})
        keys.append(address.rsplit("/", 1)[-1])
    return keys


def states(product: Application, keys: list[str]) -> list[NeedState]:
    with product.sessions() as session:
        found = dict(
            session.execute(select(Need.public_id, Need.state).where(Need.public_id.in_(keys))).all()
        )
        return [found[key] for key in keys]


def asked(operator: Browser, act: str, keys: list[str], **more: str) -> dict[str, object]:
    """The form of the page that says what would be done."""
    page = text(operator.post(BULK, {"act": act, "need": keys, **more}, page=LIST))
    mark = re.search(r'name="sure" value="([0-9a-f]+)"', page)
    assert mark, page
    return {"act": act, "need": keys, "sure": mark[1], **more}


def undo(operator: Browser, product: Application) -> None:
    with product.sessions() as session:
        act = session.scalars(select(UndoableAct.public_id).order_by(UndoableAct.id.desc()).limit(1)).one()
    operator.post(f"/acts/{act}/undo", {}, page=LIST)


def test_who_refuses_is_named_before_and_left_as_it_is(
    three: list[str], operator: Browser, product: Application
) -> None:
    page = text(operator.post(BULK, {"act": "publish", "need": three}, page=LIST))
    assert "Will be done: 2 needs" in page
    assert "Left out: 1 need" in page
    assert "Only needs that were handed in to the centre are published." in page
    assert states(product, three) == [NeedState.SUBMITTED, NeedState.SUBMITTED, NeedState.DRAFT]
    done = operator.post(
        BULK, {**asked(operator, "publish", three), "next": "/needs/?state=draft"}, page=LIST
    )
    assert done.headers["Location"] == "/needs/?state=draft"
    assert states(product, three) == [NeedState.PUBLISHED, NeedState.PUBLISHED, NeedState.DRAFT]
    undo(operator, product)
    assert states(product, three) == [NeedState.SUBMITTED, NeedState.SUBMITTED, NeedState.DRAFT]
    journal = text(operator.get("/journal/"))
    assert "several needs published at once" in journal
    assert "publishing of several needs undone" in journal


def test_publishing_is_not_taken_back_once_a_supplier_was_told(
    three: list[str], operator: Browser, product: Application
) -> None:
    operator.post(BULK, asked(operator, "publish", three), page=LIST)
    with product.sessions.begin() as session:
        need = session.scalars(select(Need).where(Need.public_id == three[0])).one()
        shop = session.scalars(select(Profile).order_by(Profile.id).limit(1)).one()
        session.add(Match(need=need, profile=shop, state=MatchState.INVITED))
    with product.sessions() as session:
        act = session.scalars(select(UndoableAct.public_id).order_by(UndoableAct.id.desc()).limit(1)).one()
    assert operator.post(f"/acts/{act}/undo", {}, page=LIST).status_code == 409
    assert states(product, three) == [NeedState.PUBLISHED, NeedState.PUBLISHED, NeedState.DRAFT]


def test_what_changed_meanwhile_is_asked_again_and_nothing_is_done(
    three: list[str], operator: Browser, product: Application
) -> None:
    form = asked(operator, "publish", three)
    operator.post(f"/needs/{three[0]}/move", {"state": "published"}, page=LIST)
    answer = operator.post(BULK, form, page=LIST)
    assert answer.status_code == 409
    assert "Somebody changed these needs meanwhile." in text(answer)
    assert states(product, three)[1] == NeedState.SUBMITTED


def test_many_are_closed_with_one_reason_or_none_at_all(
    three: list[str], operator: Browser, product: Application
) -> None:
    form = asked(operator, "close", three)
    refused = operator.post(BULK, form, page=LIST)
    assert refused.status_code == 422
    assert "Say why" in text(refused)
    assert NeedState.CLOSED not in states(product, three)
    operator.post(BULK, {**form, "reason": "Дубли"}, page=LIST)
    assert states(product, three) == [NeedState.CLOSED] * 3
    undo(operator, product)
    assert states(product, three) == [NeedState.SUBMITTED, NeedState.SUBMITTED, NeedState.DRAFT]


def test_many_are_handed_to_somebody_and_given_back(
    three: list[str], operator: Browser, product: Application
) -> None:
    def taken() -> set[str]:
        with product.sessions() as session:
            return set(session.scalars(select(Assignment.object_id).where(Assignment.object_id.in_(three))))

    operator.post(BULK, asked(operator, "assign", three[:2], to="me"), page=LIST)
    assert taken() == set(three[:2])
    page = text(operator.post(BULK, {"act": "assign", "need": three, "to": "me"}, page=LIST))
    assert page.count("It is assigned so already.") == 2
    operator.post(BULK, asked(operator, "assign", three, to=""), page=LIST)
    assert taken() == set()
    undo(operator, product)
    assert taken() == set(three[:2])


def test_suppliers_of_many_needs_are_reminded(work: str, operator: Browser, product: Application) -> None:
    key = work.rsplit("/", 1)[-1]
    with product.sessions.begin() as session:
        session.execute(
            update(Match).where(Match.state == MatchState.INVITED).values(state=MatchState.DECLINED)
        )
    refused = text(operator.post(BULK, {"act": "remind", "need": [key]}, page=LIST))
    assert "No invitation waits for an answer." in refused
    match = re.findall(r'id="m-([0-9a-f]+)"', text(operator.get(work)))[0]
    operator.post(f"{work}/invite", {"match": match}, page=work)
    operator.post(BULK, asked(operator, "remind", [key]), page=LIST)
    assert "1 supplier is reminded." in text(operator.get(LIST))
    with product.sessions() as session:
        kinds = session.scalars(select(Mail.kind).where(Mail.about == match)).all()
        assert "answer_reminder" in kinds


def test_needs_of_others_and_made_up_ones_are_refused_whole(
    three: list[str], operator: Browser, buyer: Browser, product: Application
) -> None:
    assert operator.post(BULK, {"act": "publish", "need": [*three, "0" * 16]}, page=LIST).status_code == 404
    assert operator.post(BULK, {"act": "erase", "need": three}, page=LIST).status_code == 400
    assert buyer.post(BULK, {"act": "publish", "need": three}, page="/account").status_code == 403
    strange = {"act": "assign", "need": three, "to": "0" * 16}
    assert operator.post(BULK, strange, page=LIST).status_code == 404
    assert "No need is ticked." in text(operator.post(BULK, {"act": "publish"}, page=LIST))
    assert states(product, three) == [NeedState.SUBMITTED, NeedState.SUBMITTED, NeedState.DRAFT]


def test_the_list_offers_acts_on_many_to_the_centre_only(
    three: list[str], operator: Browser, buyer: Browser
) -> None:
    page = text(operator.get(LIST))
    assert f'id="k-{three[0]}"' in page
    assert 'form="bulk"' in page
    assert 'form="bulk"' not in text(buyer.get(LIST))
