"""A need on the operator's desk."""

import pytest

from tests.support.browser import Browser

TEXT = "Нужны кронштейны из листа 3 мм, сталь 09Г2С, лазерная резка и гибка, 200 шт."


@pytest.fixture
def work(buyer: Browser, operator: Browser) -> str:
    """The address of the shortlist of a published need with proposals."""
    answer = buyer.post("/needs/new", {"text": TEXT}, page="/needs/new")
    address = str(answer.headers["Location"])
    buyer.post(f"{address}/move", {"state": "submitted"})
    operator.post(f"{address}/move", {"state": "published"})
    operator.post(f"/work{address}/propose", page=f"/work{address}")
    return f"/work{address}"
