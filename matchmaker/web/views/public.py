"""Pages for everybody: the start page, the supplier search, a profile, trying a need, the language."""

import json
import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from urllib.parse import urlsplit

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from matchmaker.domain import access
from matchmaker.domain.certificate import CertificationDemand, CertificationLevel
from matchmaker.domain.errors import InvalidRecord, NotFound
from matchmaker.domain.lifecycle import ProfileState
from matchmaker.domain.records import NeedRecord, parse
from matchmaker.domain.requirements import REQUIREMENTS, Requirements, Strictness
from matchmaker.models import Profile
from matchmaker.services import (
    accounts,
    easing,
    freshness,
    matching,
    merging,
    photos,
    scans,
    suppliers,
    viewings,
)
from matchmaker.web import context, forms, interrupted, once, outlines, presenters, teams
from matchmaker.web.context import PAGE, database, person, product, subject, wording
from search.matcher import Answer
from search.schema import query_of
from search.understanding import Understanding, requirements_of

blueprint = Blueprint("public", __name__)
LONGEST_QUERY = 256
LAST_PAGE = 50
# Bytes of a packed text that the session's cookie has room for: browsers drop one over 4 kB.
LONGEST_KEPT = 2_000
SHOWN_EASED = 6
LEVELS = ("implementing", "certified", "verified")


@blueprint.get("/")
def home() -> ResponseReturnValue:
    return render_template("public/home.html", suppliers=product().supplier_count(), draft="")


@blueprint.post("/language")
def set_language() -> ResponseReturnValue:
    chosen = request.form.get("language", "")
    answer = redirect(local_address(request.form.get("next")))
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


def local_address(address: str | None) -> str:
    """An address on this site, or the start page: nobody is sent elsewhere by a link."""
    text = address or ""
    parts = urlsplit(text)
    plain = (
        text.startswith("/") and not text.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    )
    return text if plain and "\\" not in text else url_for("public.home")


def found(understood: Understanding, first: int, last: int) -> tuple[Answer, list[presenters.MatchView]]:
    """What a search answers, and its matches from the first to the last place, as lists show them."""
    parts = context.matching(last)
    answer = parts.matcher.match(understood.requirements, top=parts.top, today=parts.today)
    shown = answer.matches[first - 1 :]
    profiles = suppliers.by_keys(database(), [match.key for match in shown])
    there = [match for match in shown if match.key in profiles]
    return answer, presenters.match_views(there, profiles, first=first)


def searched() -> tuple[str, Understanding]:
    """The words of the address, and all of it as requirements."""
    words = request.args.get("q", "").strip()
    if len(words) > LONGEST_QUERY:
        abort(400)
    return words, asked(request.args)


@blueprint.get("/suppliers")
def search() -> ResponseReturnValue:
    """Search by words, narrowed by process, region and certificate; the filters stay in the address."""
    page = _page()
    words, understood = searched()
    answer, matches = found(understood, (page - 1) * PAGE + 1, page * PAGE)
    return render_template(
        "public/search.html",
        q=words,
        matches=matches,
        total=answer.total,
        page=page,
        more=answer.total > page * PAGE and page < LAST_PAGE,
        understood=presenters.segments(understood.recognition) if words else [],
        regions=_facets(understood.requirements),
        levels=LEVELS,
        processes=_main_processes(),
        removed=[item for item in answer.filters.removed if item.alone],
        wording=wording(),
    )


def _page() -> int:
    given = request.args.get("page", "1")
    if not (given.isascii() and given.isdigit() and 1 <= int(given[:6]) <= LAST_PAGE):
        abort(400)
    return int(given)


def asked(given: Mapping[str, str]) -> Understanding:
    """A search, as its address says it, as requirements; what is chosen in the lists is strict, what is typed is understood as in a need."""
    words = given.get("q", "").strip()
    record = parse(NeedRecord, {"kind": "need", "id": "search", "text": words or "—"})
    understood = requirements_of(record, product().recogniser, context.today())
    requirements = replace(understood.requirements, text=words)
    taxonomy = product().taxonomy
    process, region, level = (given.get(name, "") for name in ("process", "region", "level"))
    strict = {}
    if process in taxonomy.processes:
        requirements = replace(
            requirements, processes=(process, *(c for c in requirements.processes if c != process))
        )
        strict["processes"] = Strictness.STRICT
        requirements = replace(requirements, any_process=len(requirements.processes) > 1)
    if region in taxonomy.regions or region in taxonomy.countries:
        requirements = replace(requirements, regions=(region,))
        strict["region"] = Strictness.STRICT
    if level in LEVELS:
        demand = CertificationDemand("iso-9001", CertificationLevel[level.upper()])
        requirements = replace(requirements, certification=demand, on=_on(given) or requirements.on)
    return replace(understood, requirements=replace(requirements, strictness=strict))


