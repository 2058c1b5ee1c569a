"""A contractor's needs: post, see what was understood and who fits, change, submit, close."""

from collections.abc import Mapping
from functools import partial

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.domain import access
from matchmaker.domain.errors import Forbidden, InvalidRecord, NeedQuoted, NotFound
from matchmaker.domain.lifecycle import NEED_MOVES, OPEN_NEEDS, NeedState
from matchmaker.domain.requirements import REQUIREMENTS, Strictness
from matchmaker.domain.taxonomy import Concept
from matchmaker.models import Need
from matchmaker.models.curating import VALUE_BANDS
from matchmaker.models.needs import DISCLOSURES, REACHES
from matchmaker.services import (
    accounts,
    awards,
    buyers,
    confidentiality,
    corrections,
    curation,
    drawings,
    easing,
    intake,
    matching,
    need_history,
    need_news,
    needs,
    readings,
    shortlists,
    workbench,
)
from matchmaker.web import conditions, context, explanations, forms, places, standing
from matchmaker.web.context import database, person, product, subject
from matchmaker.web.matches import answer_view

blueprint = Blueprint("needs", __name__, url_prefix="/needs")
# Effects of reasons that a need is returned or closed for.
CLOSING = frozenset({"closing", "need-completeness", "need-materials", "need-lead-time", "none"})
# States in which the centre still asks the contractor back.
ASKABLE = frozenset({NeedState.DRAFT, NeedState.SUBMITTED})
AWARDABLE = frozenset({NeedState.SHORTLISTING, NeedState.NEGOTIATION})
RELEASED = frozenset(
    {
        NeedState.PUBLISHED,
        NeedState.SHORTLISTING,
        NeedState.NEGOTIATION,
        NeedState.CONTRACTED,
        NeedState.COMPLETED,
    }
)


def thing(need: Need) -> access.Object:
    """A need as the access policy knows it."""
    contractor = need.contractor.public_id if need.contractor else None
    circle = context.circles().get(need.public_id, confidentiality.Circle())
    return access.Object(
        centre=need.centre.code,
        contractor=contractor,
        by_invitation=need.disclosure == "invited",
        invited=circle.invited,
        signed=circle.signed,
    )


def view_action(need: Need) -> str:
    if need.state not in RELEASED:
        return "need.view_unpublished"
    return "need.view_invited" if need.disclosure == "invited" else "need.view"


def demand(action: str, need: Need) -> None:
    """Raise NotFound or Forbidden unless the person may do this; who may not know of the need is told nothing."""
    if not access.may(subject(), view_action(need), thing(need)).allowed:
        raise NotFound(what="need", key=need.public_id)
    verdict = access.may(subject(), action, thing(need))
    if verdict is access.Verdict.ABSENT:
        raise NotFound(what="need", key=need.public_id)
    if not verdict.allowed:
        raise Forbidden


def listed() -> list[Need]:
    """One's own needs, for an operator all of the centre; `state` in the address narrows them."""
    who, state = person(), request.args.get("state")
    assert who is not None
    if state and state not in list(NeedState):
        abort(400)
    organisations = [role.organisation for role in who.subject.roles if role.organisation]
    centres = [role.centre for role in who.subject.roles if role.centre]
    found = list(workbench.needs_of(database(), organisations)) if organisations else []
    if who.is_operator:
        found += workbench.needs_in(database(), centres, [state] if state else list(NeedState))
    return [need for need in found if not state or need.state == state]


@blueprint.get("/")
@login_required
def mine() -> ResponseReturnValue:
    return render_template("needs/list.html", needs=listed(), states=list(NeedState))


def closing_reasons() -> list[Concept]:
    """Why a need is returned or closed, as the taxonomy lists it."""
    return [one for one in product().taxonomy.reasons if one.extra.get("effect") in CLOSING]


def reason_word(code: str, language: str) -> str:
    """A reason of the taxonomy in a language."""
    return product().taxonomy.label("reason", code, language)


@blueprint.get("/<key>")
def show(key: str) -> ResponseReturnValue:
    """The need; its matches for those who may see them."""
    need = needs.by_key(database(), key)
    demand(view_action(need), need)
    return page(need)


