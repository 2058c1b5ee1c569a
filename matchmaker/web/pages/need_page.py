"""A need's page: what its owner, its centre, an invited supplier and anybody else see of it."""

from collections.abc import Mapping

from flask import render_template, request
from flask_babel import gettext

from matchmaker.domain import access
from matchmaker.domain.lifecycle import NEED_MOVES
from matchmaker.domain.taxonomy import Concept
from matchmaker.models import Need
from matchmaker.models.curating import VALUE_BANDS
from matchmaker.services.extraction import drawing_values
from matchmaker.services.matching import matching, relaxation_links
from matchmaker.services.needs import buyer_record, corrections, drawings, intake, need_history, needs
from matchmaker.services.shortlist import awards, shortlists
from matchmaker.web.kit import context, engine_away, form_tokens, places
from matchmaker.web.kit.context import database, product, subject
from matchmaker.web.pages import condition_rows, explanations, shop_standing
from matchmaker.web.pages.matches import answer_view
from matchmaker.web.pages.need_access import (
    access_object,
    contractor_name,
    title_of,
    words_open,
)

# Effects of reasons that a need is returned or closed for.
CLOSING = frozenset({"closing", "need-completeness", "need-materials", "need-lead-time", "none"})


def closing_reasons() -> list[Concept]:
    """Why a need is returned or closed, as the taxonomy lists it."""
    return [one for one in product().taxonomy.reasons if one.extra.get("effect") in CLOSING]


def page(
    need: Need,
    problem: str = "",
    openness: str = "",
    answer: str = "",
    problems: Mapping[str, str] | None = None,
) -> str:
    """The need as the person may see it; the words are what is wrong with a form on it, `problems` by field."""
    full = _may("need.edit", need)
    circle = access_object(need)
    contractor = contractor_name(need)
    return render_template(
        "needs/show.html",
        need=need,
        record=needs.record(need),
        full=full,
        **(_of_owner(need, problems or {}) if full else _of_reader(need)),
        may_release=_may("need.release", need),
        may_curate=_may("match.curate", need),
        may_award=_may("need.award", need) and need.is_awardable,
        may_sign=bool(circle.invited) and not circle.signed,
        may_write=_may("message.view", need) and need.is_released,
        may_quote=bool(circle.invited),
        asked_labels={name: condition_rows.field_label(name) for name in (*condition_rows.FIELDS, "title")},
        disregarded=corrections.disregarded(need),
        contractor=contractor,
        buyer=buyer_record.card(database(), need.contractor) if need.contractor and contractor else None,
        value_bands=VALUE_BANDS,
        reasons_of=explanations.reasons,
        place_of=places.place,
        files=_files(need),
        title=title_of(need),
        words_open=words_open(need),
        reasons=closing_reasons(),
        refusals=[one for one in product().taxonomy.reasons if "supplier" in one.extra.get("by", ())],
        problem=problem,
        openness=openness,
        answer_problem=answer,
        problems=problems or {},
        typed=request.form,
        once=form_tokens.token,
    )


def _may(action: str, need: Need) -> bool:
    return access.may(subject(), action, access_object(need)).allowed


def _of_reader(need: Need) -> dict[str, object]:
    """What the page shows to whom the need is not: where it stands with the reader's own firm."""
    nothing = ("moves", "rows", "readings", "centres", "chosen_centres", "steps", "released", "questions")
    return dict.fromkeys(nothing, ()) | {
        "result": None,
        "quoted": False,
        "ratings": {},
        "standing": shop_standing.of(need),
    }


def _of_owner(need: Need, problems: Mapping[str, str]) -> dict[str, object]:
    """What only those see who may change the need."""
    session = database()
    released = shortlists.released(session, need)
    matched = _matched(need, problems) if need.is_in_preparation or need.is_open else _unmatched()
    return matched | {
        "moves": sorted(NEED_MOVES[need.state]),
        "quoted": bool(matched["rows"]) and needs.quoted(session, need),
        "centres": needs.other_centres(session, need),
        "chosen_centres": needs.chosen_centres(session, need),
        "steps": need_history.steps(session, need),
        "released": released,
        "ratings": awards.ratings(session, released),
        "standing": None,
    }


def _unmatched() -> dict[str, object]:
    return {"result": None, "questions": (), "rows": (), "readings": ()}


def _matched(need: Need, problems: Mapping[str, str]) -> dict[str, object]:
    """Who fits, how the text was understood, and what is still to be asked or taken from files."""
    milder = request.args.getlist("ease")[: relaxation_links.MOST]
    parts = context.matching()
    answered = engine_away.asked(lambda: matching.match_need(database(), need, parts, milder))
    if answered is None:
        return _unmatched()
    left = intake.unanswered(answered.understanding.requirements) if need.is_in_preparation else ()
    typed = request.form if problems else {}
    return {
        "result": answer_view(answered, milder),
        "questions": tuple(gettext(intake.QUESTIONS[name]) for name in left),
        "rows": condition_rows.rows(needs.record(need), answered.understanding, typed),
        "readings": _readings(need),
    }


def _readings(need: Need) -> list[drawing_values.DrawingValue]:
    """What the need's files say about the part that the need does not hold yet, for who may open them."""
    if not _may("drawing.download", need):
        return []
    record, parts = needs.record(need), context.matching()
    asked = matching.understand(record, parts, need.strictness).requirements
    return drawing_values.readings(
        drawings.of_need(database(), need), record, asked, parts, context.language()
    )


def _files(need: Need) -> int | None:
    """How many drawings there are, None for those who may not know."""
    if not _may("drawing.count", need):
        return None
    return len(drawings.of_need(database(), need))
