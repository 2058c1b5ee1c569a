"""A supplier's own page: invitations, quotes, the open needs that fit, what would open more, who looked."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from matchmaker.domain.errors import Forbidden
from matchmaker.services.matching import matching
from matchmaker.services.profiles import freshness, profile_drafts, renewals, suppliers, viewings
from matchmaker.services.quotes import messages
from matchmaker.services.shortlist import supplier_pipeline
from matchmaker.web.kit import context
from matchmaker.web.kit.context import database, person, wording
from matchmaker.web.pages import completeness, supplier_facts
from matchmaker.web.pages.need_access import contractor_name, title_of

blueprint = Blueprint("shop", __name__, url_prefix="/shop")


@blueprint.get("/")
@login_required
def show() -> ResponseReturnValue:
    """All that goes on for the person's organisation, what waits for it first."""
    who = person()
    own = [role.organisation for role in who.subject.roles if role.role == "supplier_editor"] if who else []
    if not own or own[0] is None:
        raise Forbidden
    profile = profile_drafts.of_organisation(database(), own[0])
    if profile is None or profile.published_at is None:
        return redirect(url_for("profile.show"))  # nothing can fit before there is a profile
    found = matching.openings(database(), profile.public_id, context.matching())
    words = wording()
    looked = viewings.of_profile(database(), profile, context.today(), context.language())
    return render_template(
        "shop/show.html",
        profile=profile,
        name=profile.organisation.name(context.language()),
        stale=freshness.stale(profile, context.today()),
        stale_labels=renewals.LABELS,
        certificates=supplier_facts.certificate_views(profile),
        fitting=[
            {
                "need": need,
                "title": title_of(need),
                "contractor": contractor_name(need),
                "percent": round(100 * match.score),
                "reasons": [words.reason(verdict) for verdict in match.verdicts],
            }
            for need, match in found.fitting
        ],
        dealings=supplier_pipeline.of_profile(database(), profile),
        title_of=title_of,
        threads=[(match, title_of(match.need), at) for match, at in messages.latest(database(), own[0])],
        viewers=[(one, words.codes("region", (one.region,)) if one.region else "") for one in looked.viewers],
        weeks=looked.weeks,
        gains=completeness.gains(profile, suppliers.record(profile)),
    )
