"""The shortlist of a need: propose, decide, annotate, put in order, invite, release. No change of another
person is overwritten unseen.
"""

from collections.abc import Callable, Sequence

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_login import login_required

from matchmaker.domain.errors import MoveNotAllowed, NotFound, SeatsTaken, StaleRevision
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import INWARD, MatchState
from matchmaker.models import Match, Need, Profile, Session, User
from matchmaker.services.core.locks import lock_row
from matchmaker.services.mail import undelivered
from matchmaker.services.matching import matching
from matchmaker.services.profiles import name_lookup, suppliers
from matchmaker.services.shortlist import invitations, match_decisions, need_moves, shortlists
from matchmaker.services.shortlist.invitations import Reminding
from matchmaker.web.kit import context, forms, labels
from matchmaker.web.kit.addresses import onward
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database, product
from matchmaker.web.kit.standpoint import operator
from matchmaker.web.pages import explanations
from matchmaker.web.pages.matches import MOST_REMOVED, removed_view
from matchmaker.web.pages.need_access import authorised, curated
from matchmaker.web.pages.profile_access import may_see, visible
from matchmaker.web.views.work.shortlist_page import ShortlistForm, render

blueprint = Blueprint("curating", __name__, url_prefix="/work/needs")
MOST_SEATS = 500
MERGED = ("decision", "reason", "note", "to")  # the fields of a form about a match, beside the match
LONGEST_NAME = 100  # characters


@blueprint.get("/<key>")
@login_required
def shortlist(key: str) -> ResponseReturnValue:
    """The need's proposals and the decisions about them."""
    return render(curated(database(), key), ShortlistForm())


@blueprint.get("/<key>/removed")
@login_required
def removed(key: str) -> ResponseReturnValue:
    """The suppliers that do the work and that a condition removes, by name, with the condition; `position` asks about one
    position of the need.
    """
    need = curated(database(), key)
    parts = context.matching(MOST_REMOVED)
    asked = matching.understand_asked(need, parts, position=request.args.get("position", "")[:100])
    found = matching.removed(database(), asked, parts)
    return render_template("operator/removed.html", need=need, total=found.total, rows=removed_view(found))


@blueprint.get("/<key>/changes")
@login_required
def changes(key: str) -> ResponseReturnValue:
    """The revisions of the need's matches, for a page that checks whether another person has changed them."""
    matches = shortlists.of_need(database(), curated(database(), key))
    return jsonify({match.public_id: match.revision for match in matches})


def back(key: str, match: str = "") -> ResponseReturnValue:
    return redirect(url_for("curating.shortlist", key=key) + (f"#m-{match}" if match else ""))


@blueprint.post("/<key>/propose")
@login_required
def propose(key: str) -> ResponseReturnValue:
    """Run the matcher; matches with a decision stay, the rest is renewed."""
    found, ranker = explanations.proposals(curated(database(), key))
    with change() as (session, user):
        need = curated(session, key)
        made = shortlists.propose(session, need, found, ranker=ranker, by=user.public_id)
    flash(ngettext("%(num)d supplier is proposed.", "%(num)d suppliers are proposed.", len(made)))
    return onward(url_for("curating.shortlist", key=key))


_REMINDED = {
    Reminding.POSTED: N_("The reminder is on its way."),
    Reminding.TODAY: N_("This supplier was reminded today already."),
    Reminding.ANSWERED: N_("Nothing to remind of: the supplier has answered, or the need is no longer open."),
    Reminding.UNREACHABLE: N_("No reminder goes: no e-mail address of this supplier is known."),
}


@blueprint.post("/<key>/remind")
@login_required
def remind(key: str) -> ResponseReturnValue:
    """Remind a supplier of its unanswered invitation, once a day."""
    with change() as (session, user):
        match = _of_need(session, curated(session, key), request.form.get("match", ""))
        (said,) = invitations.remind_now(session, [match], user, context.today())
        place = match.public_id
    flash(gettext(_REMINDED[said]))
    return onward(url_for("curating.shortlist", key=key, _anchor=f"m-{place}"))