def page(
    need: Need,
    problem: str = "",
    openness: str = "",
    answer: str = "",
    problems: Mapping[str, str] | None = None,
) -> str:
    """The need as the person may see it; the words are what is wrong with a form on it, `problems` by field."""
    full = access.may(subject(), "need.edit", thing(need)).allowed
    result = None
    questions: tuple[str, ...] = ()
    shown = shortlists.released(database(), need) if full else []
    rows: list[conditions.Row] = []
    read: list[readings.Reading] = []
    if full and need.state in ASKABLE | OPEN_NEEDS:
        milder = request.args.getlist("ease")[: easing.MOST]
        answered = matching.match_need(database(), need, context.matching(), milder)
        result = answer_view(answered, milder)
        left = intake.unanswered(answered.understanding.requirements) if need.state in ASKABLE else ()
        questions = tuple(gettext(intake.QUESTIONS[name]) for name in left)
        rows = conditions.rows(needs.record(need), answered.understanding, request.form if problems else {})
        read = _readings(need)
    return render_template(
        "needs/show.html",
        need=need,
        record=needs.record(need),
        full=full,
        result=result,
        moves=sorted(NEED_MOVES.get(need.state, frozenset())) if full else [],
        may_release=access.may(subject(), "need.release", thing(need)).allowed,
        may_curate=access.may(subject(), "match.curate", thing(need)).allowed,
        rows=rows,
        readings=read,
        quoted=bool(rows) and needs.quoted(database(), need),
        problems=problems or {},
        asked_labels={name: conditions.field_label(name) for name in (*conditions.FIELDS, "title")},
        centres=needs.other_centres(database(), need) if full else (),
        chosen_centres=needs.chosen_centres(database(), need) if full else (),
        disregarded=corrections.disregarded(need),
        steps=need_history.steps(database(), need) if full else [],
        contractor=contractor_name(need),
        released=shown,
        value_bands=VALUE_BANDS,
        ratings=awards.ratings(database(), shown),
        may_award=access.may(subject(), "need.award", thing(need)).allowed and need.state in AWARDABLE,
        reasons_of=explanations.reasons,
        place_of=places.place,
        questions=questions,
        files=_files(need),
        title=title_of(need),
        words_open=words_open(need),
        may_sign=bool(thing(need).invited) and not thing(need).signed,
        may_write=access.may(subject(), "message.view", thing(need)).allowed and need.state in RELEASED,
        may_quote=bool(thing(need).invited),
        buyer=buyers.card(database(), need.contractor) if need.contractor and contractor_name(need) else None,
        reasons=closing_reasons(),
        problem=problem,
        openness=openness,
        answer_problem=answer,
        standing=None if full else standing.of(need),
        refusals=[one for one in product().taxonomy.reasons if "supplier" in one.extra.get("by", ())],
        typed=request.form,
    )


def _readings(need: Need) -> list[readings.Reading]:
    """What the need's files say about the part that the need does not hold yet, for who may open them."""
    if (
        need.state not in ASKABLE | OPEN_NEEDS
        or not access.may(subject(), "drawing.download", thing(need)).allowed
    ):
        return []
    record, parts = needs.record(need), context.matching()
    asked = matching.understand(record, parts, need.strictness).requirements
    return readings.readings(drawings.of_need(database(), need), record, asked, parts, context.language())


def _files(need: Need) -> int | None:
    """How many drawings there are, None for those who may not know."""
    if not access.may(subject(), "drawing.count", thing(need)).allowed:
        return None
    return len(drawings.of_need(database(), need))


def words_open(need: Need) -> bool:
    """Whether the person may read the need's words: before an agreement only its title and conditions are open."""
    if need.disclosure in {"open", "name-hidden"} or access.may(subject(), "need.edit", thing(need)).allowed:
        return True
    return bool(thing(need).signed)


def title_of(need: Need) -> str:
    """The need in a line, as far as the person may read it."""
    if need.title:
        return need.title
    words = need.text or ""
    return (
        (words if len(words) <= 80 else words[:80] + "…")
        if words_open(need)
        else gettext("A need under agreement")
    )


def contractor_name(need: Need) -> str:
    """The contractor's name where this person may see it."""
    visible = access.may(subject(), "need.contractor", thing(need)).allowed or need.disclosure == "open"
    return need.contractor.name(context.language()) if visible and need.contractor else ""


@blueprint.route("/<key>/edit", methods=["GET", "POST"])
@login_required
def edit(key: str) -> ResponseReturnValue:
    need = needs.by_key(database(), key)
    demand("need.edit", need)
    if request.method == "GET":
        return render_template(
            "needs/form.html", form=forms.of_record(needs.record(need)), problems={}, need=need
        )
    given = forms.typed(request.form)
    try:
        record = forms.need_record(given, need.external_id)
    except InvalidRecord as error:
        return render_template("needs/form.html", form=given, problems=forms.by_field(error), need=need), 422
    before = needs.record(need)
    kept = forms.changed(before, record)
    revision = given_revision()
    if revision != need.revision:
        page = render_template(
            "needs/form.html", form=given, problems={}, need=need, theirs=forms.of_record(before)
        )
        return page, 409
    who = person()
    try:
        with product().sessions.begin() as writing:
            needs.edit(writing, needs.by_key(writing, key), kept, revision=revision, by=who.id if who else "")
    except NeedQuoted as error:
        problems = {"text": gettext(error.template)}
        return render_template("needs/form.html", form=given, problems=problems, need=need), 409
    return redirect(url_for("needs.show", key=key))


