"""Photos of a supplier's shop: its people add and remove them, everybody sees what the centre has seen."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.domain import access
from matchmaker.domain.errors import FileRefused, NotFound
from matchmaker.domain.language import N_
from matchmaker.services.core import blobs
from matchmaker.services.people import accounts
from matchmaker.services.profiles import photos, profile_drafts, suppliers
from matchmaker.web.kit import forms
from matchmaker.web.kit.context import database, product, signed_in, subject
from matchmaker.web.pages import supplier_facts
from matchmaker.web.pages.own_profile import own_profile
from matchmaker.web.pages.profile_access import (
    access_object,
    may_see,
)

blueprint = Blueprint("photos", __name__)
CHOOSE = N_("Choose a photo: a JPEG or PNG of up to 20 MB.")


@blueprint.route("/shop/photos", methods=["GET", "POST"])
@login_required
def own() -> ResponseReturnValue:
    """One's own photos, and adding one."""
    profile = own_profile(database())
    problem = ""
    if request.method == "POST":
        who = signed_in()
        try:
            given = forms.chosen(request.files.get("file"), CHOOSE)
            with product().sessions.begin() as writing:
                stored = suppliers.by_key(writing, profile.public_id)
                user = accounts.by_email(writing, who.email)
                words = request.form.get("caption", "")
                before = photos.of_profile(writing, stored)
                if photos.add(writing, stored, given, user, product().data, caption=words) not in before:
                    profile_drafts.touch(writing, stored, who.id)
            flash(gettext("The photo is kept. Others see it when the centre has published your changes."))
            return redirect(url_for("photos.own"))
        except FileRefused as error:
            problem = gettext(error.template) % error.params if error.params else gettext(error.template)
    page = render_template(
        "profile/photos.html",
        photos=supplier_facts.photo_views(photos.of_profile(database(), profile)),
        problem=problem,
        caption=request.form.get("caption", ""),
        longest=photos.LONGEST_CAPTION,
    )
    return page, 422 if problem else 200


@blueprint.post("/shop/photos/<key>/remove")
@login_required
def remove(key: str) -> Response:
    """Take a photo away at once."""
    profile = own_profile(database())
    who = signed_in()
    with product().sessions.begin() as writing:
        stored, of = photos.by_key(writing, key)
        if of.id != profile.id:
            raise NotFound(what="file", key=key)
        photos.remove(writing, of, stored, who.id)
    flash(gettext("The photo is removed."))
    return redirect(url_for("photos.own"))


@blueprint.get("/photos/<key>")
def photo(key: str) -> Response:
    """The picture itself; before the centre has published it only for its people and the centre."""
    stored, profile = photos.by_key(database(), key)
    closer = access.may(subject(), "profile.view_unpublished", access_object(profile)).allowed
    if not may_see(profile) or not (stored.details["shown"] or closer):
        raise NotFound(what="file", key=key)
    path = blobs.path_of(product().data / "files", stored.sha256)
    if not path.exists():
        raise NotFound(what="file", key=key)
    answer = Response(path.read_bytes(), mimetype=stored.media_type)
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer
