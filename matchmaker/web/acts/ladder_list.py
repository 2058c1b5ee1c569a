"""The pipeline of the operator's centre, as its address asks for it: narrowed, sorted, as a table or a board."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, abort, request, url_for

from matchmaker.domain.errors import FilterUnknown
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import CertificationStage
from matchmaker.domain.typed_text import as_seen
from matchmaker.models import CertificationStep, Profile, Session
from matchmaker.services.development import ladder_lists
from matchmaker.services.development.ladder_lists import PAGE, SORTS, LaddersAsked
from matchmaker.services.matching import profile_gains
from matchmaker.services.profiles import suppliers
from matchmaker.web.kit import context
from matchmaker.web.kit.context import database
from matchmaker.web.kit.standpoint import operator, standpoint
from search.matching.gains import OpenedNeeds

LAYOUTS = ("table", "board")
LAST_PAGE = 200
# The orders with their headings.
COLUMNS: Mapping[str, str] = {
    "firm": N_("Firm"),
    "standard": N_("Standard"),
    "stage": N_("Stage"),
    "since": N_("Since"),
    "next": N_("Next step"),
}
_LONGEST = 100  # characters of the words that are looked for


@dataclass(frozen=True, slots=True)
class LadderListing:
    """The list as the reader asked for it."""

    asked: LaddersAsked
    layout: str = LAYOUTS[0]
    page: int = 1

    @property
    def is_narrowed(self) -> bool:
        asked = self.asked
        return bool(asked.stage or asked.standard or asked.person or asked.words or asked.late)


def read(session: Session) -> LadderListing:
    """The list that the address asks for. Raises Forbidden for who is no operator; a word that is none of its choices is
    answered with 400.
    """
    who, given = operator(session), request.args
    sort, stage = given.get("sort", "") or "next", given.get("stage", "")
    by, layout = sort.removeprefix("-"), given.get("layout", "") or LAYOUTS[0]
    if by not in SORTS:
        raise FilterUnknown(name=f"sort={by}"[:60], known=", ".join(SORTS))
    if layout not in LAYOUTS or (stage and stage not in set(CertificationStage)):
        abort(400)
    asked = LaddersAsked(
        centre=standpoint(session).home.id,
        today=context.today(),
        stage=CertificationStage(stage) if stage else None,
        standard=given.get("standard", "")[:_LONGEST],
        person=who.user.id if given.get("who") == "me" else None,
        words=as_seen(given.get("q", "")).strip()[:_LONGEST],
        late=given.get("late") == "yes",
        sort=by,
        falling=sort.startswith("-"),
    )
    page = min(max(given.get("page", 1, int), 1), LAST_PAGE)
    return LadderListing(asked, layout, page)


def address(**changed: object) -> str:
    """The address of the list at hand with some values changed, on its first page; None and "" leave a value out."""
    kept: dict[str, Any] = {
        name: value for name, value in request.args.items() if name not in {"page", *changed}
    }
    given: dict[str, Any] = {name: value for name, value in changed.items() if value not in {None, ""}}
    return str(url_for("ladders.listed", **kept, **given))


def listed(session: Session) -> Sequence[CertificationStep]:
    """All ladders that the address asks for, as far as a file takes them."""
    return ladder_lists.page(session, read(session).asked, limit=ladder_lists.MOST_IN_FILE).steps


def found(shown: LadderListing) -> ladder_lists.LaddersFound:
    """The ladders of the list's page."""
    return ladder_lists.page(database(), shown.asked, (shown.page - 1) * PAGE)


def lost(profile: Profile, standards: Sequence[str]) -> dict[str, OpenedNeeds]:
    """By standard what a certificate would open for a supplier, as the matcher counts it."""
    wanted = [(profile, standard) for standard in standards]
    counted = profile_gains.of_certificates(database(), wanted, context.matching())
    return dict(zip(standards, counted, strict=True))


def asked_standards(profile: Profile) -> set[str]:
    """The standards of which one certificate would open a need to a published shop; of a family the one that is asked most."""
    if not profile.is_published:
        return set()
    taxonomy = context.product().taxonomy
    found = profile_gains.of_profile(database(), profile, suppliers.record(profile), context.matching())
    values = [one.value for one in found if one.requirement == "certification"]
    codes = {value[0][0] for value in values if len(value) == 1}
    standards = set()
    for code in codes:
        answering = taxonomy.standards_satisfying(code)
        usual = taxonomy.most_asked_standard if taxonomy.most_asked_standard in answering else min(answering)
        standards.add(code if code in taxonomy.standards else usual)
    return standards


def register(app: Flask) -> None:
    app.jinja_env.globals.update(
        ladder_list_address=address,
        all_stages=lambda: list(CertificationStage),
        climbed_stages=lambda: list(CertificationStage)[1:],
    )