def given_revision() -> int:
    """The revision that the form was made from; one that no row has where it names none."""
    given = request.form.get("revision", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else -1


@blueprint.post("/<key>/strictness")
@login_required
def set_strictness(key: str) -> Response:
    """How strictly each requirement acts."""
    need = needs.by_key(database(), key)
    demand("need.edit", need)
    allowed = {str(item) for item in Strictness}
    chosen = {name: value for name in REQUIREMENTS if (value := request.form.get(name)) in allowed}
    merged = {**(need.strictness or {}), **chosen}
    who = person()
    with product().sessions.begin() as writing:
        needs.set_strictness(writing, needs.by_key(writing, key), merged, by=who.id if who else "")
    return redirect(url_for("needs.show", key=key) + "#matches")


@blueprint.post("/<key>/pieces")
@login_required
def correct(key: str) -> Response:
    """Take a piece of the text for plain words, or understand it again."""
    demand("need.edit", needs.by_key(database(), key))
    who = person()
    by = who.id if who else ""
    with product().sessions.begin() as writing:
        need = needs.by_key(writing, key)
        if words := request.form.get("drop", ""):
            corrections.disregard(writing, need, words, by=by)
        corrections.restore(writing, need, request.form.get("restore", ""), by=by)
    return redirect(url_for("needs.show", key=key, _anchor="understood"))


@blueprint.post("/<key>/openness")
@login_required
def set_openness(key: str) -> ResponseReturnValue:
    """Who may read the need, and how far it reaches."""
    need = needs.by_key(database(), key)
    demand("need.edit", need)
    disclosure, reach = request.form.get("disclosure", ""), request.form.get("reach", "")
    known = {centre.code for centre in needs.other_centres(database(), need)}
    centres = [code for code in request.form.getlist("centre") if code in known]
    if reach == "chosen" and not centres:
        return page(need, openness=gettext("Tick the centres whose suppliers the need is for.")), 422
    if disclosure not in DISCLOSURES or reach not in REACHES:
        return page(need, openness=gettext("Choose who may read the need, and how far it reaches.")), 422
    who = person()
    with product().sessions.begin() as writing:
        stored, by = needs.by_key(writing, key), who.id if who else ""
        needs.set_openness(writing, stored, disclosure, reach, by=by, centres=centres)
    flash(gettext("Saved. Who is not meant to read the need sees only what is open."))
    return redirect(url_for("needs.show", key=key))


@blueprint.post("/<key>/move")
@login_required
def move(key: str) -> ResponseReturnValue:
    """Submit, publish, close: the moves that the lifecycle allows, for those who may make them."""
    need = needs.by_key(database(), key)
    target = request.form.get("state", "")
    released = target in {NeedState.PUBLISHED, NeedState.SHORTLISTING, NeedState.NEGOTIATION}
    demand("need.release" if released else "need.edit", need)
    if target not in set(NeedState):
        raise NotFound(what="state", key=target)
    words, code = request.form.get("reason", "").strip()[:280], request.form.get("code", "")
    reason = words or (code if code in product().taxonomy.reasons else None)
    who = person()
    returned = target == NeedState.DRAFT and need.state in OPEN_NEEDS | {NeedState.SUBMITTED}
    if reason is None and (target == NeedState.CLOSED or (returned and who and who.is_operator)):
        return page(need, gettext("Say why: choose a reason or write it in words.")), 422
    with product().sessions.begin() as writing:
        stored, by = needs.by_key(writing, key), who.id if who else ""
        needs.move(writing, stored, NeedState(target), by=by, reason=reason)
        if target in need_news.NEWS:
            why = partial(reason_word, reason) if reason and not words else lambda _: words
            need_news.tell(writing, stored, target, by=by, reason=why)
        if target in {NeedState.CLOSED, NeedState.EXPIRED} and who:
            user = accounts.by_email(writing, who.email)
            verdict = curation.Verdict("lost", reason_code=None if words else reason, reason=words or None)
            awards.let_go(writing, needs.by_key(writing, key), user, verdict, reason_word)
    flash(gettext("Saved."))
    return redirect(url_for("needs.show", key=key))
