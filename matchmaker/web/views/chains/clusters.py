"""The register of clusters: the list, one cluster with its functional map and table, participants and declared supplies."""

from collections.abc import Mapping

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from matchmaker.domain.errors import InvalidRecord, StaleRevision
from matchmaker.models.organisations import CLUSTER_KINDS, CLUSTER_ROLES
from matchmaker.services.chains import clusters
from matchmaker.services.reports import spreadsheets
from matchmaker.web.acts.chains import cluster_acts
from matchmaker.web.kit import context, form_tokens, forms
from matchmaker.web.kit.context import database
from matchmaker.web.kit.standpoint import own_centre

blueprint = Blueprint("clusters", __name__, url_prefix="/work/clusters")
_FIELDS = ("name_ru", "name_en", "kind", "region", "note", "revision")
_JOINING = ("name", "inn", "role")
_LINKING = ("supplier", "buyer", "what", "value")


@blueprint.get("/")
@login_required
def listed() -> ResponseReturnValue:
    """The clusters of the centre, and the form of a new one."""
    return _list({}, {})


def _list(form: Mapping[str, str], problems: Mapping[str, str]) -> str:
    return render_template(
        "chains/clusters.html",
        found=clusters.listed(database(), own_centre(database())),
        acts=cluster_acts,
        kinds=CLUSTER_KINDS,
        form=form,
        problems=problems,
        once=form_tokens.given() if request.method == "POST" else form_tokens.token(),
    )


@blueprint.post("/<key>")
@login_required
def save(key: str) -> ResponseReturnValue:
    """Register a cluster, or change one."""
    typed = _typed(_FIELDS)
    try:
        made = cluster_acts.save(key, typed, form_tokens.given())
    except InvalidRecord as error:
        problems = forms.by_field(error)
        return (_list(typed, problems) if key == "new" else _page(key, changed=(typed, problems))), 422
    except StaleRevision:
        return _page(key, changed=(typed, {}), stale=True), 409
    flash(gettext("The cluster is saved."))
    return redirect(url_for("clusters.show", key=made))


def _typed(names: tuple[str, ...]) -> dict[str, str]:
    return {name: request.form.get(name, "").strip()[: clusters.LONGEST + 1] for name in names}


@blueprint.get("/<key>")
@login_required
def show(key: str) -> ResponseReturnValue:
    """A cluster: its functional map, the table of supplies, where it buys, its participants."""
    return _page(key)


Sent = tuple[Mapping[str, str], Mapping[str, str]]  # a form as typed, and its problems
_NOTHING: Sent = ({}, {})


def _page(
    key: str,
    *,
    changed: Sent = _NOTHING,
    joining: Sent = _NOTHING,
    linking: Sent = _NOTHING,
    stale: bool = False,
) -> str:
    found = cluster_acts.seen(database(), key)
    picture = cluster_acts.picture(found)
    present = {
        "name_ru": found.name_ru or "",
        "name_en": found.name_en or "",
        "kind": found.kind,
        "region": cluster_acts.region(found.region_code),
        "note": found.note or "",
        "revision": str(found.revision),
    }
    return render_template(
        "chains/cluster.html",
        cluster=found,
        picture=picture,
        drawing=cluster_acts.drawing(picture),
        acts=cluster_acts,
        by_role=cluster_acts.by_role(found),
        kinds=CLUSTER_KINDS,
        roles=CLUSTER_ROLES,
        files=tuple(spreadsheets.MEDIA),
        form={**(changed[0] or present), "revision": present["revision"]},
        problems=changed[1],
        joining=joining,
        linking=linking,
        theirs=present if stale else None,
        language_of_page=context.language(),
    )


@blueprint.post("/<key>/participants")
@login_required
def join(key: str) -> ResponseReturnValue:
    """Add a participant in a role."""
    typed = _typed(_JOINING)
    try:
        cluster_acts.join(key, typed)
    except InvalidRecord as error:
        return _page(key, joining=(typed, forms.by_field(error))), 422
    return redirect(url_for("clusters.show", key=key, _anchor="participants"))


@blueprint.post("/<key>/participants/leave")
@login_required
def leave(key: str) -> ResponseReturnValue:
    """Take a participant out, with its declared supplies."""
    cluster_acts.leave(key, request.form.get("participant", ""))
    return redirect(url_for("clusters.show", key=key, _anchor="participants"))


@blueprint.post("/<key>/supplies")
@login_required
def link(key: str) -> ResponseReturnValue:
    """Declare a supply between two participants."""
    typed = _typed(_LINKING)
    try:
        cluster_acts.link(key, typed)
    except InvalidRecord as error:
        return _page(key, linking=(typed, forms.by_field(error))), 422
    return redirect(url_for("clusters.show", key=key, _anchor="supplies"))


@blueprint.post("/<key>/supplies/take-back")
@login_required
def unlink(key: str) -> ResponseReturnValue:
    """Take a declared supply back."""
    cluster_acts.unlink(key, request.form.get("supply", ""))
    return redirect(url_for("clusters.show", key=key, _anchor="supplies"))


@blueprint.get("/<key>/supplies.<kind>")
@login_required
def download(key: str, kind: str) -> Response:
    """Who supplies whom, as a file."""
    return cluster_acts.as_file(key, kind)
