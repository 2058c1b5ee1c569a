"""What messages tell to whom: sealed quotes stay sealed, blocked firms write nothing, letters name only who may be named."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import delete, select

from matchmaker.domain.lifecycle import MatchState
from matchmaker.models import (
    Mail,
    Match,
    Membership,
    Message,
    Need,
    UnreadMessage,
)
from matchmaker.services.needs import needs
from matchmaker.services.people import accounts
from matchmaker.wiring import Application
from tests.support.browser import Browser, asked_by_form, text
from tests.support.invited import field, quote, say, sign, thread

_PASSING = re.compile(r'name="(?:csrf_token|once)" value="[^"]+"|40. · [0-9a-f]{16}')


# Three transactions, the limit, the rights, the thread, the press, the journal's chain, the readers and their e-mails.
MOST_OF_MESSAGE = 20


def page(browser: Browser, address: str) -> str:
    """A page without the form's token, the request's id and its own address."""
    return _PASSING.sub("", text(browser.get(address))).replace(address, "")


@contextmanager
def blocked(application: Application, role: str) -> Iterator[None]:
    for state in (True, False):
        with application.sessions.begin() as session:
            for held in accounts.by_email(session, f"{role}@demo-centre.example").memberships:
                assert held.organisation is not None
                held.organisation.blocked = state
        if state:
            yield


def change(application: Application, need: str, **values: object) -> None:
    with application.sessions.begin() as session:
        stored = needs.by_key(session, need)
        for name, value in values.items():
            setattr(stored, name, value)


def released(application: Application, need: str) -> list[str]:
    """Show all matches of the need to the contractor; their public ids."""
    with application.sessions.begin() as session:
        found = session.scalars(select(Match).join(Match.need).where(Need.public_id == need)).all()
        for match in found:
            match.released_at = datetime.now(UTC)
        return [match.public_id for match in found]


def letters(application: Application, address: str) -> dict[str, Mail]:
    with application.sessions() as session:
        return {m.recipient: m for m in session.scalars(select(Mail).order_by(Mail.id)) if address in m.text}


def test_the_threads_do_not_tell_the_contractor_who_has_quoted(
    need: str, shop: Browser, plant: Browser, centre: Browser, own_product: Application
) -> None:
    change(own_product, need, quotes_until=datetime.now(UTC) + timedelta(hours=2))
    released(own_product, need)
    own, listing = thread(shop, need), f"/needs/{need}/messages"
    sign(shop, need)
    before = page(plant, listing), page(plant, own)
    assert len(set(re.findall(rf"{listing}/[0-9a-f]{{16}}", text(plant.get(listing))))) == 2
    assert quote(shop, need).status_code == 302
    assert (page(plant, listing), page(plant, own)) == before
    assert "Quoted" in page(centre, listing)


def test_the_contractor_s_threads_are_of_suppliers_that_it_knows_of(
    need: str, shop: Browser, plant: Browser, centre: Browser, own_product: Application
) -> None:
    change(own_product, need, quotes_until=datetime.now(UTC) + timedelta(hours=2))
    own, listing = thread(shop, need), f"/needs/{need}/messages"
    absent = f"/needs/{need}/messages/{'0' * 16}"
    sign(shop, need)
    say(centre, own, "Between us.", "supplier")
    assert quote(shop, need).status_code == 302
    assert own not in text(plant.get(listing))
    assert (plant.get(own).status_code, page(plant, own)) == (404, page(plant, absent))
    assert say(shop, own, "Good day.").status_code == 302
    assert "Good day." in page(plant, own)


def test_a_contractor_may_write_to_whoever_s_quote_is_open(need: str, shop: Browser, plant: Browser) -> None:
    own = thread(shop, need)
    sign(shop, need)
    assert plant.get(own).status_code == 404
    assert quote(shop, need).status_code == 302
    assert plant.get(own).status_code == 200


@pytest.mark.parametrize("role", ["buyer", "supplier"])
def test_a_blocked_firm_reads_its_own_messages_and_writes_none(
    need: str, shop: Browser, plant: Browser, centre: Browser, own_product: Application, role: str
) -> None:
    released(own_product, need)
    own = thread(shop, need)
    say(centre, own, "To the shop alone.", "supplier")
    say(centre, own, "To the plant alone.", "contractor")
    browser = {"buyer": plant, "supplier": shop}[role]
    with blocked(own_product, role):
        seen = text(browser.get(own))
        refused = browser.post(own, {"text": "Still here", "audience": "all"}, page="/account/")
    assert ("To the shop alone." in seen, "To the plant alone." in seen) == (
        role == "supplier",
        role == "buyer",
    )
    assert 'name="text"' not in seen
    assert refused.status_code == 403
    assert "Still here" not in text(centre.get(own))


def test_the_same_words_to_others_are_another_message(need: str, shop: Browser, centre: Browser) -> None:
    own = thread(shop, need)
    for audience in ("supplier", "contractor", "supplier"):
        assert say(centre, own, "Please call.", audience).status_code == 302
    assert text(centre.get(own)).count("Please call.") == 2


def test_a_message_asks_a_bounded_number_of_things(
    need: str, shop: Browser, plant: Browser, own_product: Application
) -> None:
    released(own_product, need)
    own = thread(shop, need)
    for writer in (shop, plant):
        asked = asked_by_form(own_product, writer, own, {"text": "Once more.", "audience": "all"})
        assert len(asked) <= MOST_OF_MESSAGE, asked


def test_a_message_stays_its_side_s_when_its_author_leaves(
    need: str, shop: Browser, centre: Browser, own_product: Application
) -> None:
    own = thread(shop, need)
    say(shop, own, "My last one.")
    with own_product.sessions() as session:
        user = accounts.by_email(session, "supplier@demo-centre.example")
        firm = next(held.organisation for held in user.memberships if held.organisation)
        name, left = firm.name("en"), delete(Membership).where(Membership.user_id == user.id)
        session.execute(left)
        session.flush()
        written = session.scalars(select(Message).where(Message.text == "My last one.")).one()
        assert written.side == "supplier"
        session.rollback()
    assert f'{name}</p><p class="prose">My last one.' in text(centre.get(own))


@pytest.mark.parametrize(("disclosure", "named"), [("open", True), ("name-hidden", False), ("nda", False)])
def test_letters_name_who_writes_in_the_reader_s_language(
    need: str, shop: Browser, plant: Browser, own_product: Application, disclosure: str, named: bool
) -> None:
    released(own_product, need)
    change(own_product, need, disclosure=disclosure)
    own = thread(shop, need)
    with own_product.sessions() as session:
        firms = {
            role: next(h.organisation.name("en") for h in user.memberships if h.organisation)
            for role in ("supplier", "buyer")
            for user in [accounts.by_email(session, f"{role}@demo-centre.example")]
        }
    assert say(plant, own, "From the plant.").status_code == 302
    to_shop = letters(own_product, own)["supplier@demo-centre.example"].text
    assert (firms["buyer"] in to_shop, "The contractor has written" in to_shop) == (named, not named)
    assert say(shop, own, "From the shop.").status_code == 302
    assert f"{firms['supplier']} has written" in letters(own_product, own)["buyer@demo-centre.example"].text


def test_a_letter_does_not_hold_words_that_open_after_the_agreement(
    need: str, shop: Browser, centre: Browser, own_product: Application
) -> None:
    change(own_product, need, disclosure="nda", title=None, text="CANARY turbine blades")
    own = thread(shop, need)
    assert say(centre, own, "Any question?").status_code == 302
    letter = letters(own_product, own)["supplier@demo-centre.example"]
    assert "A need under agreement" in letter.subject
    assert "CANARY" not in f"{letter.subject} {letter.text} {letter.html}"


def test_the_centre_is_told_of_what_is_for_it_alone(
    need: str, shop: Browser, own_product: Application
) -> None:
    own = thread(shop, need)
    assert say(shop, own, "To all.").status_code == 302
    assert "operator@demo-centre.example" not in letters(own_product, own)
    assert say(shop, own, "To you.", "supplier").status_code == 302
    assert "operator@demo-centre.example" in letters(own_product, own)


def test_who_is_out_of_the_need_is_not_written_to(
    need: str, shop: Browser, centre: Browser, own_product: Application
) -> None:
    own = thread(shop, need)
    say(shop, own, "Before.")
    with own_product.sessions.begin() as session:
        match = session.scalars(select(Match).where(Match.public_id == own.rsplit("/", 1)[1])).one()
        match.state = "lost"
    assert shop.get(own).status_code == 404
    assert 'value="supplier"' not in text(centre.get(own))
    assert say(centre, own, "Too late", "supplier").status_code == 404
    assert say(centre, own, "A note", "centre").status_code == 302
    assert own not in text(shop.get("/shop/"))


def test_the_shop_s_page_leads_to_its_threads_and_no_others(
    need: str, shop: Browser, centre: Browser
) -> None:
    own = thread(shop, need)
    assert own not in text(shop.get("/shop/"))
    say(centre, own, "A note", "centre")
    assert own not in text(shop.get("/shop/"))
    say(centre, own, "Hello.")
    assert own in text(shop.get("/shop/"))


def test_each_side_reads_its_messages_and_rivals_read_none(
    need: str, shop: Browser, rival: Browser, plant: Browser, centre: Browser, own_product: Application
) -> None:
    own = thread(shop, need)
    assert say(shop, own, "Which alloy is allowed?").status_code == 302
    assert say(centre, own, "Ask for a sample first.", "supplier").status_code == 302
    assert say(centre, own, "This shop is late at times.", "contractor").status_code == 302
    assert say(centre, own, "Call them on Monday.", "centre").status_code == 302
    pages = {"shop": text(shop.get(own)), "buyer": text(plant.get(own)), "centre": text(centre.get(own))}
    told = {
        name: [w for w in ("alloy", "sample", "late at", "Monday") if w in page]
        for name, page in pages.items()
    }
    assert told == {
        "shop": ["alloy", "sample"],
        "buyer": ["alloy", "late at"],
        "centre": ["alloy", "sample", "late at", "Monday"],
    }
    assert rival.get(own).status_code == 404
    assert "alloy" not in text(rival.get(thread(rival, need)))
    with own_product.sessions() as session:
        letters = [mail for mail in session.scalars(select(Mail)) if own in mail.text]
        assert {mail.recipient for mail in letters} == {
            "buyer@demo-centre.example",
            "supplier@demo-centre.example",
            "centre@demo-centre.example",  # of what the centre keeps to itself
        }
        assert not [mail for mail in letters if "alloy" in mail.text or "late at" in mail.text]


def test_a_message_sent_twice_is_one_and_an_empty_one_none(
    need: str, shop: Browser, own_product: Application
) -> None:
    own = thread(shop, need)
    for _ in range(2):
        assert say(shop, own, "Twice?").status_code == 302
    assert text(shop.get(own)).count("Twice?") == 1
    assert say(shop, own, "  ").status_code == 422
    assert say(shop, own, "x" * 4001).status_code == 422
    assert say(shop, own, "For the other side's eyes", "contractor").status_code == 404


def test_one_form_is_one_message_however_late_it_is_sent_again(
    need: str, shop: Browser, own_product: Application
) -> None:
    own = thread(shop, need)
    form = {"text": "Late?", "audience": "all", "once": field(text(shop.get(own)), "once")}
    changed, fresh = (
        {**form, "text": "Late, and changed?"},
        {**form, "once": field(text(shop.get(own)), "once")},
    )
    for later, sent in ((0, form), (1, form), (2, changed), (3, changed), (23, form)):
        with time_machine.travel(datetime.now(UTC) + timedelta(hours=later)):
            shop.sign_in("supplier")
            assert shop.post(own, sent, page=own).status_code == 302
    with own_product.sessions() as session:
        texts = list(session.scalars(select(Message.text).where(Message.text.startswith("Late"))))
    assert sorted(texts) == ["Late, and changed?", "Late?"]
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=24)):
        shop.sign_in("supplier")
        shop.post(own, fresh, page=own)
    with own_product.sessions() as session:  # the same words in another form are another message
        assert len(session.scalars(select(Message.text).where(Message.text == "Late?")).all()) == 2


def test_a_need_without_invited_suppliers_has_nobody_to_write_to(
    plant: Browser, own_product: Application
) -> None:
    posted = plant.post("/needs/new", {"text": "Токарка, 5 шт.", "title": "Alone"}, page="/needs/new")
    key = posted.headers["Location"].rsplit("/", 1)[1]
    assert "nobody to write to" in text(plant.get(f"/needs/{key}/messages"))


def all_read(application: Application) -> None:
    with application.sessions.begin() as session:
        session.execute(delete(UnreadMessage))


def told(browser: Browser) -> str:
    """What the top of a page says of new messages."""
    found = re.search(r'class="unread"[^>]*><span class="long">([^<]+)<', text(browser.get("/account/")))
    return found[1].strip() if found else ""


def test_new_messages_are_counted_at_the_top_of_every_page_until_they_are_read(
    need: str, shop: Browser, plant: Browser, centre: Browser, own_product: Application
) -> None:
    all_read(own_product)
    own = thread(shop, need)
    assert (told(shop), told(plant), told(centre)) == ("", "", "")
    say(shop, own, "When do you need it?")
    say(shop, own, "And where?", "supplier")
    assert (told(shop), told(plant), told(centre)) == ("", "1 new message", "1 new message")
    listed = text(plant.get("/messages"))
    assert own in listed
    assert "1 new message" in listed
    assert "badge fresh" in text(plant.get(own))
    assert told(plant) == ""
    assert "You have read all messages" in text(plant.get("/messages"))
    assert "badge fresh" not in text(plant.get(own))
    assert told(centre) == "1 new message"


def test_who_may_read_a_thread_no_more_is_told_of_no_new_message(
    need: str, shop: Browser, centre: Browser, own_product: Application
) -> None:
    all_read(own_product)
    own = thread(shop, need)
    say(centre, own, "Are you still there?", "supplier")
    assert told(shop) == "1 new message"
    with own_product.sessions.begin() as session:
        found = session.scalars(select(Match).join(Need).where(Need.public_id == need)).all()
        for match in found:
            match.state = MatchState.DECLINED
    assert told(shop) == ""
    assert own not in text(shop.get("/messages"))
