"""The drawing room: who opens what, after which signature; and what others never learn of it."""

import io
import re

import pytest
from flask import Flask
from sqlalchemy import select

from matchmaker.models import AuditEntry, Centre, Match, Profile
from matchmaker.services.needs import needs
from matchmaker.wiring import Application
from tests.support.browser import Browser, firms, text
from tests.support.invited import STEP, field, pdf, sign, upload


def test_files_open_after_the_signature_and_close_with_it(
    need: str, plant: Browser, shop: Browser, centre: Browser, own_site: Flask, own_product: Application
) -> None:
    listing = f"/needs/{need}/drawings"
    assert upload(plant, need, pdf(), "чертёж №5.pdf").status_code == 302
    assert upload(plant, need, STEP.read_bytes(), "plate.step").status_code == 302
    page = text(plant.get(listing))
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
    copy = shop.get(first)
    assert copy.status_code == 200
    assert copy.headers["Content-Disposition"].startswith("attachment")
    assert "%E2%84%965.pdf" in copy.headers["Content-Disposition"]
    assert "no-store" in copy.headers["Cache-Control"]
    from pypdf import PdfReader

    marked = PdfReader(io.BytesIO(copy.get_data())).pages[0].extract_text()
    assert need[:8] in marked
    assert shop.get(first + "/preview/1").mimetype == "image/png"
    told = text(plant.get(listing))
    assert told.split("Who opened the files", 1)[1].count("чертёж №5.pdf") == 2
    with own_product.sessions() as session:
        opened = select(AuditEntry).where(AuditEntry.action == "drawing.opened", AuditEntry.object_id == need)
        assert len(session.scalars(opened).all()) == 1
    withdrawn = re.search(r'action="(/needs/[^"]+/withdraw)"', told.split("Who signed", 1)[1])
    assert withdrawn
    plant.post(withdrawn[1], page=listing)
    assert shop.get(first).status_code == 403
    stranger = Browser(own_site.test_client())
    assert stranger.get(first).status_code == 302
    assert centre.get(first).status_code == 200


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
    ("content", "said"),
    [
        (b"", "The file is empty"),
        (b"MZ" + b"\0" * 200, "none of"),
        (b"%PDF-1.7 nonsense", "damaged"),
        (b"ISO-10303-21;\nnonsense", "empty or damaged"),
        (b"solid x\nfacet\nendsolid", "damaged"),
    ],
)
def test_hostile_files_are_refused_and_nothing_is_kept(
    need: str, plant: Browser, content: bytes, said: str
) -> None:
    answer = upload(plant, need, content, "x.pdf")
    assert answer.status_code == 422
    assert said in text(answer)
    assert "There are no files yet" in text(plant.get(f"/needs/{need}/drawings"))


def test_the_model_s_size_is_taken_into_the_need(need: str, plant: Browser, own_product: Application) -> None:
    upload(plant, need, STEP.read_bytes(), "plate.step")
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
        assert needs.chosen_centres(session, needs.by_key(session, need)) == ["far"]
    assert 'id="z-far" name="centre" type="checkbox" value="far" checked' in text(plant.get(page))
    network = {"disclosure": "open", "reach": "network", "centre": "far"}
    assert plant.post(f"{page}/openness", network, page=page).status_code == 302
    with own_product.sessions() as session:
        assert needs.chosen_centres(session, needs.by_key(session, need)) == []
