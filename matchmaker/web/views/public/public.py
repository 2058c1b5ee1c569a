"""Pages for everybody: the start page, the supplier search, a profile, trying a need, the language."""

import json
import math
import zlib

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from matchmaker.domain import access
from matchmaker.domain.errors import InvalidRecord, NotFound
from matchmaker.domain.records import NeedRecord, parse
from matchmaker.domain.requirements import REQUIREMENTS
from matchmaker.models import Profile
from matchmaker.services.matching import matching, relaxation_links
from matchmaker.services.people import accounts
from matchmaker.services.profiles import freshness, merging, photos, scans, suppliers, viewings
from matchmaker.web.kit import addresses, context, engine_away, form_tokens, forms, interrupted, places
from matchmaker.web.kit.context import PAGE, database, person, product, subject, wording
from matchmaker.web.pages import recognised_text, supplier_facts
from matchmaker.web.pages.matches import answer_view
from matchmaker.web.pages.profile_access import (
    access_object,
    may_see,
)
from matchmaker.web.pages.supplier_search import LAST_PAGE, LEVELS, facets, found, main_processes, searched
from matchmaker.web.views.public import outlines

blueprint = Blueprint("public", __name__)
# Bytes of a packed text that the session's cookie has room for: browsers drop one over 4 kB.
LONGEST_KEPT = 2_000


@blueprint.get("/")
def home() -> ResponseReturnValue:
    return render_template("public/home.html", suppliers=suppliers.count(context.database()), draft="")


@blueprint.post("/language")
def set_language() -> ResponseReturnValue:
    chosen = request.form.get("language", "")
    answer = redirect(addresses.local_address(request.form.get("next")))
    if chosen in {"ru", "en"}:
        answer.set_cookie(
            "language",
            chosen,
            max_age=365 * 86400,
            samesite="Lax",
            httponly=True,
            secure=product().settings.secure_cookies,
        )
        who = person()
        if who is not None:
            with product().sessions.begin() as writing:
                accounts.by_email(writing, who.email).language = chosen
    return answer


@blueprint.get("/suppliers")
def search() -> ResponseReturnValue:
    """Search by words, narrowed by process, region and certificate; the filters stay in the address."""
    page = _page()
    words, understood = searched()
    told = engine_away.asked(lambda: found(understood, (page - 1) * PAGE + 1, page * PAGE))
    answer, matches = told or (None, [])
    total = answer.total if answer else 0
    shown = render_template(
        "public/search.html",
        q=words,
        matches=matches,
        total=total,
        page=page,
        more=total > page * PAGE and page < LAST_PAGE,
        understood=recognised_text.segments(understood.recognition) if words else [],
        regions=facets(understood.requirements) if answer else [],
        levels=LEVELS,
        processes=main_processes(),
        removed=[item for item in answer.filters.removed if item.alone] if answer else [],
        wording=wording(),
    )
    return shown, 200 if answer else 503


def _page() -> int:
    given = request.args.get("page", "1")
    if not (given.isascii() and given.isdigit() and 1 <= int(given[:6]) <= LAST_PAGE):
        abort(400)
    return int(given)


@blueprint.get("/suppliers/<key>")
def supplier(key: str) -> ResponseReturnValue:
    moved = merging.moved_to(database(), key)
    if moved is not None:
        return redirect(url_for("public.supplier", key=moved), 301)
    profile = suppliers.by_key(database(), key)
    if not may_see(profile):
        raise NotFound(what="supplier", key=key)
    if (who := person()) is not None:
        viewings.note(product().sessions, database(), profile, who.user, context.today())
    record = suppliers.record(profile)
    may = access.may
    return render_template(
        "public/supplier.html",
        profile=profile,
        record=record,
        name=profile.organisation.name(context.language()),
        place=places.place(profile),
        certificates=supplier_facts.certificate_views(profile),
        contacts=record.contacts
        if may(subject(), "profile.contacts", access_object(profile)).allowed
        else None,
        machines=may(subject(), "profile.capacity", access_object(profile)).value != "hid",
        band=supplier_facts.band(profile, record),
        scans=scans.of_profile(database(), profile)
        if may(subject(), "certificate.download", access_object(profile)).allowed
        else (),
        aged={fact.field: fact for fact in freshness.of_profile(profile, context.today())},
        similar=_similar(key),
        firm_people=_people_of(profile),
        photos=supplier_facts.photo_views(photos.of_profile(database(), profile, shown=True)),
        wording=wording(),
        taxonomy=product().taxonomy,
    )


