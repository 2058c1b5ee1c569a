"""Centres, the centres of other installations, and organisations."""

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.base import (
    Base,
    Code,
    Day,
    Details,
    Json,
    Key,
    Line,
    Moment,
    PublicId,
    Real,
    SearchText,
    SortText,
    Stamped,
    Word,
    one_of,
)

DISCLOSURE_LEVELS = ("nameless", "open")
OF_NEIGHBOUR = "neighbour"  # the source of a firm that a neighbour sent
_NAMES = "ix_organisation_names"


class Centre(PublicId, Stamped, Base):
    """A subcontracting centre; settings, files and other centres name it by `code`."""

    __tablename__ = "centre"

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name_ru: Mapped[Line | None]
    name_en: Mapped[Line | None]
    contacts: Mapped[Details]

    def name(self, language: str) -> str:
        """The name in `language`, else in the other language, else the code."""
        names = (self.name_ru, self.name_en) if language == "ru" else (self.name_en, self.name_ru)
        return next((name for name in names if name), self.code)


class Neighbour(PublicId, Stamped, Base):
    """An installation of another centre with which signed bundles are exchanged. What it sends of firms stands under
    `centre`, which nobody here works for.

    `public_key` are 32 bytes of Ed25519 as base64, `fingerprint` tells them apart. `level` is the most that leaves for it.
    A removed one keeps its row with `ended_at`, so that its old bundles stay refused after it is added again. `sent` are
    the records that it may still hold, with the time at which the last bundle that held them expires; `taken_until` is that
    of the newest bundle taken. `address` is that of its site: `pulled_at` is when it was last asked there, `fault` what came in place of
    a bundle, `asked_at` the time that its own last request named.
    """

    __tablename__ = "neighbour"

    id: Mapped[Key]
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), unique=True)
    public_key: Mapped[str] = mapped_column(String(44))
    fingerprint: Mapped[str] = mapped_column(String(40), unique=True)
    level: Mapped[Word] = mapped_column(default="nameless")
    address: Mapped[str | None] = mapped_column(String(500))
    asked_at: Mapped[Moment | None]
    pulled_at: Mapped[Moment | None]
    fault: Mapped[Line | None]
    ended_at: Mapped[Moment | None]
    sent_serial: Mapped[int] = mapped_column(BigInteger, default=0)
    sent_at: Mapped[Moment | None]
    sent: Mapped[Details]
    taken_serial: Mapped[int] = mapped_column(BigInteger, default=0)
    taken_at: Mapped[Moment | None]
    taken_until: Mapped[Moment | None]

    centre: Mapped[Centre] = relationship()

    __table_args__ = (one_of("level", DISCLOSURE_LEVELS),)


class Organisation(PublicId, Stamped, Base):
    """A legal person known to a centre: supplier, contractor or both.

    `external_id` is the id in the file it came from, unique in the centre. `details` holds what no list filters by:
    under `registration` what a register of legal persons says (ОГРН, КПП, names, activities). `sort_*` and `search_key` are computed by `domain.organisation`, never typed.
    """

    __tablename__ = "organisation"

    id: Mapped[Key]
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    external_id: Mapped[Code | None]
    inn: Mapped[str | None] = mapped_column(String(12))
    name_ru: Mapped[Line | None]
    name_en: Mapped[Line | None]
    sort_ru: Mapped[str] = mapped_column(SortText, default="")
    sort_en: Mapped[str] = mapped_column(SortText, default="")
    search_key: Mapped[str] = mapped_column(SearchText, default="")
    region: Mapped[Line | None]
    region_code: Mapped[Code | None]
    city: Mapped[Line | None]
    address: Mapped[Line | None]
    latitude: Mapped[Real | None]
    longitude: Mapped[Real | None]
    is_contractor: Mapped[bool] = mapped_column(default=False)
    blocked: Mapped[bool] = mapped_column(default=False)
    source: Mapped[Line | None]
    details: Mapped[Details]
    revision: Mapped[int] = mapped_column(default=1)

    centre: Mapped[Centre] = relationship()
    aliases: Mapped[list["OrganisationAlias"]] = relationship(
        back_populates="organisation", cascade="all, delete-orphan", order_by="OrganisationAlias.id"
    )
    sites: Mapped[list["Site"]] = relationship(
        back_populates="organisation", cascade="all, delete-orphan", order_by="Site.position"
    )

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy's way to declare it
    __table_args__ = (
        UniqueConstraint("centre_id", "external_id"),
        Index(None, "centre_id", "inn"),
        Index(None, "inn"),
        Index(None, "centre_id", "changed_at"),
        # A part of a name is looked for in it alone, in the order in which names are listed.
        Index(_NAMES, "blocked", "sort_ru", "centre_id", "is_contractor", "search_key"),
        Index(None, "sort_ru"),
        Index(None, "sort_en"),
        CheckConstraint("name_ru IS NOT NULL OR name_en IS NOT NULL", name="named"),
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
        CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
    )

    @property
    def is_of_neighbour(self) -> bool:
        """Whether another installation sent it: nobody here answers for what it says."""
        return self.source == OF_NEIGHBOUR

    def name(self, language: str) -> str:
        """The name in `language`, else in the other one."""
        first, second = (self.name_ru, self.name_en) if language == "ru" else (self.name_en, self.name_ru)
        return first or second or ""


