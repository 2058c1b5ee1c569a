"""A firm without an account moves its order on by the link of its letter: what it sends, answers and claims, for its own order alone."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import select

from matchmaker.domain.lifecycle import NeedState
from matchmaker.models import AuditEntry, Match, Need, OrderClaim, OrderEntry, Organisation, Profile
from matchmaker.models import PurchaseOrder as Order
from matchmaker.models.base import now
from matchmaker.services.needs import needs
from matchmaker.services.orders import order_entries
from matchmaker.services.orders.order_entries import EntryGiven
from matchmaker.services.orders.orders import Speaker
from matchmaker.services.people import accounts
from matchmaker.services.quotes import quotes
from matchmaker.services.shortlist.awards import AwardShare
from matchmaker.services.shortlist.match_decisions import AwardedPosition
from tests.support.browser import TODAY, text
from tests.support.invited import pdf
from tests.support.small_centre import EDITOR, OPERATOR, Centre, enter, make, small_centre

POSITIONS = (AwardedPosition("1", 100, "Shaft", 1_500_00, "RUB"), AwardedPosition("2", 40, "Axle"))


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    """The shop, whose profile names an address and which has no account, won both positions; eleven minutes have passed."""
    with small_centre(tmp_path, editor=False) as made:
        with made.application.sessions.begin() as session:
            session.scalars(select(Profile)).one().contacts = {"email": "shop@example.org"}
        made.invite()
        with made.application.sessions.begin() as session:
            need, match = session.scalars(select(Need)).one(), session.scalars(select(Match)).one()
            needs.move(session, need, NeedState.SHORTLISTING, by="tester")
            user = accounts.by_email(session, OPERATOR)
            share = AwardShare(match, match.revision, POSITIONS)
            quotes.award(
                session, need, [share], user, lambda code, _: code, reason="chosen-another", today=TODAY
            )
        with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11), tick=True):
            yield made


def link(centre: Centre) -> str:
    """The link to the order in the letter of the contract."""
    (mail,) = [mail for mail in centre.mails() if mail.kind == "contract_made"]
    return next(path for path in centre.links(mail) if path.startswith("/answers/order/"))


def page(centre: Centre) -> str:
    return text(centre.browser.get(link(centre)))


def once(shown: str) -> str:
    found = re.search(r'name="once" value="([0-9a-f]+)"', shown)
    assert found
    return found[1]


def said(centre: Centre) -> list[OrderEntry]:
    with centre.application.sessions() as session:
        return list(session.scalars(select(OrderEntry).order_by(OrderEntry.id)))


def by_plant(centre: Centre, **given: object) -> OrderEntry:
    """What the plant says, as the centre writes it down."""
    with centre.application.sessions.begin() as session:
        order = session.scalars(select(Order)).one()
        speaker = Speaker(accounts.by_email(session, OPERATOR), "contractor", by_centre=True)
        entry = EntryGiven("f" * 16, **given)  # type: ignore[arg-type]
        return order_entries.say(session, order, entry, speaker, now().date())


def test_a_delivery_is_said_once_and_stands_as_the_suppliers(centre: Centre) -> None:
    address, shown = link(centre), page(centre)
    assert "You speak for" in shown
    assert "/needs/" not in shown, "the need is not opened by it"
    form = {"once": once(shown), "kind": "delivery", "line": "1", "pieces": "60"}
    for _ in range(2):
        answer = centre.browser.post(f"{address}/entries", form, page=address)
        assert answer.status_code == 302
        assert str(answer.headers["Location"]).startswith(address)
    (entry,) = said(centre)
    assert (entry.pieces, entry.side, entry.by_id, entry.by_centre) == (60, "supplier", None, False)
    with centre.application.sessions() as session:
        actors = session.scalars(select(AuditEntry.actor).where(AuditEntry.action == "order.said")).all()
    assert list(actors) == ["letter"]
    assert "not confirmed" in page(centre)
    operator = enter(centre, OPERATOR)
    with centre.application.sessions() as session:
        key = session.scalars(select(Order.public_id)).one()
    assert "60" in text(operator.get(f"/orders/{key}"))
    gone = {"do": "withdraw", "revision": str(entry.revision)}
    assert centre.browser.post(f"{address}/entries/{entry.public_id}", gone, page=address).status_code == 302
    assert said(centre)[0].is_withdrawn


def test_what_is_wrong_comes_back_and_what_is_stale_is_told(centre: Centre) -> None:
    address = link(centre)
    wrong = {"kind": "delivery", "line": "1", "pieces": "много"}
    refused = centre.browser.post(f"{address}/entries", wrong, page=address)
    assert refused.status_code == 422
    assert "много" in text(refused)
    assert said(centre) == []
    entry = by_plant(centre, kind="delivery", line="1", day=now().date(), pieces=50)
    where = f"{address}/entries/{entry.public_id}"
    silent = {"do": "refuse", "text": " ", "revision": "1"}
    assert centre.browser.post(f"{where}/answer", silent, page=address).status_code == 422
    stale = {"do": "refuse", "text": "It was 60.", "revision": "7"}
    answer = centre.browser.post(f"{where}/answer", stale, page=address)
    assert answer.status_code == 409
    assert "It was 60." in text(answer)
    stale = {"pieces": "8173", "day": now().date().isoformat(), "revision": "7"}
    answer = centre.browser.post(where, stale, page=address)
    assert answer.status_code == 409
    assert "8173" in text(answer)
    right = {"do": "confirm", "revision": str(said(centre)[0].revision)}
    assert centre.browser.post(f"{where}/answer", right, page=address).status_code == 302
    assert said(centre)[0].is_confirmed


def test_a_first_article_a_report_and_a_claim_go_the_same_way(centre: Centre) -> None:
    address, shown = link(centre), page(centre)
    article = {"once": once(shown), "kind": "first_article", "line": "1", "text": "By courier"}
    assert centre.browser.post(f"{address}/entries", article, page=address).status_code == 302
    paper = pdf()
    for token in ("a" * 16, "a" * 16):
        form = {"once": token, "file": (BytesIO(paper), "protocol.pdf")}
        assert centre.browser.post(f"{address}/reports", form, page=address).status_code == 302  # type: ignore[arg-type]
    assert [one.kind for one in said(centre)] == ["first_article", "report"]
    none = centre.browser.post(f"{address}/reports", {"once": "b" * 16}, page=address)
    assert none.status_code == 422
    report = re.search(rf'href="({re.escape(address)}/reports/[0-9a-f]+)"', page(centre))
    assert report
    assert centre.browser.get(report[1]).data == paper
    claim = {"once": "c" * 16, "what": "The drawing is an old one."}
    for _ in range(2):
        assert centre.browser.post(f"{address}/claims", claim, page=address).status_code == 302
    assert centre.browser.post(f"{address}/claims", {"what": " "}, page=address).status_code == 422
    with centre.application.sessions() as session:
        made = session.scalars(select(OrderClaim)).one()
    where = f"{address}/claims/{made.public_id}"
    answer = {"cause": "Sent too late", "remedy": "", "due_on": "", "revision": "1"}
    refused = centre.browser.post(where, answer, page=address)
    assert refused.status_code == 422
    assert "Sent too late" in text(refused)
    assert centre.browser.post(f"{where}/close", {"revision": "1"}, page=address).status_code == 302
    with centre.application.sessions() as session:
        assert session.scalars(select(OrderClaim)).one().supplier_closed_at is not None


def test_a_link_opens_its_own_order_alone_and_ends_with_its_holder(centre: Centre) -> None:
    address = link(centre)
    assert centre.browser.get(f"{address}x").status_code == 404
    with centre.application.sessions.begin() as session:
        session.scalars(select(Profile)).one().contacts = {"email": "sold@example.org"}
    assert centre.browser.get(address).status_code == 410
    with centre.application.sessions.begin() as session:
        session.scalars(select(Profile)).one().contacts = {"email": "shop@example.org"}
    assert centre.browser.get(address).status_code == 200
    make(centre, EDITOR, "supplier_editor")
    assert centre.browser.get(address).status_code == 410, "its people sign in"


def test_a_blocked_firm_says_nothing_by_it(centre: Centre) -> None:
    address = link(centre)
    with centre.application.sessions.begin() as session:
        session.scalars(select(Organisation).where(~Organisation.is_contractor)).one().blocked = True
    form = {"kind": "delivery", "line": "1", "pieces": "60"}
    assert centre.browser.post(f"{address}/entries", form).status_code == 410
    assert said(centre) == []
