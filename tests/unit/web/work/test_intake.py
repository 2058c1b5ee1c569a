import io
import re

import pytest
import xlsxwriter

from tests.support import intake_form
from tests.support.browser import Browser, text
from tests.support.office_files import PARTS, workbook
from tests.support.opened import open_files


def test_an_email_is_understood_and_the_rest_is_asked(operator: Browser) -> None:
    page = text(
        operator.post(intake_form.PAGE, intake_form.form(operator, act="look"), page=intake_form.PAGE)
    )
    assert 'class="k-process"' in page
    assert "By when is it needed?" in page
    assert "How many pieces" not in page
    assert intake_form.MAIL in page


def test_a_draft_keeps_its_channel_and_its_questions(operator: Browser, buyer: Browser) -> None:
    given = intake_form.form(
        operator, act="save", inn="7707083893", name="Завод «Тридевятый»", contact="Василиса"
    )
    first = operator.post(intake_form.PAGE, given, page=intake_form.PAGE)
    assert (
        operator.post(intake_form.PAGE, given, page=intake_form.PAGE).headers["Location"]
        == first.headers["Location"]
    )
    page = text(operator.get(first.headers["Location"]))
    for expected in ("by e-mail", "Завод «Тридевятый»", "Василиса", "Questions to ask", "Draft"):
        assert expected in page
    assert buyer.get(first.headers["Location"]).status_code == 404


def opened(operator: Browser, sent: dict[str, str]):  # type: ignore[no-untyped-def]
    """The page that an uploaded list leads to once it was opened."""
    answer = operator.client.post(intake_form.PAGE, data=sent, headers=operator.headers)
    assert answer.status_code == 302
    assert operator.get(answer.headers["Location"]).status_code == 202
    open_files(operator.client.application.extensions["matchmaker"])
    return operator.get(answer.headers["Location"])


def test_a_list_of_parts_becomes_drafts(operator: Browser) -> None:
    sent = {"csrf_token": operator.token(intake_form.PAGE), **intake_form.form(operator, act="look", text="")}
    sent["file"] = (io.BytesIO(workbook(PARTS)), "list.xlsx")  # type: ignore[assignment]
    page = text(opened(operator, sent))
    assert "Understood: 2 needs" in page
    table = re.search(r'<textarea id="f-text"[^>]*>(.*?)</textarea>', page, re.DOTALL)[1]  # type: ignore[index]
    assert "Втулка\tБрАЖ9-4\t100" in table
    answer = operator.post(
        intake_form.PAGE, intake_form.form(operator, act="save", text=table), page=intake_form.PAGE
    )
    assert answer.headers["Location"].endswith("/letter")
    assert "Втулка" in text(operator.get("/needs/"))


def test_what_a_list_leaves_unread_is_told(operator: Browser) -> None:
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made)
    shown, secret = book.add_worksheet("Детали"), book.add_worksheet("Старое")
    for at, row in enumerate([["Деталь", "Кол-во"], ["Втулка"]]):
        shown.write_row(at, 0, row)
    shown.write_formula("B2", "=SUM(A1:A9)", value="")
    secret.write_row(2, 0, ["Вал", "7"])
    secret.hide()
    book.close()
    sent = {"csrf_token": operator.token(intake_form.PAGE), **intake_form.form(operator, act="look", text="")}
    sent["file"] = (io.BytesIO(made.getvalue()), "list.xlsx")  # type: ignore[assignment]
    page = text(opened(operator, sent))
    assert "Not read from the file" in page
    assert "B2 =SUM(A1:A9): This cell holds a formula without a value" in page
    assert "Вал · 7: Row 3 of the hidden sheet “Старое” was not read" in page


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"inn": "123"}, "Check the INN"),
        ({"inn": "7736050003"}, "give the name, too"),
        ({"text": ""}, "Say what is needed"),
        ({"text": "Part\tQty\n" + "Shaft\t1\n" * 300}, "more than 200 rows"),
    ],
)
def test_what_is_wrong_stands_by_its_field_and_nothing_is_lost(
    operator: Browser, fields: dict[str, str], message: str
) -> None:
    answer = operator.post(
        intake_form.PAGE,
        intake_form.form(operator, act="save", contact="Василиса", **fields),
        page=intake_form.PAGE,
    )
    assert answer.status_code == 422
    assert message in text(answer)
    assert 'value="Василиса"' in text(answer)


def test_a_broken_file_is_named(operator: Browser) -> None:
    sent = {"csrf_token": operator.token(intake_form.PAGE), **intake_form.form(operator, act="look")}
    sent["file"] = (io.BytesIO(b"PK\x03\x04broken"), "broken.xlsx")  # type: ignore[assignment]
    answer = opened(operator, sent)
    assert answer.status_code == 422
    assert "broken.xlsx" in text(answer)
    assert intake_form.MAIL in text(answer)


def test_only_an_operator_takes_needs_in(buyer: Browser, supplier: Browser, browser: Browser) -> None:
    assert buyer.get(intake_form.PAGE).status_code == 403
    assert supplier.post(intake_form.PAGE, {"text": intake_form.MAIL}, page="/account").status_code == 403
    assert browser.get(intake_form.PAGE).status_code == 302
