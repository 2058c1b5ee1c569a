"""A firm without an account quotes by the link of its invitation, by form or by its own PDF, where nothing is secret."""

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select

from matchmaker.domain.lifecycle import MatchState, NeedState, QuoteState
from matchmaker.models import AuditEntry, Match, Need, Profile, Quote, StoredFile
from matchmaker.models.base import now
from matchmaker.services.core import signed_links
from matchmaker.services.people import accounts
from matchmaker.services.quotes import quote_requests
from matchmaker.services.shortlist import shortlists
from tests.support.browser import text
from tests.support.invited import pdf
from tests.support.small_centre import EDITOR, OPERATOR, Centre, enter, make, small_centre

PRICE = {"amount": "125000,50", "currency": "RUB", "vat": "included"}


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    with small_centre(tmp_path, editor=False) as made:
        with made.application.sessions.begin() as session:
            session.scalars(select(Profile)).one().contacts = {"email": "shop@example.org"}
            session.scalars(select(Need)).one().disclosure = "name-hidden"
        made.invite()
        yield made


def quote_link(centre: Centre) -> str:
    (mail,) = centre.mails("Invitation") or centre.mails("Приглашение")
    return next(path for path in centre.links(mail) if path.endswith("/quote"))


def quoted(centre: Centre) -> Quote | None:
    with centre.application.sessions() as session:
        return session.scalar(select(Quote))


def test_the_price_and_a_pdf_are_enough(centre: Centre) -> None:
    link = quote_link(centre)
    assert "No account is needed" in text(centre.browser.get(link))
    assert quoted(centre) is None
    form = {**PRICE, "file": (BytesIO(pdf()), "КП 17.pdf")}
    done = centre.browser.post(link, form, page=link)
    assert done.status_code == 200
    assert "The quote is sent" in text(done)
    quote = quoted(centre)
    assert quote is not None
    assert (quote.state, quote.amount_minor) == (QuoteState.SUBMITTED, 12_500_050)
    assert centre.state() == MatchState.QUOTED
    with centre.application.sessions() as session:
        paper = session.scalars(select(StoredFile)).one()
        assert (paper.name, paper.uploaded_by_id) == ("КП 17.pdf", None)
        noted = session.scalars(select(AuditEntry.actor).where(AuditEntry.action == "quote.submitted")).all()
    assert noted == ["letter"]
    page = text(centre.browser.get(link))
    assert "КП 17.pdf" in page
    assert "/quotes/papers/" not in page


def test_the_same_again_is_one_quote_another_price_replaces_it_and_it_is_withdrawn(centre: Centre) -> None:
    link = quote_link(centre)
    for _ in range(2):
        centre.browser.post(link, PRICE, page=link)
    first = quoted(centre)
    assert first is not None
    with centre.application.sessions() as session:
        assert session.scalars(select(AuditEntry).where(AuditEntry.action == "quote.submitted")).one()
    stale = centre.browser.post(link, {**PRICE, "amount": "90000", "revision": "7"}, page=link)
    assert stale.status_code == 409
    assert "90000" in text(stale)
    sent = {**PRICE, "amount": "90000", "revision": str(first.revision)}
    assert centre.browser.post(link, sent, page=link).status_code == 200
    second = quoted(centre)
    assert second is not None
    assert second.amount_minor == 9_000_000
    assert "withdrawn" in text(centre.browser.post(f"{link}/withdraw", page=link))
    last = quoted(centre)
    assert last is not None
    assert last.state == QuoteState.WITHDRAWN


def test_a_withdrawn_quote_is_no_dead_end(centre: Centre) -> None:
    link = quote_link(centre)
    (mail,) = centre.mails()
    own = [path for path in centre.links(mail) if path.startswith("/answers/")]
    no_capacity = next(path for path in own[1:] if not path.endswith("/quote"))
    centre.browser.post(link, PRICE, page=link)
    for _ in range(2):  # the second press changes nothing
        assert "withdrawn" in text(centre.browser.post(f"{link}/withdraw", page=link))
    with centre.application.sessions() as session:
        assert session.scalars(select(AuditEntry).where(AuditEntry.action == "quote.withdrawn")).one()
    page = text(centre.browser.get(no_capacity))
    assert "The quote is withdrawn" in page
    assert "To take it back" not in page
    for given, state in (("interested", "interested"), ("no_capacity", "declined")):
        answer = {"answer": given}
        assert centre.browser.post(no_capacity, answer, page=no_capacity).status_code == 200
        assert centre.state() == state


def test_a_wrong_price_comes_back_with_what_was_typed(centre: Centre) -> None:
    link = quote_link(centre)
    refused = centre.browser.post(link, {**PRICE, "amount": "много", "payment": "30 дней"}, page=link)
    assert refused.status_code == 422
    assert "много" in text(refused)
    assert 'value="30 дней"' in text(refused)
    assert quoted(centre) is None
    assert centre.state() == MatchState.INVITED


