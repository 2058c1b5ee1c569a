"""The parts of pages with their states, made by the very macros and styles that the pages use; the demo alone shows them."""

import re
from datetime import timedelta
from functools import lru_cache
from importlib.resources import files

from flask import Blueprint, render_template
from flask_babel import gettext

from matchmaker.domain.errors import NotFound
from matchmaker.services.matching.wording import LEVEL_LABELS
from matchmaker.web.kit import context
from matchmaker.web.kit.context import product, wording
from matchmaker.web.pages import part_pictures
from matchmaker.web.pages.supplier_facts import CertificateView
from search.ranking.explain import RequirementOutcome, RequirementVerdict

blueprint = Blueprint("design", __name__)
_COLOUR = re.compile(r"^  (--[a-z0-9-]+): (?:#[0-9a-f]{3,6}|var\(--[a-z]+\));$", re.MULTILINE)
_TEXT = re.compile(r"^  --text-([a-z]+):", re.MULTILINE)
_ICON = re.compile(r'<symbol id="([a-z-]+)"')
# One reason of each outcome.
_VERDICTS = (
    RequirementVerdict("envelope", RequirementOutcome.MET, (420.0, 80.0, 12.0), (500.0, 300.0, 200.0)),
    RequirementVerdict("tolerance", RequirementOutcome.NEAR, 6, 7),
    RequirementVerdict("roughness", RequirementOutcome.UNKNOWN, 1.6, None),
    RequirementVerdict("mass", RequirementOutcome.UNMET, 120.0, 80.0),
)
_TOO_LARGE = RequirementVerdict(
    "envelope", RequirementOutcome.UNMET, (600.0, 45.0, None), (500.0, 320.0, None)
)


@blueprint.get("/design")
def show() -> str:
    """The page. Raises NotFound unless `MATCHMAKER_DESIGN` is set, as `matchmaker demo` sets it."""
    if not product().settings.design:
        raise NotFound(what="page", key="design")
    words, today = wording(), context.today()
    steps = ((0, gettext("none at present")), (1, gettext("few")), (2, gettext("some")), (3, gettext("many")))
    return render_template(
        "public/design.html",
        colours=_named("site.css", _COLOUR),
        texts=_named("site.css", _TEXT),
        icons=_named("icons.svg", _ICON),
        reasons=[words.reason(verdict) for verdict in _VERDICTS],
        pictures=[part_pictures.of_verdicts([verdict]) for verdict in (_VERDICTS[0], _TOO_LARGE)],
        weeks=[
            (today + timedelta(weeks=at), *steps[step]) for at, step in enumerate((0, 1, 3, 2, 2, 3, 1, 0))
        ],
        rows=[(str(month), count) for month, count in enumerate((3, 8, 5, 12, 9, 14), 1)],
        certificates=[
            CertificateView("ISO 9001", level, words.level(level), "", None, level == "verified")
            for level in LEVEL_LABELS
        ],
    )


@lru_cache(maxsize=8)
def _named(name: str, pattern: re.Pattern[str]) -> tuple[str, ...]:
    """What a file of the site's look names, each once, in its order."""
    text = (files("matchmaker.web") / "static" / name).read_text(encoding="utf-8")
    return tuple(dict.fromkeys(pattern.findall(text)))
