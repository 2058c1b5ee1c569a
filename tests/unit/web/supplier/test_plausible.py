"""What cannot be true today is refused by its field wherever it comes in, and what was right once stays."""

import json
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from matchmaker.domain import plausibility
from matchmaker.domain.errors import InvalidRecord
from matchmaker.domain.records import NeedRecord, SupplierRecord, parse
from matchmaker.services.imports import import_plans, import_runs
from matchmaker.services.imports.import_runs import ImportTarget
from matchmaker.services.people import accounts
from matchmaker.services.profiles import profile_drafts
from matchmaker.wiring import Application
from tests.support import profile_steps
from tests.support.api_keys import key_of_once
from tests.support.browser import TODAY, Browser, text

NAME = {"name-ru": "ООО Первый"}
SHOP = {"kind": "supplier", "id": "x", "name": {"ru": "Цех"}}
CERTIFICATE = {"standard": "ISO 9001:2015", "status": "certified"}


@pytest.mark.parametrize(
    ("section", "given", "field", "said"),
    [
        ("basics", {**NAME, "founded": "2031"}, "founded", "lies in the future"),
        ("basics", {**NAME, "contacts-email": "нет"}, "contacts-email", "Give an e-mail address"),
        ("equipment/new", {"name": "16К20", "year": "2035"}, "year", "lies in the future"),
        ("references/new", {"customer": "Завод", "year": "2035"}, "year", "lies in the future"),
        ("certificates/new", {**CERTIFICATE, "issued": "2027-02-01"}, "issued", "lies in the future"),
        (
            "certificates/new",
            {**CERTIFICATE, "issued": "2025-02-01", "valid_until": "2024-02-01"},
            "standard",
            "before it is issued",
        ),
        ("certificates/new", {**CERTIFICATE, "valid_until": "2099-02-01"}, "valid_until", "check the year"),
        ("certificates/new", {**CERTIFICATE, "valid_until": "9999-02-01"}, "valid_until", "1900 and 2200"),
        (
            "certificates/new",
            {**CERTIFICATE, "standard": "ISO 9999"},
            "standard",
            "do not know this standard",
        ),
    ],
)
def test_a_shop_s_form_comes_back_by_its_field(
    shop: Browser, section: str, given: dict[str, str], field: str, said: str
) -> None:
    answer = profile_steps.save(shop, f"/shop/profile/{section}", **given)
    page = text(answer)
    assert (answer.status_code, said in page) == (422, True)
    assert f'href="#f-{field}"' in page or f'id="p-{field}"' in page
    assert f'value="{given[field]}"' in page


def test_a_standard_that_is_not_known_brings_the_nearest(shop: Browser) -> None:
    given = {**CERTIFICATE, "standard": "ISO 9999"}
    assert "ISO 9001" in text(profile_steps.save(shop, "/shop/profile/certificates/new", **given))


def test_a_word_that_the_search_does_not_know_is_told(shop: Browser) -> None:
    saved = profile_steps.save(shop, "/shop/profile/capabilities/new", process="бла бла")
    page = text(shop.get(saved.headers["Location"]))
    assert "The search does not know “бла бла”" in page
    profile_steps.save(shop, "/shop/profile/basics", **NAME, city="Челяба")
    page = text(shop.get("/shop/profile/"))
    assert "Words that the search does not know" in page
    assert "Челяба — nearest: Челябинск" in page
    assert "The search does not know “бла бла”" not in page
    shop.post("/shop/profile/discard", page="/shop/profile/")


def test_an_old_wrong_year_does_not_keep_another_section_from_being_changed(
    shop: Browser, own_product: Application
) -> None:
    with own_product.sessions.begin() as session:
        user = accounts.by_email(session, "supplier@demo-centre.example")
        firm = next(held.organisation for held in user.memberships if held.organisation)
        profile = profile_drafts.of_organisation(session, firm.public_id)
        assert profile is not None
        wrong = {"founded": 2031, "certificates": [{**CERTIFICATE, "standard": "ISO 9999"}]}
        before = profile_drafts.draft(profile).model_dump(mode="json", exclude_none=True)
        profile.waiting = before | wrong
    saved = profile_steps.save(shop, "/shop/profile/references/new", customer="Завод", year="2025")
    assert saved.status_code == 302
    shop.post("/shop/profile/discard", page="/shop/profile/")


def test_programs_and_needs_are_told_alike(shop: Browser, plant: Browser, own_site: Flask) -> None:
    program, key = own_site.test_client(), key_of_once(shop)
    now = program.get("/api/v1/shop/profile", headers=key)
    record = now.json["record"] | {"founded": 2031, "certificates": [CERTIFICATE | {"standard": "ISO 9999"}]}
    told = program.put("/api/v1/shop/profile", json=record, headers={**key, "If-Match": now.headers["ETag"]})
    assert told.status_code == 422
    assert [one["field"] for one in told.json["problems"]] == ["founded", "certificates.0.standard"]
    form = {"text": "Токарка, сталь 45", "deliver_by": "2020-01-01", "once": "x"}
    page = plant.post("/needs/new", form, page="/needs/new")
    assert (page.status_code, 'value="2020-01-01"' in text(page), "has passed" in text(page)) == (
        422,
        True,
        True,
    )


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"founded": 2031}, "founded"),
        ({"references": [{"customer": "A", "year": 2035}]}, "references.0.year"),
        ({"contacts": {"email": "нет"}}, "contacts.email"),
    ],
)
def test_a_file_keeps_its_good_lines(
    own_product: Application, tmp_path: Path, wrong: dict[str, object], path: str
) -> None:
    file = tmp_path / "shops.jsonl"
    late = {"kind": "need", "id": "old", "title": "Shafts", "deliver_by": "2020-01-01"}
    file.write_text("\n".join(json.dumps(one) for one in ({**SHOP, **wrong}, late)), encoding="utf-8")
    target = ImportTarget(
        own_product.sessions, own_product.recogniser, "centre", by="test", today=TODAY, dry_run=True
    )
    report = import_runs.run(import_plans.plan(file, ()), target)
    assert [(one.outcome, [p.path for p in one.problems]) for one in report.remarks] == [
        ("refused", [path]),
        ("new", ["deliver_by"]),  # an archive holds needs of years ago
    ]


def test_an_older_file_does_not_take_back_what_a_newer_one_said(
    own_product: Application, tmp_path: Path
) -> None:
    def taken(updated: str | None, employees: int) -> list[tuple[str, str, list[str]]]:
        file = tmp_path / f"{updated}-{employees}.jsonl"
        record = {**SHOP, "id": "aged", "employees": employees} | ({"updated": updated} if updated else {})
        file.write_text(json.dumps(record), encoding="utf-8")
        sessions, reader = own_product.sessions, own_product.recogniser
        target = ImportTarget(sessions, reader, own_product.settings.centre, by="test", today=TODAY)
        report = import_runs.run(import_plans.plan(file, ()), target)
        return [(one.outcome, *[p.code for p in one.problems]) for one in report.remarks if one.problems] or [
            next(name for name, count in report.counts.items() if count)
        ]

    assert taken("2026-11-20", 12) == ["new"]
    assert taken("2026-11-20", 12) == ["same"]
    assert taken("2026-10-01", 9) == [("refused", "older.source")]
    assert taken("2026-11-21", 13) == ["changed"]
    assert taken(None, 14) == ["changed"]


def test_only_what_differs_is_held_against_the_day() -> None:
    day = date(2026, 11, 29)
    old = parse(NeedRecord, {"id": "n", "text": "x", "deliver_by": "2025-01-01"})
    plausibility.demand_need(old.model_copy(update={"text": "y"}), day, old)
    with pytest.raises(InvalidRecord):
        plausibility.demand_need(old.model_copy(update={"deliver_by": date(2025, 1, 2)}), day, old)
    shop = parse(SupplierRecord, {**SHOP, "founded": 2026})
    plausibility.demand_supplier(shop, day)