def _on(given: Mapping[str, str]) -> date | None:
    try:
        return date.fromisoformat(given.get("on", ""))
    except ValueError:
        return None


def _facets(requirements: Requirements) -> list[tuple[str, str, int]]:
    """Regions of all that match, with counts, whatever region is chosen."""
    words, taxonomy = wording(), product().taxonomy
    query = query_of(replace(requirements, regions=()), taxonomy, limit=1)
    counted = product().engine.facets(query, "regions", size=100)
    return [
        (code, words.codes("region", (code,)), count) for code, count in counted if code in taxonomy.regions
    ]


def _main_processes() -> list[tuple[str, str, int]]:
    """The two upper levels of the tree, for the list beside the search."""
    tree, language = product().taxonomy.processes, context.language()
    shown = [concept for concept in tree if len(tree.ancestors(concept.code)) < 2]
    return [
        (concept.code, concept.label.text(language), len(tree.ancestors(concept.code))) for concept in shown
    ]


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
        place=presenters.place(profile),
        certificates=presenters.certificate_views(profile),
        contacts=record.contacts if may(subject(), "profile.contacts", thing(profile)).allowed else None,
        machines=may(subject(), "profile.capacity", thing(profile)).value != "hid",
        band=presenters.band(profile, record),
        scans=scans.of_profile(database(), profile)
        if may(subject(), "certificate.download", thing(profile)).allowed
        else (),
        aged={fact.field: fact for fact in freshness.of_profile(profile, context.today())},
        similar=_similar(key),
        firm_people=_people_of(profile),
        photos=presenters.photo_views(photos.of_profile(database(), profile, shown=True)),
        wording=wording(),
        taxonomy=product().taxonomy,
    )


def _people_of(profile: Profile) -> str:
    """Where the centre's operator finds the people of the firm; empty for everybody else."""
    who, firm = person(), profile.organisation
    if who is None or not who.is_operator:
        return ""
    if not access.may(subject(), "user.manage", access.Object(centre=firm.centre.code)).allowed:
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


def thing(profile: Profile) -> access.Object:
    """A profile as the access policy knows it."""
    firm = profile.organisation.public_id
    return access.Object(
        centre=profile.organisation.centre.code,
        supplier=firm,
        agreed=context.partners().get(firm, frozenset()),
    )


def may_see(profile: Profile) -> bool:
    """Whether the person may know of the profile."""
    action = "profile.view" if profile.state == ProfileState.PUBLISHED else "profile.view_unpublished"
    return access.may(subject(), action, thing(profile)).allowed


def _similar(key: str) -> list[tuple[str, str]]:
    found = product().matcher().similar(key, top=5, today=context.today())
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
    milder = request.form.getlist("ease")[: easing.MOST]
    answered = matching.match_record(database(), record, context.matching(), relaxed, milder)
    return render_template(
        "public/try.html", text=text, problems=[], empty=False, result=answer_view(answered, milder)
    )


def answer_view(answered: matching.Answered, milder: Sequence[str] = ()) -> dict[str, object]:
    """What the pages of a need show of an answer; `milder` are the relaxations that it was given with."""
    words = wording()
    requirements = answered.understanding.requirements
    return {
        "segments": presenters.segments(answered.understanding.recognition),
        "pieces": presenters.pieces(answered.understanding.recognition),
        "unknown": answered.understanding.unknown_terms,
        "matches": presenters.match_views(answered.answer.matches, dict(answered.profiles)),
        "total": answered.answer.total,
        "removed": [
            (words.label(item.requirement), item.alone, item.only)
            for item in answered.answer.filters.removed
            if item.alone
        ],
        "relaxations": [
            {
                "text": words.relaxation(item, requirements),
                "adds": item.adds,
                "name": item.requirement if item.change is None else "",
                "ease": "" if item.change is None else easing.token(item.requirement, item.change),
            }
            for item in easing.worthwhile(answered.answer.relaxations, requirements, words.taxonomy)[
                :SHOWN_EASED
            ]
        ],
        "relaxed": [name for name, how in requirements.strictness.items() if how is Strictness.WISH],
        "milder": list(milder),
        "teams": teams.views(answered),
        "on": requirements.on,
        "asked": [
            (name, words.label(name), str(requirements.strictness_of(name)))
            for name in answered.answer.filters.states
        ],
    }


@blueprint.post("/try/keep")
def keep() -> ResponseReturnValue:
    """Take a tried text over into a need of one's own, after signing in if need be."""
    text = request.form.get("text", "").replace("\r\n", "\n")
    if person() is not None:
        given = forms.typed({"text": text})
        fresh = {"once": once.token(), "most_files": forms.MOST_FILES}
        return render_template("needs/form.html", form=given, problems={}, need=None, **fresh)
    if len(zlib.compress(json.dumps(text).encode())) > LONGEST_KEPT:
        return interrupted.page(401, url_for("posting.new"))
    session["draft"] = text
    return redirect(url_for("posting.new"))
