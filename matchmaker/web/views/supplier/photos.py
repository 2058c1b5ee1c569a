"""Photos of a supplier's shop: its people add and remove them, everybody sees those that the centre has seen."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_login import login_required
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from matchmaker.domain.errors import FileRefused
from matchmaker.domain.language import N_
from matchmaker.services.profiles import photos
from matchmaker.web.acts import shop_acts
from matchmaker.web.kit import downloads, forms
from matchmaker.web.kit.context import database, product
from matchmaker.web.kit.errors import status_of
from matchmaker.web.pages import supplier_facts
from matchmaker.web.pages.profile_access import own_profile

blueprint = Blueprint("photos", __name__)
CHOOSE = N_("Choose photos: JPEG, PNG, WebP or HEIC of up to 20 MB each, 60 MB together.")


@blueprint.route("/shop/photos", methods=["GET", "POST"])
@login_required
def own() -> ResponseReturnValue:
    """The reader's own photos, and adding some: all that were chosen, or none where one of them is refused."""
    if request.method == "GET":
        return _page()
    own_profile()
    sent = request.files.getlist("file")
    chosen: list[FileStorage | None] = [one for one in sent if one.filename] or [None]
    received, refused = [], []
    for one in chosen:
        try:
            received.append(photos.receive(forms.chosen(one, CHOOSE), product().data))
        except FileRefused as error:
            refused.append((one, error))
    if refused:
        return _page(_told(refused, of=len(chosen))), status_of(refused[0][1])
    try:
        shop_acts.keep_photos(received, request.form.get("caption", ""))
    except FileRefused as error:
        return _page(forms.refusal(error)), status_of(error)
    flash(
        ngettext(
            "%(num)d photo is saved. Others see it once the centre has published your changes.",
            "%(num)d photos are saved. Others see them once the centre has published your changes.",
            len(received),
        )
    )
    return redirect(url_for("photos.own"))


def _told(refused: Sequence[tuple[FileStorage | None, FileRefused]], *, of: int) -> str:
    """Why files are refused, each by its name where several were chosen."""
    if of == 1:
        return forms.refusal(refused[0][1])
    told = [f"{one.filename if one else ''}: {forms.refusal(error)}" for one, error in refused]
    return " ".join([*told, gettext("None of the photos is saved; choose the others again.")])


def _page(problem: str = "") -> str:
    shown = supplier_facts.photo_views(photos.of_profile(database(), own_profile()))
    return render_template(
        "profile/photos.html",
        photos=shown,
        opened=sum(not (one.ready or one.problem) for one in shown),
        problem=problem,
        caption=request.form.get("caption", ""),
        longest=photos.LONGEST_CAPTION,
    )


@blueprint.post("/shop/photos/<key>/remove")
@login_required
def remove(key: str) -> Response:
    """Remove a photo at once."""
    shop_acts.remove_photo(key)
    flash(gettext("The photo is removed."))
    return redirect(url_for("photos.own"))


@blueprint.get("/photos/<key>")
def photo(key: str) -> Response:
    """The picture itself; until the centre has published it, only for its people and the centre."""
    stored = shop_acts.photo(key)
    answer = Response(downloads.content_of(stored), mimetype=stored.media_type)
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer
