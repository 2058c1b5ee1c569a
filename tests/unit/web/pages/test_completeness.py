"""How complete a profile is: by what needs are compared with, each kind of work by itself."""

from flask import Flask

from matchmaker.domain.records import SupplierRecord, parse
from matchmaker.models import Profile, SpareCapacity
from matchmaker.services.development import profile_parts
from matchmaker.web.pages import completeness

NAME = {"kind": "supplier", "id": "s", "name": {"en": "Shop"}}
WORK = {"process": "Turning", "materials": ["40X"], "diameter_mm": 320, "tolerance_it": 7, "lot": {"min": 1}}


def told(site: Flask, profile: Profile | None = None, **given: object) -> tuple[int, dict[str, list[str]]]:
    """The per cent, and what is missing by section."""
    record = parse(SupplierRecord, {**NAME, **given})
    with site.test_request_context(headers={"Accept-Language": "en"}):
        parts = profile_parts.of_profile(profile or Profile(), record)
        missing: dict[str, list[str]] = {}
        for part in parts:
            if part.stated < 1:
                missing.setdefault(part.section, []).append(completeness._lacking(part))
    return profile_parts.percent(parts), missing


def test_a_kind_of_work_without_facts_makes_a_profile_less_complete(site: Flask) -> None:
    whole, missing = told(site, capabilities=[WORK])
    assert "capabilities" not in missing
    half, missing = told(site, capabilities=[WORK, {"process": "Milling", "materials": ["40X"]}])
    assert half < whole
    assert missing["capabilities"] == ["sizes (1 of 2)", "accuracy (1 of 2)", "the lot (1 of 2)"]


def test_the_lot_of_the_whole_shop_counts_for_each_kind_of_work(site: Flask) -> None:
    _, missing = told(site, capabilities=[{**WORK, "lot": None}], lot={"min": 5})
    assert "capabilities" not in missing


def test_planned_hours_count_as_well_as_those_of_machines(site: Flask) -> None:
    planned = Profile(capacity=[SpareCapacity(group_code="x", week=202648, maximum_hours=40, agreed_hours=0)])
    for profile, machines in (
        (planned, [{"name": "16K20"}]),
        (None, [{"name": "16K20", "spare_hours_per_month": 0}]),
    ):
        _, missing = told(site, profile, equipment=machines)
        assert "equipment" not in missing


def test_what_is_compared_weighs_more_than_what_only_people_read(site: Flask) -> None:
    described, _ = told(site, description={"en": "A shop"})
    in_town, _ = told(site, city="Perm")
    assert in_town > described
    assert told(site)[0] == 0
