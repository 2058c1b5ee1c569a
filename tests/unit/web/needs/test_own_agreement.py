"""A plant's own agreement: a PDF that firms read and accept as it is, by its hash, and no other one in its place."""

import hashlib
import io
import re

import pytest
from sqlalchemy import select

from matchmaker.models import Agreement, AuditEntry
from matchmaker.services.needs import ndas
from matchmaker.wiring import Application
from tests.support.browser import Browser, text
from tests.support.invited import field, pdf, sign, upload


def own_pdf(words: str) -> bytes:
    import typst

    return bytes(typst.compile(words.encode(), format="pdf"))


def set_text(plant: Browser, need: str, content: bytes, name: str = "Соглашение.pdf") -> int:
    page = f"/needs/{need}/agreement"
    return plant.post(page, {"file": (io.BytesIO(content), name)}, page=page).status_code  # type: ignore[dict-item]


def entries(product: Application, need: str, action: str) -> list[AuditEntry]:
    with product.sessions() as session:
        query = select(AuditEntry).where(AuditEntry.object_id == need, AuditEntry.action == action)
        return list(session.scalars(query.order_by(AuditEntry.id)))


def test_a_firm_accepts_the_very_text_of_the_plant(
    need: str, plant: Browser, shop: Browser, own_product: Application
) -> None:
    words = own_pdf("Соглашение завода, редакция 1")
    digest = hashlib.sha256(words).hexdigest()
    upload(plant, need, pdf(), "a.pdf")
    assert set_text(plant, need, words) == 302
    assert set_text(plant, need, words) == 302
    assert [one.details["text"] for one in entries(own_product, need, "nda.text_set")] == [digest]
    page = text(shop.get(f"/needs/{need}/nda"))
    assert digest in page
    assert "Соглашение.pdf" in page
    given = shop.get(f"/needs/{need}/nda/text")
    assert given.data == words
    assert given.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in given.headers["Content-Security-Policy"]
    address = f"/needs/{need}/nda"
    assert shop.post(address, {"agree": "yes", "text": field(page, "text")}, page=address).status_code == 302
    assert shop.get(f"/needs/{need}/drawings").status_code == 200
    with own_product.sessions() as session:
        accepted = session.scalars(select(Agreement).order_by(Agreement.id.desc())).first()
        assert accepted is not None
        assert accepted.text_hash == digest
    assert entries(own_product, need, "nda.accepted")[-1].details["text"] == digest
    assert digest[:8] in text(plant.get(f"/needs/{need}/drawings"))


def test_another_text_ends_what_was_accepted_and_none_is_accepted_unread(
    need: str, plant: Browser, shop: Browser, own_product: Application
) -> None:
    upload(plant, need, pdf(), "a.pdf")
    sign(shop, need)
    address = f"/needs/{need}/nda"
    drawing = re.findall(r'href="(/drawings/[0-9a-f]+)"', text(plant.get(f"/needs/{need}/drawings")))[0]
    assert shop.get(f"/needs/{need}/drawings").status_code == 200
    assert set_text(plant, need, own_pdf("редакция 2")) == 302
    assert shop.get(f"/needs/{need}/drawings").status_code == 403
    assert shop.get(drawing).status_code == 403
    assert len(entries(own_product, need, "nda.text_set")[-1].details["ended"]) == 1
    read = field(text(shop.get(address)), "text")
    set_text(plant, need, own_pdf("редакция 3"))
    for shown in (read, ""):
        late = shop.post(address, {"agree": "yes", "text": shown}, page=address)
        assert late.status_code == 409
        assert "read it once more" in text(late)
    assert shop.get(drawing).status_code == 403
    now = field(text(shop.get(address)), "text")
    assert shop.post(address, {"agree": "yes", "text": now}, page=address).status_code == 302
    assert shop.get(f"/needs/{need}/drawings").status_code == 200


def test_the_text_of_the_centre_holds_again(
    need: str, plant: Browser, shop: Browser, own_product: Application
) -> None:
    page, address = f"/needs/{need}/agreement", f"/needs/{need}/nda"
    upload(plant, need, pdf(), "a.pdf")
    set_text(plant, need, own_pdf("редакция 4"))
    own = field(text(shop.get(address)), "text")
    assert plant.post(page, {"act": "centre"}, page=page).status_code == 302
    assert plant.post(page, {"act": "centre"}, page=page).status_code == 302
    assert len(entries(own_product, need, "nda.text_dropped")) == 1
    assert field(text(shop.get(address)), "text") != own
    assert shop.get(f"/needs/{need}/nda/text").mimetype == "text/plain"
    assert shop.post(address, {"agree": "yes", "text": own}, page=address).status_code == 409
    sign(shop, need)
    assert shop.get(f"/needs/{need}/drawings").status_code == 200


def test_what_is_no_pdf_is_refused_and_changes_nothing(
    need: str, plant: Browser, shop: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = f"/needs/{need}/agreement"
    monkeypatch.setattr(ndas, "LARGEST_TEXT", 500)
    for content, status in ((b"PK\x03\x04 a document", 415), (b"", 422), (b"%PDF-" + bytes(500), 413)):
        assert set_text(plant, need, content, "text.docx") == status
    assert plant.post(page, page=page).status_code == 422
    assert "The text of the centre" in text(plant.get(page))
    assert shop.get(page).status_code == 403