def test_a_need_with_something_secret_has_no_such_link_and_leads_to_signing_in(centre: Centre) -> None:
    link = quote_link(centre)
    with centre.application.sessions.begin() as session:
        session.scalars(select(Need)).one().disclosure = "nda"
    answer = centre.browser.get(link)
    assert (answer.status_code, answer.location.startswith("/needs/")) == (302, True)
    assert centre.browser.post(link, PRICE, page="/login").status_code == 302
    assert centre.browser.post(f"{link}/withdraw", page="/login").status_code == 403
    assert quoted(centre) is None


def test_a_firm_that_has_people_on_the_site_signs_in(centre: Centre) -> None:
    link = quote_link(centre)
    make(centre, EDITOR, "supplier_editor")
    assert centre.browser.get(link).status_code == 302


def test_a_link_ends_with_its_address(centre: Centre) -> None:
    link = quote_link(centre)
    (mail,) = centre.mails()
    answer = next(path for path in centre.links(mail) if path.startswith("/answers/"))
    centre.browser.post(link, PRICE, page=link)
    with centre.application.sessions.begin() as session:
        session.scalars(select(Profile)).one().contacts = {"email": "other@example.org"}
    for path in (link, answer):
        assert centre.browser.get(path).status_code == 410
        assert centre.browser.post(path, PRICE, page="/login").status_code == 410
    assert centre.browser.post(f"{link}/withdraw", page="/login").status_code == 410
    with centre.application.sessions.begin() as session:
        session.scalars(select(Profile)).one().contacts = {"email": "Shop@example.org"}
    assert centre.browser.get(link).status_code == 200


def test_a_link_of_an_earlier_letter_answers_and_does_not_quote(centre: Centre) -> None:
    with centre.application.sessions() as session:
        key = session.scalars(select(Match.public_id)).one()
    token = signed_links.sign(centre.application.site(), "answer", (key, "", "", "interested"))
    answer = f"/answers/{token}"
    assert centre.browser.post(answer, page=answer).status_code == 200
    assert centre.state() == MatchState.INTERESTED
    assert centre.browser.get(f"{answer}/quote").status_code == 302
    assert centre.browser.post(f"{answer}/quote", PRICE, page="/login").status_code == 302
    assert centre.browser.post(f"{answer}/quote/withdraw", page="/login").status_code == 403
    assert quoted(centre) is None


def test_no_quote_is_taken_after_the_deadline_or_once_the_need_is_over(centre: Centre) -> None:
    link = quote_link(centre)
    centre.browser.post(link, PRICE, page=link)
    with centre.application.sessions.begin() as session:
        session.scalars(select(Need)).one().quotes_until = now() - timedelta(hours=1)
    late = centre.browser.post(link, {**PRICE, "amount": "1"}, page="/login")
    assert late.status_code == 409
    with centre.application.sessions.begin() as session:
        need = session.scalars(select(Need)).one()
        need.quotes_until, need.state = None, NeedState.CLOSED
    assert centre.browser.get(link).status_code == 410
    assert centre.browser.post(link, {**PRICE, "amount": "1"}, page="/login").status_code == 410
    assert centre.browser.post(f"{link}/withdraw", page="/login").status_code == 410
    quote = quoted(centre)
    assert quote is not None
    assert quote.amount_minor == 12_500_050


def test_who_asks_for_quotes_reaches_the_firm_by_the_same_door(centre: Centre) -> None:
    with centre.application.sessions.begin() as session:
        need = session.scalars(select(Need)).one()
        operator = accounts.by_email(session, OPERATOR)
        shortlists.release(session, need, by="tester")
        (match,) = shortlists.of_need(session, need)
        quote_requests.ask(session, need, [match.public_id], now() + timedelta(days=9), operator, sealed=True)
    asked = centre.mails()[-1]
    link = next(path for path in centre.links(asked) if path.endswith("/quote"))
    assert centre.browser.post(link, PRICE, page=link).status_code == 200
    assert centre.state() == MatchState.QUOTED


def test_an_answer_leads_on_to_the_quote_and_a_quote_is_the_answer(centre: Centre) -> None:
    (mail,) = centre.mails()
    answers = [
        path for path in centre.links(mail) if path.startswith("/answers/") and not path.endswith("/quote")
    ]
    done = text(centre.browser.post(answers[0], page=answers[0]))
    link = quote_link(centre)
    assert "Send a quote" in done
    centre.browser.post(link, PRICE, page=link)
    page = text(centre.browser.get(answers[1]))
    assert "A quote was sent" in page
    assert centre.browser.post(answers[1], page="/login").status_code == 409
    assert centre.state() == MatchState.QUOTED


def test_the_operator_sees_that_the_firm_has_quoted(centre: Centre) -> None:
    link = quote_link(centre)
    centre.browser.post(link, PRICE, page=link)
    with centre.application.sessions() as session:
        key = session.scalars(select(Need.public_id)).one()
    assert "125" in text(enter(centre, OPERATOR).get(f"/needs/{key}/quotes"))
