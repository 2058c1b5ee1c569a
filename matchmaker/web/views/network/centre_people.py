"""The people of a centre for its operators: find, invite, give roles, close accounts, hand over or erase
data.
"""

from collections.abc import Callable, Mapping

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from matchmaker.domain import access
from matchmaker.domain.errors import Forbidden, InvalidRecord, Problem
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import MembershipState
from matchmaker.models import Centre, Session, User
from matchmaker.services.needs import drawings, needs
from matchmaker.services.people import accounts, api_keys, directory, personal_data
from matchmaker.web.kit import downloads, form_tokens
from matchmaker.web.kit.changes import attempt, change
from matchmaker.web.kit.context import database, product, signed_in
from matchmaker.web.kit.standpoint import operator, standpoint, subject
from matchmaker.web.pages import people_access
from matchmaker.web.pages.people_access import managed_person, person_access

blueprint = Blueprint("centre_people", __name__, url_prefix="/people")
LAST_PAGE = 1_000


@blueprint.get("/")
@login_required
def listed() -> ResponseReturnValue:
    return _list({}, {})


def _list(form: Mapping[str, str], problems: Mapping[str, str]) -> str:
    operator(database())
    here, words, role, page = standpoint(database()), request.args.get("q", "")[:100], _role(), _number()
    found = directory.of_centres(database(), here.centres, words, role, page)
    return render_template(
        "people/list.html",
        found=found,
        seen=directory.last_seen(database(), found.people),
        place=directory.place,
        own=here.centres,
        words=words,
        role=role,
        roles=(*access.ROLES[:-1], MembershipState.ASKED),
        page=page,
        more=page * directory.PAGE < found.total,
        grantable=people_access.grantable(here),
        centres=[needs.centre_of(database(), code) for code in here.centres],
        once=form_tokens.token(),
        form=form,
        problems=problems,
    )


def _role() -> str:
    """The role in the address that narrows the list; none where it names no role."""
    role = request.args.get("role", "")
    return role if role in (*access.ROLES, MembershipState.ASKED) else ""


def _number() -> int:
    page = request.args.get("page", 1, type=int)
    return page if 1 <= page <= LAST_PAGE else 1


@blueprint.post("/")
@login_required
def invite() -> ResponseReturnValue:
    """Invite a person as operator or administrator of the reader's own centre, or as the authority that funds it."""
    form = {name: request.form.get(name, "")[:300] for name in ("email", "role", "centre")}
    problems = people_access.invite(form, lambda session: _own_centre(session, form["centre"]))
    if problems:
        return _list(form, problems), 422
    return redirect(url_for("centre_people.listed"))


def _own_centre(session: Session, code: str) -> Centre:
    """The operator's centre with this code, the first one for any other code. Raises Forbidden."""
    operator(session)
    here = standpoint(session)
    return needs.centre_of(session, code if code in here.centres else here.own_centre)


@blueprint.get("/<key>")
@login_required
def show(key: str) -> ResponseReturnValue:
    return _page(key, {})


def _page(key: str, problems: Mapping[str, str]) -> str:
    found, here = person_access(database(), key), standpoint(database())
    return render_template(
        "people/show.html",
        shown=found.person,
        held=found.shown,
        ending=found.ending,
        manages=found.manages,
        reads=found.reads,
        alone=found.within,
        seen=directory.last_seen(database(), [found.person]).get(found.person.id),
        keys=api_keys.of_user(database(), found.person) if found.reads else (),
        grantable=people_access.grantable(here) if found.reads and not found.is_self else [],
        centres=[needs.centre_of(database(), code) for code in found.own],
        problems=problems,
    )


def _do(key: str, act: Callable[[Session, User, str], object], said: str) -> ResponseReturnValue:
    """Change a person's account, by the acting person's public id, and say so."""
    problems = attempt(lambda session, user: act(session, managed_person(session, key), user.public_id), said)
    if problems:
        return _page(key, problems), 422
    return redirect(url_for("centre_people.show", key=key))


