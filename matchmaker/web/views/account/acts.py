"""Taking an act back: the button of the notice after it, and of the record's history."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from matchmaker.models import Centre, Need, Quote
from matchmaker.services.chains import clusters, parts_lists
from matchmaker.services.needs import drawings, ndas
from matchmaker.services.profiles import merging, photos
from matchmaker.web.acts import undo_acts

# Where acts that stand in the history of a centre are gone on from.
_OF_CENTRE = {
    clusters.LEAVING: "clusters.listed",
    clusters.UNLINKING: "clusters.listed",
    parts_lists.REMOVAL: "localisation.listed",
}

blueprint = Blueprint("acts", __name__, url_prefix="/acts")


@blueprint.post("/<key>/undo")
@login_required
def undo(key: str) -> ResponseReturnValue:
    """Take an act of the reader's own back within its ten minutes; a repeated press changes nothing."""
    kind, thing = undo_acts.take_back(key)
    flash(gettext("It is undone: everything is as it was before."))
    return redirect(_page(kind, thing))


def _page(kind: str, thing: undo_acts.Thing) -> str:
    """The page to go on from."""
    if isinstance(thing, Quote):
        return url_for("quotes.own", key=thing.match.need.public_id)
    if isinstance(thing, Need):
        place = "drawings.listed" if kind in {drawings.TAKING_AWAY, ndas.WITHDRAWAL} else "needs.show"
        return url_for(place, key=thing.public_id)
    if isinstance(thing, Centre):
        return url_for(_OF_CENTRE.get(kind, "needs.mine"))
    if kind == merging.MERGER:
        return url_for("public.supplier", key=thing.public_id)
    return url_for("photos.own" if kind == photos.REMOVAL else "profile.show")
