import io
import re

import pytest
from pypdfium2 import PdfDocument
from python_calamine import CalamineWorkbook

from tests.support.browser import Browser, text

TEXT = "Нужны шкивы ø200 из чугуна СЧ20, литьё и токарная обработка, 30 шт., Екатеринбург"
KEYS = re.compile(r'name="match" value="([^"]+)"><input type="hidden" name="revision" value="(\d+)"')


def chosen(operator: Browser, work: str, count: int) -> list[str]:
    """Approve and invite the first suppliers of the shortlist; their matches' public ids."""
    keys = list(dict(KEYS.findall(text(operator.get(work)))))[:count]
    for key in keys:
        operator.post(f"{work}/invite", {"match": key, "act": "invite"}, page=work)
    return keys


@pytest.fixture
def need(buyer: Browser, operator: Browser) -> str:
    """The address of a published need with six invited suppliers."""
    address = str(buyer.post("/needs/new", {"text": TEXT}, page="/needs/new").headers["Location"])
    buyer.post(f"{address}/move", {"state": "submitted"})
    operator.post(f"{address}/move", {"state": "published"})
    operator.post(f"/work{address}/propose", page=f"/work{address}")
    chosen(operator, f"/work{address}", 6)
    return address


def release(operator: Browser, need: str) -> None:
    assert operator.post(f"/work{need}/release", page=f"/work{need}").status_code == 302


def shortlist(buyer: Browser, need: str) -> str:
    found = re.search(r'<section id="shortlist".*?</section>', text(buyer.get(need)), re.DOTALL)
    return found[0] if found else ""


def test_the_contractor_sees_the_shortlist_once_it_is_released_and_no_scores(
    buyer: Browser, operator: Browser, need: str
) -> None:
    assert shortlist(buyer, need) == ""
    release(operator, need)
    shown = shortlist(buyer, need)
    assert shown.count('class="match card"') == 6
    assert "%" not in re.sub(r'href="[^"]*"|action="[^"]*"', "", shown)
    assert 'class="reasons"' in shown
    assert "Shortlisting" in text(buyer.get(need))


def test_five_at_most_stand_side_by_side(buyer: Browser, operator: Browser, need: str) -> None:
    assert "has not shown you a shortlist" in text(buyer.get(f"{need}/compare"))
    release(operator, need)
    page = text(buyer.get(f"{need}/compare"))
    assert page.count('<th scope="col"><a') == 5
    assert "At most 5 suppliers" in page
    two = re.findall(r'name="match" type="checkbox" value="([^"]+)" form="compare"', shortlist(buyer, need))[
        :2
    ]
    page = text(buyer.get(f"{need}/compare?match={two[0]}&match={two[1]}"))
    assert page.count('<th scope="col"><a') == 2
    for label in ("Process", "Certificates", "Distance", "Usual lead time", "Profile as of"):
        assert label in page
    assert " km" in page


def test_interest_contract_and_rating_are_recorded(buyer: Browser, operator: Browser, need: str) -> None:
    release(operator, need)
    match, _ = KEYS.search(shortlist(buyer, need)).groups()  # type: ignore[union-attr]
    buyer.post(f"{need}/want", {"match": match, "wanted": "yes"}, page=need)
    assert "the contractor is interested" in text(operator.get(f"/work{need}"))
    revisions = dict(KEYS.findall(shortlist(buyer, need)))
    stale = {"match": match, "revision": "1000"}
    assert buyer.post(f"{need}/award", stale, page=need).status_code == 409
    done = {"match": match, "revision": revisions[match]}
    assert buyer.post(f"{need}/award", done, page=need).status_code == 302
    shown = shortlist(buyer, need)
    assert shown.count("Contracted") == 1
    bad = {"match": match, "quality": "9"}
    assert buyer.post(f"{need}/rate", bad, page=need).status_code == 422
    buyer.post(f"{need}/rate", {**bad, "quality": "4", "text": "Упаковка мятая"}, page=need)
    assert "4/5" in shortlist(buyer, need)


def test_closing_a_need_lets_the_invited_go_with_the_reason(
    buyer: Browser, operator: Browser, need: str
) -> None:
    buyer.post(f"{need}/move", {"state": "closed", "code": "need-cancelled"}, page=need)
    page = text(operator.get(f"/work{need}"))
    assert page.count("Need cancelled") == 6


def test_a_need_is_copied_as_a_draft(buyer: Browser, need: str) -> None:
    answer = buyer.post(f"{need}/copy", page=need)
    copied = answer.headers["Location"]
    assert copied.endswith("/edit")
    assert TEXT in text(buyer.get(copied))
    assert "Draft" in text(buyer.get(copied.removesuffix("/edit")))


@pytest.mark.parametrize("what", ["want", "award", "rate", "copy"])
def test_others_have_no_part_in_it(supplier: Browser, browser: Browser, need: str, what: str) -> None:
    assert supplier.post(f"{need}/{what}", page="/account").status_code in {403, 404}
    assert browser.post(f"{need}/{what}", page="/login").status_code in {302, 401}
    assert supplier.get(f"{need}/compare").status_code in {403, 404}


def test_the_shortlist_is_taken_along_in_either_language(
    buyer: Browser, operator: Browser, need: str
) -> None:
    release(operator, need)
    for language, expected in (("ru", "Требование"), ("en", "Requirement")):
        answer = buyer.get(f"{need}/shortlist.pdf?language={language}")
        assert answer.mimetype == "application/pdf"
        said = "".join(page.get_textpage().get_text_range() for page in PdfDocument(answer.data))
        assert expected in said
        assert "%" not in said
        answer = buyer.get(f"{need}/shortlist.xlsx?language={language}")
        book = CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
        assert any(expected in row for row in book.get_sheet_by_index(1).to_python())
        assert "attachment" in answer.headers["Content-Disposition"]
    assert buyer.get(f"{need}/shortlist.docx").status_code == 404
    assert buyer.get(f"{need}/shortlist.pdf?language=de").status_code == 400
    assert "shortlist downloaded" in text(operator.get(f"/work{need}"))


def test_nobody_else_takes_the_shortlist_along(supplier: Browser, browser: Browser, need: str) -> None:
    assert supplier.get(f"{need}/shortlist.pdf").status_code in {403, 404}
    assert browser.get(f"{need}/shortlist.xlsx").status_code == 302


def test_a_form_sent_twice_makes_one_need(buyer: Browser) -> None:
    once = re.search(r'name="once" value="([0-9a-f]{16})"', text(buyer.get("/needs/new")))[1]  # type: ignore[index]
    answers = [
        buyer.post("/needs/new", {"text": TEXT, "once": given}, page="/needs/new").headers["Location"]
        for given in (once, once, "forged", "forged")
    ]
    assert answers[0] == answers[1]
    assert len(set(answers)) == 3
