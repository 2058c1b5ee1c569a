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
