"""The shortlist's page of a need: its matches in order, its readers, the last movements and their authors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import render_template

from matchmaker.domain.lifecycle import ASKED_TO_ANSWER
from matchmaker.models import Match, Need, Profile
from matchmaker.models.base import now
from matchmaker.services.mail import undelivered
from matchmaker.services.profiles import delivery_records, suppliers
from matchmaker.services.shortlist import assignments, match_decisions, rotation, shortlists
from matchmaker.services.shortlist.shortlists import RankMovement
from matchmaker.web.kit import context, terms
from matchmaker.web.kit.context import database, product, wording
from matchmaker.web.pages import explanations

WORST = ("unmet", "near", "unknown", "guessed", "mentioned")


@dataclass(frozen=True, slots=True)
class ShortlistRow:
    """A match as the page shows it. `short` are the reasons that are not fully met, the worst first,
    `movement` is the change of the last run, `edit` that of the last person, `open` whether it may still be
    approved or rejected.
    """

    match: Match
    place: str
    chance: str
    reasons: tuple[Mapping[str, str], ...]
    short: tuple[Mapping[str, str], ...]
    movement: RankMovement | None
    edit: match_decisions.ShortlistEdit | None
    undoable: bool
    open: bool


@dataclass(frozen=True, slots=True)
class ShortlistForm:
    """The form's values on a page that is shown again: ticked matches, fields, and problems by field.

    `choices` are the suppliers that a typed name may mean.
    """

    ticked: frozenset[str] = frozenset()
    fields: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    choices: Sequence[Profile] = ()


def render(need: Need, typed: ShortlistForm) -> str:
    """The page; `typed` stays where its form was refused."""
    matches = shortlists.of_need(database(), need)
    profiles = [match.profile for match in matches]
    records = delivery_records.of_suppliers(database(), profiles, need.centre_id)
    movements = shortlists.movements(database(), need)
    edits = match_decisions.edits(database(), need, matches)
    gone = suppliers.by_keys(database(), [move.key for move in movements if move.now is None])
    return render_template(
        "operator/shortlist.html",
        need=need,
        rows=_rows(matches, movements, edits),
        gone=[profile.organisation.name(context.language()) for profile in gone.values()],
        lists=_lists(matches),
        deliveries=undelivered.deliveries(database(), [match.public_id for match in matches]),
        records=records,
        sooner={key: days for key, record in records.items() if (days := rotation.sooner(record).days)},
        seats=shortlists.seats_taken(matches),
        spread=rotation.spread(database(), need.centre_id, now()),
        tolerance=round(100 * rotation.TOLERANCE),
        reasons=[reason for reason in product().taxonomy.reasons if "operator" in reason.extra.get("by", ())],
        history=match_decisions.history(database(), need),
        undone=match_decisions.undone(database(), need),
        edits=edits,
        names={m.public_id: m.profile.organisation.name(context.language()) for m in matches},
        releasable=sum(m.is_releasable for m in matches),
        released=any(m.released_at for m in matches),
        typed=typed,
        keepers=assignments.of(database(), "need", [need.public_id]),
        colleagues=assignments.colleagues(database(), need.centre),
    )


def _rows(
    matches: Sequence[Match],
    movements: Sequence[RankMovement],
    edits: Sequence[match_decisions.ShortlistEdit],
) -> list[ShortlistRow]:
    moved = {move.key: move for move in movements}
    latest = {edit.match: edit for edit in reversed(edits)}
    return [
        ShortlistRow(
            match,
            terms.place(match.profile),
            "" if match.score is None else wording().chance(match.score),
            tuple(explanations.reasons(match)),
            _short(explanations.reasons(match)),
            moved.get(match.profile.public_id),
            latest.get(match.public_id),
            match_decisions.undoable(match),
            match.is_untold,
        )
        for match in matches
    ]


def _short(reasons: Sequence[Mapping[str, str]]) -> tuple[Mapping[str, str], ...]:
    doubtful = [one for one in reasons if one["outcome"] in WORST]
    return tuple(sorted(doubtful, key=lambda one: WORST.index(one["outcome"])))


def _lists(matches: Sequence[Match]) -> dict[str, list[Match]]:
    """The three lists: notified of the need, invited, willing."""
    return {
        "notified": [m for m in matches if m.notified_at],
        "invited": [m for m in matches if m.state in ASKED_TO_ANSWER],
        "interested": [m for m in matches if m.is_willing],
    }
