"""The list of the reader's own needs, as its address asks for it: narrowed, sorted, with chosen columns, as a table or a board."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import abort, request

from matchmaker.domain.errors import FilterUnknown
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import ABANDONED_NEEDS, MOVES_OF_THE_CENTRE, NEED_MOVES, NeedState
from matchmaker.domain.typed_text import as_seen
from matchmaker.models import Need, User
from matchmaker.services.desk import need_lists
from matchmaker.services.desk.need_lists import MOST_IN_FILE, PAGE, SORTS, NeedsAsked, NeedsFound
from matchmaker.services.shortlist import assignments, work_queues
from matchmaker.services.shortlist.assignments import Whose
from matchmaker.services.shortlist.work_queues import ShortlistCounts
from matchmaker.web.kit.context import database
from matchmaker.web.kit.standpoint import standpoint

LAYOUTS = ("table", "dense", "board")
LAST_PAGE = 500
_LONGEST = 100  # characters of the words that are looked for
# Each column with its heading, and the order by which its heading sorts.
COLUMNS: Mapping[str, tuple[str, str]] = {
    "number": (N_("No."), ""),
    "state": (N_("State"), "state"),
    "contractor": (N_("Contractor"), "contractor"),
    "due": (N_("Deliver by"), "due"),
    "changed": (N_("Changed"), "changed"),
    "published": (N_("Published"), "published"),
    "quotes": (N_("Quotes until"), "quotes"),
    "quantity": (N_("Pieces"), "quantity"),
    "suppliers": (N_("Proposed / unanswered / willing"), ""),
    "keeper": (N_("Assigned to"), ""),
}
_OF_CENTRE = {"contractor", "suppliers", "keeper"}  # columns that tell what the centre works with
# Closing and returning ask for a reason, a contract names a supplier.
_NOT_BY_A_PRESS = ABANDONED_NEEDS | {NeedState.DRAFT, NeedState.CONTRACTED}
_USUAL = ("number", "state", "due", "changed")
_USUAL_OF_CENTRE = ("number", "state", "contractor", "due", "changed", "suppliers", "keeper")


@dataclass(frozen=True, slots=True)
class NeedListing:
    """The list as the reader asked for it; `columns` are those shown, of `possible` ones."""

    asked: NeedsAsked
    layout: str
    columns: Sequence[str]
    possible: Sequence[str]
    page: int = 1


def read() -> NeedListing:
    """The list that the address asks for. A word that is none of its choices is answered with 400."""
    here, given = standpoint(database()), request.args
    whole = here.who is not None and here.who.is_operator
    sort = given.get("sort", "-changed")
    by = sort.removeprefix("-")
    usual = "dense" if whole else "table"  # operators want many lines on a screen
    layout = given.get("layout") or usual
    whose, state = given.get("who", ""), given.get("state", "")
    if by not in SORTS:
        raise FilterUnknown(name=f"sort={by}"[:60], known=", ".join(SORTS))
    right = layout in LAYOUTS and whose in set(Whose) and (not state or state in set(NeedState))
    if not right or here.who is None:
        abort(400)
    possible = [name for name in COLUMNS if whole or name not in _OF_CENTRE]
    chosen = [name for name in possible if name in given.getlist("column")]
    asked = NeedsAsked(
        firms=[role.organisation for role in here.subject.roles if role.organisation],
        centres=here.centres if whole else (),
        person=here.who.user.id,
        state=NeedState(state) if state else None,
        words=as_seen(given.get("q", "")).strip()[:_LONGEST],
        whose=Whose(whose) if whole else Whose.ANYBODY,
        sort=by,
        falling=sort.startswith("-"),
    )
    columns = _USUAL_OF_CENTRE if whole else _USUAL
    page = min(max(given.get("page", 1, int), 1), LAST_PAGE)
    return NeedListing(asked, layout, chosen or columns, possible, page)


def found(shown: NeedListing) -> NeedsFound:
    """The needs of the list's page."""
    return need_lists.page(database(), shown.asked, (shown.page - 1) * PAGE)


def listed() -> Sequence[Need]:
    """All needs that the address asks for, as far as a file takes them."""
    return need_lists.page(database(), read().asked, limit=MOST_IN_FILE).needs


def beside(shown: NeedListing, needs: Sequence[Need]) -> tuple[dict[int, ShortlistCounts], dict[str, User]]:
    """What stands beside needs where the list has these columns: the counts of suppliers, and who works on them."""
    counts = (
        work_queues.reached(database(), [need.id for need in needs]) if "suppliers" in shown.columns else {}
    )
    keys = [need.public_id for need in needs]
    return counts, assignments.of(database(), "need", keys) if "keeper" in shown.columns else {}


def colleagues() -> Sequence[User]:
    """The people to whom the reader may hand needs: those of its centre, nobody for a contractor."""
    here = standpoint(database())
    if here.who is None or not here.who.is_operator:
        return ()
    return assignments.colleagues(database(), here.home)


def moves(state: NeedState) -> list[NeedState]:
    """The states to which a press on the board brings a need: those for which nobody has to say why, a contract aside."""
    here = standpoint(database())
    withheld = frozenset() if here.centres else MOVES_OF_THE_CENTRE
    possible = NEED_MOVES[state] - withheld - _NOT_BY_A_PRESS
    return [one for one in NeedState if one in possible]
