"""Matches as pages show them: the suppliers that fit, the reasons, and the parts of the score."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matchmaker.domain.requirement_kinds import Strictness
from matchmaker.domain.requirements import Requirements
from matchmaker.models import Profile
from matchmaker.services.matching import matching, relaxation_links
from matchmaker.services.matching.wording import WordedReason
from matchmaker.web.kit import context
from matchmaker.web.kit.context import wording
from matchmaker.web.kit.terms import place
from matchmaker.web.pages import joint, part_pictures, recognised_text
from matchmaker.web.pages.part_pictures import PartPicture
from matchmaker.web.pages.supplier_facts import CertificateView, certificate_views
from search.matching.matcher import MatchAnswer
from search.ranking.explain import UNDATED, RankedSupplier
from search.ranking.work_shares import MATCHES, asks_for_work, is_plain

SHOWN_CONTRIBUTIONS = 5
MOST_REMOVED = 100  # suppliers of a list of removed ones


@dataclass(frozen=True, slots=True)
class ScoreMovement:
    """A contribution to a score: the feature's sentence, and its points of a hundred."""

    text: str
    percent: int


@dataclass(frozen=True, slots=True)
class MatchView:
    """A supplier of an answer; `percent` and `chance`, its score as a number and in words, are None and "" where the search
    asked for no work. `is_match`: it does all or a part of the work, as `share` says.
    """

    rank: int
    key: str
    name: str
    place: str
    percent: int | None
    chance: str
    share: str
    work: str
    is_match: bool
    reasons: tuple[WordedReason, ...]
    start: int
    moved: tuple[ScoreMovement, ...]
    rest: int
    words: tuple[str, ...]
    certificates: tuple["CertificateView", ...]
    picture: PartPicture | None = None
    undated: bool = False  # a certificate that is asked for is declared without any date


def match_views(
    answered: Sequence[RankedSupplier],
    profiles: Mapping[str, Profile],
    requirements: Requirements,
    first: int = 1,
) -> list[MatchView]:
    """Matches as pages show them; `first` is the rank of the first one."""
    return [
        _view(rank, match, profiles[match.key], requirements) for rank, match in enumerate(answered, first)
    ]


def _view(rank: int, match: RankedSupplier, profile: Profile, requirements: Requirements) -> MatchView:
    asked, words = asks_for_work(requirements), wording()
    start, moved, rest = _sum(match) if asked else (0, (), 0)
    return MatchView(
        rank=rank,
        key=match.key,
        name=profile.organisation.name(context.language()),
        place=place(profile),
        percent=round(100 * match.score) if asked else None,
        chance=words.chance(match.score) if asked else "",
        share=words.share(match.share) if requirements.processes else "",
        work=words.codes("process", match.work),
        is_match=match.share in MATCHES,
        reasons=tuple(words.reason(verdict) for verdict in match.verdicts),
        start=start,
        moved=moved,
        rest=rest,
        words=match.words,
        certificates=certificate_views(profile),
        picture=part_pictures.of_verdicts(match.verdicts),
        undated=_is_undated(match),
    )


def _sum(match: RankedSupplier) -> tuple[int, tuple[ScoreMovement, ...], int]:
    """The score as a sum of whole points: the common start, the largest contributions, and the rest.

    Contributions add up on the logit; between two scores a point of the logit is worth the same number of
    points of the score for every one of them, so that they add up here as well.
    """
    start = 1 / (1 + math.exp(-match.intercept))
    whole = math.fsum(item.amount for item in match.contributions)
    worth = (match.score - start) / whole if abs(whole) > 1e-9 else start * (1 - start)
    first, words = round(100 * start), context.wording()
    moved = tuple(
        ScoreMovement(words.feature(item.feature), points)
        for item in match.contributions[:SHOWN_CONTRIBUTIONS]
        if (points := round(100 * worth * item.amount))
    )
    rest = round(100 * match.score) - first - sum(item.percent for item in moved)
    return first, moved, rest


