"""The capability profiles and all their parts. Terms are stored as typed, beside the codes they were resolved
to.
"""

from typing import Any

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.lifecycle import CertificateStatus, ProfileState, ReviewState
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
    Stamped,
    Terms,
    Word,
    one_of,
)
from matchmaker.models.organisations import Organisation

_WAITING = text("review IS NOT NULL")


class Profile(PublicId, Stamped, Base):
    """A supplier's capability profile. `key` of search documents is `public_id`, their revision is
    `revision`.

    `content_hash` is that of the last imported record, so that reading the same line again changes nothing.
    `edited_at` is set when a person saves the profile: a different file does not overwrite that. `waiting` is
    a changed record that waits while the published one stays visible: still being written, submitted, or
    returned, as `review` says. `confirmed_at` is kept for the share of profiles that their suppliers
    confirmed of late. `details` is kept for figures that no list filters by: production area (m²), crane (t),
    staff by group, hourly rates, inspection means, own design and coating, special permits;
    nothing fills it yet. `visibility` says who reads a block of the profile: "all" for its "deliveries", which nobody outside
    reads otherwise.
    """

    __tablename__ = "profile"

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), unique=True)
    state: Mapped[ProfileState] = mapped_column(default=ProfileState.DRAFT)
    description: Mapped[dict[str, str] | None] = mapped_column(Json)
    sectors: Mapped[Terms]
    languages: Mapped[Terms]
    employees: Mapped[int | None]
    founded: Mapped[int | None]
    size_class: Mapped[Word | None]
    capacity_kind: Mapped[Word | None]
    export_ready: Mapped[bool | None]
    lot_min: Mapped[int | None]
    lot_max: Mapped[int | None]
    minimum_order: Mapped[dict[str, Any] | None] = mapped_column(Json)
    takes_customer_material: Mapped[bool | None]
    own_tooling: Mapped[bool | None]
    quality_papers: Mapped[Terms]
    payment_terms: Mapped[Line | None]
    contacts: Mapped[dict[str, str] | None] = mapped_column(Json)
    updated: Mapped[Day | None]
    content_hash: Mapped[str | None] = mapped_column(String(32))
    source: Mapped[Line | None]
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"))
    waiting_batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"))
    waiting: Mapped[dict[str, Any] | None] = mapped_column(Json)
    review: Mapped[ReviewState | None]
    remarks: Mapped[Details]
    visibility: Mapped[Details]
    details: Mapped[Details]
    published_at: Mapped[Moment | None]
    confirmed_at: Mapped[Moment | None]
    edited_at: Mapped[Moment | None]
    revision: Mapped[int] = mapped_column(default=1)

    organisation: Mapped[Organisation] = relationship()
    capabilities: Mapped[list["Capability"]] = relationship(
        back_populates="profile", cascade="all, delete-orphan", order_by="Capability.position"
    )
    equipment: Mapped[list["Equipment"]] = relationship(
        back_populates="profile", cascade="all, delete-orphan", order_by="Equipment.position"
    )
    certificates: Mapped[list["CertificateRow"]] = relationship(
        back_populates="profile", cascade="all, delete-orphan", order_by="CertificateRow.position"
    )
    references: Mapped[list["Reference"]] = relationship(
        back_populates="profile", cascade="all, delete-orphan", order_by="Reference.position"
    )
    facts: Mapped[list["Fact"]] = relationship(back_populates="profile", cascade="all, delete-orphan")
    capacity: Mapped[list["SpareCapacity"]] = relationship(
        back_populates="profile", cascade="all, delete-orphan", order_by="SpareCapacity.week"
    )

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy's way to declare it
    __table_args__ = (
        Index(None, "state"),
        # Of the few that wait; of a hundred thousand hardly any do.
        Index(None, "review", sqlite_where=_WAITING, postgresql_where=_WAITING),
        one_of("state", ProfileState),
        one_of("size_class", ("micro", "small", "medium", "large")),
        one_of("capacity_kind", ("general", "specialised")),
        one_of("review", ReviewState),
        CheckConstraint("employees >= 0", name="employees"),
    )

    @property
    def is_published(self) -> bool:
        return self.state == ProfileState.PUBLISHED

    @property
    def awaits_review(self) -> bool:
        """Whether the centre reads the waiting changes."""
        return self.review == ReviewState.SUBMITTED

    @property
    def is_returned(self) -> bool:
        """Whether the centre asked for corrections to the waiting changes."""
        return self.review == ReviewState.RETURNED


class Capability(Base):
    """One kind of work with its limits; lengths in mm, mass in kg, roughness Ra in µm, hardness as a Vickers number, lots in
    pieces.
    """

    __tablename__ = "capability"

    id: Mapped[Key]
    profile_id: Mapped[int] = mapped_column(ForeignKey("profile.id"), index=True)
    position: Mapped[int]
    process: Mapped[Line]
    level: Mapped[Word | None]
    materials: Mapped[Terms]
    envelope_mm: Mapped[list[float] | None] = mapped_column(Json)
    diameter_mm: Mapped[Real | None]
    length_mm: Mapped[Real | None]
    sheet_thickness_mm: Mapped[Real | None]
    max_mass_kg: Mapped[Real | None]
    tolerance_it: Mapped[int | None]
    roughness_ra_um: Mapped[Real | None]
    hardness_hv: Mapped[Real | None]
    height_mm: Mapped[Real | None]
    wall_mm: Mapped[Real | None]
    gear_module_mm: Mapped[Real | None]
    gear_grade: Mapped[int | None]
    thread_mm: Mapped[Real | None]
    lot_min: Mapped[int | None]
    lot_max: Mapped[int | None]
    lead_time_days: Mapped[int | None]
    note: Mapped[Line | None]

    profile: Mapped[Profile] = relationship(back_populates="capabilities")

    __table_args__ = (
        one_of("level", ("core", "supplementary", "bought-out")),
        CheckConstraint("tolerance_it BETWEEN 1 AND 18", name="tolerance_it"),
        CheckConstraint("lot_min <= lot_max", name="lot"),
    )


