"""A contractor hears by letter what becomes of its need, in its language, and nothing of what is sealed."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from matchmaker.models import Mail, Need
from matchmaker.services.core.site import SiteIdentity
from matchmaker.services.mail import letters, preferences
from matchmaker.services.needs import needs
from matchmaker.services.people import accounts
from matchmaker.services.schedule import daily_run, due_day
from matchmaker.wiring import Application
from tests.support.browser import TODAY, Browser

BUYER = "buyer@demo-centre.example"


def posted(buyer: Browser, **fields: str) -> str:
    given = {"text": "Валы ø45h6 из стали 40Х, токарка, 50 шт.", "title": "Shafts", **fields}
    address = str(buyer.post("/needs/new", given, page="/needs/new").headers["Location"])
    assert buyer.post(f"{address}/move", {"state": "submitted"}).status_code == 302
    return address


def told(product: Application, address: str) -> list[Mail]:
    with product.sessions() as session:
        mails = session.scalars(select(Mail).where(Mail.recipient == BUYER).order_by(Mail.id)).all()
        return [mail for mail in mails if address in mail.text]


def test_a_contractor_hears_what_the_centre_decides(own_product: Application, own_site: object) -> None:
    buyer = Browser(own_site.test_client()).sign_in("buyer")  # type: ignore[attr-defined]
    centre = Browser(own_site.test_client()).sign_in("operator")  # type: ignore[attr-defined]
    address = posted(buyer)
    assert told(own_product, address) == []  # of what one does oneself there is no news
    centre.post(f"{address}/move", {"state": "draft", "reason": "Say which steel, call a@b.example"})
    returned = told(own_product, address)[-1]
    assert "Shafts" in returned.subject
    assert "Say which steel" in returned.text
    assert "a@b.example" not in returned.text
    buyer.post(f"{address}/move", {"state": "submitted"})
    centre.post(f"{address}/move", {"state": "published"})
    work = f"/work{address}"
    centre.post(f"{work}/propose", page=work)
    page = centre.get(work).get_data(as_text=True)
    match, revision = (
        page.split(f'name="{name}" value="')[1].split('"')[0] for name in ("match", "revision")
    )
    decided = {"match": match, "revision": revision, "decision": "approved"}
    assert centre.post(f"{work}/decide", decided, page=work).status_code == 302
    centre.post(f"{work}/release", page=work)
    centre.post(f"{work}/release", page=work)  # nobody new, so no second letter
    assert len(told(own_product, address)) == 3
    assert "1" in told(own_product, address)[-1].text


def test_who_wants_no_news_gets_none(own_product: Application, own_site: object) -> None:
    buyer = Browser(own_site.test_client()).sign_in("buyer")  # type: ignore[attr-defined]
    centre = Browser(own_site.test_client()).sign_in("operator")  # type: ignore[attr-defined]
    address = posted(buyer)
    for wanted in (False, True):
        with own_product.sessions.begin() as session:
            user = accounts.by_email(session, BUYER)
            preferences.want_mails(session, user, {**preferences.wanted_mails(user), "need_news": wanted})
        centre.post(f"{address}/move", {"state": "draft", "reason": "Not yet"})
        buyer.post(f"{address}/move", {"state": "submitted"})
        assert len(told(own_product, address)) == int(wanted)


def test_a_need_expires_with_its_date_and_quotes_open_with_theirs(
    own_product: Application, own_site: object
) -> None:
    buyer = Browser(own_site.test_client()).sign_in("buyer")  # type: ignore[attr-defined]
    centre = Browser(own_site.test_client()).sign_in("operator")  # type: ignore[attr-defined]
    late, sealed = posted(buyer, deliver_by="2026-11-25"), posted(buyer)
    for address in (late, sealed):
        centre.post(f"{address}/move", {"state": "published"})
    with own_product.sessions.begin() as session:
        need = needs.by_key(session, sealed.rsplit("/", 1)[1])
        need.quotes_until = datetime.now(UTC) - timedelta(minutes=5)
    day = due_day.DueDay(
        TODAY + timedelta(days=3), lambda _session, _key: [], lambda code, _language: code, {}
    )
    for _ in range(2):
        daily_run.run(own_product.sessions, day)
    with own_product.sessions() as session:
        found = session.scalars(select(Need).where(Need.state == "expired")).all()
        assert [need.public_id for need in found] == [late.rsplit("/", 1)[1]]
    assert len(told(own_product, late)) == 2  # published, expired
    assert len(told(own_product, sealed)) == 2  # published, open


def test_every_piece_of_news_is_a_letter_in_both_languages() -> None:
    for news in ("published", "draft", "closed", "expired", "shortlist", "quote", "opened"):
        for language in ("ru", "en"):
            values = {**letters.example("need_news", language), "news": news}
            letter = letters.render("need_news", language, values, SiteIdentity())
            assert values["title"] in letter.subject
            assert values["title"] in letter.html
