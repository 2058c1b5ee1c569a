"""The letter with the questions that a need taken in leaves open."""

import re

from sqlalchemy import select

from matchmaker.models import Mail, Organisation
from matchmaker.wiring import Application
from tests.support.browser import Browser, text
from tests.support.intake_form import form

PAGE = "/work/intake/"
TABLE = "Деталь\tМатериал\tКол-во\nШпилька\t40Х\t100\nГайка\tСт3\t"


def draft(operator: Browser, **fields: str) -> str:
    given = form(operator, act="save", contact="Мария, maria@plant.example", **fields)
    return str(operator.post(PAGE, given, page=PAGE).headers["Location"])


def letters(product: Application, to: str) -> list[Mail]:
    with product.sessions() as session:
        return list(session.scalars(select(Mail).where(Mail.recipient == to)))


def test_a_letter_is_proposed_in_the_contractors_language_and_sent_once(
    operator: Browser, product: Application
) -> None:
    need = draft(operator)
    page = f"/work/intake/{need.rsplit('/', 1)[-1]}/letter"
    assert page in text(operator.get(need))
    shown = text(operator.get(page))
    assert 'value="maria@plant.example"' in shown
    assert "Просим рассчитать втулки" in text(operator.get(need))
    assert "К какому сроку нужно?" in shown
    assert "By when is it needed?" in text(operator.get(f"{page}?language=en"))
    once = re.search(r'name="once" value="([0-9a-f]{16})"', shown)[1]  # type: ignore[index]
    sent = {"to": "maria@plant.example", "language": "ru", "text": "Мария, а срок?", "once": once}
    for _ in range(2):
        assert operator.post(page, sent, page=page).headers["Location"] == need
    (mail,) = letters(product, "maria@plant.example")
    assert (mail.language, "Мария, а срок?" in mail.text) == ("ru", True)
    assert "maria@plant.example" in text(operator.get(need))


def test_a_list_of_parts_is_asked_about_in_one_letter(operator: Browser, product: Application) -> None:
    page = draft(operator, text=TABLE)
    assert page.endswith("/letter")
    shown = text(operator.get(page))
    assert shown.index("Шпилька") < shown.index("Гайка")
    body = re.search(r'<textarea id="f-text"[^>]*>(.*?)</textarea>', shown, re.DOTALL)[1]  # type: ignore[index]
    assert "Сколько штук" in body
    operator.post(page, {"to": "list@plant.example", "language": "ru", "text": body}, page=page)
    (mail,) = letters(product, "list@plant.example")
    assert mail.subject == "Вопросы по 2 позициям"


def test_a_wrong_address_is_named_and_the_letter_stays(operator: Browser) -> None:
    page = f"/work/intake/{draft(operator).rsplit('/', 1)[-1]}/letter"
    for to, words, expected in (
        ("Мария", "Срок?", "Give an e-mail address"),
        ("a@b.example", " ", "Write something"),
        ("a@b.example\nBcc: c@d.example", "Срок?", "Give an e-mail address"),
    ):
        answer = operator.post(page, {"to": to, "text": words}, page=page)
        assert answer.status_code == 422
        assert expected in text(answer)
        assert words.strip() in text(answer)
    assert operator.get(f"{page}?language=de").status_code == 400


def test_a_contractor_is_found_by_its_name_and_never_made_twice(
    operator: Browser, product: Application
) -> None:
    for name in ("АО «Молот и Ко»", "молот и ко", "Акционерное общество Молот и Ко"):
        draft(operator, name=name)
    with product.sessions() as session:
        found = session.scalars(select(Organisation).where(Organisation.sort_ru == "молот и ко")).all()
        assert [(one.name_ru, one.is_contractor) for one in found] == [("АО «Молот и Ко»", True)]
    with product.sessions.begin() as session:
        first = session.scalars(select(Organisation).where(Organisation.sort_ru == "молот и ко")).one()
        session.add(Organisation(centre_id=first.centre_id, name_ru="Молот и Ко", sort_ru=first.sort_ru))
    answer = operator.post(PAGE, form(operator, act="save", name="Молот и Ко"), page=PAGE)
    assert answer.status_code == 422
    assert "Several organisations have this name" in text(answer)
    assert 'value="Молот и Ко"' in text(answer)
