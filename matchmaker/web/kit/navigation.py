"""The navigation for a person: the pages of all its roles, so that nobody must choose a role first."""

from collections.abc import Iterator

from flask import Flask, url_for
from flask_babel import gettext

from matchmaker.domain.language import N_
from matchmaker.services.people import memberships
from matchmaker.web.kit import context
from matchmaker.web.kit.context import SignedInPerson

_EVERYBODY = (("public.search", N_("Suppliers")), ("public.try_need", N_("Try a need")))


def register(app: Flask) -> None:
    app.jinja_env.globals.update(main_pages=main_pages, own_pages=own_pages)


def main_pages() -> list[tuple[str, str]]:
    """The endpoints and labels at the top of every page."""
    who = context.person()
    return [(endpoint, gettext(label)) for endpoint, label in (*_EVERYBODY, *(_of_roles(who) if who else ()))]


def _of_roles(who: SignedInPerson) -> Iterator[tuple[str, str]]:
    if who.is_buyer or who.is_operator or not who.roles:
        yield "needs.mine", N_("Needs")
    if who.is_supplier:
        yield "shop.show", N_("My shop")
    if who.is_operator:
        yield "operator.queues", N_("Workbench")
        yield "centre_people.listed", N_("Participants")
    if who.is_network:
        yield "network.show", N_("Network")


def own_pages() -> list[tuple[str, str]]:
    """The labels and addresses of all pages that a person has by its roles."""
    who = context.person()
    if who is None:
        return []
    found = [*_of_roles(who), *_beside(who)]
    return [(gettext(label), url_for(endpoint)) for endpoint, label in found]


def _beside(who: SignedInPerson) -> Iterator[tuple[str, str]]:
    chief = bool(memberships.managed(who.user))
    yield "messages.new", N_("New messages")
    if chief:
        yield "people.show", N_("People of the organisation")
    if who.is_operator:
        yield "people.show", N_("Who asks to join")
    if chief or who.is_operator or who.is_network:
        yield "audit.show", N_("Journal")
    if who.is_buyer or who.is_operator:
        yield "searches.mine", N_("Saved searches")
