"""Needs, the suppliers and centres they reach, files, and the agreements by which firms keep those confidential."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    false,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain import lifecycle
from matchmaker.domain.lifecycle import NeedState
from matchmaker.models.accounts import User
from matchmaker.models.base import (
    Base,
    Code,
    Day,
    Details,
    Json,
    Key,
    Line,
    Moment,
    Prose,
    PublicId,
    Real,
    SortText,
    Stamped,
    Word,
    now,
    one_of,
)
from matchmaker.models.organisations import Centre, Neighbour, Organisation

REACHES = ("centre", "chosen", "network")
DEFAULT_DISCLOSURE = "name-hidden"
DISCLOSURES = ("open", "name-hidden", "nda", "invited")


_DIGITS = 8  # of a number
_HEX, _WHOLE = 6, 16  # hexadecimal digits of an id's beginning, and of all of it
_BESIDE_A_NUMBER = re.compile(r"[\s\u2010-\u2015№#-]|\b(?:no|need|заявка)\b\.?", re.IGNORECASE)


class Need(PublicId, Stamped, Base):
    """Work to be placed. Columns hold the values that lists filter and sort by, `requirements` the record's
    other keys as given.

    `strictness` says per requirement whether it is a wish, lenient or strict. `details` holds the values that
    no list filters by: substitutes, inspection and acceptance, labour estimate, hidden target price, delivery
    terms, packaging. `quotes_sealed`: till `quotes_until` the contractor does not read quotes either. `readings`
    is what the text was last understood to say, with the day on which it was written; `due_on` the day of delivery
    that it names, where `deliver_by` is not given. `award` is what taking the contract back needs: until when, by whom,
    the letters that wait, and the states of before.
    """

    __tablename__ = "need"

    id: Mapped[Key]
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    external_id: Mapped[Code]
    contractor_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    state: Mapped[NeedState] = mapped_column(default=NeedState.DRAFT)
    closed_why: Mapped[Line | None]
    title: Mapped[Line | None]
    text: Mapped[Prose | None]
    sort_key: Mapped[str] = mapped_column(SortText, default="")
    contractor_given: Mapped[dict[str, Any] | None] = mapped_column(Json)
    region: Mapped[Line | None]
    city: Mapped[Line | None]
    latitude: Mapped[Real | None]
    longitude: Mapped[Real | None]
    quantity: Mapped[int | None]
    deliver_by: Mapped[Day | None]
    requirements: Mapped[Details]
    strictness: Mapped[Details]
    readings: Mapped[Details]
    due_on: Mapped[Day | None]
    updated: Mapped[Day | None]
    reach: Mapped[Word] = mapped_column(default="network")
    disclosure: Mapped[Word] = mapped_column(default=DEFAULT_DISCLOSURE)
    channel: Mapped[Word | None]
    kind: Mapped[Word | None]
    quotes_until: Mapped[Moment | None]
    quotes_sealed: Mapped[bool] = mapped_column(default=True, server_default=true())
    most_invited: Mapped[int | None]
    details: Mapped[Details]
    content_hash: Mapped[str | None] = mapped_column(String(32))
    source: Mapped[Line | None]
    award: Mapped[dict[str, Any] | None] = mapped_column(Json)
    published_at: Mapped[Moment | None]
    revision: Mapped[int] = mapped_column(default=1)

    centre: Mapped[Centre] = relationship()
    contractor: Mapped[Organisation | None] = relationship()
    reached_centres: Mapped[list["NeedCentre"]] = relationship(cascade="all, delete-orphan")
    files: Mapped[list["StoredFile"]] = relationship(back_populates="need")

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy's way to declare it
    __table_args__ = (
        UniqueConstraint("centre_id", "external_id"),
        Index(None, "state", "created_at"),
        one_of("state", NeedState),
        one_of("reach", REACHES),
        one_of("disclosure", DISCLOSURES),
        one_of("kind", ("overflow", "specialised")),
        one_of("channel", ("portal", "phone", "e-mail", "visit", "fair", "centre", "file")),
        CheckConstraint("title IS NOT NULL OR text IS NOT NULL", name="said"),
        CheckConstraint("quantity > 0", name="quantity"),
    )

    @property
    def number(self) -> str:
        """The number by which people name the need on the telephone: eight digits made from its public id.

        It shows neither order nor how many needs there are, as the id does not. Two needs may share one (of a thousand
        needs a pair in thirty cases), so it finds needs and addresses none.
        """
        digits = f"{int(self.public_id[:_HEX], 16):0{_DIGITS}d}"
        return f"{digits[:4]}-{digits[4:]}"

    @property
    def due(self) -> date | None:
        """The last day of delivery: the given one, else the one that the text names."""
        return self.deliver_by or self.due_on

    @property
    def is_draft(self) -> bool:
        return self.state == NeedState.DRAFT

    @property
    def is_in_preparation(self) -> bool:
        """Whether the need is still being written or read, and the centre asks the contractor back."""
        return self.state in lifecycle.NEEDS_IN_PREPARATION

    @property
    def is_open(self) -> bool:
        """Whether the need is matched and takes answers and quotes."""
        return self.state in lifecycle.OPEN_NEEDS

    @property
    def is_released(self) -> bool:
        """Whether everybody whom the need reaches may read it."""
        return self.state in lifecycle.RELEASED_NEEDS

    @property
    def award_until(self) -> datetime | None:
        """Until when the contract may be taken back; nobody else is told of it before."""
        return _award_until(self.state, self.award)

    @property
    def told_state(self) -> NeedState:
        """The state as suppliers and strangers are told it."""
        return told_state(self.state, self.award)

    @property
    def is_awarded(self) -> bool:
        """Whether a contract was made."""
        return self.state in lifecycle.AWARDED_NEEDS

    @property
    def is_awardable(self) -> bool:
        """Whether a contract may be made with one of the need's suppliers."""
        return self.state in lifecycle.AWARDABLE_NEEDS


