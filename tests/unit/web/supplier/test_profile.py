"""A supplier fills its profile in, hands it in, gets it back, corrects it; the operator publishes; others see nothing before."""

import io
import re
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from matchmaker.models import Mail
from matchmaker.web.app import create_app
from matchmaker.wiring import Application
from tests.support import profile_steps
from tests.support.browser import Browser, text


def discard(browser: Browser) -> None:
    browser.post("/shop/profile/discard", page="/shop/profile/")


def test_wrong_values_come_back_as_typed_with_the_field_named(shop: Browser) -> None:
    address = "/shop/profile/capabilities/new"
    answer = profile_steps.save(
        shop, address, process="Turning", tolerance_it="40", envelope_mm="420x80", note="kept"
    )
    page = text(answer)
    assert answer.status_code == 422
    assert 'id="p-envelope_mm"' in page
    assert 'value="420x80"' in page
    assert 'value="kept"' in page
    answer = profile_steps.save(
        shop, address, process="Turning", tolerance_it="40", **{"lot-min": "9", "lot-max": "3"}
    )
    assert 'id="p-tolerance_it"' in text(answer)
    assert "(40)" in text(answer)
    assert answer.status_code == 422


def test_the_centre_s_fields_are_refused(shop: Browser) -> None:
    given = {"standard": "ISO 9001", "status": "certified", "verified": "true"}
    answer = profile_steps.save(shop, "/shop/profile/certificates/new", **given)
    assert answer.status_code == 422
    assert "written by the centre alone" in text(answer)


def test_a_stale_form_is_told_and_keeps_what_was_typed(shop: Browser) -> None:
    page = text(shop.get("/shop/profile/basics"))
    assert (
        profile_steps.save(
            shop, "/shop/profile/basics", **{"name-ru": "ООО Первый", "city": "Пермь"}
        ).status_code
        == 302
    )
    late = {"revision": profile_steps.field(page, "revision"), "name-ru": "ООО Второй", "city": "Омск"}
    answer = shop.post("/shop/profile/basics", late, page="/shop/profile/basics")
    assert answer.status_code == 409
    assert "now: ООО Первый" in text(answer)
    assert 'value="ООО Второй"' in text(answer)
    discard(shop)


def test_the_way_from_a_draft_to_the_page(shop: Browser, centre: Browser, stranger: Browser) -> None:
    address = profile_steps.public_page(shop)
    assert "Ultrasonic hive polishing" not in text(stranger.get(address))
    profile_steps.save(
        shop, "/shop/profile/capabilities/new", process="Ultrasonic hive polishing", tolerance_it="7"
    )
    assert "Ultrasonic" not in text(stranger.get(address))
    shop.post("/shop/profile/submit", page="/shop/profile/")
    assert "The centre is reading your changes" in text(shop.get("/shop/profile/"))
    queue = text(centre.get("/work/profiles/"))
    review = queue.split('href="/work/profiles/', 1)[1].split('"', 1)[0]
    review = f"/work/profiles/{review}"
    page = text(centre.get(review))
    assert "<ins>Ultrasonic hive polishing" in page
    given = {
        "revision": profile_steps.field(page, "revision"),
        "decision": "return",
        "remark-capabilities": "Which materials?",
    }
    assert centre.post(review, given, page=review).status_code == 302
    draft = text(shop.get("/shop/profile/"))
    assert "The centre asks for corrections" in draft
    assert "Which materials?" in draft
    index = draft.split("Ultrasonic", 1)[0].rsplit("/shop/profile/capabilities/", 1)[1].split('"', 1)[0]
    entry = f"/shop/profile/capabilities/{index}"
    profile_steps.save(
        shop, entry, process="Ultrasonic hive polishing", tolerance_it="7", materials="Beeswax; Steel 45"
    )
    shop.post("/shop/profile/submit", page="/shop/profile/")
    page = text(centre.get(review))
    assert (
        centre.post(
            review, {"revision": profile_steps.field(page, "revision"), "decision": "approve"}, page=review
        ).status_code
        == 302
    )
    assert "Ultrasonic hive polishing" in text(stranger.get(address))
    assert "No profile waits for you" in text(centre.get("/work/profiles/"))


