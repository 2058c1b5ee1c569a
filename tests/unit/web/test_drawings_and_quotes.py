"""The drawing room and the sealed quotes: who opens what, after which signature, until when; and what rivals never learn."""

import io
import re
from datetime import UTC, datetime, timedelta
from difflib import unified_diff
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from matchmaker.cli import demo
from matchmaker.models import AuditEntry, Centre, Mail, Match, Organisation, Profile, Quote
from matchmaker.services import accounts, curation, needs, offers, quotes
from matchmaker.wiring import Application
from tests.unit.web.conftest import Browser, text

STEP = Path(__file__).parents[2] / "files" / "plate.step"
PRICE = "987654,32"  # the canary: nobody who is not entitled may ever read it


def field(page: str, name: str) -> str:
    start = page.index(f'name="{name}"')
    return page[page.index('value="', start) + 7 :].split('"', 1)[0]


@pytest.fixture
def buyer_(own_site: Flask) -> Browser:
    return Browser(own_site.test_client()).sign_in("buyer")


@pytest.fixture
def centre(own_site: Flask) -> Browser:
    return Browser(own_site.test_client()).sign_in("operator")


@pytest.fixture
def rival(own_product: Application, own_site: Flask) -> Browser:
    """Somebody of another supplier that is invited too."""
    with own_product.sessions.begin() as session:
        if accounts.find(session, "rival@demo-centre.example") is None:
            firm = session.scalars(select(Organisation).join(Profile).order_by(Profile.id.desc())).first()
            assert firm is not None
            person = accounts.Person("rival@demo-centre.example", "Rival", demo.PASSWORD, confirmed=True)
            user = accounts.create_user(session, person, by="test")
            accounts.grant(session, user, "supplier_editor", by="test", organisation=firm)
    return Browser(own_site.test_client()).sign_in("rival")


def firms(application: Application) -> tuple[str, str]:
    """Profiles of the shop and of the rival."""
    with application.sessions() as session:
        user = accounts.by_email(session, "supplier@demo-centre.example")
        own = next(m.organisation for m in user.memberships if m.organisation is not None)
        first = session.scalars(select(Profile).where(Profile.organisation_id == own.id)).one()
        last = session.scalars(select(Profile).order_by(Profile.id.desc())).first()
        assert last is not None
        return first.public_id, last.public_id


@pytest.fixture
def need(buyer_: Browser, centre: Browser, own_product: Application) -> str:
    """A published need of the buyer with both suppliers invited; its public id."""
    posted = buyer_.post(
        "/needs/new",
        {"text": "Валы ø45h6 из стали 40Х, токарка, 50 шт.", "title": "Shafts"},
        page="/needs/new",
    )
    key = posted.headers["Location"].rsplit("/", 1)[1]
    with own_product.sessions.begin() as session:
        stored = needs.by_key(session, key)
        for state in ("submitted", "published", "shortlisting"):
            needs.move(session, stored, state, by="test")  # type: ignore[arg-type]
        operator = accounts.by_email(session, "operator@demo-centre.example")
        chosen = []
        for profile in firms(own_product):
            row = session.scalars(select(Profile).where(Profile.public_id == profile)).one()
            chosen.append(curation.add_by_hand(session, stored, row, operator))
        curation.invite(session, chosen, operator)
    return key


def upload(browser: Browser, need: str, content: bytes, name: str):  # type: ignore[no-untyped-def]
    page = f"/needs/{need}/drawings"
    return browser.post(page, {"file": (io.BytesIO(content), name)}, page=page)  # type: ignore[dict-item]


def sign(browser: Browser, need: str) -> None:
    page = f"/needs/{need}/nda"
    assert browser.post(page, {"agree": "yes"}, page=page).status_code == 302


def pdf() -> bytes:
    import typst

    return bytes(typst.compile("#set page(width: 90mm, height: 60mm)\nчертёж №5".encode(), format="pdf"))


