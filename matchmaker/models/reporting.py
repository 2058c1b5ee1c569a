"""What reports are counted from and kept as: plans for a period, periods that are locked, what participants told of a year, and who was able
to make what needs ask for.
"""

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.accounts import User
from matchmaker.models.base import Base, Code, Day, Json, Key, Moment, PublicId, Real, Word, now, one_of
from matchmaker.models.profiles import Profile

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


REVENUE_BANDS = ("to-10", "to-30", "to-60", "to-120", "to-400", "to-800", "to-2000", "more")


class YearAnswer(PublicId, Base):
    """What a supplier told its centre of a year, None where it said nothing: the average number of its people, its revenue as one of
    REVENUE_BANDS (millions of roubles), the percent of it that came from abroad, the products new to its range, the new workplaces,
    what it invested in minor units of a rouble. `by_id` is the person who wrote it down, None where it came by the link of a letter.
    """

    __tablename__ = "year_answer"

    id: Mapped[Key]
    profile_id: Mapped[int] = mapped_column(ForeignKey("profile.id"))
    year: Mapped[int]
    staff: Mapped[int | None]
    revenue_band: Mapped[Word | None]
    export_percent: Mapped[int | None]
    new_products: Mapped[int | None]
    new_jobs: Mapped[int | None]
    invested_minor: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[Moment] = mapped_column(default=now, onupdate=now)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    revision: Mapped[int] = mapped_column(default=1)

    profile: Mapped[Profile] = relationship()
    by: Mapped[User | None] = relationship()

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy's way to declare it
    __table_args__: tuple[Any, ...] = (
        UniqueConstraint("profile_id", "year"),
        one_of("revenue_band", REVENUE_BANDS),
        CheckConstraint("staff >= 0", name="staff"),
        CheckConstraint("export_percent BETWEEN 0 AND 100", name="export_percent"),
        CheckConstraint("new_products >= 0", name="new_products"),
        CheckConstraint("new_jobs >= 0", name="new_jobs"),
        CheckConstraint("invested_minor >= 0", name="invested_minor"),
    )


class NeedCover(Base):
    """How far suppliers cover one operation of a need, or of one of its positions (by its id), as the matcher judged it at a `revision` of
    the need on a day; `place` numbers the operations of a need. Made by the calendar's work, never by a person.

    Where `process` (a code) is None nothing of the work was understood, and the rest says nothing. `able` suppliers do the operation and meet
    all conditions of its part, `alone` of them do all operations of the part too. `best` are the public ids of the first of the able ones,
    best first. Where fewer than two are able, `near` are those that the fewest conditions remove, and where nobody is, `eased` the
    relaxations that would add somebody, both worded in both languages. `material` is the code of the part's first material, `size_mm`
    its longest side, `tolerance_it` its tightest IT grade, `region` (a code) that of delivery, `hours` the machine-hours that the need
    states, on the first of its rows.
    """

    __tablename__ = "need_cover"

    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    revision: Mapped[int]
    judged_on: Mapped[Day]
    position: Mapped[Code | None]
    process: Mapped[Code | None]
    material: Mapped[Code | None]
    size_mm: Mapped[Real | None]
    tolerance_it: Mapped[int | None]
    region: Mapped[Code | None]
    hours: Mapped[Real] = mapped_column(default=0.0)
    able: Mapped[int] = mapped_column(default=0)
    alone: Mapped[int] = mapped_column(default=0)
    best: Mapped[list[str]] = mapped_column(Json, default=list)
    near: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    eased: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