def test_changes_after_the_operator_began_reading_are_not_approved_unseen(
    shop: Browser, centre: Browser
) -> None:
    profile_steps.save(shop, "/shop/profile/references/new", customer="Beekeepers")
    shop.post("/shop/profile/submit", page="/shop/profile/")
    queue = text(centre.get("/work/profiles/"))
    review = "/work/profiles/" + queue.split('href="/work/profiles/', 1)[1].split('"', 1)[0]
    old = profile_steps.field(text(centre.get(review)), "revision")
    profile_steps.save(shop, "/shop/profile/references/new", customer="Mushroom growers")
    shop.post("/shop/profile/submit", page="/shop/profile/")
    given = {"revision": old, "decision": "approve", "remark-references": "typed before"}
    answer = centre.post(review, given, page=review)
    assert answer.status_code == 409
    assert "typed before" in text(answer)
    discard(shop)


def test_nobody_else_comes_near(shop: Browser, own_site: Flask, stranger: Browser, centre: Browser) -> None:
    buyer = Browser(own_site.test_client()).sign_in("buyer")
    assert stranger.get("/shop/profile/").status_code == 302
    assert stranger.get("/work/profiles/").status_code == 302
    for address in (
        "/shop/profile/",
        "/shop/profile/fill",
        "/shop/capacity/",
        "/work/profiles/",
        "/work/certificates",
    ):
        assert buyer.get(address).status_code == 403, address
    assert shop.get("/work/profiles/").status_code == 403
    assert centre.get("/shop/profile/").status_code == 403
    assert centre.get("/work/profiles/nobody").status_code == 404


def test_hours_are_typed_or_pasted_and_reach_the_search(shop: Browser, own_product: Application) -> None:
    save_machine(shop, own_product)
    page = text(shop.get("/shop/capacity/"))
    cells = re.findall(r'name="([^"]+)"[^>]* class="cell"', page)
    wrong = shop.post("/shop/capacity/", {cells[0]: "40/50"}, page="/shop/capacity/")
    assert wrong.status_code == 422
    assert 'value="40/50"' in text(wrong)
    assert (
        shop.post("/shop/capacity/", {"block": "60\t60/20\t60\t60"}, page="/shop/capacity/").status_code
        == 302
    )
    assert 'value="60/20"' in text(shop.get("/shop/capacity/"))
    headed = {"block": "Станки\tнеделя 1\tнеделя 2\nТокарная\t60\t60/20\t60\t60"}
    assert shop.post("/shop/capacity/", headed, page="/shop/capacity/").status_code == 302
    large = shop.post("/shop/capacity/", {"block": "40\n" * 9}, page="/shop/capacity/")
    assert large.status_code == 422
    assert "larger than the table" in text(large)
    assert "40\n40" in text(large)
    number, *_ = re.findall(r'name="(every [^"]+)"', text(shop.get("/shop/capacity/")))
    refused = shop.post("/shop/capacity/", {number: "many"}, page="/shop/capacity/")
    assert (refused.status_code, 'value="many"' in text(refused)) == (422, True)
    sent = dict.fromkeys(cells, "") | {number: "35", cells[1]: "35/5"}
    assert shop.post("/shop/capacity/", sent, page="/shop/capacity/").status_code == 302
    assert shop.post("/shop/capacity/", headed, page="/shop/capacity/").status_code == 302
    own_product.index.catch_up()
    columns = own_product.index.columns()
    key = profile_steps.public_page(shop).rsplit("/", 1)[1]
    row = columns.row(key)
    assert row is not None
    assert columns.spare_hours[row] == pytest.approx((60 + 40 + 60 + 60) / 4 * 52 / 12)
    november, december = 2026 * 12 + 10, 2026 * 12 + 11
    # The first week, with Thursday the 26th, is November's; the other three are December's.
    hours = columns.free_hours((november, december))
    assert [float(month[row]) for month in hours] == pytest.approx(
        [60 * 52 / 12, (40 + 60 + 60) / 3 * 52 / 12]
    )