def test_files_open_after_the_signature_and_close_with_it(
    need: str, buyer_: Browser, shop: Browser, centre: Browser, own_site: Flask, own_product: Application
) -> None:
    listing = f"/needs/{need}/drawings"
    assert upload(buyer_, need, pdf(), "чертёж №5.pdf").status_code == 302
    assert upload(buyer_, need, STEP.read_bytes(), "plate.step").status_code == 302
    page = text(buyer_.get(listing))
    assert "420 × 80 × 12" in page
    first = re.findall(r'href="(/drawings/[0-9a-f]+)"', page)[0]
    refused = shop.get(listing)
    assert refused.status_code == 403
    assert f"/needs/{need}/nda" in text(refused)
    assert shop.get(first).status_code == 403
    assert shop.get(first + "/preview/1").status_code == 403
    assert shop.post(f"/needs/{need}/nda", page=f"/needs/{need}/nda").status_code == 422
    sign(shop, need)
    assert shop.get(listing).status_code == 200
    copy = shop.get(first)
    assert copy.status_code == 200
    assert copy.headers["Content-Disposition"].startswith("attachment")
    assert "%E2%84%965.pdf" in copy.headers["Content-Disposition"]
    assert "no-store" in copy.headers["Cache-Control"]
    from pypdf import PdfReader

    marked = PdfReader(io.BytesIO(copy.get_data())).pages[0].extract_text()
    assert need[:8] in marked
    assert shop.get(first + "/preview/1").mimetype == "image/png"
    told = text(buyer_.get(listing))
    assert told.split("Who opened the files", 1)[1].count("чертёж №5.pdf") == 2
    with own_product.sessions() as session:
        opened = select(AuditEntry).where(AuditEntry.action == "drawing.opened", AuditEntry.object_id == need)
        assert len(session.scalars(opened).all()) == 1
    withdrawn = re.search(r'action="(/needs/[^"]+/withdraw)"', told.split("Who signed", 1)[1])
    assert withdrawn
    buyer_.post(withdrawn[1], page=listing)
    assert shop.get(first).status_code == 403
    stranger = Browser(own_site.test_client())
    assert stranger.get(first).status_code == 302
    assert centre.get(first).status_code == 200


def test_who_is_not_invited_learns_nothing_about_files(
    need: str, buyer_: Browser, own_product: Application, shop: Browser
) -> None:
    upload(buyer_, need, pdf(), "a.pdf")
    page = text(buyer_.get(f"/needs/{need}/drawings"))
    link = re.findall(r'href="(/drawings/[0-9a-f]+)"', page)[0]
    with own_product.sessions.begin() as session:
        profile = session.scalars(select(Profile).where(Profile.public_id == firms(own_product)[0])).one()
        match = session.scalars(
            select(Match).join(Match.need).where(Match.profile_id == profile.id).order_by(Match.id.desc())
        ).first()
        assert match is not None
        match.state = "rejected"
    absent, hidden = shop.get("/drawings/0123456789abcdef"), shop.get(link)
    assert (absent.status_code, hidden.status_code) == (404, 404)
    plain = re.compile(r'value="[^"]+"|[0-9a-f]{16}')
    assert plain.sub("", text(absent)) == plain.sub("", text(hidden))
    assert "Drawings" not in text(shop.get(f"/needs/{need}"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty"),
        (b"MZ" + b"\0" * 200, "none of"),
        (b"%PDF-1.7 nonsense", "damaged"),
        (b"ISO-10303-21;\nnonsense", "empty or damaged"),
        (b"solid x\nfacet\nendsolid", "damaged"),
    ],
)
def test_hostile_files_are_refused_and_nothing_is_kept(
    need: str, buyer_: Browser, content: bytes, said: str
) -> None:
    answer = upload(buyer_, need, content, "x.pdf")
    assert answer.status_code == 422
    assert said in text(answer)
    assert "There are no files yet" in text(buyer_.get(f"/needs/{need}/drawings"))


def test_the_model_s_size_is_taken_into_the_need(
    need: str, buyer_: Browser, own_product: Application
) -> None:
    upload(buyer_, need, STEP.read_bytes(), "plate.step")
    page = text(buyer_.get(f"/needs/{need}"))
    taken = {"take": "envelope_mm", "read-envelope_mm": "420×80×12", "revision": field(page, "revision")}
    assert buyer_.post(f"/needs/{need}/readings", taken, page=f"/needs/{need}").status_code == 302
    with own_product.sessions() as session:
        assert needs.record(needs.by_key(session, need)).envelope_mm == (420.0, 80.0, 12.0)


def quote(browser: Browser, need: str, do: str = "submit", **given: str):  # type: ignore[no-untyped-def]
    address = f"/needs/{need}/quote"
    page = text(browser.get(address))
    revision = {"revision": field(page, "revision")} if 'name="revision"' in page else {}
    typed = {"amount": PRICE, "currency": "RUB", "lead_time_days": "20", "batches": "50: 19753,09", **given}
    return browser.post(address, {**revision, **typed, "do": do}, page=address)


