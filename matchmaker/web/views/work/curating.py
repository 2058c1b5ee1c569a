"""The shortlist of a need: propose, decide, annotate, put in order, invite, release. Nothing is overwritten unseen."""

from collections.abc import Callable, Sequence

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_login import login_required

from matchmaker.domain.errors import MoveNotAllowed, NotFound, SeatsTaken, StaleRevision
from matchmaker.domain.lifecycle import INWARD, MatchState, NeedState
from matchmaker.models import Match, Profile, Session, User
from matchmaker.services.matching import matching
from matchmaker.services.needs import needs
from matchmaker.services.people import accounts
from matchmaker.services.profiles import name_lookup, suppliers
from matchmaker.services.shortlist import match_decisions, shortlists
from matchmaker.web.kit import context, forms
from matchmaker.web.kit.context import database, operator, product
from matchmaker.web.pages import explanations, need_access
from matchmaker.web.pages.need_access import require
from matchmaker.web.pages.profile_access import may_see
from matchmaker.web.views.work.shortlist_page import (
    ShortlistForm,
    render,
)

blueprint = Blueprint("curating", __name__, url_prefix="/work/needs")
MOST_SEATS = 500
LONGEST_NAME = 100  # characters


def writing_user(writing: Session) -> User:
    return accounts.by_email(writing, operator().email)


@blueprint.get("/<key>")
@login_required
def shortlist(key: str) -> ResponseReturnValue:
    """The need's proposals and what was decided about them."""
    return render(need_access.curated(key), ShortlistForm())


@blueprint.get("/<key>/changes")
@login_required
def changes(key: str) -> ResponseReturnValue:
    """The revisions of the need's matches, for a page that wants to know whether somebody else was at work."""
    matches = shortlists.of_need(database(), need_access.curated(key))
    return jsonify({match.public_id: match.revision for match in matches})


def back(key: str, match: str = "") -> ResponseReturnValue:
    return redirect(url_for("curating.shortlist", key=key) + (f"#m-{match}" if match else ""))


@blueprint.post("/<key>/propose")
@login_required
def propose(key: str) -> ResponseReturnValue:
    """Run the matcher; what was decided about stays, the rest is renewed."""
    answered = matching.match_need(database(), need_access.curated(key), context.matching())
    proposals = [
        shortlists.SupplierProposal(match.key, match.score, explanations.kept(match))
        for match in answered.answer.matches
    ]
    with product().sessions.begin() as writing:
        need = needs.by_key(writing, key)
        ranker = answered.answer.ranker
        made = shortlists.propose(writing, need, proposals, ranker=ranker, by=operator().id)
    flash(ngettext("%(num)d supplier is proposed.", "%(num)d suppliers are proposed.", len(made)))
    return back(key)


def _of_need(writing: Session, key: str, match_key: str) -> Match:
    match = match_decisions.by_key(writing, match_key)
    if match.need.public_id != key:
        raise NotFound(what="match", key=match_key)
    return match


def _change(key: str, act: Callable[[Session, Match, User, int], object]) -> ResponseReturnValue:
    """Do something to the form's match; where somebody was faster, show both sides and keep what was typed."""
    need_access.curated(key)
    match_key = request.form.get("match", "")
    try:
        with product().sessions.begin() as writing:
            match = _of_need(writing, key, match_key)
            act(writing, match, writing_user(writing), forms.revision(request.form))
    except StaleRevision:
        return _merge(key, match_key), 409
    return back(key, match_key)


def _merge(key: str, match_key: str) -> str:
    with product().sessions() as reading:
        need = needs.by_key(reading, key)
        match = _of_need(reading, key, match_key)
        fields = {
            name: value
            for name, value in request.form.items()
            if name in {"decision", "reason", "note", "to"}
        }
        return render_template(
            "operator/merge.html",
            need=need,
            match=match,
            action=request.path,
            fields=fields,
            edits=match_decisions.edits(reading, need, [match], 5),
        )


@blueprint.post("/<key>/decide")
@login_required
def decide(key: str) -> ResponseReturnValue:
    """Approve or reject one match; a rejection says why."""
    word = request.form.get("decision", "")
    if word not in INWARD:
        raise NotFound(what="decision", key=word)
    kind = MatchState(word)
    reason = request.form.get("reason") or None
    if kind == MatchState.REJECTED and reason not in product().taxonomy.reasons:
        need_access.curated(key)
        flash(gettext("Choose the reason for the rejection."))
        return back(key, request.form.get("match", ""))
    code = reason if kind == MatchState.REJECTED else None
    verdict = match_decisions.NewDecision(kind, reason_code=code)
    return _change(
        key, lambda w, match, user, seen: match_decisions.decide(w, match, verdict, user, revision=seen)
    )


@blueprint.post("/<key>/undo")
@login_required
def undo(key: str) -> ResponseReturnValue:
    """Take the last decision about a match back."""
    return _change(key, lambda w, match, user, seen: match_decisions.undo(w, match, user, revision=seen))


@blueprint.post("/<key>/note")
@login_required
def note(key: str) -> ResponseReturnValue:
    text = request.form.get("note", "").replace("\r\n", "\n")[:4000]
    return _change(key, lambda w, match, user, seen: shortlists.note(w, match, text, user, revision=seen))


@blueprint.post("/<key>/place")
@login_required
def place(key: str) -> ResponseReturnValue:
    """Put a match at the place that the form names, counted from 1."""
    given = request.form.get("to", "")
    to = int(given) if given.isascii() and given.isdigit() and len(given) < 5 else 1
    return _change(key, lambda w, match, user, seen: shortlists.place(w, match, to, user, revision=seen))