def _people_of(profile: Profile) -> str:
    """Where the centre's operator finds the people of the firm; empty for everybody else."""
    who, firm = person(), profile.organisation
    if who is None or not who.is_operator:
        return ""
    if not access.may(subject(), "user.manage", access.AccessObject(centre=firm.centre.code)).allowed:
        return ""
    return url_for("people.of_organisation", key=firm.public_id)


@blueprint.get("/map")
def show_map() -> ResponseReturnValue:
    """How many suppliers each region has, as a picture and as a table."""
    counted = suppliers.by_region(database())
    drawn = outlines.of(product().settings.map_outlines)
    counts = {code: count for code, count in counted.items() if code in drawn.paths}
    most = max(counts.values(), default=1)
    words = wording()
    labels = {code: words.codes("region", (code,)) for code in counts}
    return render_template(
        "public/map.html",
        outlines=drawn,
        width=int(outlines.WIDTH),
        counts=counts,
        # Four steps by the square root, so that one large region does not make all others pale.
        steps={code: max(1, math.ceil(4 * math.sqrt(count / most))) for code, count in counts.items()},
        labels=labels,
        regions=sorted(counts, key=lambda code: (-counts[code], labels[code])),
        total=sum(counted.values()),
        elsewhere=sum(counted.values()) - sum(counts.values()),
    )


def _similar(key: str) -> list[tuple[str, str]]:
    found = engine_away.asked(lambda: product().matcher().similar(key, top=5, today=context.today())) or ()
    profiles = suppliers.by_keys(database(), [other for other, _ in found])
    return [
        (other, profiles[other].organisation.name(context.language()))
        for other, _ in found
        if other in profiles
    ]


@blueprint.route("/try", methods=["GET", "POST"])
def try_need() -> ResponseReturnValue:
    """Match a pasted text without keeping it: names of suppliers and reasons, for anybody."""
    text = request.form.get("text", "").strip()
    if request.method == "GET" or not text:
        empty = request.method == "POST"
        page = render_template("public/try.html", text=text, problems=[], empty=empty)
        return page, 422 if empty else 200
    try:
        record = parse(NeedRecord, {"kind": "need", "id": "try", "text": text})
    except InvalidRecord as error:
        return render_template("public/try.html", text=text, problems=error.problems, empty=False), 422
    relaxed = {name: "wish" for name in REQUIREMENTS if request.form.get(name) == "wish"}
    milder = request.form.getlist("ease")[: relaxation_links.MOST]
    parts = context.matching()
    result = engine_away.asked(
        lambda: answer_view(matching.match_record(database(), record, parts, relaxed, milder), milder)
    )
    page = render_template("public/try.html", text=text, problems=[], empty=False, result=result)
    return page, 200 if result else 503


@blueprint.post("/try/keep")
def keep() -> ResponseReturnValue:
    """Take a tried text over into a need of one's own, after signing in if need be."""
    text = request.form.get("text", "").replace("\r\n", "\n")
    if person() is not None:
        given = forms.typed({"text": text})
        fresh = {"once": form_tokens.token(), "most_files": forms.MOST_FILES}
        return render_template("needs/form.html", form=given, problems={}, need=None, **fresh)
    if len(zlib.compress(json.dumps(text).encode())) > LONGEST_KEPT:
        return interrupted.page(401, url_for("posting.new"))
    session["draft"] = text
    return redirect(url_for("posting.new"))
