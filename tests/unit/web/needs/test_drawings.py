"""The drawing room: who opens what, after which signature; and what others never learn of it."""

import hashlib
import io
import re

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from matchmaker.models import AuditEntry, Centre, Match, Profile, Session, StoredFile
from matchmaker.services.core import blobs
from matchmaker.services.files import sweeper
from matchmaker.services.needs import needs
from matchmaker.wiring import Application
from tests.support.browser import Browser, firms, text
from tests.support.invited import STEP, field, pdf, sign, upload
from tests.support.opened import open_files


def marked_copy(shop: Browser, address: str, product: Application):  # type: ignore[no-untyped-def]
    """A supplier's copy of a file: it waits until the copy is made."""
    waits = shop.get(address)
    assert waits.status_code == 202
    assert "being opened" in text(waits)
    again = re.search(r'http-equiv="refresh" content="\d+; url=([^"]+)"', text(waits))
    assert again
    assert shop.get(again[1]).status_code == 202
    open_files(product)
    return shop.get(again[1])


def test_files_open_after_the_signature_and_close_with_it(
    need: str, plant: Browser, shop: Browser, centre: Browser, own_site: Flask, own_product: Application
) -> None:
    listing = f"/needs/{need}/drawings"
    sent = pdf()
    assert upload(plant, need, sent, "чертёж №5.pdf").status_code == 302
    assert upload(plant, need, STEP.read_bytes(), "plate.step").status_code == 302
    waiting = text(plant.get(listing))
    assert "2 files are being opened" in waiting
    assert '<meta http-equiv="refresh"' in waiting
    open_files(own_product)
    page = text(plant.get(listing))
    assert "being opened" not in page
    assert "420 × 80 × 12" in page
    first = re.findall(r'href="(/drawings/[0-9a-f]+)"', page)[0]
    refused = shop.get(listing)
    assert refused.status_code == 403
    assert f"/needs/{need}/nda" in text(refused)
    assert shop.get(first).status_code == 403
    assert shop.get(first + "/preview/1").status_code == 403
    assert shop.post(f"/needs/{need}/nda", page=f"/needs/{need}/nda").status_code == 422
    sign(shop, need)
    assert shop.get(listing).status_code == 200
    assert plant.get(first).get_data() == sent
    copy = marked_copy(shop, first, own_product)
    assert copy.status_code == 200
    assert copy.headers["Content-Disposition"].startswith("attachment")
    assert "%E2%84%965.pdf" in copy.headers["Content-Disposition"]
    assert "no-store" in copy.headers["Cache-Control"]
    from pypdf import PdfReader

    marked = PdfReader(io.BytesIO(copy.get_data())).pages[0].extract_text()
    assert need[:8] in marked
    assert shop.get(first + "/preview/1").mimetype == "image/png"
    told = text(plant.get(listing))
    assert told.split("Who opened the files", 1)[1].count("чертёж №5.pdf") == 3
    with own_product.sessions() as session:
        opened = select(AuditEntry).where(AuditEntry.action == "drawing.opened", AuditEntry.object_id == need)
        assert len(session.scalars(opened).all()) == 2
    model = re.findall(r'href="(/drawings/[0-9a-f]+)"', page)[1]
    assert plant.get(model).get_data() == STEP.read_bytes()
    copy = marked_copy(shop, model, own_product)
    assert need[:8].encode() in copy.get_data()
    with own_product.sessions() as session:
        last = session.scalars(opened.order_by(AuditEntry.id.desc())).first()
        assert last is not None
        assert last.details["copy"] == hashlib.sha256(copy.get_data()).hexdigest()
    withdrawn = re.search(r'action="(/needs/[^"]+/withdraw)"', told.split("Who signed", 1)[1])
    assert withdrawn
    plant.post(withdrawn[1], page=listing)
    assert shop.get(first).status_code == 403
    stranger = Browser(own_site.test_client())
    assert stranger.get(first).status_code == 302
    assert centre.get(first).status_code == 200


