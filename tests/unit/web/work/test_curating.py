import re

import pytest

from matchmaker.services.profiles import suppliers
from matchmaker.wiring import Application
from tests.support.browser import Browser, statements, text

TEXT = "Нужны кронштейны из листа 3 мм, сталь 09Г2С, лазерная резка и гибка, 200 шт."
MOST_TO_PROPOSE = 16  # statements that write
KEYS = re.compile(r'name="match" value="([^"]+)"><input type="hidden" name="revision" value="(\d+)"')


def matches(operator: Browser, work: str) -> list[tuple[str, str]]:
    """Public ids and revisions in the order of the page."""
    return list(dict(KEYS.findall(text(operator.get(work)))).items())


def act(operator: Browser, work: str, what: str, number: int = 0, **fields: str):  # type: ignore[no-untyped-def]
    match, revision = matches(operator, work)[number]
    return operator.post(f"{work}/{what}", {"match": match, "revision": revision, **fields}, page=work)


def test_buttons_put_the_shortlist_in_order(operator: Browser, work: str) -> None:
    before = [key for key, _ in matches(operator, work)]
    answer = act(operator, work, "place", 1, to="1")
    assert answer.headers["Location"].endswith(f"#m-{before[1]}")
    assert [key for key, _ in matches(operator, work)] == [before[1], before[0], *before[2:]]


def test_a_run_of_the_matcher_asks_as_much_for_twenty_suppliers_as_for_one(
    operator: Browser, buyer: Browser, product: Application
) -> None:
    def proposed(words: str) -> tuple[int, list[str]]:
        address = str(buyer.post("/needs/new", {"text": words}, page="/needs/new").headers["Location"])
        buyer.post(f"{address}/move", {"state": "submitted"})
        operator.post(f"{address}/move", {"state": "published"})
        with statements(product) as asked:
            assert operator.post(f"/work{address}/propose", page=address).status_code == 302
        written = asked[asked.index("BEGIN IMMEDIATE") :]
        return len(written), [key for key, _ in matches(operator, f"/work{address}")]

    some, few = proposed(
        "Нужны кольца, раскатка и кузнечная ковка, обязательно ISO 9001, не дальше 20 км от Перми"
    )
    asked, many = proposed(TEXT)
    assert len(few) < len(many)
    assert asked <= some + 1  # the numbers in the list, which nobody needs in an empty one
    assert asked <= MOST_TO_PROPOSE


def test_a_stale_note_shows_both_sides_and_keeps_the_typed_text(operator: Browser, work: str) -> None:
    match, revision = matches(operator, work)[0]
    form = {"match": match, "revision": revision}
    assert operator.post(f"{work}/note", {**form, "note": "Позвонить в среду"}, page=work).status_code == 302
    answer = operator.post(f"{work}/note", {**form, "note": "Не звонить <вовсе>"}, page=work)
    page = text(answer)
    assert answer.status_code == 409
    assert "Позвонить в среду" in page
    assert "Не звонить &lt;вовсе&gt;" in page
    fresh = KEYS.search(page)[2]  # type: ignore[index]
    again = {"match": match, "revision": fresh, "note": "Не звонить"}
    assert operator.post(f"{work}/note", again, page=work).status_code == 302
    assert "Не звонить</textarea>" in text(operator.get(work))


def test_a_stale_decision_offers_mine_and_theirs(operator: Browser, work: str) -> None:
    match, revision = matches(operator, work)[0]
    form = {"match": match, "revision": revision}
    operator.post(f"{work}/decide", {**form, "decision": "approved"}, page=work)
    answer = operator.post(f"{work}/decide", {**form, "decision": "rejected", "reason": "too-far"}, page=work)
    assert answer.status_code == 409
    assert "Too far away" in text(answer)
    assert 'name="decision" value="rejected"' in text(answer)


def test_a_decision_is_undone_until_somebody_is_told(operator: Browser, work: str) -> None:
    act(operator, work, "decide", decision="approved")
    assert 'class="undo"' in text(operator.get(work))
    act(operator, work, "undo")
    assert 'class="undo"' not in text(operator.get(work))
    operator.post(f"{work}/invite", {"match": matches(operator, work)[0][0], "act": "invite"}, page=work)
    assert act(operator, work, "undo").status_code == 409


