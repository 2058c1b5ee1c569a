"""The navigation for a person: the pages of all its roles, so that nobody must choose a role first."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from flask import Flask, url_for
from flask_babel import gettext

from matchmaker.domain.language import N_
from matchmaker.locale import translations
from matchmaker.web.kit import context
from matchmaker.web.kit.addresses import LANGUAGES
from matchmaker.web.kit.context import SignedInPerson


@dataclass(frozen=True, slots=True)
class MainPage:
    """A page at the top of all others: its endpoint, its name and its icon, one of static/icons.svg."""

    endpoint: str
    label: str
    icon: str


@dataclass(frozen=True, slots=True)
class PalettePage:
    """A page of the palette: its name and address, and its names in the languages that the reader has not chosen."""

    label: str
    address: str
    also: str


_EVERYBODY = (
    MainPage("public.search", N_("Suppliers"), "factory"),
    MainPage("public.try_need", N_("Try a need"), "file-search"),
)


def register(app: Flask) -> None:
    app.jinja_env.globals.update(
        main_pages=main_pages, own_pages=own_pages, palette_pages=palette_pages, own_desk=own_desk
    )


def main_pages() -> list[MainPage]:
    """The pages at the top of every page."""
    who = context.person()
    return [
        replace(page, label=gettext(page.label)) for page in (*_EVERYBODY, *(_of_roles(who) if who else ()))
    ]


def _of_roles(who: SignedInPerson) -> Iterator[MainPage]:
    if who.is_buyer or who.is_operator or not who.roles:
        yield MainPage("needs.mine", N_("Needs"), "clipboard-list")
    if who.is_supplier:
        yield MainPage("shop.show", N_("My shop"), "wrench")
    if who.is_operator:
        yield MainPage("operator.queues", N_("Workbench"), "inbox")
        yield MainPage("centre_people.listed", N_("Participants"), "users")
    if who.is_authority:
        yield MainPage("authority.listed", N_("Figures of centres"), "chart-column")
    if who.is_network:
        yield MainPage("network.show", N_("Network"), "network")


def desk(who: SignedInPerson) -> str:
    """The endpoint of the page where a person works, the start page for one without a role."""
    if who.is_operator:
        return "operator.queues"
    if who.is_supplier:
        return "shop.show"
    if who.is_buyer:
        return "needs.mine"
    if who.is_authority:
        return "authority.listed"
    return "network.show" if who.is_network else "public.home"


def own_desk() -> str:
    """The endpoint of the reader's own desk, "" for a stranger and for one without a role."""
    who = context.person()
    found = desk(who) if who else ""
    return "" if found == "public.home" else found


def own_pages() -> list[tuple[str, str]]:
    """The labels and addresses of all pages that a person has by its roles."""
    who = context.person()
    if who is None:
        return []
    found = [*((page.endpoint, page.label) for page in _of_roles(who)), *_beside(who)]
    return [(gettext(label), url_for(endpoint)) for endpoint, label in found]


def palette_pages() -> list[PalettePage]:
    """The pages for everybody, all that a person has, and those where its acts begin; found in either language."""
    who, language = context.person(), context.language()
    if who is None:
        return []
    found = [
        *((page.label, url_for(page.endpoint)) for page in _EVERYBODY),
        *((page.label, url_for(page.endpoint)) for page in _of_roles(who)),
        *((label, url_for(endpoint)) for endpoint, label in _beside(who)),
        *_acts(who),
        (N_("Guides and models"), url_for("guides.listed")),
        (N_("Events to come"), url_for("public_events.listed")),
        (N_("Account"), url_for("account.show")),
    ]
    others = [translations(other) for other in LANGUAGES if other != language]
    return [
        PalettePage(gettext(label), address, " ".join(other.gettext(label) for other in others))
        for label, address in found
    ]


def _acts(who: SignedInPerson) -> Iterator[tuple[str, str]]:
    if who.is_buyer or who.is_operator:
        yield N_("Post a need"), url_for("posting.new")
    if who.is_operator:
        yield N_("Board of needs"), url_for("needs.mine", layout="board")
        yield N_("Enter a need"), url_for("intake.form")
        yield N_("Import a list"), url_for("imports.start")
        yield N_("Profiles to check"), url_for("reviews.waiting")
        yield N_("Certificates"), url_for("certificates.queue")
        yield N_("Possible duplicates"), url_for("duplicates.pairs")
        yield N_("Overview"), url_for("overview.show")
    if who.is_supplier:
        yield N_("Free hours"), url_for("capacity.show")


def _beside(who: SignedInPerson) -> Iterator[tuple[str, str]]:
    yield "messages.new", N_("New messages")
    if who.is_supplier or who.is_buyer or who.is_operator:
        yield "orders.mine", N_("Orders")
    if who.is_supplier or who.is_buyer:
        yield "own_events.listed", N_("Our events")
    if who.is_chief:
        yield "people.show", N_("People of the organisation")
    if who.is_operator:
        yield "people.show", N_("Who asks to join")
    if who.is_chief or who.is_operator or who.is_network:
        yield "audit.show", N_("Journal")
    if who.is_supplier:
        yield "own_ladders.show", N_("Our way to certificates")
        yield "cards.own", N_("What would win us work")
        yield "support.own", N_("Support for our shop")
        yield "benchmarks.own", N_("Our shop among similar ones")
        yield "years.own", N_("How our year went")
    if who.is_buyer or who.is_operator:
        yield "searches.mine", N_("Saved searches")
        yield "localisation.listed", N_("Localisation of assemblies")
    if who.is_operator:
        yield "firms.listed", N_("Suppliers of the centre")
        yield "figures.show", N_("Figures")
        yield "years.listed", N_("Years of the participants")
        yield "missing.show", N_("Missing capacity")
        yield "resting.show", N_("Resilience")
        yield "clusters.listed", N_("Clusters")
        yield "incoming.listed", N_("Letters that came")
        if context.product().settings.centre in {held.centre for held in who.subject.roles}:
            yield "neighbours.show", N_("Neighbour centres")
        yield "ladders.listed", N_("Ladders to certificates")
        yield "cards.listed", N_("Development cards")
        yield "support.listed", N_("Support and helpers")
        yield "events.listed", N_("Events")
        yield "rates.listed", N_("Exchange rates")