@blueprint.post("/<key>/roles")
@login_required
def grant(key: str) -> ResponseReturnValue:
    """Give a person of the centre a role in it; a role above the operator's own, or one for the operator
    itself, is refused.
    """
    problems = attempt(
        lambda session, user: _grant(session, key, user.public_id), gettext("The role is given.")
    )
    if problems:
        return _page(key, problems), 422
    return redirect(url_for("centre_people.show", key=key))


def _grant(session: Session, key: str, by: str) -> None:
    """Raises NotFound, Forbidden, InvalidRecord."""
    centre = _own_centre(session, request.form.get("centre", ""))
    found, role = person_access(session, key), request.form.get("role", "")
    if found.is_self or not found.person.active:
        raise Forbidden
    if role not in access.CENTRE_ROLES:
        raise InvalidRecord((Problem("role", "role.unknown", N_("Choose a role."), role[:20]),))
    if not access.may_grant(subject(session), role, access.AccessObject(centre=centre.code)):
        raise Forbidden
    accounts.grant(session, found.person, role, by=by, centre=centre)


@blueprint.post("/<key>/roles/<int:number>/end")
@login_required
def end_role(key: str, number: int) -> ResponseReturnValue:
    """Take a role away; the person's sessions and keys end with it."""
    problems = attempt(
        lambda session, user: _end_role(session, key, number, user.public_id),
        gettext("The role is ended; the person is signed out."),
    )
    if problems:
        return _page(key, problems), 422
    return redirect(url_for("centre_people.listed" if signed_in().is_operator else "network.show"))


def _end_role(session: Session, key: str, number: int, by: str) -> None:
    """Raises NotFound, Forbidden, InvalidRecord."""
    found = person_access(session, key)
    held = directory.membership(found.person, number)
    if found.is_self or not people_access.may_end(standpoint(session), held):
        raise Forbidden
    directory.end_role(session, held, by=by)


@blueprint.post("/<key>/close")
@login_required
def close(key: str) -> ResponseReturnValue:
    said = gettext("The account is closed; the person is signed out and cannot sign in.")
    return _do(key, lambda session, person, by: directory.close(session, person, by=by), said)


@blueprint.post("/<key>/open")
@login_required
def open_again(key: str) -> ResponseReturnValue:
    said = gettext("The account is open again.")
    return _do(key, lambda session, person, by: directory.open_again(session, person, by=by), said)


@blueprint.post("/<key>/sessions")
@login_required
def end_sessions(key: str) -> ResponseReturnValue:
    said = gettext("All sessions and keys of the person have been ended.")
    return _do(key, lambda session, person, by: directory.end_sessions(session, person, by=by), said)


@blueprint.post("/<key>/second-factor")
@login_required
def drop_factor(key: str) -> ResponseReturnValue:
    """Turn off the second factor of a person who has lost the telephone and the codes."""
    said = gettext("The second factor is off; the person signs in with the password and turns it on anew.")
    return _do(key, lambda session, person, by: directory.drop_factor(session, person, by=by), said)


@blueprint.get("/<key>/data")
@login_required
def data(key: str) -> ResponseReturnValue:
    """All data stored about a person, as a file for that person."""
    with change() as (session, user):
        person = managed_person(session, key)
        personal_data.note_export(session, person, by=user.public_id)
    return downloads.as_file(personal_data.export(database(), person), person)


@blueprint.post("/<key>/erase")
@login_required
def erase(key: str) -> ResponseReturnValue:
    """Erase a person for good, once the box is ticked."""
    managed_person(database(), key)
    if not request.form.get("sure"):
        return _page(key, {"sure": gettext("Tick that you are sure: this cannot be undone.")}), 422
    letters: list[str] = []
    problems = attempt(
        lambda session, user: letters.extend(
            personal_data.erase(session, managed_person(session, key), by=user.public_id)
        ),
        gettext("The person is deleted."),
    )
    if problems:
        return _page(key, problems), 422
    product().transport.forget(letters)
    drawings.drop_copies(product().data)
    return redirect(url_for("centre_people.listed"))
