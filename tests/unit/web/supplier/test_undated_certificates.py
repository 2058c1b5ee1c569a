"""A certificate without any date is marked on every page, and one tap leaves it out."""

import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from matchmaker.domain.lifecycle import CertificateStatus, ProfileState
from matchmaker.models import CertificateRow
from matchmaker.models.base import now
from matchmaker.services.core import journal
from matchmaker.wiring import Application
from tests.support.browser import Browser, text


def undate(application: Application) -> str:
    """Take the dates from all certificates of ISO 9001 of one published supplier; its public id."""
    with application.sessions.begin() as session:
        query = select(CertificateRow).where(
            CertificateRow.standard_code == "iso-9001",
            CertificateRow.status == CertificateStatus.CERTIFIED,
            CertificateRow.valid_until > application.today(),
        )
        row = next(one for one in session.scalars(query) if one.profile.state == ProfileState.PUBLISHED)
        for one in row.profile.certificates:
            one.issued = one.valid_until = None
            one.said_on, one.verified = application.today(), True
        row.profile.changed_at = now()
        journal.announce(session, (row.profile.public_id,))
        key = row.profile.public_id
    application.index.catch_up()
    return key


def keys(page: str) -> list[str]:
    return re.findall(r'<h3><a href="/suppliers/([\w-]+)"', page)


def test_it_is_marked_and_left_out_by_one_tap(stranger: Browser, own_product: Application) -> None:
    key = undate(own_product)
    assert "declared, date unknown" in text(stranger.get(f"/suppliers/{key}"))
    stranger.post("/language", {"language": "ru"}, page="/")
    assert "заявлено, срок не известен" in text(stranger.get(f"/suppliers/{key}"))
    stranger.post("/language", {"language": "en"}, page="/")
    declared = text(stranger.get("/suppliers?level=certified"))
    assert key in keys(declared)
    assert "Only with dates" in declared
    dated = text(stranger.get("/suppliers?level=dated"))
    assert key not in keys(dated)
    assert "Only with dates" not in dated
    assert key not in keys(text(stranger.get("/suppliers?level=verified")))


def test_a_tried_need_leaves_it_out_too(stranger: Browser, own_product: Application) -> None:
    key = undate(own_product)
    need = {"text": "Обязателен сертификат ISO 9001"}
    found = text(stranger.post("/try", need, page="/try"))
    if key in keys(found):
        assert "declared, date unknown" in found
    token = re.search(r'name="ease" value="(certification:dated)"', found)
    assert token is not None
    left = text(stranger.post("/try", {**need, "ease": token[1]}, page="/try"))
    assert key not in keys(left)
    assert "Shown with other conditions" in left


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"standard_code": None}, "standard not known"),
        ({"edition": "2008"}, "edition withdrawn"),
        ({"valid_until": date(2026, 1, 1)}, "expired"),
        ({"issued": date(2027, 1, 1)}, "not in force yet"),
        ({"issued": date(2020, 1, 1)}, "expired"),
        ({"issued": date(2025, 1, 1)}, "certified (declared)"),
        ({"status": CertificateStatus.SUSPENDED, "valid_until": date(2028, 1, 1)}, "suspended"),
    ],
)
def test_why_a_certificate_does_not_count_is_told(
    stranger: Browser, own_product: Application, facts: dict[str, Any], words: str
) -> None:
    with own_product.sessions.begin() as session:
        query = select(CertificateRow).order_by(CertificateRow.id)
        profiles = (one.profile for one in session.scalars(query))
        profile = next(one for one in profiles if one.state == ProfileState.PUBLISHED)
        key = profile.public_id
        for row in profile.certificates:
            row.status, row.standard_code, row.edition = CertificateStatus.CERTIFIED, "iso-9001", None
            row.issued = row.valid_until = row.said_on = None
            row.verified = False
            for name, value in facts.items():
                setattr(row, name, value)
    page = text(stranger.get(f"/suppliers/{key}"))
    assert f"— {words}" in page