def _of_need(session: Session, need: Need, match_key: str) -> Match:
    match = match_decisions.by_key(session, match_key)
    if match.need_id != need.id:
        raise NotFound(what="match", key=match_key)
    return match


def _change(key: str, act: Callable[[Session, Match, User, int], object]) -> ResponseReturnValue:
    """Change the form's match; if another person was faster, show both sides with the typed values."""
    match_key = request.form.get("match", "")
    try:
        with change() as (session, user):
            need = curated(session, key)
            lock_row(session, need)  # equal presses take turns: each after the first finds the change done
            match = _of_need(session, need, match_key)
            act(session, match, user, forms.revision(request.form))
    except StaleRevision:
        return _merge(key, match_key), 409
    return back(key, match_key)


def _merge(key: str, match_key: str) -> str:
    need = curated(database(), key)
    match = _of_need(database(), need, match_key)
    fields = {name: request.form[name] for name in MERGED if name in request.form}
    return render_template(
        "operator/merge.html",
        need=need,
        match=match,
        action=request.path,
        fields=fields,
        edits=match_decisions.edits(database(), need, [match], 5),
    )


@blueprint.post("/<key>/decide")
@login_required
def decide(key: str) -> ResponseReturnValue:
    """Approve or reject one match; a rejection gives its reason."""
    word, reason = request.form.get("decision", ""), request.form.get("reason") or None
    if word not in INWARD:
        raise NotFound(what="decision", key=word)
    kind = MatchState(word)
    if kind == MatchState.REJECTED and reason not in product().taxonomy.reasons:
        curated(database(), key)
        flash(gettext("Choose the reason for the rejection."))
        return back(key, request.form.get("match", ""))
    code = reason if kind == MatchState.REJECTED else None
    verdict = match_decisions.NewDecision(kind, reason_code=code)
    return _change(
        key, lambda s, match, user, seen: match_decisions.decide(s, match, verdict, user, revision=seen)
    )


@blueprint.post("/<key>/undo")
@login_required
def undo(key: str) -> ResponseReturnValue:
    """Undo the last decision about a match."""
    return _change(key, lambda s, match, user, seen: match_decisions.undo(s, match, user, revision=seen))


@blueprint.post("/<key>/note")
@login_required
def note(key: str) -> ResponseReturnValue:
    """Store the centre's note about a match."""
    text = request.form.get("note", "").replace("\r\n", "\n")[:4000]
    return _change(key, lambda s, match, user, seen: shortlists.note(s, match, text, user, revision=seen))


@blueprint.post("/<key>/place")
@login_required
def place(key: str) -> ResponseReturnValue:
    """Move a match to the place in the form, counted from 1."""
    given = request.form.get("to", "")
    to = int(given) if given.isascii() and given.isdigit() and len(given) < 5 else 1
    return _change(key, lambda s, match, user, seen: shortlists.place(s, match, to, user, revision=seen))


@blueprint.post("/<key>/invite")
@login_required
def invite(key: str) -> ResponseReturnValue:
    """Invite or only notify the ticked suppliers at once; nobody twice, and no more than there are seats."""
    ticked = request.form.getlist("match")[:100]
    only_tell = request.form.get("act") == "notify"
    try:
        count, silent = _invite(key, ticked, only_tell=only_tell)
    except SeatsTaken as error:
        return _refused(key, ticked, labels.filled(error.template, error.params)), 409
    except MoveNotAllowed:
        message = gettext("Publish the need first: suppliers are invited to open needs only.")
        return _refused(key, ticked, message), 409
    if only_tell:
        flash(ngettext("%(num)d supplier is notified.", "%(num)d suppliers are notified.", count))
    else:
        flash(ngettext("%(num)d supplier is invited.", "%(num)d suppliers are invited.", count))
    if silent:
        message = gettext(
            "No letter goes to %(names)s: no e-mail address is known, or such letters are unwanted.",
            names=", ".join(silent),
        )
        flash(message)
    return back(key)


