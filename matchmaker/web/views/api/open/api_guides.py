"""Guides, checklists and model agreements for programs."""

from datetime import date
from typing import Annotated

from flask import Blueprint
from pydantic import Field

from matchmaker.services.reports.guides import Guide, GuideKind, GuideText
from matchmaker.web.kit.context import product
from matchmaker.web.views.api import api_bodies
from matchmaker.web.views.api.api_answers import ApiAnswer, ApiQuery, GivenAnswer, PageFilters, part
from matchmaker.web.views.api.operations import operation

blueprint = Blueprint("api_guides", __name__, url_prefix="/api/v1")
blueprint.before_request(api_bodies.check_key)


class GuideVersion(ApiQuery):
    """Which version; without it the newest."""

    version: Annotated[int | None, Field(ge=1, le=999_999)] = None


class GuideLine(ApiAnswer):
    """A guide in a list: its newest version, the title in both languages, and the places of the site that offer it."""

    code: str
    kind: GuideKind
    version: int
    day: date
    places: list[str]
    title_ru: str
    title_en: str


class GuideList(ApiAnswer):
    """Checklists, guides and model agreements."""

    items: list[GuideLine]


class GuideAnswer(ApiAnswer):
    """A version of a guide in both languages, and the numbers of all versions, the newest first."""

    code: str
    kind: GuideKind
    version: int
    day: date
    versions: list[int]
    ru: GuideText
    en: GuideText


@blueprint.get("/guides")
@operation(answer=GuideList, query=PageFilters, reader="anybody")
def listed(query: PageFilters) -> GivenAnswer:
    """The newest version of each guide, checklist and model agreement."""
    shown, following = part(product().guides.newest(), query, lambda one: one.code)
    return GivenAnswer(GuideList(items=list(map(_line, shown))), following=following)


def _line(guide: Guide) -> GuideLine:
    return GuideLine(
        code=guide.code,
        kind=guide.kind,
        version=guide.version,
        day=guide.day,
        places=sorted(guide.places),
        title_ru=guide.text("ru").title,
        title_en=guide.text("en").title,
    )


@blueprint.get("/guides/<guide>")
@operation(answer=GuideAnswer, query=GuideVersion, reader="anybody", refusals=(404,))
def one(guide: str, query: GuideVersion) -> GuideAnswer:
    """A guide with its sections. Models are no legal advice."""
    found = product().guides.guide(guide, query.version)
    return GuideAnswer(
        code=found.code,
        kind=found.kind,
        version=found.version,
        day=found.day,
        versions=[each.version for each in product().guides.versions[guide]],
        ru=found.text("ru"),
        en=found.text("en"),
    )
