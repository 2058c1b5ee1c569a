"""Up to five suppliers of a need's released shortlist side by side."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from matchmaker.domain.errors import NotFound
from matchmaker.models import Match, Need, Profile, Session
from matchmaker.services.core.locks import lock_row, read_anew
from matchmaker.services.matching import matching
from matchmaker.services.needs import needs
from matchmaker.services.profiles import suppliers
from matchmaker.services.shortlist import comparison, match_decisions, shortlists
from matchmaker.services.shortlist.comparison import ComparisonFigures, ComparisonRow
from matchmaker.web.kit import context
from matchmaker.web.kit.context import database
from matchmaker.web.pages import explanations
from matchmaker.web.pages.need_access import authorised


@dataclass(frozen=True, slots=True)
class ComparedSuppliers:
    """The suppliers in their columns, with their profiles and figures; `left_out` is the number that found no column."""

    need: Need
    columns: Sequence[Match]
    profiles: Sequence[Profile]
    figures: Sequence[ComparisonFigures]
    rows: Sequence[ComparisonRow]
    left_out: int


def compared(key: str, asked: Collection[str]) -> ComparedSuppliers:
    """The suppliers of the released shortlist with these matches, all where none is named. Raises NotFound, Forbidden."""
    need = authorised(database(), key, "need.edit").need
    shown = shortlists.released(database(), need)
    chosen = [match for match in shown if match.public_id in asked] or shown
    columns = chosen[: comparison.MOST]
    profiles = suppliers.by_keys(database(), [match.profile.public_id for match in columns])
    ordered = [profiles[match.profile.public_id] for match in columns]
    understood = matching.understand(needs.record(need), context.matching(), need.strictness)
    place = understood.requirements.location
    return ComparedSuppliers(
        need,
        columns,
        ordered,
        [comparison.figures(profile, place) for profile in ordered],
        comparison.rows([explanations.reasons(match) for match in columns]),
        len(chosen) - len(columns),
    )


def released(session: Session, key: str, match: str, action: str = "need.edit") -> Match:
    """A released match of a need, for a person that may do this with the need. Raises NotFound, Forbidden."""
    need = authorised(session, key, action).need
    lock_row(session, need)  # equal presses take turns: each after the first finds the change done
    read_anew(session, need)
    found = match_decisions.by_key(session, match)
    if found.need.public_id != key or found.released_at is None:
        raise NotFound(what="match", key=match)
    return found
