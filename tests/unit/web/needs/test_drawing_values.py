"""A need that begins with a drawing: what its files say is proposed, corrected and taken; a new revision is confirmed anew."""

import io
import re
from pathlib import Path

import pytest
from flask import Flask

from matchmaker.models import Need
from matchmaker.services.needs import needs
from matchmaker.wiring import Application
from tests.support.browser import Browser, text
from tests.support.invited import STEP, field, pdf, sign, upload
from tests.support.opened import open_files

TITLE_BLOCK = """#set page(width: 297mm, height: 210mm)
ø45h6 √ Ra 0,8
АБВГ.714351.001 \\
Вал приводной \\
Сталь 40Х ГОСТ 4543-2016 \\
Лит. Масса Масштаб \\
3,95 1:2"""


def drawing() -> bytes:
    import typst

    return bytes(typst.compile(TITLE_BLOCK.encode(), format="pdf"))


def post(browser: Browser, *files: tuple[bytes, str], **typed: str):  # type: ignore[no-untyped-def]
    sent = [(io.BytesIO(content), name) for content, name in files]
    return browser.post("/needs/new", {**typed, "file": sent}, page="/needs/new")  # type: ignore[dict-item]


def stored(application: Application, key: str) -> Need:
    with application.sessions() as session:
        return needs.by_key(session, key)


def take(browser: Browser, key: str, **values: str):  # type: ignore[no-untyped-def]
    page = f"/needs/{key}"
    form = {f"read-{name}": value for name, value in values.items()}
    form |= {"take": list(values), "revision": field(text(browser.get(page)), "revision")}  # type: ignore[dict-item]
    return browser.post(f"{page}/readings", form, page=page)


def test_a_need_begins_with_its_drawings(plant: Browser, own_product: Application) -> None:
    answer = post(plant, (drawing(), "вал.pdf"), (STEP.read_bytes(), "plate.step"))
    key = answer.headers["Location"].rsplit("/", 1)[1]
    assert stored(own_product, key).title == "вал"
    assert "2 files are being opened" in text(plant.get(f"/needs/{key}"))
    open_files(own_product)
    page = text(plant.get(f"/needs/{key}"))
    shown = {name: field(page, f"read-{name}") for name in re.findall('name="read-([a-z_]+)"', page)}
    assert shown["title"] == "Вал приводной АБВГ.714351.001"
    assert 'value="title" checked' in page
    assert shown["envelope_mm"] == "420×80×12"
    assert shown["mass_kg"] == "3.95"
    assert shown["tolerance_it"] == "6"
    assert shown["roughness_ra_um"] == "0.8"
    assert "40" in shown["materials"]
    assert not stored(own_product, key).requirements
    take(plant, key, envelope_mm="420×80×14", mass_kg="3,95", materials=shown["materials"])
    record = needs.record(stored(own_product, key))
    assert record.envelope_mm == (420, 80, 14)
    assert record.mass_kg == 3.95
    assert 'name="read-mass_kg"' not in text(plant.get(f"/needs/{key}"))


def test_the_mass_comes_from_the_volume_and_the_material(plant: Browser, own_product: Application) -> None:
    answer = post(plant, (STEP.read_bytes(), "plate.step"), text="Плита, алюминий Д16Т, фрезерование")
    open_files(own_product)
    page = text(plant.get(answer.headers["Location"]))
    assert field(page, "read-mass_kg") == "1.09"  # 403.2 cm³ of 2.7 g/cm³


def test_what_the_need_says_otherwise_is_shown_and_not_ticked(
    plant: Browser, own_product: Application
) -> None:
    answer = post(plant, (STEP.read_bytes(), "p.step"), text="Плита 400×80×12, сталь 45")
    open_files(own_product)
    page = text(plant.get(answer.headers["Location"])).split('id="readings"', 1)[1].split("</details>", 1)[0]
    assert "in the need now: 400×80×12" in page
    assert 'value="envelope_mm" checked' not in page


def test_an_stl_is_taken_for_millimetres_by_a_person_only(plant: Browser, own_product: Application) -> None:
    import trimesh

    ring = trimesh.creation.annulus(r_min=10, r_max=30, height=12).export(file_type="stl")
    address = post(plant, (ring, "ring.stl"), title="Кольцо").headers["Location"]
    open_files(own_product)
    page = text(plant.get(address))
    listed = page.split('id="readings"', 1)[1].split("</details>", 1)[0]
    assert field(listed, "read-diameter_mm") == "60"
    assert "millimetres are assumed" in listed
    assert " checked" not in listed


def test_a_wrong_value_comes_back_by_its_field(plant: Browser, own_product: Application) -> None:
    key = post(plant, (STEP.read_bytes(), "p.step")).headers["Location"].rsplit("/", 1)[1]
    open_files(own_product)
    answer = take(plant, key, envelope_mm="huge")
    assert answer.status_code == 422
    assert 'value="huge"' in text(answer)
    assert "420×80×12" in text(answer)  # the advice
    assert not stored(own_product, key).requirements


def test_a_file_that_is_not_what_its_name_says_is_refused_and_the_text_stays(plant: Browser) -> None:
    answer = post(plant, (b"MZ" + bytes(500), "part.pdf"), text="Фланец, 20 шт.")
    assert answer.status_code == 422
    assert "part.pdf: The name ends like PDF" in text(answer)
    assert "Фланец, 20 шт." in text(answer)


