"""A need's page for its owner, its centre, an invited supplier and everybody else."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from flask import render_template, request
from flask_babel import gettext

from matchmaker.domain.lifecycle import MOVES_OF_THE_CENTRE, NEED_MOVES, NeedState
from matchmaker.domain.records import NeedRecord
from matchmaker.domain.taxonomy import Concept
from matchmaker.models import Match, Need, PurchaseOrder, StoredFile
from matchmaker.models.curating import VALUE_BANDS
from matchmaker.services.extraction import drawing_values
from matchmaker.services.matching import matching, relaxation_links
from matchmaker.services.needs import (
    buyer_record,
    corrections,
    drawings,
    intake,
    need_history,
    need_summary,
    needs,
    quote_rounds,
)
from matchmaker.services.orders import orders
from matchmaker.services.profiles import delivery_records
from matchmaker.services.profiles.delivery_records import DeliveryRecord
from matchmaker.services.shortlist import awards, contract_contacts, match_decisions, shortlists
from matchmaker.services.shortlist.contract_contacts import ContractSide
from matchmaker.services.shortlist.match_decisions import AwardedPosition
from matchmaker.web.kit import context, form_tokens, position_forms, terms
from matchmaker.web.kit.context import database, product
from matchmaker.web.pages import condition_rows, explanations, shop_standing
from matchmaker.web.pages.matches import answer_view
from matchmaker.web.pages.need_access import NeedAccess

# Effects of the reasons to return or close a need.
CLOSING = frozenset({"closing", "need-completeness", "need-materials", "need-lead-time", "none"})
# The moves that the page offers first: on to the centre, on to the suppliers.
MAIN_MOVES = frozenset({NeedState.SUBMITTED, NeedState.PUBLISHED})


@dataclass(frozen=True, slots=True)
class NeedPageProblems:
    """The problems of the page's forms: moving the need, its openness, a supplier's answer, fields by name."""

    move: str = ""
    openness: str = ""
    answer: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


def closing_reasons() -> list[Concept]:
    """The reasons to return or close a need, in the taxonomy's order."""
    return [one for one in product().taxonomy.reasons if one.extra.get("effect") in CLOSING]


def page(found: NeedAccess, problems: NeedPageProblems | None = None) -> str:
    """The need within the person's rights."""
    wrong, need = problems or NeedPageProblems(), found.need
    record = found.record
    files = drawings.of_need(database(), need) if found.may("drawing.count") else None
    return render_template(
        "needs/show.html",
        need=need,
        record=record,
        full=found.may_edit,
        files=None if files is None else len(files),
        opened=sum(bool(one.details.get(drawings.OPENING)) for one in files or ()) if found.may_edit else 0,
        disregarded=corrections.disregarded(need),
        told=position_forms.told,
        position=_position(record),
        left_out=need_summary.left_out(need, record) if found.may_edit else (),
        **(_of_owner(found, record, files or (), wrong) if found.may_edit else _of_reader(need, record)),
        **_rights(found),
        **_choices(),
        **_forms(wrong),
    )


def _position(record: NeedRecord) -> str:
    """The id of the position that the reader looks at, "" for the need as a whole."""
    chosen = request.args.get("position", "")
    return chosen if any(one.id == chosen for one in record.positions) else ""


def _rights(found: NeedAccess) -> dict[str, object]:
    """The person's rights, and the names of the need and its contractor as the person may read them."""
    contractor, firm, award = found.contractor_name, found.need.contractor, found.need.award or {}
    return {
        "may_release": found.may_release,
        "may_curate": found.may_curate,
        "may_award": found.may_award,
        "may_undo": "act" in award and found.subject.user == award.get("by"),
        "may_sign": found.may_sign,
        "may_write": found.may_write,
        "may_quote": found.may_quote,
        "words_open": found.words_open,
        "title": found.title,
        "contractor": contractor,
        "buyer": buyer_record.card(database(), firm) if firm and contractor else None,
    }


def _choices() -> dict[str, object]:
    """The choices of the page's forms, and the words for values."""
    return {
        "asked_labels": {
            name: condition_rows.field_label(name) for name in (*condition_rows.FIELDS, "title")
        },
        "value_bands": VALUE_BANDS,
        "reasons": closing_reasons(),
        "refusals": shop_standing.refusals(),
        "reasons_of": explanations.reasons,
        "place_of": terms.place,
    }


def _forms(wrong: NeedPageProblems) -> dict[str, object]:
    """The typed forms, and their problems."""
    return {
        "problem": wrong.move,
        "openness": wrong.openness,
        "answer_problem": wrong.answer,
        "problems": wrong.fields,
        "typed": request.form,
        "once": form_tokens.token,
    }


def _of_reader(need: Need, record: NeedRecord) -> dict[str, object]:
    """The part of the page for readers who do not own the need: the state of the reader's own firm."""
    nothing = (
        "moves",
        "ends",
        "rows",
        "readings",
        "steps",
        "released",
        "questions",
    )
    standing = shop_standing.of(need, record)
    return dict.fromkeys(nothing, ()) | {
        "result": None,
        "centres": {},
        "quoted": False,
        "ratings": {},
        "standing": standing,
        "contacts": _contractor_s(need, standing.match if standing else None),
        "contracts": _own_contract(need, standing.match if standing else None),
        "agreements": [("", standing.match.public_id)]
        if standing and standing.match and standing.match.shows_contacts
        else [],
        "orders": _own_order(standing.match if standing else None),
    }