def save_machine(shop: Browser, own_product: Application) -> None:
    """A profile with one group of machines, published."""
    centre = Browser(create_app(own_product).test_client()).sign_in("operator")
    profile_steps.save(shop, "/shop/profile/equipment/new", name="CNC lathe", type="CNC lathe")
    shop.post("/shop/profile/submit", page="/shop/profile/")
    queue = text(centre.get("/work/profiles/"))
    review = "/work/profiles/" + queue.split('href="/work/profiles/', 1)[1].split('"', 1)[0]
    revision = profile_steps.field(text(centre.get(review)), "revision")
    centre.post(review, {"revision": revision, "decision": "approve"}, page=review)


PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def certificate(shop: Browser, centre: Browser, number: str, until: date) -> str:
    """A published certificate; the address of its page for the operator."""
    given = {
        "standard": "ISO 9001",
        "status": "certified",
        "number": number,
        "valid_until": until.isoformat(),
    }
    profile_steps.save(shop, "/shop/profile/certificates/new", **given)
    shop.post("/shop/profile/submit", page="/shop/profile/")
    queue = text(centre.get("/work/profiles/"))
    review = "/work/profiles/" + queue.split('href="/work/profiles/', 1)[1].split('"', 1)[0]
    revision = profile_steps.field(text(centre.get(review)), "revision")
    centre.post(review, {"revision": revision, "decision": "approve"}, page=review)
    page = text(centre.get("/work/certificates"))
    return (
        "/work/certificates/" + page.split(number, 1)[0].rsplit("/work/certificates/", 1)[1].split('"', 1)[0]
    )


def test_a_scan_is_kept_and_opened_by_those_who_may(
    shop: Browser, centre: Browser, own_site: Flask, stranger: Browser
) -> None:
    address = certificate(shop, centre, "SCAN-1", date(2028, 1, 1))
    draft = text(shop.get("/shop/profile/"))
    index = draft.split("SCAN-1", 1)[0].rsplit("/shop/profile/certificates/", 1)[1].split('"', 1)[0]
    scans = f"/shop/certificates/{index}"
    wrongs = ((b"", 422, "The file is empty"), (b"MZ" + b"x" * 90, 415, "none of: jpg, pdf, png"))
    for wrong, status, said in wrongs:
        refused = shop.post(scans, {"file": (io.BytesIO(wrong), "a.pdf")}, page=scans)  # type: ignore[dict-item]
        assert refused.status_code == status
        assert said in text(refused)
    kept = shop.post(scans, {"file": (io.BytesIO(PDF), "сертификат №5.pdf")}, page=scans)  # type: ignore[dict-item]
    assert kept.status_code == 302
    scan = "/scans/" + text(shop.get(scans)).split('href="/scans/', 1)[1].split('"', 1)[0]
    assert scan in text(centre.get(address))
    answer = centre.get(scan)
    assert answer.get_data() == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "%E2%84%965.pdf" in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    answer.close()
    assert Browser(own_site.test_client()).sign_in("buyer").get(scan).status_code == 403
    assert stranger.get(scan).status_code == 302


def test_a_certificate_is_verified_with_its_evidence_and_loses_that_when_it_changes(
    shop: Browser, centre: Browser, stranger: Browser
) -> None:
    address = certificate(shop, centre, "VER-1", date(2028, 1, 1))
    refused = centre.post(address, {"decision": "verify", "evidence": "kept text"}, page=address)
    assert refused.status_code == 422
    assert "kept text" in text(refused)
    given = {"decision": "verify", "how": "FSA register", "evidence": "record 7"}
    assert centre.post(address, given, page=address).status_code == 302
    assert "FSA register" in text(centre.get(address))
    public = profile_steps.public_page(shop)
    assert "verified by the centre" in text(stranger.get(public))
    draft = text(shop.get("/shop/profile/"))
    index = draft.split("VER-1", 1)[0].rsplit("/shop/profile/certificates/", 1)[1].split('"', 1)[0]
    later = {"standard": "ISO 9001", "status": "certified", "number": "VER-1", "valid_until": "2031-01-01"}
    profile_steps.save(shop, f"/shop/profile/certificates/{index}", **later)
    shop.post("/shop/profile/submit", page="/shop/profile/")
    queue = text(centre.get("/work/profiles/"))
    review = "/work/profiles/" + queue.split('href="/work/profiles/', 1)[1].split('"', 1)[0]
    centre.post(
        review,
        {"revision": profile_steps.field(text(centre.get(review)), "revision"), "decision": "approve"},
        page=review,
    )
    assert "FSA register" not in text(centre.get(address))