def test_a_locked_pdf_and_a_crowded_dxf_are_told_with_advice(
    plant: Browser, own_product: Application
) -> None:
    from pypdf import PdfReader, PdfWriter

    writer, locked = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf()))), io.BytesIO()
    writer.encrypt("secret")
    writer.write(locked)
    crowd = b"  0\nSECTION\n  2\nENTITIES\n" + b"  0\nINSERT\n  2\nA\n" * 26_000 + b"  0\nENDSEC\n  0\nEOF\n"
    key = post(plant, (locked.getvalue(), "a.pdf"), (crowd, "a.dxf")).headers["Location"]
    open_files(own_product)
    page = text(plant.get(f"{key}/drawings"))
    assert "protected by a password" in page
    assert "too many lines" in page


def test_openness_is_chosen_with_the_need(plant: Browser, own_product: Application) -> None:
    wanted = {"text": "Втулки, 30 шт.", "disclosure": "nda", "reach": "centre"}
    need_ = stored(own_product, post(plant, **wanted).headers["Location"].rsplit("/", 1)[1])
    assert (need_.disclosure, need_.reach) == ("nda", "centre")
    strange = {"text": "Втулки, 31 шт.", "disclosure": "💩", "reach": "chosen"}
    need_ = stored(own_product, post(plant, **strange).headers["Location"].rsplit("/", 1)[1])
    assert (need_.disclosure, need_.reach) == ("name-hidden", "network")
    again = post(plant, **{**wanted, "diameter_mm": "wide"})
    assert '<option value="nda" selected>' in text(again)


def test_sent_twice_it_is_one_need_with_one_drawing(plant: Browser) -> None:
    once = field(text(plant.get("/needs/new")), "once")
    first = post(plant, (STEP.read_bytes(), "p.step"), once=once)
    again = post(plant, (STEP.read_bytes(), "p.step"), once=once)
    assert first.headers["Location"] == again.headers["Location"]
    assert "Drawings: 1" in text(plant.get(first.headers["Location"]))


def test_a_new_revision_opens_after_the_agreement_is_confirmed_for_it(
    need: str,
    plant: Browser,
    shop: Browser,
    own_product: Application,
) -> None:
    upload(plant, need, pdf(), "plan.pdf")
    open_files(own_product)
    sign(shop, need)
    listing = f"/needs/{need}/drawings"
    (old,) = set(re.findall(r'href="(/drawings/[0-9a-f]+)"', text(shop.get(listing))))
    assert shop.get(old).status_code == 202
    open_files(own_product)
    assert shop.get(old).status_code == 200
    again = {"file": (io.BytesIO(drawing()), "plan.pdf")}
    assert plant.post(f"{old}/replace", again, page=listing).status_code == 302  # type: ignore[arg-type]
    open_files(own_product)
    assert shop.get(old).status_code == 404
    assert "revision 2" in text(shop.get(listing))
    assert "is new since your firm accepted" in text(shop.get(listing))
    (new,) = set(re.findall(r'href="(/drawings/[0-9a-f]+)"', text(plant.get(listing))))
    assert new != old
    assert {shop.get(new).status_code, shop.get(f"{new}/preview/1").status_code} == {403}
    sign(shop, need)
    assert shop.get(new).status_code == 202
    register = text(plant.get(listing)).split("Who signed the agreement", 1)[1]
    assert register.count("1 file") == 2
    agreement = re.findall(r'action="(/needs/[^"]+/nda/[^"]+/withdraw)"', register)[0]
    plant.post(agreement, page=listing)
    assert shop.get(new).status_code == 403


def test_a_refused_revision_leaves_the_old_one_open(
    need: str,
    plant: Browser,
) -> None:
    upload(plant, need, pdf(), "plan.pdf")
    listing = f"/needs/{need}/drawings"
    (old,) = set(re.findall(r'href="(/drawings/[0-9a-f]+)"', text(plant.get(listing))))
    wrong = {"file": (io.BytesIO(b"no drawing"), "plan.pdf")}
    answer = plant.post(f"{old}/replace", wrong, page=listing)  # type: ignore[arg-type]
    assert answer.status_code == 415
    assert "ends like PDF" in text(answer)
    assert plant.get(old).status_code == 200


def plan(folder: Path) -> bytes:
    import ezdxf

    document = ezdxf.new()
    document.modelspace().add_line((0, 0), (100, 50))
    document.saveas(folder / "plan.dxf")
    return (folder / "plan.dxf").read_bytes()


def test_a_preview_is_marked_for_its_reader_too(
    need: str,
    plant: Browser,
    shop: Browser,
    own_product: Application,
    tmp_path: Path,
) -> None:
    upload(plant, need, pdf(), "plan.pdf")
    upload(plant, need, plan(tmp_path), "plan.dxf")
    open_files(own_product)
    sign(shop, need)
    listing = text(shop.get(f"/needs/{need}/drawings"))
    first, second = re.findall(r'src="(/drawings/[0-9a-f]+/preview/1)"', listing)
    assert shop.get(first).get_data() != plant.get(first).get_data()
    assert need[:8] in text(shop.get(second))
    assert need[:8] not in text(plant.get(second))


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_form_says_what_is_read_from_files(own_site: Flask, language: str) -> None:
    page = text(Browser(own_site.test_client(), language).sign_in("buyer").get("/needs/new"))
    assert 'accept=".pdf, .dxf, .step, .stp, .stl, .png, .jpg, .jpeg, .webp, .heic"' in page
