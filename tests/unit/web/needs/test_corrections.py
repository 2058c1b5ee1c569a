"""What was understood of a need's text can be taken back, piece by piece."""

import re

from matchmaker.services.needs import corrections, needs
from matchmaker.wiring import Application
from tests.support.browser import Browser, text

TEXT = (
    "Втулки из бронзы, токарная обработка. Заказчик: завод «Литьё и термообработка», Тверь. <b> две\nстроки и"
)


def marked(page: str) -> set[str]:
    return {words.casefold() for words in re.findall(r'<mark class="k-process[^>]*>([^<]+)<', page)}


def dropped(page: str) -> list[str]:
    return re.findall(r'name="restore" value="([^"]+)"', page)


def test_a_piece_that_is_not_meant_is_dropped_and_meant_again(buyer: Browser) -> None:
    address = buyer.post("/needs/new", {"text": TEXT}, page="/needs/new").headers["Location"]
    before = marked(text(buyer.get(address)))
    assert {"литьё", "термообработка", "токарная обработка"} <= before
    buyer.post(f"{address}/pieces", {"drop": "Литьё"}, page=address)
    page = text(buyer.get(address))
    assert marked(page) == before - {"литьё"}
    assert dropped(page) == ["Литьё"]
    buyer.post(f"{address}/pieces", {"restore": "Литьё"}, page=address)
    page = text(buyer.get(address))
    assert marked(page) == before
    assert dropped(page) == []


def test_strange_pieces_leave_the_need_readable(buyer: Browser, product: Application) -> None:
    address = buyer.post("/needs/new", {"text": TEXT}, page="/needs/new").headers["Location"]
    for words in ("", "x" * 400, "две\nстроки  и", "<script>", "\x00"):
        assert buyer.post(f"{address}/pieces", {"drop": words}, page=address).status_code in {302, 400, 422}
        assert buyer.get(address).status_code == 200
    with product.sessions() as session:
        need = needs.by_key(session, address.rsplit("/", 1)[-1])
        assert "две строки и" in corrections.disregarded(need)
        assert needs.record(need).disregarded == corrections.disregarded(need)


def test_a_correction_survives_a_change_of_the_form(buyer: Browser) -> None:
    address = buyer.post("/needs/new", {"text": TEXT}, page="/needs/new").headers["Location"]
    buyer.post(f"{address}/pieces", {"drop": "Литьё"}, page=address)
    revision = re.findall(r'name="revision" value="(\d+)"', text(buyer.get(f"{address}/edit")))[0]
    changed = {"text": TEXT + " 20 шт.", "revision": revision}
    assert buyer.post(f"{address}/edit", changed, page=f"{address}/edit").status_code == 302
    assert dropped(text(buyer.get(address))) == ["Литьё"]


def asked(page: str) -> list[tuple[str, list[str]]]:
    """The questions of a need's page: the words they are about, and the values of their answers."""
    found = re.findall(r'name="words" value="([^"]+)">(.*?)</form>', page, re.DOTALL)
    return [(words, re.findall(r'name="meant" value="([^"]+)"', form)) for words, form in found]


def test_a_number_open_by_a_thousand_is_asked_and_answered_by_one_tap(buyer: Browser) -> None:
    text_of_need = "Отливка, литьё чугуна, габарит 2,400 x 1,200 x 800 мм"
    address = buyer.post("/needs/new", {"text": text_of_need}, page="/needs/new").headers["Location"]
    page = text(buyer.get(address))
    words, answers = asked(page)[0]
    assert answers == ["envelope||800|2.4|1.2", "envelope||2400|1200|800"]
    buyer.post(f"{address}/pieces", {"words": words, "meant": answers[1]}, page=address)
    page = text(buyer.get(address))
    assert asked(page) == []
    assert "2400" in page.replace("\xa0", "").replace("\u202f", "")


def test_an_answer_survives_a_change_of_the_text(buyer: Browser, product: Application) -> None:
    given = {"text": "Отливка из чугуна, габарит 2,400 x 1,200 x 800 мм"}
    address = buyer.post("/needs/new", given, page="/needs/new").headers["Location"]
    words, answers = asked(text(buyer.get(address)))[0]
    buyer.post(f"{address}/pieces", {"words": words, "meant": answers[1]}, page=address)
    revision = re.findall(r'name="revision" value="(\d+)"', text(buyer.get(f"{address}/edit")))[0]
    changed = {"text": given["text"] + ", 3 шт.", "revision": revision}
    assert buyer.post(f"{address}/edit", changed, page=f"{address}/edit").status_code == 302
    assert words not in [question for question, _ in asked(text(buyer.get(address)))]
    with product.sessions() as session:
        confirmed = needs.record(needs.by_key(session, address.rsplit("/", 1)[-1])).confirmed
    assert [(one.kind, one.amounts) for one in confirmed] == [("envelope", (2400.0, 1200.0, 800.0))]


def test_work_that_a_part_only_implies_is_asked_about(buyer: Browser) -> None:
    address = buyer.post("/needs/new", {"text": "Втулки бронзовые, 40 шт."}, page="/needs/new").headers[
        "Location"
    ]
    words, answers = asked(text(buyer.get(address)))[0]
    assert (words, answers) == ("Втулки", ["process|turning"])
    buyer.post(f"{address}/pieces", {"words": words, "meant": answers[0]}, page=address)
    assert asked(text(buyer.get(address))) == []


def test_a_day_that_may_be_either_of_two_is_answered_by_one_tap(buyer: Browser, product: Application) -> None:
    given = {"text": "We need 40 bronze bushings, turning, ship by 03/04/2099"}
    address = buyer.post("/needs/new", given, page="/needs/new").headers["Location"]
    words, answers = next(one for one in asked(text(buyer.get(address))) if one[0] == "03/04/2099")
    assert answers == ["deadline|2099-03-04", "deadline|2099-04-03"]
    buyer.post(f"{address}/pieces", {"words": words, "meant": answers[0]}, page=address)
    assert words not in [question for question, _ in asked(text(buyer.get(address)))]
    with product.sessions() as session:
        confirmed = needs.record(needs.by_key(session, address.rsplit("/", 1)[-1])).confirmed
    assert [(one.kind, str(one.day)) for one in confirmed] == [("deadline", "2099-03-04")]


def test_a_strange_answer_changes_nothing(buyer: Browser) -> None:
    address = buyer.post("/needs/new", {"text": TEXT}, page="/needs/new").headers["Location"]
    for meant in ("x", "mass||-1", "mass||nan", "|" * 50, "mass||1|2|3|4", "deadline|x"):
        answer = buyer.post(f"{address}/pieces", {"words": "Втулки", "meant": meant}, page=address)
        assert answer.status_code in {302, 400, 422}
        assert buyer.get(address).status_code == 200