def test_a_quote_needs_the_signature(need: str, shop: Browser) -> None:
    assert shop.get(f"/needs/{need}/quote").status_code == 403
    sign(shop, need)
    assert shop.get(f"/needs/{need}/quote").status_code == 200


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"amount": "1,000.50"}, "amount"),
        ({"amount": "1.000,50"}, "amount"),
        ({"amount": "٣٤"}, "amount"),
        ({"amount": "12O0"}, "amount"),
        ({"amount": "-5"}, "amount"),
        ({"amount": "0"}, "amount"),
        ({"amount": "9" * 30}, "amount"),
        ({"currency": "XXX"}, "currency"),
        ({"batches": "many: cheap"}, "batches"),
        ({"lead_time_days": "²"}, "lead_time_days"),
        ({"valid_until": "2020-01-01"}, "valid_until"),
    ],
)
def test_wrong_numbers_come_back_as_typed(need: str, shop: Browser, given: dict[str, str], name: str) -> None:
    sign(shop, need)
    answer = quote(shop, need, **given)
    assert answer.status_code == 422
    page = text(answer)
    assert f'href="#f-{name}"' in page
    assert PRICE in page or "amount" in given


@pytest.mark.parametrize(
    ("typed", "units"), [("1 000,50", 100050), ("1000.5", 100050), ("7", 700), ("12\u00a0345,07", 1234507)]
)
def test_amounts_as_people_write_them(typed: str, units: int) -> None:
    assert offers.minor_units(typed) == units


def test_quotes_stay_sealed_until_the_deadline_and_late_ones_are_refused(
    need: str, shop: Browser, buyer_: Browser, centre: Browser, own_product: Application
) -> None:
    listing = f"/needs/{need}/quotes"
    with own_product.sessions.begin() as session:
        user = accounts.by_email(session, "buyer@demo-centre.example")
        quotes.set_deadline(
            session, needs.by_key(session, need), datetime.now(UTC) + timedelta(hours=2), user
        )
    sign(shop, need)
    assert quote(shop, need).status_code == 302
    sealed = text(buyer_.get(listing))
    assert "The quotes are sealed" in sealed
    assert "654.32" not in sealed  # three digits alone may stand in a random key
    assert "Who has answered" not in sealed
    answered = text(centre.get(listing))
    assert "Who has answered" in answered
    assert "654.32" not in answered
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=3), tick=True):
        opened = text(buyer_.get(listing))
        assert "987,654.32" in opened
        late = quote(shop, need, amount="1")
        assert late.status_code == 409
        assert 'value="1"' in text(late)


def test_a_rival_s_answers_are_the_same_whatever_the_price(
    need: str, shop: Browser, rival: Browser, own_product: Application
) -> None:
    sign(shop, need)
    sign(rival, need)
    addresses = (
        f"/needs/{need}", f"/needs/{need}/quote", f"/needs/{need}/quotes", f"/needs/{need}/drawings", "/shop/",
        "/suppliers", "/needs/", f"/api/v1/needs/{need}/matches",
    )  # fmt: skip
    plain = re.compile(r'name="csrf_token" value="[^"]+"|"request_id":\s*"[^"]+"|40. · [0-9a-f]{16}')

    def seen() -> list[tuple[int, str]]:
        answers = [rival.get(address) for address in addresses]
        return [(answer.status_code, plain.sub("", text(answer))) for answer in answers]

    rival.get("/")  # what was flashed is read
    before = seen()
    assert quote(shop, need).status_code == 302
    for address, one, two in zip(addresses, before, seen(), strict=True):
        assert one == two, "\n".join(unified_diff(one[1].splitlines(), two[1].splitlines(), address))
    assert quote(shop, need, amount="1000000").status_code == 302
    assert seen() == before
    assert before[2][0] == 404
    with own_product.sessions() as session:
        key = session.scalars(select(Quote.public_id)).first()
    assert rival.post(f"/needs/{need}/quotes/{key}/accept", page="/").status_code in {403, 404}


def test_accepting_twice_makes_one_contract_and_refuses_the_rest(
    need: str, shop: Browser, rival: Browser, buyer_: Browser, own_product: Application
) -> None:
    for browser in (shop, rival):
        sign(browser, need)
        assert quote(browser, need).status_code == 302
    listing = f"/needs/{need}/quotes"
    action = re.findall(r'action="(/needs/[^"]+/accept)"', text(buyer_.get(listing)))[0]
    for _ in range(2):
        assert buyer_.post(action, page=listing).status_code == 302
    with own_product.sessions() as session:
        stored = needs.by_key(session, need)
        states = session.scalars(
            select(Quote.state).join(Quote.match).where(Match.need_id == stored.id)
        ).all()
        assert sorted(states) == ["accepted", "refused"]
        assert stored.state == "contracted"
        kinds = [d.kind for d in curation.history(session, stored)]
        assert kinds.count("contracted") == 1


