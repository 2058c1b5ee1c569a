"""The development of suppliers: their steps to a certificate, which ends of certificates somebody has seen, support measures and
helpers, cards of what would close a gap.
"""

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.lifecycle import CERTIFIED_STAGES, CardState, CertificationStage
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
    Stamped,
    Terms,
    Word,
    now,
    one_of,
)
from matchmaker.models.needs import Need
from matchmaker.models.organisations import Centre
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


MEASURES = ("subsidy", "leasing", "guarantee", "voucher", "loan")
HELPERS = (
    "certification-body",
    "consultant",
    "laboratory",
    "design-centre",
    "energy-centre",
    "fund",
    "university",
    "shared-equipment",
)
FIRM_SIZES = ("micro", "small", "medium", "large")


class SupportOffer(PublicId, Stamped, Base):
    """What a centre can point a firm to: a support measure, or a helper such as a laboratory; `kind` is of MEASURES or HELPERS.

    Its conditions hold together; an empty list of `regions` (codes), `sizes`, `processes` or `standards` (codes) is no
    condition. `years_min` is the least age of the firm, `papers` has a paper a line, `most_minor` is in minor units of a rouble.
    An offer that is over stays as `ended`.
    """

    __tablename__ = "support_offer"

    id: Mapped[Key]
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    kind: Mapped[Word]
    name: Mapped[Line]
    giver: Mapped[Line | None]
    text: Mapped[Prose | None]
    regions: Mapped[Terms]
    sizes: Mapped[Terms]
    processes: Mapped[Terms]
    standards: Mapped[Terms]
    years_min: Mapped[int | None]
    opens_on: Mapped[Day | None]
    closes_on: Mapped[Day | None]
    most_minor: Mapped[int | None] = mapped_column(BigInteger)
    share_percent: Mapped[int | None]
    papers: Mapped[Prose | None]
    accreditation: Mapped[Line | None]
    contacts: Mapped[Line | None]
    link: Mapped[Line | None]
    ended: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int] = mapped_column(default=1)

    centre: Mapped[Centre] = relationship()

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy's way to declare it
    __table_args__: tuple[Any, ...] = (
        Index(None, "centre_id", "ended", "kind"),
        one_of("kind", (*MEASURES, *HELPERS)),
        CheckConstraint("years_min >= 0", name="years_min"),
        CheckConstraint("opens_on <= closes_on", name="dates"),
        CheckConstraint("most_minor > 0", name="most_minor"),
        CheckConstraint("share_percent BETWEEN 1 AND 100", name="share_percent"),
    )

    @property
    def is_measure(self) -> bool:
        return self.kind in MEASURES


CLOSING_MEANS = ("certificate", "machine", "measuring", "training", "other")


class DevelopmentCard(PublicId, Stamped, Base):
    """The gap between a supplier and a contractor's need: the requirement that closes the need to it, by what means it is to be
    met, by when.

    `before` and `after` are what the matcher said, when the card was made and when it was last measured: under `closing` the
    requirements that closed the need, under `reasons` the same in words by language.
    """

    __tablename__ = "development_card"

    id: Mapped[Key]
    profile_id: Mapped[int] = mapped_column(ForeignKey("profile.id"), index=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"))
    requirement: Mapped[Code]
    closes: Mapped[Word]
    what: Mapped[Line]
    due_on: Mapped[Day]
    state: Mapped[CardState] = mapped_column(default=CardState.OPEN)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    note: Mapped[Prose | None]
    before: Mapped[Details]
    after: Mapped[dict[str, Any] | None] = mapped_column(Json)
    measured_at: Mapped[Moment | None]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    revision: Mapped[int] = mapped_column(default=1)

    profile: Mapped[Profile] = relationship()
    need: Mapped[Need] = relationship()
    owner: Mapped[User | None] = relationship(foreign_keys=[owner_id])

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy's way to declare it
    __table_args__: tuple[Any, ...] = (
        Index(None, "need_id", "state", "due_on"),
        one_of("closes", CLOSING_MEANS),
        one_of("state", CardState),
    )

    @property
    def is_open(self) -> bool:
        return self.state == CardState.OPEN
