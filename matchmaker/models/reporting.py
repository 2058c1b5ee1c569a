"""The periods of a centre's reports: what was planned for them, and those that are locked."""

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.accounts import User
from matchmaker.models.base import Base, Code, Moment, Real, now

_PERIOD = 7  # the longest is written 2026-Q4


class FigurePlan(Base):
    """What a centre plans a figure to be in a period, in the figure's unit."""

    __tablename__ = "figure_plan"

    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), primary_key=True)
    period: Mapped[str] = mapped_column(String(_PERIOD), primary_key=True)
    figure: Mapped[Code] = mapped_column(primary_key=True)
    value: Mapped[Real]


class PeriodLock(Base):
    """A period whose figures are reported and do not change any more: `body` holds them with their rows, as compressed JSON, and
    `sha256` is the hash of that JSON. From `published_at` on everybody reads its figures as open data, without what few firms make.
    """

    __tablename__ = "period_lock"

    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), primary_key=True)
    period: Mapped[str] = mapped_column(String(_PERIOD), primary_key=True)
    at: Mapped[Moment] = mapped_column(default=now)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    sha256: Mapped[str] = mapped_column(String(64))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    published_at: Mapped[Moment | None]

    by: Mapped[User | None] = relationship()