def test_a_drawing_photographed_by_a_telephone_is_shown_and_marked(
    need: str, plant: Browser, shop: Browser, own_product: Application
) -> None:
    photo = (STEP.parent / "photo.heic").read_bytes()
    assert upload(plant, need, photo, "IMG_0001.HEIC").status_code == 302
    open_files(own_product)
    page = text(plant.get(f"/needs/{need}/drawings"))
    [address] = re.findall(r'href="(/drawings/[0-9a-f]+)"', page)
    assert plant.get(address + "/preview/1").mimetype == "image/png"
    assert plant.get(address).get_data() == photo
    sign(shop, need)
    copy = marked_copy(shop, address, own_product)
    assert (copy.mimetype, Image.open(io.BytesIO(copy.get_data())).size) == ("image/jpeg", (640, 320))
    assert "IMG_0001.HEIC.jpg" in copy.headers["Content-Disposition"]


def test_who_is_not_invited_learns_nothing_about_files(
    need: str, plant: Browser, own_product: Application, shop: Browser
) -> None:
    upload(plant, need, pdf(), "a.pdf")
    page = text(plant.get(f"/needs/{need}/drawings"))
    link = re.findall(r'href="(/drawings/[0-9a-f]+)"', page)[0]
    with own_product.sessions.begin() as session:
        profile = session.scalars(select(Profile).where(Profile.public_id == firms(own_product)[0])).one()
        match = session.scalars(
            select(Match).join(Match.need).where(Match.profile_id == profile.id).order_by(Match.id.desc())
        ).first()
        assert match is not None
        match.state = "rejected"
    absent, hidden = shop.get("/drawings/0123456789abcdef"), shop.get(link)
    assert (absent.status_code, hidden.status_code) == (404, 404)
    plain = re.compile(r'value="[^"]+"|[0-9a-f]{16}')
    assert plain.sub("", text(absent)) == plain.sub("", text(hidden))
    assert "Drawings" not in text(shop.get(f"/needs/{need}"))


@pytest.mark.parametrize(
    ("content", "name", "status", "said"),
    [
        (b"", "x.pdf", 422, "The file is empty"),
        (b"MZ" + b"\0" * 200, "x.pdf", 415, "ends like PDF, but the content is none"),
        (b"<html><script>1</script>", "x.jpg", 415, "ends like JPG"),
    ],
)
def test_what_is_not_what_its_name_says_is_refused_and_nothing_is_kept(
    need: str, plant: Browser, content: bytes, name: str, status: int, said: str
) -> None:
    answer = upload(plant, need, content, name)
    assert answer.status_code == status
    assert said in text(answer)
    assert "There are no files yet" in text(plant.get(f"/needs/{need}/drawings"))


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"%PDF-1.7 nonsense", "x.pdf", "damaged"),
        (b"ISO-10303-21;\nnonsense", "x.step", "empty or damaged"),
        (b"solid x\nfacet\nendsolid", "x.stl", "damaged"),
        (b"AC1032" + bytes(500), "part.dwg", "DXF, or print it to PDF"),
        (b"a parts list", "parts.txt", "no preview of this kind of file"),
    ],
)
def test_a_file_that_cannot_be_opened_stays_attached_and_says_so(
    need: str, plant: Browser, own_product: Application, content: bytes, name: str, said: str
) -> None:
    assert upload(plant, need, content, name).status_code == 302
    open_files(own_product)
    page = text(plant.get(f"/needs/{need}/drawings"))
    assert said in page
    assert "stays attached without a preview" in page
    link = re.findall(r'href="(/drawings/[0-9a-f]+)"', page)[0]
    kept = plant.get(link)
    assert (kept.get_data(), kept.headers["X-Content-Type-Options"]) == (content, "nosniff")


def test_a_pdf_of_too_many_pages_is_told_at_once_and_not_given_to_suppliers(
    need: str, plant: Browser, shop: Browser, own_product: Application
) -> None:
    from pypdf import PdfWriter

    writer, made = PdfWriter(), io.BytesIO()
    for _ in range(501):
        writer.add_blank_page(100, 100)
    writer.write(made)
    upload(plant, need, made.getvalue(), "album.pdf")
    open_files(own_product)
    page = text(plant.get(f"/needs/{need}/drawings"))
    assert "at most 500 pages, and the PDF has 501" in page
    link = re.findall(r'href="(/drawings/[0-9a-f]+)"', page)[0]
    assert plant.get(link).get_data() == made.getvalue()
    sign(shop, need)
    refused = shop.get(link)
    assert refused.status_code == 422
    assert "at most 500 pages" in text(refused)


