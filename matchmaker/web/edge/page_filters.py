"""The filters of lists on pages: one that a list does not have is refused by its name, so that no list can be sorted or cut by
what its reader may not know, and nobody takes the whole list for the part that was asked for.
"""

from collections.abc import Mapping

from flask import Flask, request

from matchmaker.domain.errors import FilterUnknown
from matchmaker.web.kit import addresses

_NEEDS = ("state", "q", "who", "sort", "layout", "column", "page", "view")
_FIRMS = ("state", "region", "certified", "q", "who", "sort", "layout", "column", "page", "view")
_LADDERS = ("stage", "standard", "who", "q", "late", "sort", "layout", "page")
_CELL = ("process", "size", "accuracy", "region")
_SEARCH = ("q", "process", "region", "level", "on")
# The filters of each list; a page that is not named here shows one thing and no list.
LISTS: Mapping[str, tuple[str, ...]] = {
    "authority.download": ("period",),
    "authority.show": ("period",),
    "audit.show": ("person", "thing", "family", "since", "until", "below"),
    "cards.download": (),
    "cards.listed": ("page", "state"),
    "cards.own": ("page",),
    "centre_people.listed": ("q", "role", "page"),
    "certificates.queue": (),
    "clusters.download": (),
    "clusters.listed": (),
    "clusters.show": (),
    "comparison.compare": ("match",),
    "curating.shortlist": (),
    "drawings.listed": (),
    "duplicates.pairs": ("page",),
    "duplicates.several": ("firm",),
    "exports.certificates_at_work": (),
    "exports.orders": (),
    "exports.own_needs": _NEEDS,
    "exports.suppliers": (*_SEARCH, "page"),
    "figures.download": ("period",),
    "figures.one": ("period", "page"),
    "figures.plan": ("period",),
    "event_firms.of_firm": (),
    "events.choose": ("state", "region", "certified", "q", "who", "sort", "layout", "column", "view", "need"),
    "events.download": (),
    "events.listed": (),
    "figures.show": ("period",),
    "firms.download": _FIRMS,
    "firms.listed": _FIRMS,
    "guides.download": ("version",),
    "guides.listed": (addresses.CHOICE,),
    "guides.one": ("version", addresses.CHOICE),
    "imports.start": (),
    "forming.listed": (),
    "incoming.listed": (),
    "joint.together": ("position",),
    "ladders.download": _LADDERS,
    "ladders.listed": _LADDERS,
    "ladders.of_firm": ("standard",),
    "ladders.show": ("correct",),
    "localisation.download": (),
    "localisation.listed": ("opened",),
    "localisation.show": (),
    "messages.listed": (),
    "missing.download": ("period",),
    "missing.needs": ("period", *_CELL, "page"),
    "missing.show": ("period",),
    "missing.told": ("period",),
    "missing.told_download": ("period",),
    "needs.mine": _NEEDS,
    "neighbours.show": (),
    "needs.show": ("position", "ease"),
    "open_data.listed": (),
    "operator.find": ("q",),
    "operator.firms": ("q",),
    "operator.queues": ("kind", "who"),
    "orders.mine": (),
    "own_events.listed": (),
    "overview.show": (),
    "own_ladders.show": ("standard",),
    "people.show": (),
    "public.search": (*_SEARCH, "page", addresses.CHOICE),
    "public.show_map": (addresses.CHOICE,),
    "public.supplier": (addresses.CHOICE,),
    "quotes.listed": ("price", "days", "fit", "currency"),
    "rates.listed": (),
    "resting.download": (),
    "resting.show": (),
    "resting.stopped": ("certificate", "machine"),
    "reviews.waiting": (),
    "searches.mine": (),
    "shop.show": (),
    "public_events.listed": (addresses.CHOICE,),
    "support.download": (),
    "support.listed": (),
    "support.own": (),
    "years.by_letter": (),
    "years.download": ("year", "silent"),
    "years.listed": ("year", "silent", "page"),
    "years.of_firm": ("year",),
    "years.own": (),
}
# What others add to an address that they pass on: they ask for nothing.
_TRACES = ("utm_", "fbclid", "gclid", "yclid", "ysclid", "_openstat", "from", "_ym")


def register(app: Flask) -> None:
    """Look at the address of a list before the list is made."""
    app.before_request(_look)


def _look() -> None:
    known = LISTS.get(request.endpoint or "")
    if known is None or request.method != "GET":
        return
    for name in request.args:
        if name not in known and not name.startswith(_TRACES):
            raise FilterUnknown(name=name[:60], known=", ".join(known) or "—")