def told_state(state: NeedState, award: Mapping[str, Any] | None) -> NeedState:
    """The state of a need with this award as suppliers and strangers are told it."""
    return NeedState(award["need"]) if award and _award_until(state, award) else state


def _award_until(state: NeedState, award: Mapping[str, Any] | None) -> datetime | None:
    if award is None or state != NeedState.CONTRACTED:
        return None
    until = datetime.fromisoformat(award["until"])
    return until if now() < until else None


def numbered(words: str) -> ColumnElement[bool]:
    """Needs whose number the words are, however it is written; none for other words."""
    digits = _BESIDE_A_NUMBER.sub("", words)
    beginning = f"{int(digits):0{_HEX}x}" if re.fullmatch(rf"[0-9]{{{_DIGITS}}}", digits) else ""
    if len(beginning) != _HEX:
        return false()
    return Need.public_id.between(beginning.ljust(_WHOLE, "0"), beginning.ljust(_WHOLE, "f"))


class NeedCentre(Base):
    """A centre that a need with the reach "chosen" is shown to."""

    __tablename__ = "need_centre"

    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), primary_key=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), primary_key=True)

    centre: Mapped[Centre] = relationship()


class TakenNeed(Base):
    """A need that came in a neighbour's bundle: `external_id` is its id there, `record` what the newest bundle says. `revision`
    is that of the need as the bundle left it: at another one somebody here has worked on it. `changed_there` says that its
    centre changed it since.
    """

    __tablename__ = "taken_need"

    id: Mapped[Key]
    neighbour_id: Mapped[int] = mapped_column(ForeignKey("neighbour.id"))
    external_id: Mapped[Code]
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), unique=True)
    record: Mapped[Details]
    revision: Mapped[int]
    changed_there: Mapped[bool] = mapped_column(default=False)

    neighbour: Mapped[Neighbour] = relationship()
    need: Mapped[Need] = relationship()

    __table_args__ = (UniqueConstraint("neighbour_id", "external_id"),)

    @property
    def is_untouched(self) -> bool:
        """Whether nobody here has changed the draft."""
        return self.need.is_draft and self.need.revision == self.revision


class PartsList(PublicId, Stamped, Base):
    """The parts of an assembly as a contractor lists them (None where the centre does, for itself), and who is able to make each.

    `lines` are `[{"title", "text", "pieces", "price_minor", "record"}]`, the record in the exchange format of a need, and from `judged_at` on
    `verdict`, `alone` and `operations` as `chains.parts_lists` writes them.
    """

    __tablename__ = "parts_list"

    id: Mapped[Key]
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), index=True)
    contractor_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    name: Mapped[Line]
    lines: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    judged_at: Mapped[Moment | None]
    revision: Mapped[int] = mapped_column(default=1)

    centre: Mapped[Centre] = relationship()
    contractor: Mapped[Organisation | None] = relationship()

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy's way to declare it


class StoredFile(PublicId, Stamped, Base):
    """A file stored by the hash of its bytes outside the web root: a need's drawing, a certificate's scan, a
    photo, a quote's paper, an inspection report of an order, the contractor's own text of a need's agreement.
    """

    __tablename__ = "stored_file"

    id: Mapped[Key]
    need_id: Mapped[int | None] = mapped_column(ForeignKey("need.id"), index=True)
    profile_id: Mapped[int | None] = mapped_column(ForeignKey("profile.id"), index=True)
    quote_id: Mapped[int | None] = mapped_column(ForeignKey("quote.id"), index=True)
    order_entry_id: Mapped[int | None] = mapped_column(ForeignKey("order_entry.id"), index=True)
    role: Mapped[Word]
    name: Mapped[Line]
    media_type: Mapped[Code]
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    version: Mapped[int] = mapped_column(default=1)
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    details: Mapped[Details]

    need: Mapped[Need | None] = relationship(back_populates="files")

    __table_args__ = (
        one_of(
            "role",
            (
                "drawing",
                "model",
                "specification",
                "scan",
                "photo",
                "evidence",
                "import",
                "quote",
                "report",
                "paper",
                "agreement",
            ),
        ),
        CheckConstraint("size > 0", name="size"),
    )


class Agreement(PublicId, Base):
    """A person's acceptance of the non-disclosure text for an organisation; in force until it is withdrawn.

    `files` are the hashes of the files that it was accepted for; None in agreements older than this column,
    which hold for the files of their time.
    """

    __tablename__ = "agreement"

    id: Mapped[Key]
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    language: Mapped[str] = mapped_column(String(2))
    text_hash: Mapped[str] = mapped_column(String(64))
    files: Mapped[list[str] | None] = mapped_column(Json)
    accepted_at: Mapped[Moment] = mapped_column(default=now)
    withdrawn_at: Mapped[Moment | None]

    need: Mapped[Need] = relationship()
    organisation: Mapped[Organisation] = relationship()
    user: Mapped[User] = relationship()

    __table_args__ = (Index(None, "need_id", "organisation_id"), Index(None, "organisation_id"))
