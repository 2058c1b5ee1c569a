"""The search for suppliers: the request in its address, the suppliers found, and the lists that narrow it."""

from collections.abc import Mapping
from dataclasses import replace

from flask import abort, request

from matchmaker.domain.certificate import CertificationDemand, CertificationLevel
from matchmaker.domain.errors import FilterRefused
from matchmaker.domain.records import NeedRecord, parse
from matchmaker.domain.requirement_kinds import Strictness
from matchmaker.domain.requirements import Requirements
from matchmaker.domain.typed_text import CONTROL, as_seen, day_of
from matchmaker.services.profiles import suppliers
from matchmaker.web.kit import context
from matchmaker.web.kit.context import database, product, wording
from matchmaker.web.pages import matches
from search.matching.matcher import MatchAnswer
from search.ranking.explain import DATED
from search.reading.need_reading import (
    NeedReading,
    requirements_of,
)

LONGEST_QUERY = 256
LAST_PAGE = 50
LEVELS = ("implementing", "certified", DATED, "verified")


def found(understood: NeedReading, first: int, last: int) -> tuple[MatchAnswer, list[matches.MatchView]]:
    """The answer of a search, and its matches from the first to the last place, as lists show them."""
    parts = context.matching(last)
    answer = parts.matcher.match(understood.requirements, top=parts.top, today=parts.today)
    shown = answer.matches[first - 1 :]
    profiles = suppliers.listed(database(), [match.key for match in shown])
    there = [match for match in shown if match.key in profiles]
    return answer, matches.match_views(there, profiles, understood.requirements, first=first)


def searched() -> tuple[str, NeedReading]:
    """The words of the address, and all of it as requirements."""
    words = words_of(request.args)
    if len(words) > LONGEST_QUERY:
        abort(400)
    return words, asked(request.args)


def words_of(given: Mapping[str, str]) -> str:
    """The words of a search as they are seen, "" where there are none. Raises FilterRefused."""
    typed = given.get("q", "")
    if CONTROL.search(typed):
        raise FilterRefused(name="q", value=CONTROL.sub("\N{REPLACEMENT CHARACTER}", typed)[:60])
    return as_seen(typed).strip()


def asked(given: Mapping[str, str]) -> NeedReading:
    """The search of an address as requirements; choices from the lists are strict, typed words are understood
    as in a need.
    """
    words = words_of(given)
    record = parse(NeedRecord, {"kind": "need", "id": "search", "text": words or "—"})
    understood = requirements_of(record, product().recogniser, context.today())
    requirements = replace(understood.requirements, text=words)
    taxonomy = product().taxonomy
    process, region, level = (given.get(name, "") for name in ("process", "region", "level"))
    strict = {}
    if process in taxonomy.processes:
        requirements = replace(
            requirements, processes=(process, *(c for c in requirements.processes if c != process))
        )
        strict["processes"] = Strictness.STRICT
        requirements = replace(requirements, any_process=len(requirements.processes) > 1)
    if region in taxonomy.regions or region in taxonomy.countries:
        requirements = replace(requirements, regions=(region,))
        strict["region"] = Strictness.STRICT
    if level in LEVELS:
        least = CertificationLevel.CERTIFIED if level == DATED else CertificationLevel[level.upper()]
        demand = CertificationDemand((taxonomy.most_asked_standard,), least, dated=level == DATED)
        day = day_of(given.get("on", "")) or requirements.on
        requirements = replace(requirements, certification=(demand,), on=day)
    return replace(understood, requirements=replace(requirements, strictness=strict))


def facets(requirements: Requirements) -> list[tuple[str, str, int]]:
    """The regions of all matching suppliers, with counts, whatever region is chosen."""
    words, taxonomy = wording(), product().taxonomy
    counted = context.matching().matcher.facets(replace(requirements, regions=()), "regions", size=100)
    return [
        (code, words.codes("region", (code,)), count) for code, count in counted if code in taxonomy.regions
    ]


def main_processes() -> list[tuple[str, str]]:
    """The two upper levels of the tree, indented, for the list beside the search."""
    tree, language = product().taxonomy.processes, context.language()
    depths = ((concept, len(tree.ancestors(concept.code))) for concept in tree)
    return [
        (concept.code, "· " * depth + concept.label.text(language)) for concept, depth in depths if depth < 2
    ]
