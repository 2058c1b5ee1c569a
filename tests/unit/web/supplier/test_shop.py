import re

from tests.support.browser import Browser, text


def test_a_supplier_sees_the_open_needs_that_fit_with_reasons(supplier: Browser) -> None:
    page = text(supplier.get("/shop/"))
    assert re.search(r"\d+ open needs? fits? us", page)
    assert "Reasons" in page
    assert "Process" in page
    assert "What would open more" in page


def test_every_need_listed_can_be_opened_by_the_supplier(supplier: Browser) -> None:
    links = set(re.findall(r'href="(/needs/[^"]+)"', text(supplier.get("/shop/")))) - {"/needs/"}
    assert links
    assert {supplier.get(link).status_code for link in links} == {200}


def test_the_page_is_for_suppliers_only(browser: Browser, buyer: Browser) -> None:
    assert browser.get("/shop/").status_code == 302
    assert buyer.get("/shop/").status_code == 403


def test_what_would_open_more_leads_to_where_it_is_changed(supplier: Browser) -> None:
    page = supplier.get("/shop/").get_data(as_text=True)
    gains = page.split('class="plain gains"', 1)[1].split("</ul>", 1)[0]
    assert "open need" in gains
    assert 'href="/shop/profile/' in gains
    profile = supplier.get("/shop/profile/").get_data(as_text=True)
    assert 'class="plain gains"' in profile
