"""People, their roles, and their sessions on the server."""

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.access import ROLES
from matchmaker.domain.lifecycle import MembershipState
from matchmaker.models.base import (
    Base,
    Details,
    Key,
    Line,
    Moment,
    PublicId,
    Stamped,
    Terms,
    now,
    one_of,
)
from matchmaker.models.organisations import Centre, Organisation


class User(PublicId, Stamped, Base):
    """A person. `email_key` is the address without case, unique; `epoch` grows to end all sessions at once."""

    __tablename__ = "user_account"

    id: Mapped[Key]
    email: Mapped[Line]
    email_key: Mapped[str] = mapped_column(String(300), unique=True)
    name: Mapped[Line]
    password_hash: Mapped[Line | None]
    language: Mapped[str] = mapped_column(String(2), default="ru")
    active: Mapped[bool] = mapped_column(default=True)
    confirmed_at: Mapped[Moment | None]
    epoch: Mapped[int] = mapped_column(default=1)
    totp_secret: Mapped[Line | None]
    totp_step: Mapped[int | None]
    recovery_codes: Mapped[Details]
    consents: Mapped[Details]
    preferences: Mapped[Details]
    revision: Mapped[int] = mapped_column(default=1)

    memberships: Mapped[list["Membership"]] = relationship(
        back_populates="user", cascade="all, delete-orphan", order_by="Membership.id"
    )

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy's way to declare it
    __table_args__ = (one_of("language", ("ru", "en")),)


class Membership(Stamped, Base):
    """A role of a person: in an organisation (editor, buyer), in a centre (operator, administrator), or in the network.

    `chief` marks an organisation's chief user, who manages its people.
    """

    __tablename__ = "membership"

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    role: Mapped[str] = mapped_column(String(30))
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("centre.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    state: Mapped[MembershipState] = mapped_column(default=MembershipState.ACTIVE)
    chief: Mapped[bool] = mapped_column(default=False)

    user: Mapped[User] = relationship(back_populates="memberships")
    centre: Mapped[Centre | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()

    __table_args__ = (
        UniqueConstraint("user_id", "role", "centre_id", "organisation_id"),
        one_of("role", ROLES),
        one_of("state", MembershipState),
    )

    @property
    def is_active(self) -> bool:
        return self.state == MembershipState.ACTIVE

    @property
    def is_asked(self) -> bool:
        """Whether the person asks for the role and nobody has decided."""
        return self.state == MembershipState.ASKED

    @property
    def is_refused(self) -> bool:
        return self.state == MembershipState.REFUSED


class UserSession(Base):
    """A signed-in browser. The cookie holds the token, the row its hash; a session that ended is refused at
    once.
    """

    __tablename__ = "user_session"

    id: Mapped[Key]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    epoch: Mapped[int]
    started_at: Mapped[Moment]
    seen_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]
    address: Mapped[Line | None]
    agent: Mapped[Line | None]

    user: Mapped[User] = relationship()

    __table_args__ = (Index(None, "user_id", "ended_at"),)


class AccessKey(Base):
    """A key by which a program acts for a person; the secret is shown once, the row holds its hash.

    `scopes` narrow what the person may do; the key ends with the sessions of the person's `epoch`.
    """

    __tablename__ = "access_key"

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    name: Mapped[Line]
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[Terms]
    epoch: Mapped[int]
    session_id: Mapped[int | None] = mapped_column(ForeignKey("user_session.id"))
    created_at: Mapped[Moment] = mapped_column(default=now)
    expires_at: Mapped[Moment]
    used_at: Mapped[Moment | None]
    ended_at: Mapped[Moment | None]

    user: Mapped[User] = relationship()


class ProgramRequest(Base):
    """A request that a program sent with an Idempotency-Key, and its answer, kept for a day so that it can be given
    again. `status` is None while the request is at work.
    """

    __tablename__ = "program_request"

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    key: Mapped[str] = mapped_column(String(64))
    fingerprint: Mapped[str] = mapped_column(String(64))
    status: Mapped[int | None]
    headers: Mapped[Details]
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    at: Mapped[Moment] = mapped_column(default=now, index=True)

    __table_args__ = (UniqueConstraint("user_id", "key"),)