def _contractor_s(need: Need, match: Match | None) -> tuple[ContractSide, ...]:
    """What the chosen supplier reads of the contractor."""
    if match is None or not match.shows_contacts:
        return ()
    return (contract_contacts.contractor(database(), need, context.language()),)


def _own_contract(need: Need, match: Match | None) -> list[tuple[str, tuple[AwardedPosition, ...]]]:
    """The positions that the reader's shop has by its contract, once it is told of it."""
    if match is None or not match.shows_contacts:
        return []
    made = match_decisions.contracts(database(), need)
    return [("", match_decisions.awarded(one)) for one in made if one.profile_id == match.profile_id]


def _contracts(need: Need) -> list[tuple[str, tuple[AwardedPosition, ...]]]:
    """Who has which positions, by the names of the suppliers."""
    made = match_decisions.contracts(database(), need) if need.is_awarded else ()
    return [(one.profile.organisation.name(context.language()), match_decisions.awarded(one)) for one in made]


def _own_order(match: Match | None) -> list[tuple[str, PurchaseOrder]]:
    """The order of the reader's shop, once it is told of its contract."""
    if match is None or not match.shows_contacts:
        return []
    order = orders.of_match(database(), match)
    return [("", order)] if order else []


def _orders(need: Need, listed: Iterable[Match]) -> list[tuple[str, PurchaseOrder]]:
    """The orders that the contracts became, by the names of the suppliers."""
    found = orders.of_need(database(), need) if need.is_awarded else {}
    named = [(match.profile.organisation.name(context.language()), found.get(match.id)) for match in listed]
    return [(name, order) for name, order in named if order is not None]


def _records(released: Iterable[Match]) -> dict[int, DeliveryRecord]:
    """The records of deliveries that suppliers of the shortlist show everybody, by the row ids of their profiles."""
    shown = [match.profile_id for match in released if delivery_records.is_shown(match.profile)]
    found = delivery_records.of_profiles(database(), shown) if shown else {}
    return {key: record for key, record in found.items() if record.is_public}


def _of_both_sides(found: NeedAccess, listed: Iterable[Match]) -> tuple[ContractSide, ...]:
    """What the contractor reads of its suppliers under contract; the centre reads both sides."""
    session, need, language = database(), found.need, context.language()
    opened = [match for match in listed if match.shows_contacts] if need.is_released else []
    suppliers = [
        contract_contacts.supplier(session, match, language)
        for match in sorted(opened, key=lambda match: match.id)
    ]
    own = [contract_contacts.contractor(session, need, language)] if opened and found.may_curate else []
    return (*suppliers, *own)


def _of_owner(
    found: NeedAccess, record: NeedRecord, files: Sequence[StoredFile], wrong: NeedPageProblems
) -> dict[str, object]:
    """The part of the page for people who may change the need."""
    session, need = database(), found.need
    listed, sealed = shortlists.of_need(session, need), quote_rounds.sealed(session, need)
    released = [match for match in listed if match.is_shown]
    matched = _unmatched()
    if need.is_in_preparation or need.is_open:
        matched = _matched(need, record, files if found.may("drawing.download") else (), wrong)
    return {
        **matched,
        **_moves(found),
        "quoted": bool(matched["rows"]) and needs.quoted_in(listed, sealed=sealed),
        "centres": needs.other_centres(session, need),
        "steps": need_history.steps(session, need),
        "released": released,
        "sealed": sealed,
        "state_told": partial(quote_rounds.told_state, sealed=sealed and not found.may_curate),
        "ratings": awards.ratings(session, released),
        "standing": None,
        "contacts": _of_both_sides(found, listed),
        "contracts": _contracts(need),
        "agreements": [
            (match.profile.organisation.name(context.language()), match.public_id)
            for match in listed
            if need.is_awarded and match.shows_contacts
        ],
        "orders": _orders(need, listed),
        "records": _records(released),
    }


def _moves(found: NeedAccess) -> dict[str, object]:
    """The states that a press brings the need to, and those for which the person has to say why."""
    if found.may_release:
        ends, withheld = {NeedState.CLOSED, NeedState.DRAFT}, frozenset[NeedState]()
    else:
        ends, withheld = {NeedState.CLOSED}, MOVES_OF_THE_CENTRE
    possible = sorted(NEED_MOVES[found.need.state] - withheld)
    return {
        "moves": [state for state in possible if state not in ends],
        "ends": [state for state in possible if state in ends],
        "main_moves": MAIN_MOVES,
    }


def _unmatched() -> dict[str, object]:
    return {"result": None, "questions": (), "rows": (), "readings": (), "read_parts": ()}


def _matched(
    need: Need, record: NeedRecord, files: Sequence[StoredFile], wrong: NeedPageProblems
) -> dict[str, object]:
    """The suppliers that fit, the understood text, the open questions, and values to take from the files."""
    milder = request.args.getlist("ease")[: relaxation_links.MOST]
    parts = context.matching()
    position = _position(record)
    understood = matching.understand_asked(need, parts, record, position)
    answered = matching.match_understood(database(), understood, parts, milder)
    left = intake.unanswered(answered.understanding.requirements) if need.is_in_preparation else ()
    asked, asked_parts = understood.requirements, understood.parts
    return {
        "result": answer_view(answered, parts, milder),
        "read_parts": () if record.positions else [one.part.title or one.part.number for one in asked_parts],
        "questions": tuple(gettext(intake.QUESTIONS[name]) for name in left),
        "rows": ()
        if position
        else condition_rows.rows(record, answered.understanding, request.form if wrong.fields else {}),
        "readings": drawing_values.readings(files, record, asked, parts, context.language()),
    }