def test_a_withdrawn_quote_is_gone_for_the_contractor(need: str, shop: Browser, buyer_: Browser) -> None:
    sign(shop, need)
    quote(shop, need)
    shop.post(f"/needs/{need}/quote/withdraw", page=f"/needs/{need}/quote")
    assert "No quote has come yet" in text(buyer_.get(f"/needs/{need}/quotes"))


def thread(browser: Browser, need: str) -> str:
    """The address of the first thread that this reader sees."""
    answer = browser.get(f"/needs/{need}/messages")
    if answer.status_code == 302:
        return str(answer.headers["Location"])
    found = re.search(rf'href="(/needs/{need}/messages/[0-9a-f]+)"', text(answer))
    assert found
    return found[1]


def say(browser: Browser, address: str, words: str, audience: str = "all"):  # type: ignore[no-untyped-def]
    return browser.post(address, {"text": words, "audience": audience}, page=address)


def test_each_side_reads_its_messages_and_rivals_read_none(
    need: str, shop: Browser, rival: Browser, buyer_: Browser, centre: Browser, own_product: Application
) -> None:
    own = thread(shop, need)
    assert say(shop, own, "Which alloy is allowed?").status_code == 302
    assert say(centre, own, "Ask for a sample first.", "supplier").status_code == 302
    assert say(centre, own, "This shop is late at times.", "contractor").status_code == 302
    assert say(centre, own, "Call them on Monday.", "centre").status_code == 302
    pages = {"shop": text(shop.get(own)), "buyer": text(buyer_.get(own)), "centre": text(centre.get(own))}
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


def test_a_need_without_invited_suppliers_has_nobody_to_write_to(
    buyer_: Browser, own_product: Application
) -> None:
    posted = buyer_.post("/needs/new", {"text": "Токарка, 5 шт.", "title": "Alone"}, page="/needs/new")
    key = posted.headers["Location"].rsplit("/", 1)[1]
    assert "nobody to write to" in text(buyer_.get(f"/needs/{key}/messages"))


def test_the_words_of_a_need_under_agreement_open_with_the_signature(
    need: str, shop: Browser, buyer_: Browser, own_site: Flask, own_product: Application
) -> None:
    page = f"/needs/{need}"
    stranger = Browser(own_site.test_client())
    assert "стали 40Х" in text(stranger.get(page))
    given = {"disclosure": "nda", "reach": "network"}
    assert buyer_.post(f"{page}/openness", given, page=page).status_code == 302
    for reader in (stranger, shop):
        assert "стали 40Х" not in text(reader.get(page))
    assert "Read the agreement" in text(shop.get(page))
    sign(shop, need)
    assert "стали 40Х" in text(shop.get(page))
    assert "стали 40Х" not in text(stranger.get(page))
    assert (
        buyer_.post(f"{page}/openness", {"disclosure": "all", "reach": "moon"}, page=page).status_code == 422
    )
    assert shop.post(f"{page}/openness", given, page=page).status_code == 403
    buyer_.post(f"{page}/openness", {"disclosure": "invited", "reach": "network"}, page=page)
    assert stranger.get(page).status_code == 404
    assert shop.get(page).status_code == 200