def test_a_file_whose_bytes_are_gone_is_told_so_and_raises_an_alarm(
    need: str, plant: Browser, own_product: Application
) -> None:
    upload(plant, need, STEP.read_bytes() + b"\n", "gone.step")
    open_files(own_product)
    link = re.findall(r'href="(/drawings/[0-9a-f]+)"', text(plant.get(f"/needs/{need}/drawings")))[0]
    with own_product.sessions() as session:
        stored = session.scalars(select(StoredFile).order_by(StoredFile.id.desc())).first()
        assert stored
    path = blobs.path_of(own_product.data / "files", stored.sha256)
    content = path.read_bytes()
    path.unlink()
    answer = plant.get(link)
    assert answer.status_code == 410
    assert "content cannot be found" in text(answer)
    assert "cannot be found on the server" in text(plant.get(f"/needs/{need}/drawings"))
    with own_product.sessions() as session:
        assert session.scalar(sweeper.missing()) == 1
    path.write_bytes(content)
    sweeper.sweep(own_product.sessions, own_product.data)
    assert plant.get(link).status_code == 200
    with own_product.sessions() as session:
        assert session.scalar(sweeper.missing()) == 0


def test_the_model_s_size_is_taken_into_the_need(need: str, plant: Browser, own_product: Application) -> None:
    upload(plant, need, STEP.read_bytes(), "plate.step")
    open_files(own_product)
    page = text(plant.get(f"/needs/{need}"))
    taken = {"take": "envelope_mm", "read-envelope_mm": "420×80×12", "revision": field(page, "revision")}
    assert plant.post(f"/needs/{need}/readings", taken, page=f"/needs/{need}").status_code == 302
    with own_product.sessions() as session:
        assert needs.record(needs.by_key(session, need)).envelope_mm == (420.0, 80.0, 12.0)


def test_the_words_of_a_need_under_agreement_open_with_the_signature(
    need: str, shop: Browser, plant: Browser, own_site: Flask, own_product: Application
) -> None:
    page = f"/needs/{need}"
    stranger = Browser(own_site.test_client())
    assert "стали 40Х" in text(stranger.get(page))
    given = {"disclosure": "nda", "reach": "network"}
    assert plant.post(f"{page}/openness", given, page=page).status_code == 302
    for reader in (stranger, shop):
        assert "стали 40Х" not in text(reader.get(page))
    assert "Read the agreement" in text(shop.get(page))
    sign(shop, need)
    assert "стали 40Х" in text(shop.get(page))
    assert "стали 40Х" not in text(stranger.get(page))
    assert (
        plant.post(f"{page}/openness", {"disclosure": "all", "reach": "moon"}, page=page).status_code == 422
    )
    assert shop.post(f"{page}/openness", given, page=page).status_code == 403
    plant.post(f"{page}/openness", {"disclosure": "invited", "reach": "network"}, page=page)
    assert stranger.get(page).status_code == 404
    assert shop.get(page).status_code == 200


def chosen_centres(session: Session, key: str) -> list[str]:
    """The codes of the centres chosen for a need."""
    offered = needs.other_centres(session, needs.by_key(session, key))
    return [centre.code for centre, is_chosen in offered.items() if is_chosen]


def test_a_need_reaches_the_centres_that_are_ticked(
    need: str, plant: Browser, own_product: Application
) -> None:
    page = f"/needs/{need}"
    with own_product.sessions.begin() as session:
        if session.scalar(select(Centre).where(Centre.code == "far")) is None:
            session.add(Centre(code="far", name_ru="Дальний центр", name_en="Far centre"))
    assert "Far centre" in text(plant.get(page))
    none = plant.post(f"{page}/openness", {"disclosure": "open", "reach": "chosen"}, page=page)
    assert none.status_code == 422
    assert "Tick the centres" in text(none)
    chosen = {"disclosure": "open", "reach": "chosen", "centre": "far"}
    assert plant.post(f"{page}/openness", chosen, page=page).status_code == 302
    with own_product.sessions() as session:
        assert chosen_centres(session, need) == ["far"]
    assert 'id="z-far" name="centre" type="checkbox" value="far" checked' in text(plant.get(page))
    network = {"disclosure": "open", "reach": "network", "centre": "far"}
    assert plant.post(f"{page}/openness", network, page=page).status_code == 302
    with own_product.sessions() as session:
        assert chosen_centres(session, need) == []