class OrganisationAlias(Base):
    """Another id under which files name an organisation, with the hash of its record."""

    __tablename__ = "organisation_alias"

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    external_id: Mapped[Code]
    content_hash: Mapped[str | None] = mapped_column(String(32))
    source: Mapped[Line | None]

    organisation: Mapped[Organisation] = relationship(back_populates="aliases")

    __table_args__ = (UniqueConstraint("centre_id", "external_id"),)


class Site(Base):
    """A place of work beside the main address. Nothing fills it yet: it is kept for the sites that a profile will list."""

    __tablename__ = "site"

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    kind: Mapped[Word | None]
    name: Mapped[Line | None]
    address: Mapped[Line | None]
    region_code: Mapped[Code | None]
    city: Mapped[Line | None]
    latitude: Mapped[Real | None]
    longitude: Mapped[Real | None]

    organisation: Mapped[Organisation] = relationship(back_populates="sites")


class RegisterFirm(Base):
    """A firm in the words of a register of the state, as one import read them: public, and apart from the firms that the
    centre knows, so that it tells nothing of who takes part.

    The newest row of a register counts; earlier ones stay until their import can no longer be undone. `firm` is what a look-up
    shows, as `services.people.register_firms.RegisterEntry`; it holds no contacts.
    """

    __tablename__ = "register_firm"

    id: Mapped[Key]
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id"), index=True)
    source: Mapped[Word]
    inn: Mapped[str] = mapped_column(String(12))
    said_on: Mapped[Day | None]
    firm: Mapped[dict[str, Any]] = mapped_column(Json)

    __table_args__ = (Index(None, "centre_id", "inn", "source"),)


CLUSTER_KINDS = ("industrial", "innovation", "supply-chain", "mixed")
# The seven roles of participants, in the order in which a functional map shows them.
CLUSTER_ROLES = (
    "lead-plant",
    "parts-supplier",
    "service-supplier",
    "research",
    "infrastructure",
    "finance",
    "authority",
)


class SupplyCluster(PublicId, Stamped, Base):
    """A cluster as its centre registers it: firms and others that work together, in a region (a code of the taxonomy) where it has one."""

    __tablename__ = "cluster"

    id: Mapped[Key]
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), index=True)
    name_ru: Mapped[Line | None]
    name_en: Mapped[Line | None]
    kind: Mapped[Word]
    region_code: Mapped[Code | None]
    note: Mapped[Line | None]
    revision: Mapped[int] = mapped_column(default=1)

    centre: Mapped[Centre] = relationship()
    participants: Mapped[list["ClusterParticipant"]] = relationship(
        back_populates="cluster", order_by="ClusterParticipant.id", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy's way to declare it
    __table_args__ = (
        one_of("kind", CLUSTER_KINDS),
        CheckConstraint("name_ru IS NOT NULL OR name_en IS NOT NULL", name="named"),
    )

    def name(self, language: str) -> str:
        """The name in `language`, else in the other one."""
        first, second = (self.name_ru, self.name_en) if language == "ru" else (self.name_en, self.name_ru)
        return first or second or ""


class ClusterParticipant(PublicId, Base):
    """A participant of a cluster in one of CLUSTER_ROLES: a firm that the centre knows, or somebody by name alone."""

    __tablename__ = "cluster_participant"

    id: Mapped[Key]
    cluster_id: Mapped[int] = mapped_column(ForeignKey("cluster.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[Line | None]
    role: Mapped[Word]

    cluster: Mapped[SupplyCluster] = relationship(back_populates="participants")
    organisation: Mapped[Organisation | None] = relationship()

    __table_args__ = (
        one_of("role", CLUSTER_ROLES),
        CheckConstraint("(organisation_id IS NULL) <> (name IS NULL)", name="named"),
    )

    def called(self, language: str) -> str:
        """The firm's name in `language`, or the name that was typed."""
        return self.organisation.name(language) if self.organisation else self.name or ""


class ClusterLink(PublicId, Base):
    """A supply that the centre declares, from one participant to another: what, and for how much a year, in minor units of a rouble, where
    that is known.
    """

    __tablename__ = "cluster_link"

    id: Mapped[Key]
    supplier_id: Mapped[int] = mapped_column(ForeignKey("cluster_participant.id"), index=True)
    buyer_id: Mapped[int] = mapped_column(ForeignKey("cluster_participant.id"), index=True)
    what: Mapped[Line]
    year_minor: Mapped[int | None] = mapped_column(BigInteger)

    supplier: Mapped[ClusterParticipant] = relationship(foreign_keys=supplier_id)
    buyer: Mapped[ClusterParticipant] = relationship(foreign_keys=buyer_id)

    __table_args__ = (
        CheckConstraint("supplier_id <> buyer_id", name="two"),
        CheckConstraint("year_minor > 0", name="year_minor"),
    )
