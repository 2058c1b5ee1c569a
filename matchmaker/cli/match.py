"""`matchmaker match`: ranked suppliers for one need or for all open needs."""

import json
import sys
from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from matchmaker.cli.common import application, progress, translation
from matchmaker.domain.records import NeedRecord, PositionRecord
from search.reading.titles import leading_words

if TYPE_CHECKING:
    from matchmaker.services.matching.matching import MatchedNeed
    from matchmaker.services.matching.wording import Wording
    from matchmaker.wiring import Application
    from search.ranking.explain import RankedSupplier


def _day(_context: click.Context, _parameter: click.Parameter, value: datetime | None) -> date | None:
    return value.date() if value else None


@click.command("match")
@click.option("--need", "need_id", metavar="ID", help="The need's id in the imported file.")
@click.option("--all", "every", is_flag=True, help="RankedSupplier every open need.")
@click.option(
    "--top", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many suppliers a need."
)
@click.option("--format", "form", type=click.Choice(("table", "jsonl")), default="table", show_default=True)
@click.option(
    "--today", type=click.DateTime(("%Y-%m-%d",)), callback=_day, help="Judge certificates on this day."
)
def match_command(need_id: str | None, every: bool, top: int, form: str, today: date | None) -> None:
    """Print the best suppliers for a need, best first, with the reasons.

    With --format jsonl one object a line goes to standard output and nothing else.
    """
    if (need_id is None) == (not every):
        raise click.UsageError("Say which: --need ID, or --all for every open need.")
    with application(clock=(lambda: today) if today else None) as app:
        app.index.catch_up()
        wording = _wording(app)
        answers = _answers(app, need_id, top)
        show = _show_lines if form == "jsonl" else _show_table
        for asked, answered in answers:
            show(app, asked, answered, wording)


def _wording(app: "Application") -> "Wording":
    from matchmaker.services.matching.wording import Wording

    return Wording(app.taxonomy, app.settings.language, translation(app.settings.language))


class Asked(NamedTuple):
    """A need, or one of its positions."""

    need: NeedRecord
    position: PositionRecord | None = None


def _answers(app: "Application", need_id: str | None, top: int) -> Iterator[tuple[Asked, "MatchedNeed"]]:
    """Each need as a whole with its answer, then each of its positions."""
    from matchmaker.services.matching import matching
    from matchmaker.services.needs import needs

    with app.sessions() as session, progress() as bar:
        parts = app.matching(top)
        if need_id is not None:
            centre = needs.centre_of(session, app.settings.centre)
            chosen = [needs.by_external_id(session, centre, need_id)]
        else:
            chosen = list(needs.every(session, open_only=True))
        for need in bar.track(chosen, description="Matching"):
            record = needs.record(need)
            yield Asked(record), matching.match_need(session, need, parts)
            for position, understood in matching.understand_positions(need, parts, record):
                yield Asked(record, position), matching.match_understood(session, understood, parts)


def _explanation(match: "RankedSupplier", wording: "Wording") -> dict[str, Any]:
    """The reasons as data and in words, and the contributions to the score: with the intercept they sum to
    its logit.
    """
    reasons = [wording.reason(verdict) for verdict in match.verdicts]
    return {
        "summary": wording.sentence(match),
        "share": match.share,
        "requirements": [
            {
                "requirement": verdict.requirement,
                "outcome": str(verdict.outcome),
                "needed": verdict.needed,
                "declared": verdict.declared,
                "text": f"{reason.label}: {reason.needed} / {reason.declared} "
                f"({', '.join(filter(None, (reason.outcome_label, reason.margin)))})",
            }
            for verdict, reason in zip(match.verdicts, reasons, strict=True)
        ],
        "score": {
            "intercept": match.intercept,
            "contributions": {item.feature: item.amount for item in match.contributions},
        },
        "words": list(match.words),
    }


def _show_lines(_app: "Application", asked: Asked, answered: "MatchedNeed", wording: "Wording") -> None:
    for rank, match in enumerate(answered.answer.matches, 1):
        line = {
            "need": asked.need.id,
            **({"position": asked.position.id} if asked.position else {}),
            "rank": rank,
            "supplier": answered.profiles[match.key].organisation.external_id,
            "score": match.score,
            "explanation": _explanation(match, wording),
        }
        click.echo(json.dumps(line, ensure_ascii=False))


def _show_table(app: "Application", asked: Asked, answered: "MatchedNeed", wording: "Wording") -> None:
    named = asked.position or asked.need
    key = f"{asked.need.id} / {asked.position.id}" if asked.position else asked.need.id
    click.echo(f"\n{key}  {named.title or leading_words(named.text or '')[:80]}")
    requirements = answered.understanding.requirements
    if not answered.answer.matches:
        click.echo("  No supplier passes all conditions.")
    else:
        click.echo(f"  {wording.counts(answered.answer.counts, requirements)}")
    for rank, match in enumerate(answered.answer.matches, 1):
        organisation = answered.profiles[match.key].organisation
        click.echo(
            f"{rank:>4}. {match.score:.2f}  {organisation.name(app.settings.language)} ({organisation.external_id})"
        )
        if requirements.processes:
            click.echo(f"      {wording.share(match.share)}")
        click.echo(f"      {wording.sentence(match)}")
    for item in answered.answer.relaxations[:3]:
        click.echo(f"  +{item.adds}: {wording.relaxation(item, requirements)}")
    sys.stdout.flush()