def _invite(key: str, ticked: Sequence[str], *, only_tell: bool) -> tuple[int, list[str]]:
    """The number of ticked suppliers that are invited, or notified, now, and the names of those that get no letter."""
    tell = shortlists.notify if only_tell else match_decisions.invite
    told_as = "notified" if only_tell else "invited"
    with change() as (session, user):
        need = curated(session, key)
        matches = match_decisions.by_keys(session, need, ticked)
        fresh = [m for m in matches if m.is_invitable and not (only_tell and m.notified_at)]
        count = len(tell(session, matches, user))
        told = undelivered.deliveries(session, [match.public_id for match in fresh])
        silent = [match for match in fresh if (told_as, match.public_id) not in told]
        return count, [match.profile.organisation.name(context.language()) for match in silent]


def _refused(key: str, ticked: Sequence[str], message: str) -> str:
    form = ShortlistForm(frozenset(ticked), problems={"match": message})
    return render(curated(database(), key), form)


@blueprint.post("/<key>/seats")
@login_required
def seats(key: str) -> ResponseReturnValue:
    """Set the number of suppliers that may be invited; empty for any number."""
    given = request.form.get("most", "").strip()
    if given and not _seats(given):
        problem = gettext(
            "Give a whole number from 1 to %(most)s, or nothing for any number.", most=MOST_SEATS
        )
        return _seats_page(curated(database(), key), given, problem), 422
    try:
        with change() as (session, user):
            need, seen = curated(session, key), _seats(request.form.get("seen", "").strip())
            shortlists.set_seats(session, need, _seats(given), seen=seen, by=user.public_id)
    except StaleRevision:
        return _other_seats(key, given), 409
    flash(gettext("Saved."))
    return back(key)


def _seats(given: str) -> int | None:
    plain = given.isascii() and given.isdigit() and len(given) < 4
    return int(given) if plain and 1 <= int(given) <= MOST_SEATS else None


def _other_seats(key: str, given: str) -> str:
    need = curated(database(), key)
    problem = gettext(
        "Somebody else has set it to %(number)s in the meantime. Save again to use your number.",
        number=need.most_invited or gettext("any number"),
    )
    return _seats_page(need, given, problem)


def _seats_page(need: Need, given: str, problem: str) -> str:
    return render(need, ShortlistForm(fields={"most": given}, problems={"most": problem}))


@blueprint.get("/<key>/candidates")
@login_required
def candidates(key: str) -> ResponseReturnValue:
    """The suppliers that match a part of a name or an INN, for the field that adds one by hand."""
    curated(database(), key)
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
    need = curated(database(), key)
    typed = request.form.get("supplier", "").strip()[:300]
    named = _named(typed)
    if len(named) != 1:
        problem = {"supplier": _not_one(typed, named)}
        return render(need, ShortlistForm(fields={"supplier": typed}, problems=problem, choices=named)), 422
    wanted = named[0].public_id
    proposal = explanations.proposal(need, wanted)
    with change() as (session, user):
        profile = visible(session, wanted).profile
        match = match_decisions.add_by_hand(session, curated(session, key), profile, user, proposal)
    return back(key, match.public_id)


def _named(typed: str) -> Sequence[Profile]:
    """The suppliers that the typed text may mean; one hidden from the person is left out."""
    try:
        profile = suppliers.by_key(database(), typed.rstrip("/").rsplit("/", 1)[-1])
    except NotFound:
        return name_lookup.suppliers(database(), typed)
    return [profile] if may_see(database(), profile) else []


def _not_one(typed: str, named: Sequence[Profile]) -> str:
    """The problem of a name that several suppliers have, or that none has."""
    if named:
        return gettext("Several suppliers have this name; choose one.")
    return gettext(
        "There is no supplier “%(key)s”. Type a part of the name, the INN, or the address of the profile.",
        key=typed[:80],
    )


@blueprint.post("/<key>/release")
@login_required
def release(key: str) -> ResponseReturnValue:
    """Show the approved and invited suppliers to the contractor; a published need moves to its shortlist."""
    with change() as (session, user):
        operator(session)
        need = authorised(session, key, "need.release").need
        count = need_moves.release_shortlist(session, need, user)
    flash(
        ngettext(
            "%(num)d supplier is shown to the contractor.",
            "%(num)d suppliers are shown to the contractor.",
            count,
        )
    )
    return back(key)
