"""One act on many needs: what will be done and what is left out is said before, then done at once, with one undo."""

from flask import Blueprint, abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_login import login_required

from matchmaker.domain.errors import InvalidRecord, NotFound
from matchmaker.models import Need, Session, User
from matchmaker.services.desk import bulk_acts
from matchmaker.services.desk.bulk_acts import Actor, BulkAsked, BulkKind
from matchmaker.services.shortlist import assignments
from matchmaker.services.shortlist.need_moves import MoveReason
from matchmaker.web.kit import context, forms
from matchmaker.web.kit.addresses import local_address, onward
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database, product
from matchmaker.web.kit.labels import reason_word
from matchmaker.web.kit.standpoint import operator, standpoint
from matchmaker.web.pages.need_access import access_of, read_rights
from matchmaker.web.pages.need_page import closing_reasons

blueprint = Blueprint("bulk", __name__, url_prefix="/work/bulk")


@blueprint.post("/needs")
@login_required
def of_needs() -> ResponseReturnValue:
    """Ask about an act on the ticked needs, and with the mark of what was shown do just that."""
    mark = request.form.get("sure", "")
    if not mark:
        return _asked({}), 200
    try:
        with change() as (session, user):
            asked = _act(session)
            plan = bulk_acts.judged(session, _needs(session), asked)
            if plan.mark != mark:
                return _asked({}, changed=True), 409
            count = bulk_acts.carry_out(session, plan.done, asked, _actor(session, user))
    except InvalidRecord as error:
        return _asked(forms.by_field(error)), 422
    flash(_told(asked.kind, count))
    return onward(url_for("needs.mine"))


def _asked(problems: dict[str, str], *, changed: bool = False) -> str:
    """The page that says what would be done."""
    session = database()
    asked = _act(session)
    needs = _needs(session)
    return render_template(
        "operator/bulk.html",
        kind=asked.kind,
        heading=_headings()[asked.kind],
        plan=bulk_acts.judged(session, needs, asked),
        asked=asked,
        to=request.form.get("to", ""),
        next=local_address(request.form.get("next") or url_for("needs.mine")),
        typed=request.form,
        reasons=closing_reasons(),
        problems=problems,
        changed=changed,
    )


def _act(session: Session) -> BulkAsked:
    given = request.form.get("act", "")
    if given not in set(BulkKind):
        abort(400)
    kind = BulkKind(given)
    code = request.form.get("code", "")
    known = code if code in product().taxonomy.reasons else ""
    reason = MoveReason(request.form.get("reason", "").strip()[:280], known)
    return BulkAsked(kind, reason, _person(session) if kind is BulkKind.ASSIGN else None)


def _person(session: Session) -> User | None:
    """The colleague in the form, None for nobody. Raises NotFound for a person of another centre."""
    who, named = operator(session), request.form.get("to", "")
    if named in {"", "me"}:
        return session.get_one(User, who.user.id) if named else None
    colleagues = assignments.colleagues(session, standpoint(session).home)
    found = next((one for one in colleagues if one.public_id == named), None)
    if found is None:
        raise NotFound(what="person", key=named)
    return found


def _needs(session: Session) -> list[Need]:
    """The ticked needs. Raises NotFound, Forbidden where the operator does not curate one of them."""
    operator(session)
    read_rights(session)
    keys = list(dict.fromkeys(request.form.getlist("need")))
    found = list(bulk_acts.chosen(session, keys))
    for need in found:
        access_of(session, need).require("need.release")
    if len(found) < len(keys):
        raise NotFound(what="need", key=next(iter(set(keys) - {need.public_id for need in found})))
    return found


def _actor(session: Session, user: User) -> Actor:
    return Actor(user, standpoint(session).home, context.today(), reason_word)


def _headings() -> dict[BulkKind, str]:
    return {
        BulkKind.PUBLISH: gettext("Publish needs"),
        BulkKind.CLOSE: gettext("Close needs"),
        BulkKind.ASSIGN: gettext("Assign needs"),
        BulkKind.REMIND: gettext("Remind suppliers of needs"),
    }


def _told(kind: BulkKind, count: int) -> str:
    if kind is BulkKind.REMIND:
        return str(ngettext("%(num)d supplier is reminded.", "%(num)d suppliers are reminded.", count))
    return str(ngettext("Done for %(num)d need.", "Done for %(num)d needs.", count))