def test_seats_refuse_what_does_not_fit_and_keep_the_ticks(operator: Browser, work: str) -> None:
    assert operator.post(f"{work}/seats", {"most": "none"}, page=work).status_code == 422
    operator.post(f"{work}/seats", {"most": "1"}, page=work)
    (first, _), (second, _), *_ = matches(operator, work)
    answer = operator.client.post(
        f"{work}/invite",
        data={"csrf_token": operator.token(work), "match": [first, second]},
        headers=operator.headers,
    )
    assert answer.status_code == 409
    assert "has 1 seats and 0 are taken; 2 more do not fit" in text(answer)
    assert text(answer).count(' checked form="invite"') == 2
    assert operator.post(f"{work}/invite", {"match": first}, page=work).status_code == 302


def test_seats_that_somebody_else_has_set_are_not_overwritten_unseen(operator: Browser, work: str) -> None:
    operator.post(f"{work}/seats", {"most": "5"}, page=work)
    answer = operator.post(f"{work}/seats", {"most": "7", "seen": ""}, page=work)
    page = text(answer)
    assert answer.status_code == 409
    assert "set it to 5 in the meantime" in page
    assert 'name="most" type="text" value="7"' in page
    assert 'name="seen" value="5"' in page
    assert operator.post(f"{work}/seats", {"most": "7", "seen": "5"}, page=work).status_code == 302


def test_who_was_invited_is_not_quietly_approved_or_rejected(operator: Browser, work: str) -> None:
    (match, revision), *_ = matches(operator, work)
    operator.post(f"{work}/invite", {"match": match, "act": "invite"}, page=work)
    revision = operator.get(f"{work}/changes").get_json()[match]
    form = {"match": match, "revision": str(revision), "decision": "rejected", "reason": "too-far"}
    assert operator.post(f"{work}/decide", form, page=work).status_code == 409
    assert f'id="i-{match}"' not in text(operator.get(work))


def test_nobody_is_invited_to_a_need_that_is_not_open(buyer: Browser, operator: Browser) -> None:
    need = str(buyer.post("/needs/new", {"text": TEXT}, page="/needs/new").headers["Location"])
    work = f"/work{need}"
    operator.post(f"{work}/propose", page=work)
    answer = operator.post(f"{work}/invite", {"match": matches(operator, work)[0][0]}, page=work)
    assert answer.status_code == 409
    assert "Publish the need first" in text(answer)


def test_the_page_can_ask_whether_somebody_else_was_at_work(operator: Browser, work: str) -> None:
    before = operator.get(f"{work}/changes").get_json()
    act(operator, work, "decide", decision="approved")
    after = operator.get(f"{work}/changes").get_json()
    assert [key for key in before if before[key] != after[key]] == [matches(operator, work)[0][0]]


def test_another_run_marks_what_moved(operator: Browser, work: str) -> None:
    assert "no longer found" not in text(operator.get(work))
    operator.post(f"{work}/propose", page=work)
    page = text(operator.get(work))
    assert "matcher run" in page
    assert 'class="badge down"' not in page


@pytest.mark.parametrize(
    "what", ["place", "note", "undo", "decide", "invite", "seats", "add", "release", "propose"]
)
def test_a_contractor_and_a_supplier_have_no_part_in_it(
    buyer: Browser, supplier: Browser, work: str, what: str
) -> None:
    for browser in (buyer, supplier):
        answer = browser.post(f"{work}/{what}", {"decision": "approved"}, page="/account")
        assert answer.status_code in {403, 404}


def test_a_match_of_another_need_is_not_touched(operator: Browser, work: str, product: Application) -> None:
    answer = operator.post(f"{work}/note", {"match": "0" * 16, "revision": "1", "note": "x"}, page=work)
    assert answer.status_code == 404


