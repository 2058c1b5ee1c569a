"""What a contractor does with its shortlist: compare, mark, record the outcome, rate, copy the need."""

import re

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from importers import cells
from matchmaker.domain import access
from matchmaker.domain.errors import Forbidden, InvalidRecord, NotFound
from matchmaker.models import Match, Need, Session
from matchmaker.services.matching import matching
from matchmaker.services.needs import needs
from matchmaker.services.people import accounts
from matchmaker.services.profiles import freshness, suppliers
from matchmaker.services.shortlist import awards, comparison, match_decisions, shortlists
from matchmaker.web.kit import context, form_tokens, forms, places
from matchmaker.web.kit.context import actor, database, person, product, subject, wording
from matchmaker.web.kit.forms import by_field
from matchmaker.web.kit.labels import reason_word
from matchmaker.web.pages import explanations, supplier_facts
from matchmaker.web.pages.need_access import access_object, require
from matchmaker.web.pages.need_page import page

_SHARE = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,3})?")
blueprint = Blueprint("comparison", __name__, url_prefix="/needs")


def _own(key: str, action: str = "need.edit") -> Need:
    """The need, for those who may change it: its contractor and its operator."""
    need = needs.by_key(database(), key)
    require(action, need)
    return need


@blueprint.get("/<key>/compare")
@login_required
def compare(key: str) -> ResponseReturnValue:
    """Up to five suppliers of the released shortlist side by side."""
    need = _own(key)
    shown = shortlists.released(database(), need)
    asked = request.args.getlist("match")
    chosen = [match for match in shown if match.public_id in asked] or list(shown)
    most = comparison.MOST
    columns = chosen[:most]
    profiles = suppliers.by_keys(database(), [match.profile.public_id for match in columns])
    understood = matching.understand(needs.record(need), context.matching(), need.strictness)
    place = understood.requirements.location
    ordered = [profiles[match.profile.public_id] for match in columns]
    return render_template(
        "needs/compare.html",
        need=need,
        matches=columns,
        names=[profile.organisation.name(context.language()) for profile in ordered],
        rows=comparison.rows([explanations.reasons(match) for match in columns]),
        places=[places.place(profile) for profile in ordered],
        certificates=[supplier_facts.certificate_views(profile) for profile in ordered],
        figures=[comparison.figures(profile, place) for profile in ordered],
        today=context.today(),
        stale_days=freshness.HALF_LIVES["equipment"],
        left_out=max(len(chosen) - most, 0),
        most=most,
        wording=wording(),
    )


def _released(writing: Session, key: str) -> Match:
    """The form's match, if the contractor is shown it."""
    match = match_decisions.by_key(writing, request.form.get("match", ""))
    if match.need.public_id != key or match.released_at is None:
        raise NotFound(what="match", key=match.public_id)
    return match


def _back(key: str) -> ResponseReturnValue:
    return redirect(url_for("needs.show", key=key) + "#shortlist")


def _email() -> str:
    who = person()
    if who is None:
        raise Forbidden
    return str(who.email)


@blueprint.post("/<key>/want")
@login_required
def want(key: str) -> ResponseReturnValue:
    _own(key)
    with product().sessions.begin() as writing:
        match = _released(writing, key)
        awards.want(writing, match, request.form.get("wanted") == "yes", accounts.by_email(writing, _email()))
    return _back(key)


@blueprint.post("/<key>/award")
@login_required
def award(key: str) -> ResponseReturnValue:
    """The contract is made with this supplier; the others learn that another was chosen."""
    _own(key, "need.award")
    with product().sessions.begin() as writing:
        match = _released(writing, key)
        user = accounts.by_email(writing, _email())
        others = awards.award(writing, match, user, reason_word, revision=forms.revision(request.form))
    flash(
        gettext(
            "The contract is recorded. Suppliers that hear of the outcome: %(count)s.", count=len(others) + 1
        )
    )
    return _back(key)


@blueprint.post("/<key>/rate")
@login_required
def rate(key: str) -> ResponseReturnValue:
    """Record how the contract came out and rate the delivery; again replaces."""
    need = _own(key)
    try:
        rating = awards.Rating(
            _mark("quality"),
            _mark("timeliness"),
            request.form.get("text", "")[:4000],
            request.form.get("value_band") or None,
            _said("repeat_order"),
            _said("on_time"),
            _share("defects"),
        )
        with product().sessions.begin() as writing:
            match = _released(writing, key)
            awards.rate(writing, match, rating, accounts.by_email(writing, _email()))
    except InvalidRecord as error:
        return page(need, problems=by_field(error)), 422
    flash(gettext("Thank you. The outcome is kept; the centre sees it, other contractors do not."))
    return _back(key)


def _mark(name: str) -> int:
    given = request.form.get(name, "")
    return int(given) if given in {"1", "2", "3", "4", "5"} else 0


def _said(name: str) -> bool | None:
    return {"yes": True, "no": False}.get(request.form.get(name, ""))


def _share(name: str) -> float | None:
    """Pieces of a thousand as typed; -1, which no outcome has, for what is no number."""
    given = cells.number(request.form.get(name, ""))
    if not given:
        return None
    return float(given) if _SHARE.fullmatch(given) else -1.0


@blueprint.post("/<key>/copy")
@login_required
def copy(key: str) -> ResponseReturnValue:
    """A draft like this need, opened to be changed."""
    need = _own(key)
    if not access.may(subject(), "need.create", access_object(need)).allowed:
        raise Forbidden
    sent = f"copy-{form_tokens.given()}"
    made = needs.in_a_race(lambda: _copied(key, sent))
    flash(gettext("This is a copy. Change what is different and save it."))
    return redirect(url_for("needs.edit", key=made))


def _copied(key: str, sent: str) -> str:
    with product().sessions.begin() as writing:
        return awards.copy(writing, needs.by_key(writing, key), sent, context.today(), by=actor()).public_id
