"""What a request has read is let go with it: the columns of before do not wait for the collector of garbage."""

import gc
from collections.abc import Iterator
from weakref import ref

import pytest
from flask import Flask
from sqlalchemy import select

from matchmaker.models import Need
from matchmaker.services.core import journal
from matchmaker.wiring import Application
from tests.support.browser import Browser, firms


@pytest.fixture(autouse=True)
def _without_collector() -> Iterator[None]:
    was = gc.isenabled()
    gc.disable()
    yield
    if was:
        gc.enable()


@pytest.mark.parametrize(
    ("role", "address"),
    [
        ("buyer", "/needs/{need}"),
        ("supplier", "/shop/"),
        ("supplier", "/shop/profile/"),
        ("operator", "/work/needs/{need}"),
        ("operator", "/suppliers?q=токарная"),
    ],
)
def test_a_page_does_not_hold_the_columns_of_before(
    own_site: Flask, own_product: Application, role: str, address: str
) -> None:
    with own_product.sessions() as session:
        need = session.scalars(select(Need.public_id).order_by(Need.id)).first()
    browser = Browser(own_site.test_client()).sign_in(role)
    page = browser.get(address.format(need=need))
    assert page.status_code == 200
    page.close()
    held = ref(own_product.index.columns())
    with own_product.sessions.begin() as session:
        journal.announce(session, firms(own_product)[:1])
    own_product.index.catch_up()
    assert own_product.index.columns() is not held()
    assert held() is None
