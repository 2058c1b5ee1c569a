"""Letters in: needs, answers, quotes, strangers and machines, through the taking of letters and the operator's pages."""

from email.message import EmailMessage

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from matchmaker.cli import cli, demo
from matchmaker.domain.lifecycle import MailState, NeedState, QuoteState
from matchmaker.models import LetterIn, Mail, Match, Message, Need, Profile, Quote, StoredFile
from matchmaker.services.mail import thread_addresses
from matchmaker.services.people import accounts, personal_data
from matchmaker.wiring import Application
from tests.support.browser import Browser, text
from tests.support.invited import pdf, sign
from tests.support.letters_in import ADDRESS, answer_address, come, last_key, letter

BUYER, SHOP = "buyer@demo-centre.example", "supplier@demo-centre.example"


@pytest.fixture(autouse=True)
def taking(own_product: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    """A site that takes letters."""
    monkeypatch.setattr(own_product, "settings", own_product.settings.model_copy(update={"mail_in": ADDRESS}))


def mails(application: Application, kind: str) -> list[Mail]:
    with application.sessions() as session:
        return list(session.scalars(select(Mail).where(Mail.kind == kind).order_by(Mail.id)))


def test_a_need_by_mail_is_a_draft_with_files_once(own_product: Application, plant: Browser) -> None:
    raw = letter(
        f"Buyer <{BUYER}>",
        "Нужны:\n1. Вал ø45h6 из стали 40Х, 50 шт\n2. Втулка ø60 из БрАЖ9-4, 20 шт\nТокарная обработка.",
        subject="Валы и втулки",
        files={"shaft.pdf": pdf()},
    )
    assert come(own_product, raw) == ("taken", "need", None)
    assert come(own_product, raw) == ("taken", "need", None)
    with own_product.sessions() as session:
        (need,) = session.scalars(select(Need).where(Need.title == "Валы и втулки"))
        assert (need.state, need.channel) == (NeedState.DRAFT, "e-mail")
        drawn = session.scalars(select(StoredFile.name).where(StoredFile.need_id == need.id)).all()
        key, positions = need.public_id, need.requirements.get("positions", [])
    assert drawn == ["shaft.pdf"]
    assert len(positions) == 2
    told = mails(own_product, "draft_of_letter")[-1]
    assert told.recipient == BUYER
    assert f"/needs/{key}" in told.text
    assert "ø45h6" in text(plant.get(f"/needs/{key}"))


def test_a_list_of_parts_becomes_positions(own_product: Application) -> None:
    rows = "Наименование;Материал;Количество\nВал;Сталь 45;10\nФланец;Сталь 20;4\n".encode()
    raw = letter(BUYER, "Просим цену, токарная обработка.", subject="Список 7", files={"parts.csv": rows})
    assert come(own_product, raw)[:2] == ("taken", "need")
    with own_product.sessions() as session:
        need = session.scalars(select(Need).where(Need.title == "Список 7")).one()
        assert [one["title"] for one in need.requirements["positions"]] == ["Вал", "Фланец"]


def test_a_stranger_waits_for_the_operator(own_product: Application, centre: Browser, plant: Browser) -> None:
    raw = letter("New <boss@new.example>", "Фрезеровка плит, 5 шт.", subject="Плиты", files={"a.pdf": pdf()})
    assert come(own_product, raw) == ("waiting", "letter", "stranger")
    key = last_key(own_product)
    page = f"/work/letters/{key}"
    assert "Плиты" in text(centre.get("/work/?kind=incoming"))
    assert page in text(centre.get("/work/letters/"))
    assert plant.get(page).status_code == 403
    assert centre.get(f"{page}/files/0").get_data().startswith(b"%PDF")
    assert centre.get(f"{page}/files/1").status_code == 404
    wrong = centre.post(f"{page}/need", {"inn": "123", "name": "Завод", "contact": "x"}, page=page)
    assert wrong.status_code == 422
    assert "123" in text(wrong)
    given = {"inn": "", "name": "Новый завод", "contact": "boss@new.example"}
    made = [centre.post(f"{page}/need", given, page=page).headers["Location"] for _ in range(2)]
    assert made[0] == made[1]
    assert "a.pdf" in text(centre.get(made[0] + "/drawings"))
    assert centre.get(f"{page}/files/0").status_code == 404
    assert not [one for one in mails(own_product, "draft_of_letter") if one.recipient == "boss@new.example"]


def test_an_answer_goes_into_its_thread_and_a_quote_into_a_draft(
    own_product: Application, need: str, shop: Browser, plant: Browser
) -> None:
    to = answer_address(own_product, SHOP)
    said = "Какая шероховатость?\n\nOn Monday Centre wrote:\n> You are invited\n"
    assert come(own_product, letter(SHOP, said, to=to)) == ("taken", "answer", None)
    assert come(own_product, letter(BUYER, "Да", to=to)) == ("waiting", "answer", "other_address")
    with own_product.sessions() as session:
        written = session.scalars(select(Message).order_by(Message.id.desc())).first()
        assert written is not None
        assert (written.text, written.side) == ("Какая шероховатость?", "supplier")
        count = session.scalar(select(func.count()).select_from(Message))
        match = session.get_one(Match, written.match_id)
    with own_product.sessions.begin() as session:
        session.scalars(select(Need).where(Need.public_id == need)).one().disclosure = "nda"
    assert come(own_product, letter(SHOP, "См. файл", to=to, files={"КП.pdf": pdf()}))[2] == "agreement"
    sign(shop, need)
    priced = letter(SHOP, "Цена 120 000 руб. за партию", to=to, files={"КП.pdf": pdf()})
    assert come(own_product, priced) == ("taken", "quote", None)
    with own_product.sessions() as session:
        quote = session.scalars(select(Quote).where(Quote.match_id == match.id)).one()
        assert (quote.state, quote.amount_minor, quote.submitted_at) == (QuoteState.DRAFT, None, None)
        assert session.scalar(select(func.count()).select_from(Message)) == count, "a price is no message"
        assert session.scalars(select(StoredFile.name).where(StoredFile.quote_id == quote.id)).all() == [
            "КП.pdf"
        ]
    page = f"/needs/{need}/quote"
    assert "КП.pdf" in text(shop.get(page))
    assert shop.get("/shop/").status_code == 200
    assert "КП.pdf" not in text(plant.get(f"/needs/{need}/quotes"))


def test_a_firm_without_an_account_is_passed_on_or_drafts_its_quote(
    own_product: Application, need: str, centre: Browser
) -> None:
    with own_product.sessions.begin() as session:
        stored = session.scalars(select(Need).where(Need.public_id == need)).one()
        stored.disclosure = "name-hidden"
        matches = session.scalars(select(Match).where(Match.need_id == stored.id)).all()
        editor = accounts.by_email(session, SHOP).memberships[0].organisation_id
        match = next(one for one in matches if one.profile.organisation_id != editor)
        session.get_one(Profile, match.profile_id).contacts = {"email": "boss@shop.example"}
        key = match.public_id
    to = thread_addresses.address(own_product.site(), "m", key, "boss@shop.example")
    asked = letter("boss@shop.example", "Когда нужен ответ?", to=to, subject="Re: Shafts")
    assert come(own_product, asked) == ("waiting", "answer", "no_account")
    page = f"/work/letters/{last_key(own_product)}"
    assert centre.post(f"{page}/pass-on", page=page).status_code == 302
    assert "Когда нужен ответ?" in text(centre.get(f"/needs/{need}/messages/{key}"))
    assert centre.post(f"{page}/pass-on", page="/work/letters/").status_code == 409
    assert (
        come(own_product, letter("boss@shop.example", "См. файл", to=to, files={"q.pdf": pdf()}))[1]
        == "quote"
    )
    assert "/answers/" in mails(own_product, "draft_of_letter")[-1].text


def test_machines_are_never_answered(own_product: Application, need: str) -> None:
    before = len(mails(own_product, "draft_of_letter"))
    sent = next(one for one in mails(own_product, "invited") if one.recipient == SHOP)
    with own_product.sessions.begin() as session:
        session.get_one(Mail, sent.id).state = MailState.SENT
    away = letter(SHOP, "Я в отпуске", to=answer_address(own_product, SHOP), Auto_Submitted="auto-replied")
    assert come(own_product, away) == ("aside", "automatic", None)
    assert come(own_product, letter(ADDRESS, "Round and round"))[0] == "aside"
    report = EmailMessage()
    report["From"], report["To"] = "MAILER-DAEMON@mx.example", ADDRESS
    report["Message-ID"] = "<report@mx.example>"
    raw = report.as_bytes().rstrip() + (
        b'\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        b"--b\nContent-Type: text/plain\n\nFailed\n"
        b"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
        b"Final-Recipient: rfc822; shop@example.org\nAction: failed\nStatus: 5.1.1\n\n"
        b"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: " + sent.message_id.encode() + b"\n\n--b--\n"
    )
    assert come(own_product, raw) == ("taken", "bounce", None)
    with own_product.sessions() as session:
        assert session.get_one(Mail, sent.id).state == MailState.DEAD
    assert len(mails(own_product, "draft_of_letter")) == before


def test_an_operator_puts_a_letter_aside(own_product: Application, centre: Browser) -> None:
    come(own_product, letter("spam@else.example", "Buy"))
    page = f"/work/letters/{last_key(own_product)}"
    assert centre.post(f"{page}/aside", page=page).status_code == 302
    assert centre.post(f"{page}/need", {"name": "X"}, page="/work/letters/").status_code == 409
    assert page not in text(centre.get("/work/?kind=incoming"))


def test_many_letters_of_one_sender_wait(own_product: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matchmaker.services.incoming.incoming.MOST_AN_HOUR", 0)
    assert come(own_product, letter(BUYER, "Валы, 5 шт")) == ("waiting", "letter", "many")


def test_the_command_takes_a_letter_from_a_mail_server() -> None:
    done = CliRunner().invoke(cli, ["mail-in"], input=letter("a@b.example", "Good day"))
    assert done.exit_code == 0, done.output
    assert "waiting: letter" in done.output
    assert "(stranger)" in done.output


def test_erasing_a_person_erases_its_letters(own_product: Application) -> None:
    with own_product.sessions.begin() as session:
        person = accounts.AccountDetails("gone@else.example", "Gone", demo.PASSWORD, confirmed=True)
        user = accounts.create_user(session, person, by="test")
    assert come(own_product, letter("gone@else.example", "Words"))[2] == "no_buyer"
    with own_product.sessions.begin() as session:
        exported = personal_data.export(session, session.merge(user))
        assert [one["text"] for one in exported["letters_written"]] == ["Words"]
        personal_data.erase(session, session.merge(user), by="test")
        assert session.scalar(select(LetterIn).where(LetterIn.sender == "gone@else.example")) is None
