"""The operator's workbench: queues, and curating the matches of a need."""

from dataclasses import asdict

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.domain.errors import Forbidden, NotFound
from matchmaker.domain.lifecycle import NeedState
from matchmaker.models import Need, User
from matchmaker.services import accounts, certificates, curation, matching, needs, suppliers, workbench
from matchmaker.services.exports import Session
from matchmaker.web import context, presenters
from matchmaker.web.context import Person, database, person, product, wording
from matchmaker.web.views.needs import demand

blueprint = Blueprint("operator", __name__, url_prefix="/work")
DECISIONS = ("approved", "rejected")


def _operator() -> Person:
    who = person()
    if who is None or not who.is_operator:
        raise Forbidden
    return who


@blueprint.get("/")
@login_required
def queues() -> ResponseReturnValue:
    who = _operator()
    centres = [role.centre for role in who.subject.roles if role.centre]
    return render_template(
        "operator/queues.html",
        queues=workbench.queues(database(), centres, context.today()),
        submitted=workbench.needs_in(database(), centres, [NeedState.SUBMITTED]),
        published=workbench.needs_in(
            database(), centres, [NeedState.PUBLISHED, NeedState.SHORTLISTING], limit=50
        ),
        expiring=certificates.ending(database(), needs.centre_of(database(), centres[0]), context.today(), 90)
        if centres
        else [],
    )


@blueprint.get("/needs/<key>")
@login_required
def shortlist(key: str) -> ResponseReturnValue:
    """The need's proposals and what was decided about them."""
    need = _curated(key)
    matches = curation.of_need(database(), need)
    return render_template(
        "operator/shortlist.html",
        need=need,
        matches=matches,
        places={match.public_id: presenters.place(match.profile) for match in matches},
        reasons=[reason for reason in product().taxonomy.reasons if "operator" in reason.extra.get("by", ())],
        history=curation.history(database(), need),
        wording=wording(),
    )


def _curated(key: str) -> Need:
    _operator()
    need = needs.by_key(database(), key)
    demand("match.curate", need)
    return need


@blueprint.post("/needs/<key>/propose")
@login_required
def propose(key: str) -> Response:
    """Run the matcher; what was decided about stays, the rest is renewed."""
    need = _curated(key)
    who = _operator()
    answered = matching.match_need(database(), need, context.matching())
    words = wording()
    proposals = [
        curation.Proposal(
            match.key,
            match.score,
            {
                "reasons": [asdict(words.reason(verdict)) for verdict in match.verdicts],
                "language": context.language(),
            },
        )
        for match in answered.answer.matches
    ]
    with product().sessions.begin() as writing:
        ranker = answered.answer.ranker
        made = curation.propose(writing, needs.by_key(writing, key), proposals, ranker=ranker, by=who.id)
    flash(gettext("%(count)s suppliers are proposed.", count=len(made)))
    return redirect(url_for("operator.shortlist", key=key))


@blueprint.post("/needs/<key>/decide")
@login_required
def decide(key: str) -> Response:
    """Approve or reject one match; a stale page is told so and nothing is overwritten."""
    _curated(key)
    who = _operator()
    kind = request.form.get("decision", "")
    if kind not in DECISIONS:
        raise NotFound(what="decision", key=kind)
    reason = request.form.get("reason") or None
    if kind == "rejected" and reason not in product().taxonomy.reasons:
        flash(gettext("Choose the reason for the rejection."))
        return redirect(url_for("operator.shortlist", key=key))
    verdict = curation.Verdict(kind, reason_code=reason if kind == "rejected" else None)
    revision = request.form.get("revision", "")
    with product().sessions.begin() as writing:
        match = curation.by_key(writing, request.form.get("match", ""))
        _of_need(match.need, key)
        given = int(revision) if revision.isascii() and revision.isdigit() and len(revision) < 10 else -1
        curation.decide(writing, match, verdict, _writing_user(writing, who), revision=given)
    return redirect(url_for("operator.shortlist", key=key) + f"#m-{request.form.get('match', '')}")


def _of_need(need: Need, key: str) -> None:
    if need.public_id != key:
        raise NotFound(what="match", key=key)


def _writing_user(writing: Session, who: Person) -> User:
    return accounts.by_email(writing, who.email)


@blueprint.post("/needs/<key>/invite")
@login_required
def invite(key: str) -> Response:
    """Invite the ticked suppliers at once; who was invited before is not invited again."""
    _curated(key)
    who = _operator()
    with product().sessions.begin() as writing:
        chosen = [curation.by_key(writing, match) for match in request.form.getlist("match")[:100]]
        for match in chosen:
            _of_need(match.need, key)
        invited = curation.invite(writing, chosen, _writing_user(writing, who))
    flash(gettext("%(count)s suppliers are invited.", count=len(invited)))
    return redirect(url_for("operator.shortlist", key=key))


@blueprint.post("/needs/<key>/add")
@login_required
def add(key: str) -> Response:
    """Add a supplier by the address or the id of its profile."""
    _curated(key)
    who = _operator()
    wanted = request.form.get("supplier", "").strip().rstrip("/").rsplit("/", 1)[-1]
    with product().sessions.begin() as writing:
        need = needs.by_key(writing, key)
        try:
            profile = suppliers.by_key(writing, wanted)
        except NotFound:
            flash(
                gettext("There is no supplier “%(key)s”. Paste the address of its profile.", key=wanted[:80])
            )
            return redirect(url_for("operator.shortlist", key=key))
        curation.add_by_hand(writing, need, profile, _writing_user(writing, who))
    return redirect(url_for("operator.shortlist", key=key))
