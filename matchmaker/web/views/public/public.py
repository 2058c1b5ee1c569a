"""Pages for everybody: the start page, the supplier search, a profile, trying a need, the language."""

import json
import math
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress

from flask import Blueprint, abort, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from matchmaker.domain.errors import InvalidRecord, NotFound, Problem
from matchmaker.domain.language import Language
from matchmaker.domain.records import NeedRecord, parse
from matchmaker.domain.requirement_kinds import REQUIREMENT_KINDS
from matchmaker.services.mail import preferences
from matchmaker.services.matching import matching, relaxation_links
from matchmaker.services.profiles import merging, suppliers
from matchmaker.services.reports import standing
from matchmaker.web.acts import profile_sheet_acts
from matchmaker.web.kit import addresses, context, form_tokens, forms, interrupted
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import PAGE, database, person, product, wording
from matchmaker.web.pages import recognised_text, supplier_page
from matchmaker.web.pages.matches import answer_view, listing
from matchmaker.web.pages.profile_access import visible
from matchmaker.web.pages.supplier_search import LAST_PAGE, LEVELS, facets, found, main_processes, searched
from matchmaker.web.views.public import outlines

blueprint = Blueprint("public", __name__)
# Bytes of a packed text that fit into the session's cookie: browsers drop a cookie over 4 kB.
LONGEST_KEPT = 2_000
YEAR = 365 * 86400  # seconds


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """What the centre is for, by two doors: parts to be made, and machines that want work."""
    session, counts, today, taxonomy = database(), product().counts, product().today(), product().taxonomy
    return render_template(
        "public/home.html",
        suppliers=counts.roughly(session, "suppliers", lambda: suppliers.count(session)),
        certified=counts.roughly(
            session, ("certified", today), lambda: standing.certified(session, today, taxonomy)
        ),
        needs=standing.of_needs(session),
        draft="",
    )


@blueprint.post("/language")
def set_language() -> ResponseReturnValue:
    """Choose the language of the site, in this browser and for the person's account."""
    chosen = request.form.get("language", "")
    answer = redirect(addresses.in_any_language(addresses.local_address(request.form.get("next"))))
    if chosen not in {"ru", "en"}:
        return answer
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    answer.set_cookie("language", chosen, max_age=YEAR, samesite="Lax", httponly=True, secure=secure)
    if person() is not None:
        with change() as (_session, user):
            preferences.choose_language(user, chosen)
    return answer


@blueprint.get("/suppliers")
def search() -> ResponseReturnValue:
    """Search by words, narrowed by process, region and certificate; the filters stay in the address."""
    page = _page()
    words, understood = searched()
    answer, matches = found(understood, (page - 1) * PAGE + 1, page * PAGE)
    return render_template(
        "public/search.html",
        q=words,
        page=page,
        understood=recognised_text.segments(understood.recognition) if words else [],
        levels=LEVELS,
        processes=main_processes(),
        wording=wording(),
        **listing(answer, matches, understood.requirements),
        total=answer.total,
        more=answer.total > page * PAGE and page < LAST_PAGE,
        regions=[(code, f"{name} ({count})") for code, name, count in facets(understood.requirements)],
        removed=[item for item in answer.filters.removed if item.alone],
    )


def _page() -> int:
    given = request.args.get("page", "1")
    if not (given.isascii() and given.isdigit() and 1 <= int(given[:6]) <= LAST_PAGE):
        abort(400)
    return int(given)


@blueprint.get("/suppliers/<key>")
def supplier(key: str) -> ResponseReturnValue:
    """A supplier's profile within the reader's rights; the address of a merged one leads to the other."""
    found = None
    with suppress(NotFound):
        found = visible(database(), key)
    if found is not None and found.profile.is_published:
        return supplier_page.page(found)
    moved = merging.moved_to(database(), key)  # first for its centre too, which may see what was merged
    if moved is not None:
        return redirect(url_for("public.supplier", key=moved), 301)
    if found is None:
        raise NotFound(what="supplier", key=key)
    return supplier_page.page(found)


@blueprint.get("/suppliers/<key>.pdf")
def supplier_sheet(key: str) -> ResponseReturnValue:
    """What everybody may read of the profile, as a PDF; `language` in the address chooses ru or en, else it is the reader's."""
    chosen = request.args.get("language", context.language())
    if chosen not in set(Language):
        abort(400)
    return profile_sheet_acts.sheet(key, chosen)


@blueprint.get("/map")
def show_map() -> ResponseReturnValue:
    """The number of suppliers of each region, as a map and as a table."""
    session = database()
    counted = product().counts.roughly(session, "regions", lambda: suppliers.by_region(session))
    drawn = outlines.of(product().settings.map_outlines)
    counts = {code: count for code, count in counted.items() if code in drawn.paths}
    labels = {code: wording().codes("region", (code,)) for code in counts}
    return render_template(
        "public/map.html",
        outlines=drawn,
        width=int(outlines.WIDTH),
        counts=counts,
        steps=_steps(counts),
        labels=labels,
        regions=sorted(counts, key=lambda code: (-counts[code], labels[code])),
        total=sum(counted.values()),
        elsewhere=sum(counted.values()) - sum(counts.values()),
    )


def _steps(counts: Mapping[str, int]) -> dict[str, int]:
    """The shade of each region, from 1 to 4: by the square root, so that one large region does not make all others pale."""
    most = max(counts.values(), default=1)
    return {code: max(1, math.ceil(4 * math.sqrt(count / most))) for code, count in counts.items()}


@blueprint.route("/try", methods=["GET", "POST"])
def try_need() -> ResponseReturnValue:
    """Match a pasted text without storing it: names of suppliers and reasons, for everybody."""
    text = request.form.get("text", "").strip()
    if request.method == "GET" or not text:
        empty = request.method == "POST"
        return _try_page(text, empty=empty), 422 if empty else 200
    try:
        record = parse(NeedRecord, {"kind": "need", "id": "try", "text": text})
    except InvalidRecord as error:
        return _try_page(text, error.problems), 422
    return _try_page(text, result=_tried(record))


def _try_page(
    text: str,
    problems: Sequence[Problem] = (),
    *,
    empty: bool = False,
    result: Mapping[str, object] | None = None,
) -> str:
    return render_template("public/try.html", text=text, problems=problems, empty=empty, result=result)


def _tried(record: NeedRecord) -> dict[str, object]:
    """The suppliers that fit a text that is not stored, with the wishes and relaxations applied."""
    relaxed = {name: "wish" for name in REQUIREMENT_KINDS if request.form.get(name) == "wish"}
    milder = request.form.getlist("ease")[: relaxation_links.MOST]
    parts = context.matching()
    return answer_view(matching.match_record(database(), record, parts, relaxed, milder), parts, milder)


@blueprint.post("/try/keep")
def keep() -> ResponseReturnValue:
    """Make a need of a tried text, after signing in if necessary."""
    text = request.form.get("text", "").replace("\r\n", "\n")
    if person() is not None:
        given = forms.typed({"text": text})
        fresh = {"once": form_tokens.token(), "most_files": forms.MOST_FILES}
        return render_template("needs/form.html", form=given, problems={}, need=None, **fresh)
    if len(zlib.compress(json.dumps(text).encode())) > LONGEST_KEPT:
        return interrupted.page(401, url_for("posting.new"))
    session["draft"] = text
    if product().settings.registration != "open":
        return redirect(url_for("posting.new"))
    return redirect(url_for("account.register", role="contractor_buyer", next=url_for("posting.new")))