SHOWN_EASED = 6


def answer_view(
    answered: matching.MatchedNeed, parts: matching.Matching, milder: Sequence[str] = ()
) -> dict[str, object]:
    """The parts of an answer that a need's pages show; `milder` are the relaxations applied in it."""
    words = wording()
    requirements = answered.understanding.requirements
    return {
        "segments": recognised_text.segments(answered.understanding.recognition),
        "pieces": recognised_text.pieces(answered.understanding.recognition),
        "doubts": recognised_text.doubts_of(answered.understanding.recognition),
        "unknown": answered.understanding.unknown_terms,
        **listing(
            answered.answer,
            match_views(answered.answer.matches, answered.profiles, requirements),
            requirements,
        ),
        "removed": [
            (words.removed(item), item.alone, item.only)
            for item in answered.answer.filters.removed
            if item.alone
        ],
        "relaxations": _eased(answered),
        "relaxed": [name for name, how in requirements.strictness.items() if how is Strictness.WISH],
        "milder": list(milder),
        "only_dated": relaxation_links.ONLY_DATED if _shows_undated(answered) else "",
        "teams": joint.on_route(answered, parts),
        "on": requirements.on,
        "asked": [
            (name, words.label(name), str(requirements.strictness_of(name)))
            for name in answered.answer.filters.asked
        ],
    }


def listing(answer: MatchAnswer, views: Sequence[MatchView], requirements: Requirements) -> dict[str, object]:
    """The head of an answer and its suppliers: the matches, then those that are related only. Where it is not plain which
    work is wanted, words decide too, and they stand in one list.
    """
    apart = is_plain(requirements)
    matches = [one for one in views if one.is_match or not apart]
    return {
        "matches": matches,
        "related": [one for one in views if one not in matches],
        "fitting": answer.counts.matches if requirements.processes else answer.total,
        "counts": wording().counts(answer.counts, requirements) if asks_for_work(requirements) else "",
        "about": _about(requirements),
        "scored": asks_for_work(requirements),
    }


@dataclass(frozen=True, slots=True)
class RemovedView:
    """A supplier that conditions remove, their names, and the reasons where both sides have a value."""

    key: str
    name: str
    place: str
    conditions: tuple[str, ...]
    reasons: tuple[WordedReason, ...]


def removed_view(found: matching.RemovedByConditions) -> list[RemovedView]:
    words = wording()
    return [
        RemovedView(
            profile.public_id,
            profile.organisation.name(context.language()),
            place(profile),
            tuple(map(words.label, one.conditions)),
            tuple(map(words.reason, one.failing)),
        )
        for profile, one in found.suppliers
    ]


def _about(requirements: Requirements) -> str:
    """What decides who is counted: a route of operations, one operation, or words alone."""
    if not requirements.processes:
        return "words"
    return "route" if len(requirements.processes) > 1 and not requirements.any_process else "operation"


def _shows_undated(answered: matching.MatchedNeed) -> bool:
    """Whether one of the matches declares a certificate that is asked for without any date."""
    return any(map(_is_undated, answered.answer.matches))


def _is_undated(match: RankedSupplier) -> bool:
    return any(
        verdict.requirement == "certification" and verdict.declared == UNDATED for verdict in match.verdicts
    )


def _eased(answered: matching.MatchedNeed) -> list[dict[str, object]]:
    """The relaxations that would bring more suppliers, with their number."""
    words, requirements = wording(), answered.understanding.requirements
    worthwhile = relaxation_links.worthwhile(answered.answer.relaxations, requirements, words.taxonomy)
    return [
        {
            "text": words.relaxation(item, requirements),
            "adds": item.adds,
            "name": item.requirement if item.change is None else "",
            "ease": "" if item.change is None else relaxation_links.token(item.requirement, item.change),
        }
        for item in worthwhile[:SHOWN_EASED]
    ]
