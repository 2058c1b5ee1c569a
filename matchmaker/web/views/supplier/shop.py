"""A supplier's own page: invitations, quotes, open needs that fit, changes that would open more, visitors of
its profile.
"""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from matchmaker.models import Profile
from matchmaker.services.matching import matching
from matchmaker.services.profiles import freshness, profile_drafts, renewals, suppliers, viewings
from matchmaker.services.quotes import messages
from matchmaker.services.shortlist import supplier_pipeline
from matchmaker.web.kit import context
from matchmaker.web.kit.context import database, wording
from matchmaker.web.pages import completeness, supplier_facts
from matchmaker.web.pages.need_access import NeedAccess, access_of, title_of
from matchmaker.web.pages.profile_access import own_organisation
from search.ranking.explain import RankedSupplier

blueprint = Blueprint("shop", __name__, url_prefix="/shop")


@blueprint.get("/")
@login_required
def show() -> ResponseReturnValue:
    """The current work of the person's organisation, with waiting items first."""
    profile = profile_drafts.of_organisation(database(), own_organisation(database()))
    if profile is None or (profile.published_at is None and profile.waiting is None):
        return redirect(url_for("filling.fill"))  # nothing is said of the shop yet
    if profile.published_at is None:
        return redirect(url_for("profile.show"))  # no need can fit before there is a profile
    return _page(profile)


def _page(profile: Profile) -> str:
    firm, session = profile.organisation, database()
    return render_template(
        "shop/show.html",
        profile=profile,
        name=firm.name(context.language()),
        stale=freshness.stale(profile, context.today()),
        stale_labels=renewals.LABELS,
        certificates=supplier_facts.certificate_views(profile),
        dealings=supplier_pipeline.of_profile(session, profile),
        title_of=title_of,
        threads=[(match, title_of(match.need), at) for match, at in messages.latest(session, firm.public_id)],
        gains=completeness.gains(profile, suppliers.record(profile)),
        **_fitting(profile),
        **_looked(profile),
    )


def _fitting(profile: Profile) -> dict[str, object]:
    """The open needs that fit, the best within the shop's rights, and the number of all."""
    found = matching.openings(database(), profile.public_id, context.matching())
    shown = [_fit(access_of(database(), need), match) for need, match in found.fitting]
    return {"fitting": shown, "fitting_all": found.total}


def _fit(found: NeedAccess, match: RankedSupplier) -> dict[str, object]:
    return {
        "need": found.need,
        "title": found.title,
        "contractor": found.contractor_name,
        "chance": wording().chance(match.score),
        "share": wording().share(match.share),
        "reasons": [wording().reason(verdict) for verdict in match.verdicts],
    }


def _looked(profile: Profile) -> dict[str, object]:
    """The visitors of the profile, with the region in words, and their number by week."""
    looked, words = viewings.of_profile(database(), profile, context.today(), context.language()), wording()
    viewers = [(one, words.codes("region", (one.region,)) if one.region else "") for one in looked.viewers]
    return {"viewers": viewers, "weeks": looked.weeks}
