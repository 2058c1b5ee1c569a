"""The operator's queues: the waiting objects, their number, their age and their assignees; and the search by
name.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from flask import Blueprint, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_login import login_required

from matchmaker.models import Centre, User
from matchmaker.models.base import now
from matchmaker.services.core import journal
from matchmaker.services.health import findings, retrying
from matchmaker.services.mail import undelivered
from matchmaker.services.needs import needs
from matchmaker.services.profiles import certificates, name_lookup, profile_drafts
from matchmaker.services.profiles.certificates import WARNINGS
from matchmaker.services.shortlist import assignments, rotation, work_queues
from matchmaker.services.shortlist.work_queues import WorkQueue
from matchmaker.web.kit import context
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database, product
from matchmaker.web.kit.standpoint import operator, standpoint
from matchmaker.web.pages import certificate_queues
from matchmaker.web.pages.need_page import closing_reasons

blueprint = Blueprint("operator", __name__, url_prefix="/work")
T = TypeVar("T")
WHOSE = ("", "me", "nobody")
LONGEST = 100  # characters of the search text
SHOWN_PROFILES = 20
SHOWN_ENDING = 50  # the page of certificates has more
# The place of the work on a queue: a part of this page, or a page of its own where the site has one.
PLACES = {
    "needs": "#submitted",
    "matches": "#matches",
    "drafts": "#drafts",
    "unmatched": "#unmatched",
    "letters": "#letters",
    "unanswered": "#unanswered",
    "duplicates": "/work/duplicates",
    "profiles": "/work/profiles",
    "unverified": "/work/certificates",
    "certificates": "#expiring",
}


@blueprint.get("/")
@login_required
def queues() -> ResponseReturnValue:
    """All queues; `who` in the address narrows the lists to the reader's own work, or to unassigned work."""
    chosen = _chosen()
    centres, own = standpoint(database()).centres, _own_centre()
    return render_template(
        "operator/queues.html",
        queues=_queues(centres, own),
        places={name: place for name, place in PLACES.items() if _is_there(place)},
        today=context.today(),
        whose=chosen.whose,
        **_waiting(centres, own, chosen),
        **_late(centres, own, chosen),
        spread=rotation.spread(database(), own.id, now()),
        reasons=closing_reasons(),
        troubles=[one for one in findings.of_work(database(), product().pulses) if not one.good],
    )


@blueprint.post("/retry")
@login_required
def retry() -> ResponseReturnValue:
    """Let the work that was given up be tried anew."""
    with change() as (session, user):
        operator(session)
        centre = needs.centre_of(session, standpoint(session).own_centre)
        done = retrying.try_again(session, centre, by=user.public_id)
    flash(
        ngettext(
            "%(num)s piece of work is tried again.", "%(num)s pieces of work are tried again.", done.whole
        )
    )
    return redirect(url_for("operator.queues"))


def _chosen() -> "_Chosen":
    """The choice in the address: everybody's work, the reader's own, or nobody's."""
    whose = request.args.get("who", "")
    return _Chosen(whose if whose in WHOSE else "", operator(database()).id)


def _queues(centres: Sequence[str], own: Centre) -> list[WorkQueue]:
    """The queues with their length and age."""
    return work_queues.queues(database(), centres, context.today(), product().counts, own.id)


def _waiting(centres: Sequence[str], own: Centre, chosen: "_Chosen") -> dict[str, object]:
    """Needs by what they wait for, published needs and profiles to check, with their assignees."""
    session = database()
    found = work_queues.need_queues(session, centres)
    profiles = profile_drafts.waiting(session, own.id, SHOWN_PROFILES)
    lists = {
        "submitted": found.submitted,
        "drafts": found.drafts,
        "unmatched": found.unmatched,
        "published": found.published,
    }
    shown = {need.public_id for needs in lists.values() for need in needs}
    shown |= {one.need.public_id for one in found.uncurated}
    keepers = assignments.of_kinds(session, {"need": shown, "profile": [one.public_id for one in profiles]})
    of_needs, of_profiles = keepers["need"], keepers["profile"]
    return {
        **{name: chosen.of(needs, of_needs, lambda need: need.public_id) for name, needs in lists.items()},
        "keepers": of_needs,
        "uncurated": chosen.of(found.uncurated, of_needs, lambda one: one.need.public_id),
        "reached": work_queues.reached(session, [need.id for need in found.published]),
        "profile_keepers": of_profiles,
        "profiles": chosen.of(profiles, of_profiles, lambda one: one.public_id),
    }


def _late(centres: Sequence[str], own: Centre, chosen: "_Chosen") -> dict[str, object]:
    """Work without an assignee: invitations without an answer, certificates that end, their number by days left."""
    today = context.today()
    expiring = () if chosen.whose else certificates.ending(database(), own, today, SHOWN_ENDING)
    ends = certificate_queues.ends_of(own, today, max(WARNINGS))
    return {
        "letters": [] if chosen.whose else undelivered.listed(database(), centres),
        "unanswered": [] if chosen.whose else work_queues.unanswered(database(), centres),
        "expiring": expiring,
        "ending": certificate_queues.by_warning(ends, today),
    }


@blueprint.post("/letters/aside")
@login_required
def put_aside() -> ResponseReturnValue:
    """Put aside a letter that could not be delivered, once somebody has dealt with it."""
    with change() as (session, user):
        operator(session)
        letter = request.form.get("letter", "")
        match = undelivered.put_aside(session, standpoint(session).centres, letter)
        if match is not None:
            journal.note(session, user.public_id, "letter.aside", match)
    flash(gettext("The letter is put aside."))
    return redirect(url_for("operator.queues"))


class _Chosen:
    """A filter of lists by assignee: the reader, nobody, or anybody."""

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


def _own_centre() -> Centre:
    operator(database())
    return standpoint(database()).home


@blueprint.get("/find")
@login_required
def find() -> ResponseReturnValue:
    """The needs, suppliers and organisations that match a part of their name."""
    words = request.args.get("q", "").strip()[:LONGEST]
    centre = _own_centre()
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
    """The organisations of the centre that match a part of a name or an INN, for a field that helps while a
    person types.
    """
    words = request.args.get("q", "").strip()[:LONGEST]
    found = name_lookup.contractors(database(), _own_centre(), words)
    language = context.language()
    return jsonify([{"name": one.name(language), "inn": one.inn, "city": one.city} for one in found])