def test_a_supplier_added_by_hand_comes_with_its_reasons(operator: Browser, buyer: Browser) -> None:
    need = str(buyer.post("/needs/new", {"text": TEXT}, page="/needs/new").headers["Location"])
    fitting = re.search(r'<h3><a href="(/suppliers/[0-9a-f]+)"', text(operator.get(need)))[1]  # type: ignore[index]
    work = f"/work{need}"
    operator.post(f"{work}/add", {"supplier": f"https://centre.example{fitting}/"}, page=work)
    page = text(operator.get(work))
    assert "added by hand" in page
    assert 'class="reasons"' in page
    assert len(matches(operator, work)) == 1


def test_a_supplier_that_a_condition_keeps_out_comes_with_the_condition_it_misses(
    operator: Browser, buyer: Browser, product: Application
) -> None:
    words = {"text": TEXT, "quantity": "200"}
    need = str(buyer.post("/needs/new", words, page="/needs/new").headers["Location"])
    strict = {"processes": "strict", "materials": "strict"}
    buyer.post(f"{need}/strictness", strict, page=need)
    listed = set(re.findall(r"/suppliers/([0-9a-f]{16})", text(operator.get(need))))
    with product.sessions() as session:
        kept_out = next(one.public_id for one in suppliers.every(session) if one.public_id not in listed)
    operator.post(f"/work{need}/add", {"supplier": kept_out}, page=f"/work{need}")
    page = text(operator.get(f"/work{need}"))
    assert kept_out in page
    assert 'class="reasons"' in page
    assert "o-unmet" in page or "o-unknown" in page


def test_programs_are_told_what_their_person_may_see(
    operator: Browser, buyer: Browser, supplier: Browser, work: str
) -> None:
    need = work.removeprefix("/work")
    asked = f"/api/v1{need}/matches"
    everything = operator.get(asked).json
    assert everything["total"] >= len(everything["items"]) > 0
    assert {"rank", "score", "reasons"} <= set(everything["items"][0])
    assert buyer.get(asked).json == {"need": need.rsplit("/", 1)[1], "total": 0, "items": []}
    act(operator, work, "decide", decision="approved")
    operator.post(f"{work}/release", page=work)
    [shown] = buyer.get(asked).json["items"]
    assert shown["supplier"] in {item["supplier"] for item in everything["items"]}
    assert "score" not in shown
    assert shown["reasons"]
    [own] = supplier.get(asked).json["items"]
    assert set(own) == {"supplier", "reasons"}
    assert own["reasons"]


def test_an_unknown_supplier_is_answered_beside_the_field(operator: Browser, work: str) -> None:
    answer = operator.post(f"{work}/add", {"supplier": "/suppliers/nobody"}, page=work)
    assert answer.status_code == 422
    assert 'value="/suppliers/nobody"' in text(answer)


def test_the_workbench_speaks_russian(operator: Browser, work: str) -> None:
    operator.post("/language", {"language": "ru"})
    page = text(operator.get(work))
    operator.post("/language", {"language": "en"})
    assert "Кто знает о заявке" in page


def test_the_centre_alone_reads_by_name_whom_which_condition_removes(
    operator: Browser, buyer: Browser, product: Application
) -> None:
    need = str(
        buyer.post(
            "/needs/new", {"text": f"{TEXT} Не дальше 300 км от Екатеринбурга."}, page="/needs/new"
        ).headers["Location"]
    )
    of_need = text(operator.get(need))
    told = int(re.search(r"Distance — (\d+)", of_need)[1])  # type: ignore[index]
    page = text(operator.get(f"/work{need}/removed"))
    cards = page.split('<li class="match card">')[1:]
    by_distance = [card for card in cards if '<span class="badge">Distance</span>' in card]
    assert len(by_distance) == told > 0
    for card in by_distance:
        if " over</span>" in card:
            declared = re.search(r"Distance</th><td>300 km</td><td>([\d\xa0]+) km", card)
            assert int(declared[1].replace("\xa0", "")) > 300, card  # type: ignore[index]
    assert f'href="/work{need}/removed"' in of_need
    assert "/removed" not in text(buyer.get(need))
    assert buyer.get(f"/work{need}/removed").status_code == 403
