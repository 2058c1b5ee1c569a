"""The operator's queues: what waits, how much, how long, and who works on it; and finding whatever it is by name."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TypeVar

from flask import Blueprint, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from matchmaker.domain.lifecycle import OPEN_NEEDS, NeedState
from matchmaker.models import User
from matchmaker.models.base import now
from matchmaker.services.needs import needs
from matchmaker.services.profiles import certificates, name_lookup, profile_drafts
from matchmaker.services.profiles.certificates import WARNINGS
from matchmaker.services.shortlist import assignments, rotation, work_queues
from matchmaker.services.shortlist.work_queues import WorkQueue
from matchmaker.web.kit import context
from matchmaker.web.kit.context import database, operator
from matchmaker.web.pages.need_page import closing_reasons
from matchmaker.web.views.work.known_duplicates import known

blueprint = Blueprint("operator", __name__, url_prefix="/work")
T = TypeVar("T")
WHOSE = ("", "me", "nobody")
LONGEST = 100  # characters of what is looked for
SHOWN_PROFILES = 20
# Where a queue is worked off: a part of this page, or a page of its own where the site has it.
PLACES = {
    "needs": "#submitted",
    "matches": "#matches",
    "unanswered": "#unanswered",
    "duplicates": "/work/duplicates",
    "profiles": "/work/profiles",
    "unverified": "/work/certificates",
    "certificates": "#expiring",
}


@blueprint.get("/")
@login_required
def queues() -> ResponseReturnValue:
    """All queues; `who` in the address narrows the lists to one's own work, or to what nobody works on."""
    who = operator()
    centres, session = context.centre_codes(who), database()
    whose = request.args.get("who", "")
    own = needs.centre_of(session, centres[0])
    twins = known().twins(session, own.id, only_quick=True)
    waiting = work_queues.queues(session, centres, context.today())
    waiting.insert(3, WorkQueue("duplicates", -1 if twins is None else len(twins), None))
    submitted = work_queues.needs_in(session, centres, [NeedState.SUBMITTED], limit=50)
    uncurated = work_queues.uncurated(session, centres)
    published = work_queues.needs_in(session, centres, OPEN_NEEDS, limit=100)
    profiles = profile_drafts.waiting(session, own.id, SHOWN_PROFILES)
    shown = {need.public_id for need in (*submitted, *published)} | {one.need.public_id for one in uncurated}
    keepers = assignments.of(session, "need", shown)
    profile_keepers = assignments.of(session, "profile", [one.public_id for one in profiles])
    chosen = _Chosen(whose if whose in WHOSE else "", who.id)
    expiring = certificates.ending(session, own, context.today())
    return render_template(
        "operator/queues.html",
        queues=waiting,
        places={name: place for name, place in PLACES.items() if _is_there(place)},
        today=context.today(),
        whose=chosen.whose,
        keepers=keepers,
        profile_keepers=profile_keepers,
        submitted=chosen.of(submitted, keepers, lambda need: need.public_id),
        uncurated=chosen.of(uncurated, keepers, lambda one: one.need.public_id),
        published=chosen.of(published, keepers, lambda need: need.public_id),
        profiles=chosen.of(profiles, profile_keepers, lambda one: one.public_id),
        unanswered=[] if chosen.whose else work_queues.unanswered(session, centres),
        expiring=[] if chosen.whose else expiring,
        ending={
            days: sum(
                1 for row in expiring if row.valid_until and row.valid_until <= context.today() + within
            )
            for days, within in ((days, timedelta(days=days)) for days in sorted(WARNINGS))
        },
        reached=work_queues.reached(session, [need.id for need in published]),
        spread=rotation.spread(session, own.id, now()),
        reasons=closing_reasons(),
    )


class _Chosen:
    """Narrows lists to what somebody works on: oneself, nobody, or whoever it is."""

    def __init__(self, whose: str, person: str) -> None:
        self.whose, self.person = whose, person

    def of(self, items: Iterable[T], keepers: dict[str, User], key: Callable[[T], str]) -> list[T]:
        return [item for item in items if self._fits(keepers.get(key(item)))]

    def _fits(self, keeper: User | None) -> bool:
        if self.whose == "nobody":
            return keeper is None
        return not self.whose or (keeper is not None and keeper.public_id == self.person)


def _is_there(place: str) -> bool:
    """Whether the site has this page."""
    if place.startswith("#"):
        return True
    adapter = current_app.create_url_adapter(request)
    return adapter is not None and any(
        adapter.test(address, method="GET") for address in (place, f"{place}/")
    )


@blueprint.get("/find")
@login_required
def find() -> ResponseReturnValue:
    """Needs, suppliers and organisations by a part of their name."""
    words = request.args.get("q", "").strip()[:LONGEST]
    centre = needs.centre_of(database(), context.centre_codes(operator())[0])
    return render_template(
        "operator/find.html",
        q=words,
        needs=name_lookup.needs(database(), centre, words),
        suppliers=name_lookup.suppliers(database(), words),
        contractors=name_lookup.contractors(database(), centre, words),
    )


@blueprint.get("/firms")
@login_required
def firms() -> ResponseReturnValue:
    """Organisations of the centre by a part of their name or their INN, for a field that helps while one types."""
    words = request.args.get("q", "").strip()[:LONGEST]
    centre = needs.centre_of(database(), context.centre_codes(operator())[0])
    found = name_lookup.contractors(database(), centre, words)
    language = context.language()
    return jsonify([{"name": one.name(language), "inn": one.inn, "city": one.city} for one in found])
