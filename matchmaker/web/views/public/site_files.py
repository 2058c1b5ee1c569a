"""The files that programs ask a site for: what search engines may read, and what a telephone needs to keep it as an app.

What a browser keeps for the time without a network is the shell alone, a page that says so with its style; no page with
anything of a person or a firm in it is ever kept.
"""

import hashlib
import json
from importlib.resources import files

from flask import Blueprint, Response, render_template, url_for
from flask_babel import gettext

from matchmaker.domain.errors import NotFound
from matchmaker.domain.language import N_
from matchmaker.locale import translations
from matchmaker.services.events import events
from matchmaker.services.profiles import suppliers
from matchmaker.web.kit import addresses, context
from matchmaker.web.kit.context import database, language, product

blueprint = Blueprint("site_files", __name__)
_HOUR = "public, max-age=3600"
PART = 5_000  # profiles of a part of the site map; each has three addresses
# What a search engine may walk; the longest rule that fits an address counts (RFC 9309).
_WALKED = (
    "/$",
    "/?lang=",
    "/suppliers/",
    "/suppliers$",
    "/suppliers?lang=",
    "/map",
    "/try",
    "/personal-data",
    "/guides/",
    "/events/",
    "/accessibility",
    "/photos/",
    "/static/",
)
# Pages of which there are many: profiles have parts of their own, guides and events stand among the pages.
_OF_MANY = frozenset({"public.supplier", "guides.one", "public_events.show"})
_OFFLINE = (
    N_("No network"),
    N_(
        "The page opens once there is a connection again. What you were typing into a long form has stayed in this browser."
    ),
    N_("Try again"),
)
_SHELL = ("site.css", "icon.svg")
_FACES = ("fonts/inter-cyrillic.woff2", "fonts/inter-latin.woff2")


@blueprint.get("/robots.txt")
def robots() -> Response:
    """What search engines may read: the pages for everybody, and no search with its filters."""
    lines = ["User-agent: *", *(f"Allow: {path}" for path in _WALKED), "Allow: /sitemap", "Disallow: /"]
    return _kept("\n".join([*lines, f"Sitemap: {_whole('.sitemap')}", ""]), "text/plain")


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    """The parts of the site map."""
    parts = -(-suppliers.count(database()) // PART)
    places = [_whole(".sitemap_part", part=part) for part in range(parts + 1)]
    return _kept(render_template("public/sitemap_index.xml", places=places), "application/xml")


@blueprint.get("/sitemap-<int:part>.xml")
def sitemap_part(part: int) -> Response:
    """The pages for everybody (part 0), or some thousand public profiles, each in both languages. Raises NotFound."""
    if part == 0:
        places = [url_for(endpoint) for endpoint in addresses.PAGES if endpoint not in _OF_MANY]
        places += [url_for("guides.one", guide=guide.code) for guide in product().guides.newest()]
        found = events.coming(database(), context.today())
        places += [url_for("public_events.show", key=event.public_id) for event in found]
    else:
        keys = suppliers.published_keys(database(), PART, (part - 1) * PART)
        places = [url_for("public.supplier", key=key) for key in keys]
    if not places:
        raise NotFound(what="page", key=str(part))
    shown = [addresses.alternates(product().address + place) for place in places]
    return _kept(render_template("public/sitemap.xml", places=shown), "application/xml")


@blueprint.get("/site.webmanifest")
def manifest() -> Response:
    """What a telephone needs to keep the site as an app."""
    pictures = (
        ("icon-192.png", 192, "any"),
        ("icon-512.png", 512, "any"),
        ("icon-maskable-512.png", 512, "maskable"),
    )
    told = {
        "id": "/",
        "name": "Matchmaker",
        "short_name": "Matchmaker",
        "description": gettext("Work and machines, brought together"),
        "lang": language(),
        "start_url": url_for("public.home"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#f6f5f1",
        "theme_color": "#0b5d63",
        "icons": [
            {"src": _static("icon.svg"), "type": "image/svg+xml", "sizes": "any"},
            *(
                {"src": _static(name), "type": "image/png", "sizes": f"{side}x{side}", "purpose": purpose}
                for name, side, purpose in pictures
            ),
        ],
    }
    return _kept(json.dumps(told, ensure_ascii=False), "application/manifest+json")


@blueprint.get("/offline")
def offline() -> Response:
    """The page that a browser shows while there is no network; it is the same for everybody."""
    return _kept(_offline(), "text/html")


@blueprint.get("/shell.js")
def shell() -> Response:
    """The script that keeps the shell: it answers for the network where that is away, and only with these files."""
    kept = [url_for(".offline"), *map(_static, (*_SHELL, *_FACES))]
    mark = hashlib.sha256("".join([*kept, _offline()]).encode()).hexdigest()[:10]
    told = json.dumps({"name": f"shell-{mark}", "offline": kept[0], "files": kept})
    script = (files("matchmaker.web") / "shell.js").read_text(encoding="utf-8")
    answer = _kept(f"const SHELL = {told};\n{script}", "text/javascript")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def _offline() -> str:
    """The page in both languages at once: nobody is asked which while there is no network."""
    said = {code: [translations(code).gettext(words) for words in _OFFLINE] for code in addresses.LANGUAGES}
    return render_template("public/offline.html", said=said)


def _static(name: str) -> str:
    return url_for("static", filename=name)


def _whole(endpoint: str, **values: object) -> str:
    return product().address + url_for(endpoint, **values)  # type: ignore[arg-type]


def _kept(content: str, kind: str) -> Response:
    answer = Response(content, mimetype=kind)
    answer.headers["Cache-Control"] = _HOUR
    return answer
