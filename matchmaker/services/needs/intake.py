"""The intake of a need that comes by telephone, by e-mail or as a list of parts: a draft, with the questions
left to ask.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from importers import parts
from importers.readers import assemblies
from matchmaker.domain import plausibility
from matchmaker.domain.errors import FileRefused, InvalidRecord, Problem, UnreadableFile
from matchmaker.domain.language import N_, language_of
from matchmaker.domain.organisation import name_key
from matchmaker.domain.records import ContractorRecord, NeedRecord, parse
from matchmaker.domain.requirements import Requirements
from matchmaker.models import Centre, Need, Organisation, User
from matchmaker.sandbox import child_process, file_probe
from matchmaker.services.core import blobs, journal, locks
from matchmaker.services.core.blobs import StoredBlob
from matchmaker.services.files import file_jobs
from matchmaker.services.needs import needs
from matchmaker.services.needs.needs import NeedPosting
from matchmaker.services.profiles.profile_mapping import name_columns
from search.reading import cells
from search.reading.titles import leading_sentence
from search.text.lexicon import WordPattern

CHANNELS = ("phone", "e-mail", "visit", "fair", "file")

# The facts that a supplier needs before it can quote a price, in the order of asking.
QUESTIONS: Mapping[str, str] = {
    "work": N_("What is to be done: which operations?"),
    "material": N_("Which material, and may it be replaced?"),
    "size": N_("What are the overall sizes of the part?"),
    "accuracy": N_("How accurate: tolerance grade or the tightest size?"),
    "quantity": N_("How many pieces, and how often?"),
    "term": N_("By when is it needed?"),
    "place": N_("Where is it to be delivered?"),
    "certificate": N_("Must the supplier be certified, and to which standard?"),
    "drawing": N_("Is there a drawing or a model, and may suppliers see it before signing an agreement?"),
}


LARGEST = 2_000_000  # bytes of a list of parts
ROWS = "parts"  # the job
_UNTOLD = N_(
    "A STEP model says which parts there are and how many, not what they are made of: the columns for material and operation are yours to fill in."
)


def receive(data: Path, name: str, stream: IO[bytes]) -> StoredBlob:
    """Keep the bytes of an uploaded list of parts; an assembly may be larger than a table. Raises FileRefused."""
    largest = assemblies.LARGEST if parts.is_assembly(name) else LARGEST
    return blobs.keep_any(data / "files", stream, largest=largest)


def ask_rows(session: Session, upload: tuple[str, str], typed: Mapping[str, str], user: User) -> str:
    """Have an uploaded list (its name and hash) opened; the typed form waits beside it. The key of the job."""
    name, sha256 = upload
    return file_jobs.ask(
        session, ROWS, user, name=name, sha256=sha256, typed=dict(typed), language=user.language
    )


def rows_of_list(asked: Mapping[str, Any], data: Path) -> Mapping[str, Any]:
    """The job: the rows of a list as text with what was left out, or the problem of one that cannot be read."""
    name, path = str(asked["name"]), blobs.path_of(data / "files", str(asked["sha256"]))
    try:
        with child_process.of_person(str(asked["by"])):
            text, doubts = parts.opened(name, path, str(asked.get("language", "ru")))
    except (FileRefused, UnreadableFile) as error:
        return {"problem": file_jobs.problem_of(error)}
    untold = (
        [{"subject": name, "message": _UNTOLD, "params": {}}] if file_probe.kind_of(path) == "step" else []
    )
    return {"text": text, "left_out": [*untold, *file_jobs.left_out(doubts)]}


@dataclass(frozen=True, slots=True)
class IntakeCaller:
    """The contractor of the need: the INN or name of a known one, or the name of a new one; `contact` is the
    person to ask back.
    """

    inn: str = ""
    name: str = ""
    contact: str = ""


def unanswered(asked: Requirements) -> tuple[str, ...]:
    """The keys of QUESTIONS that a need leaves open."""
    size = asked.envelope_mm or asked.diameter_mm or asked.length_mm or asked.thickness_mm
    known = {
        "work": asked.processes,
        "material": asked.materials,
        "size": size,
        "accuracy": asked.tolerance_it or asked.roughness_ra_um,
        "quantity": asked.quantity,
        "term": asked.deliver_by,
        "place": asked.location or asked.regions,
        "certificate": asked.certification,
        "drawing": _DRAWING.search(asked.text),
    }
    return tuple(name for name in QUESTIONS if not known[name])


def records(text: str, key: str, today: date) -> list[NeedRecord]:
    """A need a row where the text is a table of parts, else one need. Raises InvalidRecord and UnreadableFile.

    `key` makes the ids, so that sending the same form twice makes one need.
    """
    if not text.strip():
        message = N_("Say what is needed: give a title or a text.")
        raise InvalidRecord((Problem("text", "need.empty", message),))
    table = parts.pasted(text)
    if table is None:
        title = _title(text)
        return [parse(NeedRecord, {"id": key, "text": text, **({"title": title} if title else {})})]
    return [_of_part(part, f"{key}-{number}", today) for number, part in enumerate(table.parts(), 1)]


_DRAWING = WordPattern("needs", "@drawing")
_LONGEST_TITLE = 100


def _title(text: str) -> str:
    """A title for a text that begins with a greeting: its first sentence that says something; empty for other texts."""
    said = leading_sentence(text)
    return said if len(said) <= _LONGEST_TITLE else said[:_LONGEST_TITLE].rpartition(" ")[0] + "…"


_OF_ENTRIES = frozenset({"materials", "processes"})


def _of_part(part: parts.Part, key: str, today: date) -> NeedRecord:
    """A row as a record: all cells in the text, the understood and valid ones also in their fields. The words of a cell that
    leaves a question open are not read a second time.
    """
    data: dict[str, Any] = {"id": key, "text": part.text, "title": part.title[:300]}
    unclear: list[str] = []
    for name, cell in part.fields():
        if name == "title":
            continue
        if name in _OF_ENTRIES:
            value: Any = [*data.get(name, ()), *cells.entries(cell.text)]
        elif name in cells.OF_PARTS:
            answer = cells.read(cells.OF_PARTS[name], cell.column, cell.text)
            value = cells.as_data(answer.sure)
            if answer.readings and answer.value is None:
                unclear.append(cell.text[:300])
        else:
            value = cell.text
        if value is not None and _is_valid(name, value, today):
            data[name] = value
    return parse(NeedRecord, {**data, **({"disregarded": unclear} if unclear else {})})


def _is_valid(name: str, value: Any, today: date) -> bool:
    """Whether a need may have the value; where it may not, the cell stays in the text, where it is read as words."""
    try:
        plausibility.demand_need(parse(NeedRecord, {"id": "x", "title": "x", name: value}), today)
    except InvalidRecord:
        return False
    return True


def contractor(session: Session, centre: Centre, caller: IntakeCaller, *, by: str) -> Organisation | None:
    """The organisation with the caller's INN or, without an INN, its name; created where there is none. None
    where no contractor was named.

    Raises InvalidRecord for a wrong INN, for a new contractor without a name, and for a name that several
    have.
    """
    name, number = caller.name.strip(), caller.inn.strip()
    if not (name or number):
        return None
    given = {"name": {language_of(name): name or "—"}, **({"inn": number} if number else {})}
    checked = parse(ContractorRecord, given)
    # Two people who take in needs of one new contractor take turns, so that no duplicate is created.
    session.get_one(Centre, centre.id, with_for_update=True, populate_existing=True)
    known = _known(session, centre, checked.inn, name)
    if known is None:
        if not name:
            message = N_("The centre does not know this INN yet; give the name, too.")
            raise InvalidRecord((Problem("name", "contractor.new", message, number),))
        known = Organisation(
            **name_columns(checked.name), inn=checked.inn, centre_id=centre.id, source="intake"
        )
        session.add(known)
        session.flush()
        journal.note(session, by, "organisation.created", known)
    known.is_contractor = True
    return known


def _known(session: Session, centre: Centre, inn: str | None, name: str) -> Organisation | None:
    query = select(Organisation).where(Organisation.centre_id == centre.id)
    ordered = query.order_by(Organisation.blocked, Organisation.id)
    if inn is not None:
        return session.scalars(ordered.where(Organisation.inn == inn)).first()
    key = name_key(name)[:300]
    named = session.scalars(
        ordered.where(
            or_(Organisation.sort_ru == key, Organisation.sort_en == key), Organisation.blocked.is_(False)
        )
    ).all()
    if len(named) > 1:
        message = N_("Several organisations have this name; give the INN.")
        raise InvalidRecord((Problem("inn", "contractor.several", message, name[:80]),))
    return named[0] if named else None


def siblings(session: Session, need: Need) -> Sequence[Need]:
    """The needs taken in as rows of the same list, this one among them, in the order of the list."""
    base = re.fullmatch(r"(intake-[0-9a-f]{16})-\d+", need.external_id)
    if base is None:
        return [need]
    query = select(Need).where(Need.centre_id == need.centre_id, Need.external_id.startswith(f"{base[1]}-"))
    return session.scalars(query.order_by(Need.id)).all()


def take(
    session: Session,
    given: Sequence[NeedRecord],
    caller: IntakeCaller,
    *,
    centre: Centre,
    channel: str,
    by: str,
) -> list[Need]:
    """Create draft needs from records; a need that exists under its id is returned and not created again."""
    locks.lock_row(session, centre)
    firm = contractor(session, centre, caller, by=by)
    query = select(Need).where(Need.centre_id == centre.id, Need.external_id.in_([one.id for one in given]))
    known = {need.external_id: need for need in session.scalars(query)}
    made = []
    for record in given:
        need = known.get(record.id)
        if need is None:
            how = NeedPosting(contractor=firm, channel=channel)
            need = needs.post(session, record, centre=centre, by=by, posting=how)
            if caller.contact.strip():
                need.details = {**need.details, "contact": caller.contact.strip()[:300]}
        made.append(need)
    session.flush()
    return made