@blueprint.post("/<key>/invite")
@login_required
def invite(key: str) -> ResponseReturnValue:
    """Invite or only notify the ticked suppliers at once; nobody twice, and no more than there are seats."""
    need = need_access.curated(key)
    ticked = request.form.getlist("match")[:100]
    only_tell = request.form.get("act") == "notify"
    try:
        with product().sessions.begin() as writing:
            chosen = [_of_need(writing, key, match) for match in ticked]
            user = writing_user(writing)
            told = (
                shortlists.notify(writing, chosen, user)
                if only_tell
                else match_decisions.invite(writing, chosen, user)
            )
            count = len(told)
    except SeatsTaken as error:
        message = gettext(error.template) % error.params
        return render(need, ShortlistForm(frozenset(ticked), problems={"match": message})), 409
    except MoveNotAllowed:
        message = gettext("Publish the need first: suppliers are invited to open needs only.")
        return render(need, ShortlistForm(frozenset(ticked), problems={"match": message})), 409
    if only_tell:
        flash(ngettext("%(num)d supplier is notified.", "%(num)d suppliers are notified.", count))
    else:
        flash(ngettext("%(num)d supplier is invited.", "%(num)d suppliers are invited.", count))
    return back(key)


@blueprint.post("/<key>/seats")
@login_required
def seats(key: str) -> ResponseReturnValue:
    """How many may be invited at most; empty for any number."""
    need = need_access.curated(key)
    given = request.form.get("most", "").strip()
    if given and not _seats(given):
        problem = gettext(
            "Give a whole number from 1 to %(most)s, or nothing for any number.", most=MOST_SEATS
        )
        return render(need, ShortlistForm(fields={"most": given}, problems={"most": problem})), 422
    try:
        with product().sessions.begin() as writing:
            seen = _seats(request.form.get("seen", "").strip())
            stored = needs.by_key(writing, key)
            shortlists.set_seats(writing, stored, _seats(given), seen=seen, by=operator().id)
    except StaleRevision:
        context.look_again()
        need = need_access.curated(key)
        problem = gettext(
            "Somebody else has set it to %(number)s meanwhile. Save again if yours is to count.",
            number=need.most_invited or gettext("any number"),
        )
        return render(need, ShortlistForm(fields={"most": given}, problems={"most": problem})), 409
    flash(gettext("Saved."))
    return back(key)


def _seats(given: str) -> int | None:
    plain = given.isascii() and given.isdigit() and len(given) < 4
    return int(given) if plain and 1 <= int(given) <= MOST_SEATS else None


@blueprint.get("/<key>/candidates")
@login_required
def candidates(key: str) -> ResponseReturnValue:
    """Suppliers by a part of their name or their INN, for the field that adds one by hand."""
    need_access.curated(key)
    found = name_lookup.suppliers(database(), request.args.get("q", "")[:LONGEST_NAME])
    language = context.language()
    return jsonify(
        [
            {
                "key": one.public_id,
                "name": one.organisation.name(language),
                "inn": one.organisation.inn,
                "city": one.organisation.city,
            }
            for one in found
        ]
    )


@blueprint.post("/<key>/add")
@login_required
def add(key: str) -> ResponseReturnValue:
    """Add a supplier by a part of its name, its INN, or the address or the id of its profile."""
    need = need_access.curated(key)
    typed = request.form.get("supplier", "").strip()[:300]
    named = _named(typed)
    if len(named) != 1:
        problem = (
            gettext("Several suppliers are called so; choose one.")
            if named
            else gettext(
                "There is no supplier “%(key)s”. Type a part of the name, the INN, or the address of the profile.",
                key=typed[:80],
            )
        )
        kept = ShortlistForm(fields={"supplier": typed}, problems={"supplier": problem}, choices=named)
        return render(need, kept), 422
    wanted = named[0].public_id
    with product().sessions.begin() as writing:
        profile = suppliers.by_key(writing, wanted)
        match = match_decisions.add_by_hand(
            writing, needs.by_key(writing, key), profile, writing_user(writing)
        )
        found = matching.match_one(need, wanted, context.matching())
        if match.explanation is None and found is not None:
            match.score, match.explanation = found.score, explanations.kept(found)
        added = match.public_id
    return back(key, added)


def _named(typed: str) -> Sequence[Profile]:
    """The suppliers that what was typed may mean; one that the person may not know of is none."""
    try:
        profile = suppliers.by_key(database(), typed.rstrip("/").rsplit("/", 1)[-1])
    except NotFound:
        return name_lookup.suppliers(database(), typed)
    return [profile] if may_see(profile) else []


@blueprint.post("/<key>/release")
@login_required
def release(key: str) -> ResponseReturnValue:
    """Show the approved and invited suppliers to the contractor; a published need begins its shortlist by it."""
    need = need_access.curated(key)
    require("need.release", need)
    with product().sessions.begin() as writing:
        need = needs.by_key(writing, key)
        if need.state == NeedState.PUBLISHED:
            needs.move(writing, need, NeedState.SHORTLISTING, by=operator().id)
        count = shortlists.release(writing, need, by=operator().id)
    flash(
        ngettext(
            "%(num)d supplier is shown to the contractor.",
            "%(num)d suppliers are shown to the contractor.",
            count,
        )
    )
    return back(key)
