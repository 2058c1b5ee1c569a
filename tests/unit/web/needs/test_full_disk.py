"""A need sent with a drawing while the disk is full: the words come back, nothing is half saved, reading goes on, and all
works without a restart once there is room.
"""

import io

from sqlalchemy import func, select

from matchmaker.models import AuditEntry, Job, Need, StoredFile
from matchmaker.services.core.journal_seal import head
from matchmaker.wiring import Application
from tests.support.browser import Browser, text
from tests.support.full_disk import full_at
from tests.support.invited import pdf

WORDS = "Валы ø45h6 из стали 40Х, токарка, 50 шт."


def send(plant: Browser, once: str):  # type: ignore[no-untyped-def]
    form = {"once": once, "text": WORDS, "file": (io.BytesIO(pdf()), "вал.pdf")}
    return plant.post("/needs/new", form, page="/needs/new")  # type: ignore[arg-type]


def counts(product: Application) -> list[int]:
    with product.sessions() as session:
        tables = (Need, StoredFile, AuditEntry, Job)
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def is_told(answer, plant: Browser) -> None:  # type: ignore[no-untyped-def]
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert WORDS in text(answer)
    assert plant.get("/needs/").status_code == 200


def test_a_full_disk_at_each_write_of_an_upload(plant: Browser, own_product: Application) -> None:
    before = counts(own_product)
    with full_at(0) as disk:
        assert send(plant, "a" * 16).status_code == 302
    after = counts(own_product)
    assert after[:2] == [before[0] + 1, before[1] + 1]
    for number in range(1, disk.calls):
        with full_at(number):
            is_told(send(plant, "b" * 16), plant)
        assert counts(own_product) == after
    with full_at(disk.calls):  # of the journal's anchor, once all is saved: it catches up with the next entry
        assert send(plant, "b" * 16).status_code == 302
    assert counts(own_product)[:2] == [after[0] + 1, after[1] + 1]
    seal = own_product.journal_seal
    with own_product.sessions() as session:
        assert seal.anchor() != head(session)
    assert send(plant, "c" * 16).status_code == 302
    with own_product.sessions() as session:
        assert seal.anchor() == head(session)
