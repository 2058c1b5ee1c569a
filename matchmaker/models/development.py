"""The development of suppliers: their steps to a certificate, and which ends of certificates somebody has seen."""

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.lifecycle import CERTIFIED_STAGES, CertificationStage
from matchmaker.models.accounts import User
from matchmaker.models.base import Base, Code, Day, Key, Line, Moment, Prose, PublicId, Word, now, one_of
from matchmaker.models.profiles import Profile

PAYERS = ("firm", "centre", "programme", "plant")


class CertificationStep(PublicId, Base):
    """A step of a supplier on the ladder to a certificate for a standard (a code of the taxonomy), reached on a day.

    Rows are only added: a correction is a row that `replaces` another and takes its `place`, with `why`. Of one day the step of
    the greater place came later. `cost_minor` is in minor units of a rouble.
    """

    __tablename__ = "certification_step"

    id: Mapped[Key]
    profile_id: Mapped[int] = mapped_column(ForeignKey("profile.id"))
    standard: Mapped[Code]
    place: Mapped[int]
    stage: Mapped[CertificationStage]
    on: Mapped[Day]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    next_step: Mapped[Line | None]
    next_on: Mapped[Day | None]
    helper: Mapped[Line | None]
    cost_minor: Mapped[int | None] = mapped_column(BigInteger)
    payer: Mapped[Word | None]
    note: Mapped[Prose | None]
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("certification_step.id"), unique=True)
    why: Mapped[Line | None]
    at: Mapped[Moment] = mapped_column(default=now)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    profile: Mapped[Profile] = relationship()
    owner: Mapped[User | None] = relationship(foreign_keys=[owner_id])
    by: Mapped[User | None] = relationship(foreign_keys=[by_id])

    __table_args__: tuple[Any, ...] = (
        Index(None, "profile_id", "standard", "on"),
        one_of("stage", CertificationStage),
        one_of("payer", PAYERS),
        CheckConstraint("cost_minor >= 0", name="cost_minor"),
        CheckConstraint("replaces_id IS NULL OR why IS NOT NULL", name="why"),
    )

    @property
    def is_certified(self) -> bool:
        """Whether the certificate was there with this step."""
        return self.stage in CERTIFIED_STAGES


class CertificateAlarm(Base):
    """A warning of the end of a certificate (public id) that somebody of the centre has seen: its last day, and how many days
    before it the warning was due.
    """

    __tablename__ = "certificate_alarm"

    certificate: Mapped[str] = mapped_column(String(16), primary_key=True)
    ends_on: Mapped[Day] = mapped_column(primary_key=True)
    days: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[Moment] = mapped_column(default=now)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