def test_a_certificate_stands_beside_those_that_wait_and_a_decision_leads_to_the_next(
    shop: Browser, centre: Browser
) -> None:
    first, second = (certificate(shop, centre, number, date(2028, 1, 1)) for number in ("SPL-1", "SPL-2"))
    waiting = text(centre.get(first)).split("<nav", 1)[1]
    assert f'href="{first}" aria-current="true"' in waiting
    assert "SPL-2" in waiting
    given = {"decision": "verify", "how": "FSA register", "evidence": ""}
    following = centre.post(first, given, page=first).headers["Location"]
    assert following.startswith("/work/certificates/")
    assert following != first
    page = text(centre.get(following))
    assert "SPL-1" not in page
    assert 'aria-current="true"' in page
    assert f'href="{second}"' in page


def test_a_suspended_certificate_says_why_until_it_is_lifted(shop: Browser, centre: Browser) -> None:
    address = certificate(shop, centre, "SUS-1", date(2028, 1, 1))
    assert centre.post(address, {"decision": "suspend", "why": ""}, page=address).status_code == 422
    centre.post(address, {"decision": "suspend", "why": "withdrawn by its body"}, page=address)
    assert "withdrawn by its body" in text(centre.get(address))
    centre.post(address, {"decision": "lift"}, page=address)
    assert "withdrawn by its body" not in text(centre.get(address))


def test_two_certificates_without_a_number_are_two(shop: Browser, centre: Browser) -> None:
    for _ in range(2):
        profile_steps.save(
            shop, "/shop/profile/certificates/new", standard="ISO 45001", status="implementing"
        )
    shop.post("/shop/profile/submit", page="/shop/profile/")
    profile_steps.approve(centre)
    profile_steps.save(shop, "/shop/profile/references/new", customer="Again")
    shop.post("/shop/profile/submit", page="/shop/profile/")
    profile_steps.approve(centre)
    assert text(shop.get(profile_steps.public_page(shop))).count("ISO 45001") >= 2


def test_a_remark_stands_by_the_field_it_is_about_and_moves_with_its_entry(
    shop: Browser, centre: Browser, own_product: Application
) -> None:
    for name in ("First press", "Second press"):
        profile_steps.save(shop, "/shop/profile/equipment/new", name=name)
    shop.post("/shop/profile/submit", page="/shop/profile/")
    queue = text(centre.get("/work/profiles/"))
    review = "/work/profiles/" + queue.split('href="/work/profiles/', 1)[1].split('"', 1)[0]
    page = text(centre.get(review))
    key = page.split("Second press", 1)[1].split('name="remark-', 1)[1].split('"', 1)[0]
    given = {
        "revision": profile_steps.field(page, "revision"),
        "decision": "return",
        f"remark-{key}": "Which force?",
        f"field-{key}": "year",
        "remark-basics.city": "Which town?",
    }
    assert centre.post(review, given, page=review).status_code == 302
    section, index = key.split(".")
    draft = text(shop.get("/shop/profile/"))
    assert "Machines: Second press, Year" in draft
    assert f'href="/shop/profile/{section}/{index}#f-year"' in draft
    assert "Which force?" in text(shop.get(f"/shop/profile/{section}/{index}"))
    assert "Which town?" in text(shop.get("/shop/profile/basics"))
    with own_product.sessions() as session:
        mail = session.scalars(select(Mail).order_by(Mail.id.desc())).first()
        assert mail is not None
        assert "Machines: Second press, Year: Which force?" in mail.text
    first = int(index) - 1
    page = text(shop.get("/shop/profile/"))
    removal = f"/shop/profile/{section}/{first}/remove"
    shop.post(removal, {"revision": profile_steps.field(page, "revision")}, page="/shop/profile/")
    assert "Which force?" in text(shop.get(f"/shop/profile/{section}/{first}"))
    discard(shop)
