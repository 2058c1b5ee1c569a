"""Guides, checklists and model agreements for everybody: the list, each of them, and as files; links to them where they are needed."""

from collections.abc import Sequence

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from matchmaker.services.reports import guides
from matchmaker.services.reports.guides import Guide, GuideSheet
from matchmaker.web.kit import context, downloads, formats
from matchmaker.web.kit.context import product

blueprint = Blueprint("guides", __name__, url_prefix="/guides")


@blueprint.app_template_global("guides_of")
def guides_of(place: str) -> Sequence[Guide]:
    """The guides that are offered at a place."""
    return product().guides.of_place(place)


@blueprint.get("/")
def listed() -> ResponseReturnValue:
    """The newest version of each."""
    return render_template(
        "public/guides.html",
        guides=product().guides.newest(),
        labels=guides.KIND_LABELS,
        kinds=guides.GuideKind,
    )


@blueprint.get("/<guide>")
def one(guide: str) -> ResponseReturnValue:
    """A guide; `version` in the address names an older one."""
    found = _found(guide)
    return render_template(
        "public/guide.html",
        guide=found,
        words=found.text(context.language()),
        versions=product().guides.versions[guide],
        label=guides.KIND_LABELS[found.kind],
        notice=gettext(guides.NOTICES[found.kind]),
        kinds=tuple(guides.MEDIA),
    )


@blueprint.get("/<guide>.<kind>")
def download(guide: str, kind: str) -> Response:
    """A guide as a file in the reader's language: pdf to print, txt to go on with."""
    if kind not in guides.MEDIA:
        abort(404)
    found, language = _found(guide), context.language()
    version = gettext("Version %(number)s of %(day)s", number=found.version, day=formats.day(found.day))
    sheet = GuideSheet(
        language, context.home_card().name(language), version, gettext(guides.NOTICES[found.kind])
    )
    made = guides.pdf(found, sheet) if kind == "pdf" else guides.plain(found, sheet).encode()
    return downloads.named(made, guides.MEDIA[kind], f"{guide}-{found.version}-{language}.{kind}")


def _found(code: str) -> Guide:
    """The guide with this code in the version of the address. Raises NotFound."""
    asked = request.args.get("version", "")
    if asked and not (asked.isascii() and asked.isdigit() and len(asked) <= 6):
        abort(400)
    return product().guides.guide(code, int(asked) if asked else None)