def test_the_centre_types_in_a_quote_once_and_cannot_read_it_again(
    need: str, shop: Browser, centre: Browser, buyer_: Browser, own_product: Application
) -> None:
    match = thread(shop, need).rsplit("/", 1)[1]
    page = f"/needs/{need}/matches/{match}/quote"
    assert page in text(centre.get(f"/work/needs/{need}"))
    offer = {"amount": "12 345,60", "currency": "RUB", "lead_time_days": "20", "text": "By letter of Monday"}
    wrong = centre.post(page, {**offer, "amount": "a lot"}, page=page)
    assert wrong.status_code == 422
    assert 'value="a lot"' in text(wrong)
    later = (datetime.now(UTC) + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    buyer_.post(f"/needs/{need}/quotes/deadline", {"until": later}, page=f"/needs/{need}/quotes")
    assert centre.post(page, offer, page=page).status_code == 302
    assert "12345.60" not in text(centre.get(page))
    assert "stays sealed" in text(centre.get(page))
    assert centre.post(page, {**offer, "amount": "1"}, page=page).status_code == 409
    for reader in (centre, buyer_):
        assert "By letter of Monday" not in text(reader.get(f"/needs/{need}/quotes"))
    sign(shop, need)
    assert 'value="12345.60"' in text(shop.get(f"/needs/{need}/quote"))
    assert "Центр внёс предложение" in text(shop.get(thread(shop, need)))
    for other in (shop, buyer_):
        assert other.get(page).status_code in {403, 404}


def test_the_quote_that_a_supplier_has_begun_is_not_typed_over(
    need: str, shop: Browser, centre: Browser
) -> None:
    sign(shop, need)
    own = f"/needs/{need}/quote"
    draft = {"amount": "500", "currency": "RUB", "do": "draft"}
    assert shop.post(own, draft, page=own).status_code == 302
    page = f"/needs/{need}/matches/{thread(shop, need).rsplit('/', 1)[1]}/quote"
    assert centre.post(page, {"amount": "900", "currency": "RUB"}, page=f"/needs/{need}").status_code == 409
    assert 'value="500.00"' in text(shop.get(own))


def test_a_need_reaches_the_centres_that_are_ticked(
    need: str, buyer_: Browser, own_product: Application
) -> None:
    page = f"/needs/{need}"
    with own_product.sessions.begin() as session:
        if session.scalar(select(Centre).where(Centre.code == "far")) is None:
            session.add(Centre(code="far", name_ru="Дальний центр", name_en="Far centre"))
    assert "Far centre" in text(buyer_.get(page))
    none = buyer_.post(f"{page}/openness", {"disclosure": "open", "reach": "chosen"}, page=page)
    assert none.status_code == 422
    assert "Tick the centres" in text(none)
    chosen = {"disclosure": "open", "reach": "chosen", "centre": "far"}
    assert buyer_.post(f"{page}/openness", chosen, page=page).status_code == 302
    with own_product.sessions() as session:
        assert needs.chosen_centres(session, needs.by_key(session, need)) == ["far"]
    assert 'id="z-far" checked' in text(buyer_.get(page))
    network = {"disclosure": "open", "reach": "network", "centre": "far"}
    assert buyer_.post(f"{page}/openness", network, page=page).status_code == 302
    with own_product.sessions() as session:
        assert needs.chosen_centres(session, needs.by_key(session, need)) == []


def offer(browser: Browser, need: str, *papers: tuple[bytes, str], **given: str):  # type: ignore[no-untyped-def]
    """Send a quote with papers."""
    page = f"/needs/{need}/quote"
    form = {"amount": "777", "currency": "RUB", "do": "submit", **given}
    form["file"] = [(io.BytesIO(content), name) for content, name in papers]  # type: ignore[assignment]
    return browser.post(page, form, page=page)


def test_papers_of_a_quote_open_with_it_and_are_taken_away(
    need: str, shop: Browser, rival: Browser, buyer_: Browser, centre: Browser, own_product: Application
) -> None:
    sign(shop, need)
    sign(rival, need)
    later = (datetime.now(UTC) + timedelta(hours=6)).strftime("%Y-%m-%dT%H:%M")
    buyer_.post(f"/needs/{need}/quotes/deadline", {"until": later}, page=f"/needs/{need}/quotes")
    calculation = pdf()
    papers = ((calculation, "расчёт.pdf"), (calculation + b" ", "terms.pdf"))
    assert offer(shop, need, *papers).status_code == 302
    own = text(shop.get(f"/needs/{need}/quote"))
    first, second = re.findall(r'href="(/needs/quotes/papers/[0-9a-f]+)"', own)
    assert shop.get(first).data == calculation
    assert "%D1%80" in shop.get(first).headers["Content-Disposition"]
    for other in (rival, buyer_, centre):
        assert other.get(first).status_code == 404
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=7), tick=True):
        for reader in (buyer_, centre):
            assert first in text(reader.get(f"/needs/{need}/quotes"))
            assert reader.get(first).data == calculation
        assert rival.get(first).status_code == 404
    offer(shop, need, drop=second.rsplit("/", 1)[1])
    assert shop.get(second).status_code == 404
    assert shop.get(first).status_code == 200


@pytest.mark.parametrize(
    ("papers", "problem"),
    [
        ([(b"MZ not a paper", "calculation.pdf")], "This file is none of"),
        ([(b"%PDF-1.4 " + bytes([n]), f"{n}.pdf") for n in range(6)], "at most 5 papers"),
    ],
)
def test_a_wrong_paper_keeps_what_was_typed_and_saves_nothing(
    need: str, shop: Browser, papers: list[tuple[bytes, str]], problem: str
) -> None:
    sign(shop, need)
    answer = offer(shop, need, *papers, text="Delivery included")
    assert answer.status_code == 422
    assert problem in text(answer)
    assert "Delivery included" in text(answer)
    assert "Delivery included" not in text(shop.get(f"/needs/{need}/quote"))
