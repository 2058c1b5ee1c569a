"""How far suppliers cover what needs ask for: judged by the matcher in the background, once a day and whenever a need has changed.

Each operation of a need, or of each of its positions, is judged by itself, within the need's reach and under all conditions of
its part; sizes and precision count as conditions even where they are wishes. A past need is judged as it stood on the day on which it was published, by the suppliers of today.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import delete, exists, func, or_, select
from sqlalchemy.orm import Session

from matchmaker.domain.lifecycle import NEEDS_IN_PREPARATION
from matchmaker.domain.requirement_kinds import OF_PARTS, Strictness
from matchmaker.domain.requirements import Requirements
from matchmaker.models import Need, NeedCover, told_open
from matchmaker.models.database import Sessions
from matchmaker.services.mail import letters
from matchmaker.services.matching import matching, profile_gains, relaxation_links
from matchmaker.services.matching.matching import Matching
from matchmaker.services.matching.wording import Wording
from matchmaker.services.needs import needs
from search.matching.gains import as_it_stood
from search.matching.matcher import MatchAnswer, dated
from search.ranking.work_shares import WorkShare
from search.text import Recogniser

AT_ONCE = 20  # needs of one transaction: each takes some hundredths of a second
MOST = 1_000  # needs of one run; the others come with the next one
BEST, NEAREST, EASED = 5, 3, 3  # firms and relaxations that are kept of each operation
FEW = 2  # able ones of which no substitute is known
_LANGUAGES = ("ru", "en")
_OF_ABILITY = tuple(
    kind.name
    for kind in OF_PARTS
    if kind.group in {"size", "precision"} and kind.strictness is Strictness.WISH
)


def renew(sessions: Sessions, parts: Matching, ends: Callable[[], bool], most: int = MOST) -> int:
    """Judge the needs of a year that are new, have changed or were judged on another day; return their number, at most `most`.

    The matcher is asked while nothing is held: on SQLite whoever saves something would wait for it. Raises EngineUnavailable,
    IndexMissing.
    """
    judged = 0
    while judged < most and not ends():
        with sessions() as session:
            found = _due(session, parts.today, min(AT_ONCE, most - judged))
            made = {need.id: (need.revision, judge(need, parts)) for need in found}
        if not made:
            break
        with sessions.begin() as session:
            _store(session, made)
        judged += len(made)
    return judged


def _due(session: Session, today: date, most: int) -> Sequence[Need]:
    since = datetime.combine(today - timedelta(days=profile_gains.DAYS), time.min, UTC)
    recent = or_(told_open(), func.coalesce(Need.published_at, Need.created_at) >= since)
    fresh = (
        NeedCover.need_id == Need.id,
        NeedCover.revision == Need.revision,
        NeedCover.judged_on == today,
    )
    wanted = Need.state.not_in(NEEDS_IN_PREPARATION), recent, ~exists().where(*fresh)
    newest = select(Need.id).where(*wanted).order_by(Need.id.desc()).limit(most)
    return session.scalars(needs.with_reach().where(Need.id.in_(newest))).unique().all()


def _store(session: Session, made: dict[int, tuple[int, list[NeedCover]]]) -> None:
    """Store the judgements of needs that are still there and at the same revision."""
    there = session.execute(select(Need.id, Need.revision).where(Need.id.in_(made)).with_for_update()).all()
    same = [key for key, revision in there if revision == made[key][0]]
    session.execute(delete(NeedCover).where(NeedCover.need_id.in_(same)))
    session.add_all(row for key in same for row in made[key][1])


def judge(need: Need, parts: Matching) -> list[NeedCover]:
    """The cover of each operation of a need, in the order of its positions; one row for a part of which no work was understood."""
    record = needs.record(need)
    whole = matching.understand_need(need, parts, record).requirements
    day = parts.today if need.is_open else (need.published_at or need.created_at).date()
    stood = as_it_stood(whole, day, is_open=need.is_open)
    places: list[tuple[str | None, Requirements]] = [
        (one.id, dated(understood.requirements, day))
        for one, understood in matching.understand_positions(need, parts, record)
    ]
    region = _region(need, whole, parts.recogniser)
    rows: list[NeedCover] = []
    for position, asked in places or [(None, stood.requirements)]:
        for cover in of_part(asked, parts):
            cover.need_id, cover.place, cover.revision = need.id, len(rows), need.revision
            cover.judged_on, cover.position, cover.region = parts.today, position, region
            cover.hours = 0.0 if rows else stood.hours
            rows.append(cover)
    return rows


def of_part(asked: Requirements, parts: Matching) -> Iterator[NeedCover]:
    """The cover of each operation of a part."""
    size, grade = longest_side(asked), asked.tolerance_it
    material = next(iter(asked.materials), None)
    asked = as_capable(asked)
    if not asked.processes:
        yield NeedCover(
            process=None, size_mm=size, tolerance_it=grade, able=0, alone=0, best=[], near=[], eased=[]
        )
        return
    one = asked.any_process or len(asked.processes) == 1
    alone = None if one else parts.matcher.match(asked, top=1, today=parts.today).counts.whole
    operations = [asked] if one else [replace(asked, processes=(code,)) for code in asked.processes]
    for operation in operations:
        cover = _of_operation(operation, parts)
        cover.material, cover.size_mm, cover.tolerance_it = material, size, grade
        cover.alone = cover.able if alone is None else alone
        yield cover


def as_capable(asked: Requirements) -> Requirements:
    """The requirements with sizes and precision as musts unless not stated, where the need leaves that open: who states less is not able to
    make the part, whether the need insists or not. What a person chose stays.
    """
    return replace(asked, strictness={**dict.fromkeys(_OF_ABILITY, Strictness.LENIENT), **asked.strictness})


def _of_operation(asked: Requirements, parts: Matching) -> NeedCover:
    answer = parts.matcher.match(asked, top=BEST, today=parts.today)
    able = answer.counts.whole
    best = [one.key for one in answer.matches if one.share is WorkShare.WHOLE]
    return NeedCover(
        process=asked.processes[0],
        able=able,
        best=best,
        near=list(_near(asked, parts)) if able < FEW else [],
        eased=[] if able else list(_eased(asked, answer, parts)),
    )


def _near(asked: Requirements, parts: Matching) -> Iterator[dict[str, object]]:
    """Those that the fewest conditions remove, with the lines that fail."""
    _total, found = parts.matcher.removed(asked, top=NEAREST, today=parts.today)
    words = _wordings(parts)
    for one in found:
        yield {
            "key": one.match.key,
            "conditions": list(one.conditions),
            "reasons": {
                language: [asdict(wording.reason(verdict)) for verdict in one.failing]
                for language, wording in words.items()
            },
        }


def _eased(asked: Requirements, answer: MatchAnswer, parts: Matching) -> Iterator[dict[str, object]]:
    """The relaxations of single conditions that would add somebody, most first; the work itself is not up for choice."""
    words, taxonomy = _wordings(parts), parts.recogniser.taxonomy
    found = [one for one in answer.relaxations if one.requirement != "processes"]
    for one in relaxation_links.worthwhile(found, asked, taxonomy)[:EASED]:
        told = {language: wording.relaxation(one, asked) for language, wording in words.items()}
        yield {"requirement": one.requirement, "adds": one.adds, "words": told}


def _wordings(parts: Matching) -> dict[str, Wording]:
    taxonomy = parts.recogniser.taxonomy
    return {language: Wording(taxonomy, language, letters.words(language)) for language in _LANGUAGES}


def longest_side(asked: Requirements) -> float | None:
    """The longest side of a part, mm, of all sizes that it states."""
    sides = [*(asked.envelope_mm or ()), asked.diameter_mm, asked.length_mm]
    return max((side for side in sides if side), default=None)


def _region(need: Need, asked: Requirements, recogniser: Recogniser) -> str | None:
    """The code of the region of delivery: as named, else that of its town, else that of the contractor."""
    if need.region and (codes := recogniser.codes("region", need.region)):
        return codes[0]
    town, region = recogniser.place_of(need.city[:300]) if need.city else (None, None)
    found = (recogniser.towns[town].region if town is not None else None) or region
    if found:
        return found
    if len(asked.regions) == 1:
        return asked.regions[0]
    return need.contractor.region_code if need.contractor else None
