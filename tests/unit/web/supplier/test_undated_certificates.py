"""A certificate without any date is marked on every page, and one tap leaves it out."""

import re

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
