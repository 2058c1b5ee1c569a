"""The tables, one file a family; importing the package completes the metadata.

A model knows its columns and its own words; work on several tables at once belongs to a service.
"""

from matchmaker.models.accounts import AccessKey, Membership, ProgramRequest, User, UserSession
from matchmaker.models.base import Base
from matchmaker.models.confidentiality import Agreement
from matchmaker.models.curating import (
    Assignment,
    DecisionUndone,
    DeliveryRating,
    DistinctPair,
    ExchangeRate,
    FirmNote,
    LikelyTwin,
    MatchRun,
    ProfileRedirect,
    ProfileViewing,
    SavedSearch,
    SavedView,
    TwinSearch,
    UndoableAct,
)
from matchmaker.models.database import Session
from matchmaker.models.development import CertificateAlarm, CertificationStep, DevelopmentCard, SupportOffer
from matchmaker.models.filling import Finding, TypedText
from matchmaker.models.journal import (
    AuditEntry,
    ImportBatch,
    ImportMapping,
    ImportRow,
    IndexedDocument,
    IndexState,
    Installation,
    Job,
    LaneBeat,
    Mail,
    Outbox,
)
from matchmaker.models.limits import Once, RateLimit
from matchmaker.models.matches import (
    Decision,
    Match,
    Message,
    Quote,
    SupplierTeam,
    SupplierTeamMember,
    UnreadMessage,
    told_open,
    within_circle,
)
from matchmaker.models.needs import Need, NeedCentre, StoredFile
from matchmaker.models.orders import OrderClaim, OrderEntry, OrderHours, PurchaseOrder
from matchmaker.models.organisations import Centre, Organisation, OrganisationAlias, RegisterFirm, Site
from matchmaker.models.profiles import (
    Capability,
    CertificateRow,
    Equipment,
    Fact,
    Profile,
    Reference,
    SpareCapacity,
)
from matchmaker.models.reporting import FigurePlan, PeriodLock
from matchmaker.models.webhooks import Webhook, WebhookMessage

__all__ = [
    "AccessKey",
    "Agreement",
    "Assignment",
    "AuditEntry",
    "Base",
    "Capability",
    "Centre",
    "CertificateAlarm",
    "CertificateRow",
    "CertificationStep",
    "Decision",
    "DecisionUndone",
    "DeliveryRating",
    "DevelopmentCard",
    "DistinctPair",
    "Equipment",
    "ExchangeRate",
    "Fact",
    "FigurePlan",
    "Finding",
    "FirmNote",
    "ImportBatch",
    "ImportMapping",
    "ImportRow",
    "IndexState",
    "IndexedDocument",
    "Installation",
    "Job",
    "LaneBeat",
    "LikelyTwin",
    "Mail",
    "Match",
    "MatchRun",
    "Membership",
    "Message",
    "Need",
    "NeedCentre",
    "Once",
    "OrderClaim",
    "OrderEntry",
    "OrderHours",
    "Organisation",
    "OrganisationAlias",
    "Outbox",
    "PeriodLock",
    "Profile",
    "ProfileRedirect",
    "ProfileViewing",
    "ProgramRequest",
    "PurchaseOrder",
    "Quote",
    "RateLimit",
    "Reference",
    "RegisterFirm",
    "SavedSearch",
    "SavedView",
    "Session",
    "Site",
    "SpareCapacity",
    "StoredFile",
    "SupplierTeam",
    "SupplierTeamMember",
    "SupportOffer",
    "TwinSearch",
    "TypedText",
    "UndoableAct",
    "UnreadMessage",
    "User",
    "UserSession",
    "Webhook",
    "WebhookMessage",
    "told_open",
    "within_circle",
]