class Equipment(Base):
    """A machine or a group of equal machines, with the largest part it takes (mm, kg) and the IT grade it
    holds.

    `details` is kept for values that depend on the type: force, bar, furnace; nothing fills it yet.
    """

    __tablename__ = "equipment"

    id: Mapped[Key]
    profile_id: Mapped[int] = mapped_column(ForeignKey("profile.id"), index=True)
    position: Mapped[int]
    name: Mapped[Line]
    type: Mapped[Line | None]
    type_codes: Mapped[Terms]
    quantity: Mapped[int | None]
    year: Mapped[int | None]
    maker: Mapped[Line | None]
    cnc: Mapped[bool | None]
    axes: Mapped[int | None]
    spare_hours_per_month: Mapped[Real | None]
    envelope_mm: Mapped[list[float] | None] = mapped_column(Json)
    diameter_mm: Mapped[Real | None]
    length_mm: Mapped[Real | None]
    max_mass_kg: Mapped[Real | None]
    tolerance_it: Mapped[int | None]
    details: Mapped[Details]

    profile: Mapped[Profile] = relationship(back_populates="equipment")

    __table_args__ = (CheckConstraint("quantity > 0", name="quantity"),)


class SpareCapacity(Base):
    """The machine-hours of a group in an ISO week, the week as year·100 + number (202648); free hours are the
    rest.
    """

    __tablename__ = "spare_capacity"

    id: Mapped[Key]
    profile_id: Mapped[int] = mapped_column(ForeignKey("profile.id"))
    group_code: Mapped[Code]
    week: Mapped[int]
    maximum_hours: Mapped[Real]
    agreed_hours: Mapped[float] = mapped_column(Float(53), default=0.0)
    stated_at: Mapped[Moment]

    profile: Mapped[Profile] = relationship(back_populates="capacity")

    __table_args__ = (
        UniqueConstraint("profile_id", "group_code", "week"),
        CheckConstraint("week BETWEEN 200001 AND 219953", name="week"),
        CheckConstraint("agreed_hours >= 0 AND maximum_hours >= agreed_hours", name="hours"),
    )


class CertificateRow(PublicId, Base):
    """A certificate and the centre's work on it; `domain.certificate` alone decides the level it gives.

    `said_on` is the day on which the supplier last said that it holds a certificate without any date, `since` the time
    at which the present paper came, `fell_at` the time at which its verification ended
    because the paper changed.
    """

    __tablename__ = "certificate"

    id: Mapped[Key]
    profile_id: Mapped[int] = mapped_column(ForeignKey("profile.id"), index=True)
    position: Mapped[int]
    standard: Mapped[Line]
    standard_code: Mapped[Code | None]
    edition: Mapped[Code | None]
    status: Mapped[CertificateStatus]
    number: Mapped[Line | None]
    body: Mapped[Line | None]
    accreditation: Mapped[Line | None]
    issued: Mapped[Day | None]
    valid_until: Mapped[Day | None]
    scope: Mapped[Prose | None]
    said_on: Mapped[Day | None]
    verified: Mapped[bool] = mapped_column(default=False)
    verified_at: Mapped[Moment | None]
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    verified_how: Mapped[Line | None]
    evidence: Mapped[Prose | None]
    suspended_at: Mapped[Moment | None]
    suspended_why: Mapped[Line | None]
    since: Mapped[Moment | None]
    fell_at: Mapped[Moment | None]

    profile: Mapped[Profile] = relationship(back_populates="certificates")
    verified_by: Mapped[User | None] = relationship()

    __table_args__ = (
        Index(None, "valid_until"),
        # Of the queues of the centre, which are counted from them alone.
        Index(None, "status", "valid_until", "profile_id"),
        Index("ix_certificate_to_verify", "status", "verified", "profile_id", "valid_until", "since"),
        one_of("status", CertificateStatus),
        CheckConstraint("issued <= valid_until", name="dates"),
    )


class Reference(Base):
    """Past work for a customer."""

    __tablename__ = "reference"

    id: Mapped[Key]
    profile_id: Mapped[int] = mapped_column(ForeignKey("profile.id"), index=True)
    position: Mapped[int]
    customer: Mapped[Line]
    product: Mapped[Line | None]
    year: Mapped[int | None]

    profile: Mapped[Profile] = relationship(back_populates="references")


class Fact(Base):
    """The source and the age of a key of a profile's record ("equipment", "name.ru") that was said after the profile was made.

    `stated_on` is the day on which it was said, `batch_id` the import that said it, or `source` the form of its file where imports were not
    kept yet; neither where a person did. What has no such row is as old and from where its profile is. The other columns are kept
    for the evidence that a fact will have.
    """

    __tablename__ = "fact"

    id: Mapped[Key]
    profile_id: Mapped[int] = mapped_column(ForeignKey("profile.id"))
    field: Mapped[Code]
    source: Mapped[Line | None]
    evidence: Mapped[Prose | None]
    stated_on: Mapped[Day | None]
    verified_on: Mapped[Day | None]
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"))

    profile: Mapped[Profile] = relationship(back_populates="facts")

    __table_args__ = (UniqueConstraint("profile_id", "field"),)
