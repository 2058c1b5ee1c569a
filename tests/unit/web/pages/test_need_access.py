"""A need's page asks once: what its reader may do, what the need says, and which matcher answers."""

from collections import Counter

import pytest
from flask import Flask

from matchmaker.domain import access
from matchmaker.domain.errors import NdaRequired
from matchmaker.services.matching import matching
from matchmaker.services.needs import ndas, needs
from matchmaker.services.people import accounts
from matchmaker.web.kit.context import SignedInPerson, database
from matchmaker.web.kit.standpoint import stand
from matchmaker.web.pages.need_access import NeedAccess, access_of, authorised
from matchmaker.wiring import Application
from tests.support.browser import Browser


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often the parts of a page are made."""
    counted: Counter[str] = Counter()

    def count(owner: object, name: str, what: str) -> None:
        original = getattr(owner, name)

        def counting(*arguments: object, **named: object) -> object:
            counted[what] += 1
            return original(*arguments, **named)

        monkeypatch.setattr(owner, name, counting)

    count(access.AccessObject, "__init__", "objects")
    count(matching.Matching, "__init__", "matchings")
    count(Application, "matcher", "matchers")
    count(needs, "record", "records")
    return counted


@pytest.mark.parametrize("reader", ["plant", "centre", "shop"])
def test_the_page_of_a_need_makes_each_part_once(
    reader: str, need: str, made: Counter[str], request: pytest.FixtureRequest
) -> None:
    browser: Browser = request.getfixturevalue(reader)
    made.clear()
    assert browser.get(f"/needs/{need}").status_code == 200
    assert made == {"objects": 1, "matchings": 1, "matchers": 1, "records": 1}


def _as_read_by(site: Flask, email: str, key: str) -> NeedAccess:
    with site.test_request_context("/"):
        stand(database(), SignedInPerson(accounts.by_email(database(), email)))
        return access_of(database(), needs.by_key(database(), key))


def _under_agreement(product: Application, key: str) -> None:
    with product.sessions.begin() as session:
        needs.by_key(session, key).disclosure = "nda"


def test_the_value_says_what_each_side_may_do(own_site: Flask, own_product: Application, need: str) -> None:
    _under_agreement(own_product, need)
    owner = _as_read_by(own_site, "buyer@demo-centre.example", need)
    assert (owner.side, owner.may_edit, owner.may_release, owner.may_quote) == (
        "contractor",
        True,
        False,
        False,
    )
    centre = _as_read_by(own_site, "operator@demo-centre.example", need)
    assert (centre.side, centre.may_edit, centre.may_release, centre.may_curate) == (
        "centre",
        True,
        True,
        True,
    )
    invited = _as_read_by(own_site, "supplier@demo-centre.example", need)
    assert (invited.side, invited.may_edit, invited.may_quote, invited.may_sign) == (
        "supplier",
        False,
        True,
        True,
    )
    assert invited.invited_firms == {invited.own_firm}


def test_only_the_missing_signature_leads_to_the_agreement(
    own_site: Flask, own_product: Application, need: str
) -> None:
    email = "supplier@demo-centre.example"
    _under_agreement(own_product, need)
    with own_site.test_request_context("/"):
        stand(database(), SignedInPerson(accounts.by_email(database(), email)))
        with pytest.raises(NdaRequired):
            authorised(database(), need, "drawing.list")
    with own_product.sessions.begin() as session:
        user = accounts.by_email(session, email)
        firm = next(held.organisation for held in user.memberships if held.organisation)
        ndas.accept(session, needs.by_key(session, need), firm, user, "ru")
    signed = _as_read_by(own_site, email, need)
    assert signed.may("drawing.list")
    assert not signed.may_sign
