"""Under each field of the taxonomy stands how the search understands each word that was typed there."""

from tests.support.browser import Browser, text

PART = "/shop/profile/understood?section={}&field={}&q={}"


def said_of(shop: Browser, section: str, field: str, words: str) -> str:
    answer = shop.get(PART.format(section, field, words))
    return " ".join(answer.get_json()["html"].split())


def test_known_words_come_with_their_meaning_and_others_with_the_nearest(shop: Browser) -> None:
    said = said_of(shop, "capabilities", "materials", "40Х; нержавейка; 40Х; qwrtz")
    assert said.count("understood as") == 2
    assert "нержавейка: understood as <strong>Stainless steel" in said
    assert "<strong>qwrtz</strong>: not known to the search" in said
    close = said_of(shop, "capabilities", "process", "turnin")
    assert 'data-word="turnin" data-instead="Turning"' in close


def test_the_form_says_it_of_what_stands_in_it_and_of_what_came_back(shop: Browser) -> None:
    page = text(shop.get("/shop/profile/capabilities/0"))
    assert "understood as <strong>" in page
    wrong = {"process": "turning", "tolerance_it": "99", "revision": "0"}
    back = text(shop.post("/shop/profile/capabilities/new", wrong, page="/shop/profile/capabilities/new"))
    assert "turning: understood as <strong>Turning</strong>" in back


def test_what_is_typed_is_shown_as_text_and_no_other_field_answers(shop: Browser) -> None:
    said = said_of(shop, "capabilities", "process", "<b>x</b>")
    assert "&lt;b&gt;x&lt;/b&gt;" in said
    assert "<b>" not in said
    assert said_of(shop, "capabilities", "note", "turning") == ""
    for section, field in (("capabilities", "verified"), ("nothing", "process"), ("basics", "process")):
        assert shop.get(PART.format(section, field, "x")).status_code == 404
