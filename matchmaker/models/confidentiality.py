"""The agreements by which firms keep a need's files confidential."""

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.accounts import User
from matchmaker.models.base import Base, Json, Key, Moment, PublicId, now
from matchmaker.models.needs import Need
from matchmaker.models.organisations import Organisation


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
