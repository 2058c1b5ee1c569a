"""Support measures and helpers: the list that a centre keeps, the form of one, and what suits the reader's own shop."""

from collections.abc import Mapping, Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from matchmaker.domain.errors import InvalidRecord, StaleRevision
from matchmaker.models import SupportOffer
from matchmaker.models.development import FIRM_SIZES, HELPERS, MEASURES
from matchmaker.services.development import support_offers
from matchmaker.services.development.support_fit import SupportOutcome
from matchmaker.web.acts import support_acts, support_words
from matchmaker.web.kit import context, form_tokens, forms
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database, product
from matchmaker.web.kit.standpoint import own_centre
from matchmaker.web.pages.profile_access import own_profile

blueprint = Blueprint("support", __name__)
NEW = "new"


@blueprint.get("/work/support/")
@login_required
def listed() -> ResponseReturnValue:
    """The measures and helpers of the centre, and those that are over."""
    centre = own_centre(database())
    offers = support_offers.of_centre(database(), centre.id)
    return render_template(
        "development/support.html",
        measures=[one for one in offers if one.is_measure],
        helpers=[one for one in offers if not one.is_measure],
        over=support_offers.of_centre(database(), centre.id, ended=True),
        today=context.today(),
    )


@blueprint.get("/work/support/<offers>.<kind>")
@login_required
def download(offers: str, kind: str) -> ResponseReturnValue:
    """The measures or the helpers as a file."""
    return support_acts.as_file(offers, kind)


@blueprint.get("/work/support/<key>")
@login_required
def offer(key: str) -> ResponseReturnValue:
    """The form of an offer, or of a new one."""
    return _form(key)


def _form(
    key: str,
    typed: Mapping[str, str] | None = None,
    sizes: Sequence[str] = (),
    problems: Mapping[str, str] | None = None,
    *,
    stale: bool = False,
) -> str:
    own_centre(database())
    found = None if key == NEW else support_acts.kept(database(), key)
    shown = support_offers.typed_of(found, support_words.name_of) if found else {}
    return render_template(
        "development/support_offer.html",
        offer=found,
        form=shown if typed is None else typed,
        theirs=shown if stale else {},
        sizes=sizes if typed is not None else found.sizes if found else (),
        firm_sizes=[(one, gettext(support_words.SIZES[one])) for one in FIRM_SIZES],
        kinds={
            gettext("Support measures"): [(one, support_words.kind_label(one)) for one in MEASURES],
            gettext("Helpers"): [(one, support_words.kind_label(one)) for one in HELPERS],
        },
        problems=problems or {},
        once=form_tokens.token() if typed is None else form_tokens.given(),
        revision=found.revision if found else 0,
    )


@blueprint.post("/work/support/<key>")
@login_required
def save(key: str) -> ResponseReturnValue:
    """Keep a new offer, or change one."""
    typed = {name: request.form.get(name, "") for name in support_offers.FIELDS}
    sizes = request.form.getlist("size")
    try:
        with change() as (session, user):
            centre = own_centre(session)
            kept = None if key == NEW else support_acts.kept(session, key)
            given = support_offers.read(typed, sizes, product().recogniser.codes)
            if kept is None:
                support_offers.add(session, centre, given, form_tokens.given(), user)
            else:
                support_offers.change(session, kept, given, forms.revision(request.form), user)
    except InvalidRecord as error:
        return _form(key, typed, sizes, forms.with_values(error)), 422
    except StaleRevision:
        return _form(key, typed, sizes, stale=True), 409
    flash(gettext("It is kept; firms that it suits see it."))
    return redirect(url_for("support.listed"))


@blueprint.post("/work/support/<key>/end")
@login_required
def end(key: str) -> ResponseReturnValue:
    """Take an offer off the lists, or put it back."""
    with change() as (session, user):
        kept: SupportOffer = support_acts.kept(session, key)
        support_offers.end(session, kept, user, ended=request.form.get("ended") == "yes")
    flash(gettext("Saved."))
    return redirect(url_for("support.listed"))


@blueprint.get("/shop/support/")
@login_required
def own() -> ResponseReturnValue:
    """What suits the reader's own shop, with the reasons."""
    profile = own_profile()
    found = support_acts.suiting(profile)
    return render_template(
        "development/own_support.html",
        fits={outcome: [one for one in found if one.outcome is outcome] for outcome in SupportOutcome},
        outcomes=SupportOutcome,
    )
