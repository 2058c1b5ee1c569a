"""The page of the neighbour installations: the own key, the allow-list, bundles out and in."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from matchmaker.domain.errors import FileRefused, Forbidden, InvalidRecord, NotNow, StartRefused
from matchmaker.domain.taxonomy_keys import Occasion
from matchmaker.models import Centre, Session
from matchmaker.services.bundles import (
    bundle_format,
    bundle_keys,
    bundle_requests,
    neighbours,
    outgoing_bundles,
    taken_bundles,
)
from matchmaker.services.bundles.taken_bundles import TakenCounts
from matchmaker.web.kit import context, downloads, forms, labels
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database, product
from matchmaker.web.kit.standpoint import operator, standpoint

blueprint = Blueprint("neighbours", __name__, url_prefix="/network/neighbours")


def home(session: Session) -> Centre:
    """The centre that this installation stands for, for its operators. Raises Forbidden."""
    operator(session)
    who, code = standpoint(session).who, product().settings.centre
    held = (one.centre for one in who.user.memberships if one.centre) if who else ()
    own = next((centre for centre in held if centre.code == code), None)
    if own is None or code not in standpoint(session).centres:
        raise Forbidden
    return own


@blueprint.get("/")
@login_required
def show() -> ResponseReturnValue:
    return _page({}, {})


def _page(form: Mapping[str, str], problems: Mapping[str, str]) -> str:
    session = database()
    home(session)
    key, lost = None, ""
    try:
        key = bundle_keys.found(session, product().data)
    except StartRefused as error:
        lost = labels.filled(error.template, error.params)
    return render_template(
        "network/neighbours.html",
        key=key,
        lost=lost,
        grouped=bundle_keys.grouped,
        listed=neighbours.listed(session),
        form=form,
        problems=problems,
        days=outgoing_bundles.USUAL_DAYS,
        suffix=bundle_format.SUFFIX,
    )


@blueprint.post("/key")
@login_required
def make_key() -> ResponseReturnValue:
    """Make the key pair, where none ever was."""
    try:
        with change() as (session, user):
            bundle_keys.make(session, product().data, home(session), by=user.public_id)
    except StartRefused:
        return redirect(url_for("neighbours.show"))  # which says what is to be done
    flash(gettext("The key is made. Give it to your neighbours, and read its fingerprint out by telephone."))
    return redirect(url_for("neighbours.show"))


@blueprint.post("/")
@login_required
def add() -> ResponseReturnValue:
    """Put a neighbour on the list, or change the name and level of the one with this key."""
    form = {name: request.form.get(name, "")[:500].strip() for name in neighbours.FIELDS}
    try:
        with change() as (session, user):
            centre = home(session)
            own = bundle_keys.found(session, product().data)
            allowed = product().settings.webhook_names
            neighbours.add(session, form, own, centre, by=user.public_id, allowed=allowed)
    except InvalidRecord as error:
        return _page(form, forms.with_values(error)), 422
    flash(gettext("The neighbour is on the list."))
    return redirect(url_for("neighbours.show"))


@blueprint.post("/bundles")
@login_required
def take() -> ResponseReturnValue:
    """Take a bundle from a file; one that is not right is refused whole, with the reason."""
    home(database())
    file = request.files.get("file")
    if file is None or not file.filename:
        return _page({}, {"file": gettext("Choose a file.")}), 422
    raw = file.stream.read(bundle_format.LARGEST + 1)
    try:
        with change() as (session, user):
            home(session)
            done = taken_bundles.take(session, raw, product().bundle_office(session), by=user.public_id)
            told, name = done.counts, done.neighbour.centre.name(context.language())
    except (FileRefused, NotNow) as error:
        return _page({}, {"file": labels.filled(error.template, error.params)}), 422
    _say_taken(told, name)
    return redirect(url_for("neighbours.show"))


def _say_taken(told: TakenCounts, name: str) -> None:
    flash(
        gettext(
            "Taken from %(name)s. Suppliers: %(firms)s. Needs: new %(needs)s, changed %(changed)s. Withdrawn: %(gone)s.",
            name=name,
            firms=told.firms,
            needs=told.needs,
            changed=told.needs_changed + told.kept,
            gone=told.needs_gone + told.firms_gone,
        )
    )


@blueprint.post("/<key>/bundle")
@login_required
def make_bundle(key: str) -> ResponseReturnValue:
    """A new bundle for a neighbour, as a file."""
    given = request.form.get("days", "")
    days = int(given) if given.isascii() and given.isdigit() and len(given) < 4 else 0
    try:
        with change() as (session, user):
            centre = home(session)
            found = neighbours.by_key(session, key, locked=True)
            own = bundle_keys.demanded(session, product().data)
            raw = outgoing_bundles.make(session, found, own, centre, by=user.public_id, days=days)
            name = outgoing_bundles.file_name(found)
    except InvalidRecord as error:
        return _page({"days": given[:10], "of": key}, forms.with_values(error)), 422
    except NotNow as error:
        return _page({}, {"key": gettext(error.template)}), 409
    return downloads.named(raw, bundle_format.MEDIA_TYPE, name)


@blueprint.post("/<key>/pull")
@login_required
def pull(key: str) -> ResponseReturnValue:
    """Ask a neighbour's site for its bundle, and take it."""
    home(database())
    found = neighbours.by_key(database(), key)
    try:
        own, allowed = bundle_keys.demanded(database(), product().data), product().settings.webhook_names
        raw = bundle_requests.pull(found, own, allowed, context.language())
        with change() as (session, user):
            home(session)
            office = product().bundle_office(session)
            done = bundle_requests.take_pulled(session, key, raw, office, by=user.public_id)
            told, name = done.counts, done.neighbour.centre.name(context.language())
    except (FileRefused, NotNow) as error:
        return _page({}, {f"site-{key}": labels.filled(error.template, error.params)}), 422
    _say_taken(told, name)
    return redirect(url_for("neighbours.show"))


@blueprint.post("/<key>/push")
@login_required
def push(key: str) -> ResponseReturnValue:
    """Make a bundle for a neighbour and send it to its site."""
    try:
        with change() as (session, user):
            centre = home(session)
            found = neighbours.by_key(session, key, locked=True)
            own = bundle_keys.demanded(session, product().data)
            raw = outgoing_bundles.make(session, found, own, centre, by=user.public_id)
        bundle_requests.push(
            neighbours.by_key(database(), key), raw, product().settings.webhook_names, context.language()
        )
    except (FileRefused, NotNow) as error:
        return _page({}, {f"site-{key}": labels.filled(error.template, error.params)}), 422
    flash(gettext("The neighbour's site has taken the bundle."))
    return redirect(url_for("neighbours.show"))


@blueprint.post("/<key>/remove")
@login_required
def remove(key: str) -> ResponseReturnValue:
    """Take a neighbour off the list, and away what it sent."""
    with change() as (session, user):
        centre = home(session)
        found = neighbours.by_key(session, key, locked=True)
        reason = product().taxonomy.given_reasons[Occasion.WITHDRAWN]
        taken_bundles.remove(session, found, centre, reason, by=user.public_id)
    flash(gettext("The neighbour is off the list, and what it sent is gone."))
    return redirect(url_for("neighbours.show"))
