"""Lists on their way through the pages of imports: sent, tried, taken, as an operator does."""

import io
import re

from matchmaker.services.imports import import_batches
from matchmaker.services.mail import jobs
from matchmaker.wiring import Application
from tests.support.browser import Browser
from tests.support.office_files import workbook

PAGE = "/work/imports/"


def send(operator: Browser, content: bytes, name: str = "list.xlsx", kind: str = "supplier"):  # type: ignore[no-untyped-def]
    sent = {"csrf_token": operator.token(PAGE), "kind": kind, "file": (io.BytesIO(content), name)}
    return operator.client.post(PAGE, data=sent, headers=operator.headers)


def work(product: Application) -> None:
    """What the worker does in the background, of it the imports alone."""
    jobs.run_due(
        product.sessions,
        {import_batches.JOB: lambda _session, given: import_batches.work(product.imports, given)},
    )


def tried(operator: Browser, product: Application, rows: list[list[object]], **more: str) -> str:
    address = str(send(operator, workbook(rows), **more).headers["Location"])
    work(product)
    return address


def press(operator: Browser, address: str, act: str, **more: str):  # type: ignore[no-untyped-def]
    return operator.post(address, {"act": act, **more}, page=address)


def counts(page: str) -> list[str]:
    """The counts of a page: new, changed, same and so on."""
    return re.findall(r'class="count">(\d+)', page)
