"""The tables of the first release. A database that stands at 0012 has them already."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = None
branch_labels = None
depends_on = None

# The types as this version has them: a later change of the models' types leaves it as it is.
PUBLIC_ID = sa.String(16)
WORD = sa.String(20)
CODE = sa.String(100)
LINE = sa.String(300)
REAL = sa.Float(53)
MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON()
SORTED = LINE.with_variant(sa.String(300, collation="C"), "postgresql")
FOLDED = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

# In the order in which they refer to each other.
TABLES = (
    "centre",
    "organisation",
    "organisation_alias",
    "site",
    "user_account",
    "membership",
    "user_session",
    "access_key",
    "saved_search",
    "typed_text",
    "profile",
    "capability",
    "equipment",
    "certificate",
    "reference",
    "fact",
    "spare_capacity",
    "finding",
    "distinct_pair",
    "profile_redirect",
    "profile_viewing",
    "need",
    "need_centre",
    "agreement",
    "match_run",
    "match",
    "decision",
    "decision_undone",
    "delivery_rating",
    "message",
    "quote",
    "stored_file",
    "import_batch",
    "import_row",
    "audit_entry",
    "outbox",
    "indexed_document",
    "index_state",
    "job",
    "mail",
    "assignment",
    "once",
    "login_failure",
)


def _centres_and_organisations() -> None:
    op.create_table(
        "centre",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("name_ru", LINE),
        sa.Column("name_en", LINE),
        sa.Column("contacts", JSON, nullable=False),
        sa.Column("details", JSON, nullable=False),
        sa.Column("public_id", PUBLIC_ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_centre"),
        sa.UniqueConstraint("code", name="uq_centre_code"),
        sa.UniqueConstraint("public_id", name="uq_centre_public_id"),
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("external_id", CODE),
        sa.Column("inn", sa.String(12)),
        sa.Column("name_ru", LINE),
        sa.Column("name_en", LINE),
        sa.Column("sort_ru", SORTED, nullable=False),
        sa.Column("sort_en", SORTED, nullable=False),
        sa.Column("search_key", FOLDED, nullable=False),
        sa.Column("region", LINE),
        sa.Column("region_code", CODE),
        sa.Column("city", LINE),
        sa.Column("address", LINE),
        sa.Column("latitude", REAL),
        sa.Column("longitude", REAL),
        sa.Column("is_contractor", sa.Boolean(), nullable=False),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        sa.Column("source", LINE),
        sa.Column("details", JSON, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("public_id", PUBLIC_ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.CheckConstraint("latitude BETWEEN -90 AND 90", name="ck_organisation_latitude"),
        sa.CheckConstraint("longitude BETWEEN -180 AND 180", name="ck_organisation_longitude"),
        sa.CheckConstraint("name_ru IS NOT NULL OR name_en IS NOT NULL", name="ck_organisation_named"),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name="fk_organisation_centre_id"),
        sa.PrimaryKeyConstraint("id", name="pk_organisation"),
        sa.UniqueConstraint("centre_id", "external_id", name="uq_organisation_centre_id_external_id"),
        sa.UniqueConstraint("public_id", name="uq_organisation_public_id"),
    )
    op.create_index("ix_organisation_centre_id_inn", "organisation", ["centre_id", "inn"])
    op.create_index("ix_organisation_sort_en", "organisation", ["sort_en"])
    op.create_index("ix_organisation_sort_ru", "organisation", ["sort_ru"])
    op.create_table(
        "organisation_alias",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("external_id", CODE, nullable=False),
        sa.Column("content_hash", sa.String(32)),
        sa.Column("source", LINE),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name="fk_organisation_alias_centre_id"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_organisation_alias_organisation_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_organisation_alias"),
        sa.UniqueConstraint("centre_id", "external_id", name="uq_organisation_alias_centre_id_external_id"),
    )
    op.create_index("ix_organisation_alias_organisation_id", "organisation_alias", ["organisation_id"])
    op.create_table(
        "site",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", WORD),
        sa.Column("name", LINE),
        sa.Column("address", LINE),
        sa.Column("region_code", CODE),
        sa.Column("city", LINE),
        sa.Column("latitude", REAL),
        sa.Column("longitude", REAL),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_site_organisation_id"),
        sa.PrimaryKeyConstraint("id", name="pk_site"),
    )
    op.create_index("ix_site_organisation_id", "site", ["organisation_id"])


def _people() -> None:
    op.create_table(
        "user_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", LINE, nullable=False),
        sa.Column("email_key", LINE, nullable=False),
        sa.Column("name", LINE, nullable=False),
        sa.Column("password_hash", LINE),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("confirmed_at", MOMENT),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("totp_secret", LINE),
        sa.Column("recovery_codes", JSON, nullable=False),
        sa.Column("consents", JSON, nullable=False),
        sa.Column("preferences", JSON, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("public_id", PUBLIC_ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("totp_step", sa.Integer()),
        sa.CheckConstraint("language IN ('ru', 'en')", name="ck_user_account_language"),
        sa.PrimaryKeyConstraint("id", name="pk_user_account"),
        sa.UniqueConstraint("email_key", name="uq_user_account_email_key"),
        sa.UniqueConstraint("public_id", name="uq_user_account_public_id"),
    )
    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(30), nullable=False),
        sa.Column("centre_id", sa.Integer()),
        sa.Column("organisation_id", sa.Integer()),
        sa.Column("state", WORD, nullable=False),
        sa.Column("chief", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "role IN ('supplier_editor', 'contractor_buyer', 'operator', 'centre_administrator', 'network_administrator')",
            name="ck_membership_role",
        ),
        sa.CheckConstraint("state IN ('active', 'asked', 'refused')", name="ck_membership_state"),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name="fk_membership_centre_id"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_membership_organisation_id"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_membership_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_membership"),
        sa.UniqueConstraint(
            "user_id",
            "role",
            "centre_id",
            "organisation_id",
            name="uq_membership_user_id_role_centre_id_organisation_id",
        ),
    )
    op.create_index("ix_membership_centre_id", "membership", ["centre_id"])
    op.create_index("ix_membership_organisation_id", "membership", ["organisation_id"])
    op.create_table(
        "user_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("address", LINE),
        sa.Column("agent", LINE),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_user_session_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_user_session"),
        sa.UniqueConstraint("token_hash", name="uq_user_session_token_hash"),
    )
    op.create_index("ix_user_session_user_id_ended_at", "user_session", ["user_id", "ended_at"])
    op.create_table(
        "access_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", LINE, nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("scopes", JSON, nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_access_key_user_id_user_account"),
        sa.PrimaryKeyConstraint("id", name="pk_access_key"),
        sa.UniqueConstraint("secret_hash", name="uq_access_key_secret_hash"),
    )
    op.create_index("ix_access_key_user_id", "access_key", ["user_id"])
    op.create_table(
        "saved_search",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", LINE, nullable=False),
        sa.Column("query", sa.String(2000), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("looked_at", MOMENT, nullable=False),
        sa.Column("public_id", PUBLIC_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name="fk_saved_search_user_id_user_account"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_saved_search"),
        sa.UniqueConstraint("public_id", name="uq_saved_search_public_id"),
        sa.UniqueConstraint("user_id", "name", name="uq_saved_search_user_id_name"),
    )
    op.create_index("ix_saved_search_user_id_created_at", "saved_search", ["user_id", "created_at"])
    op.create_table(
        "typed_text",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("page", sa.String(200), nullable=False),
        sa.Column("given", sa.Text(), nullable=False),
        sa.Column("typed", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_typed_text_user_id_user_account"),
        sa.PrimaryKeyConstraint("user_id", "page", name="pk_typed_text"),
    )


def _profiles() -> None:
    op.create_table(
        "profile",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("description", JSON),
        sa.Column("sectors", JSON, nullable=False),
        sa.Column("sector_codes", JSON, nullable=False),
        sa.Column("languages", JSON, nullable=False),
        sa.Column("employees", sa.Integer()),
        sa.Column("founded", sa.Integer()),
        sa.Column("size_class", WORD),
        sa.Column("capacity_kind", WORD),
        sa.Column("export_ready", sa.Boolean()),
        sa.Column("contacts", JSON),
        sa.Column("updated", sa.Date()),
        sa.Column("content_hash", sa.String(32)),
        sa.Column("source", LINE),
        sa.Column("waiting", JSON),
        sa.Column("remarks", JSON, nullable=False),
        sa.Column("visibility", JSON, nullable=False),
        sa.Column("details", JSON, nullable=False),
        sa.Column("published_at", MOMENT),
        sa.Column("confirmed_at", MOMENT),
        sa.Column("edited_at", MOMENT),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("public_id", PUBLIC_ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("review", WORD),
        sa.CheckConstraint("capacity_kind IN ('general', 'specialised')", name="ck_profile_capacity_kind"),
        sa.CheckConstraint("employees >= 0", name="ck_profile_employees"),
        sa.CheckConstraint("review IN ('draft', 'submitted', 'returned')", name="ck_profile_review"),
        sa.CheckConstraint(
            "size_class IN ('micro', 'small', 'medium', 'large')", name="ck_profile_size_class"
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'returned', 'published', 'blocked')", name="ck_profile_state"
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_profile_organisation_id"),
        sa.PrimaryKeyConstraint("id", name="pk_profile"),
        sa.UniqueConstraint("organisation_id", name="uq_profile_organisation_id"),
        sa.UniqueConstraint("public_id", name="uq_profile_public_id"),
    )
    op.create_index("ix_profile_state", "profile", ["state"])
    op.create_table(
        "capability",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("process", LINE, nullable=False),
        sa.Column("process_codes", JSON, nullable=False),
        sa.Column("level", WORD),
        sa.Column("materials", JSON, nullable=False),
        sa.Column("material_codes", JSON, nullable=False),
        sa.Column("envelope_mm", JSON),
        sa.Column("diameter_mm", REAL),
        sa.Column("length_mm", REAL),
        sa.Column("sheet_thickness_mm", REAL),
        sa.Column("max_mass_kg", REAL),
        sa.Column("tolerance_it", sa.Integer()),
        sa.Column("roughness_ra_um", REAL),
        sa.Column("lot_min", sa.Integer()),
        sa.Column("lot_max", sa.Integer()),
        sa.Column("lead_time_days", sa.Integer()),
        sa.Column("note", LINE),
        sa.Column("details", JSON, nullable=False),
        sa.CheckConstraint("level IN ('core', 'supplementary', 'bought-out')", name="ck_capability_level"),
        sa.CheckConstraint("lot_min <= lot_max", name="ck_capability_lot"),
        sa.CheckConstraint("tolerance_it BETWEEN 1 AND 18", name="ck_capability_tolerance_it"),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name="fk_capability_profile_id"),
        sa.PrimaryKeyConstraint("id", name="pk_capability"),
    )
    op.create_index("ix_capability_profile_id", "capability", ["profile_id"])
    op.create_table(
        "equipment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", LINE, nullable=False),
        sa.Column("type", LINE),
        sa.Column("type_codes", JSON, nullable=False),
        sa.Column("quantity", sa.Integer()),
        sa.Column("year", sa.Integer()),
        sa.Column("maker", LINE),
        sa.Column("cnc", sa.Boolean()),
        sa.Column("axes", sa.Integer()),
        sa.Column("spare_hours_per_month", REAL),
        sa.Column("details", JSON, nullable=False),
        sa.Column("envelope_mm", JSON),
        sa.Column("diameter_mm", REAL),
        sa.Column("length_mm", REAL),
        sa.Column("max_mass_kg", REAL),
        sa.Column("tolerance_it", sa.Integer()),
        sa.CheckConstraint("quantity > 0", name="ck_equipment_quantity"),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name="fk_equipment_profile_id"),
        sa.PrimaryKeyConstraint("id", name="pk_equipment"),
    )
    op.create_index("ix_equipment_profile_id", "equipment", ["profile_id"])
    op.create_table(
        "certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("standard", LINE, nullable=False),
        sa.Column("standard_code", CODE),
        sa.Column("status", WORD, nullable=False),
        sa.Column("number", LINE),
        sa.Column("body", LINE),
        sa.Column("accreditation", LINE),
        sa.Column("issued", sa.Date()),
        sa.Column("valid_until", sa.Date()),
        sa.Column("scope", sa.Text()),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("verified_at", MOMENT),
        sa.Column("verified_by_id", sa.Integer()),
        sa.Column("verified_how", LINE),
        sa.Column("evidence", sa.Text()),
        sa.Column("suspended_at", MOMENT),
        sa.Column("suspended_why", LINE),
        sa.Column("public_id", PUBLIC_ID, nullable=False),
        sa.Column("since", MOMENT),
        sa.Column("fell_at", MOMENT),
        sa.CheckConstraint("issued <= valid_until", name="ck_certificate_dates"),
        sa.CheckConstraint(
            "status IN ('implementing', 'certified', 'suspended')", name="ck_certificate_status"
        ),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name="fk_certificate_profile_id"),
        sa.ForeignKeyConstraint(
            ["verified_by_id"], ["user_account.id"], name="fk_certificate_verified_by_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_certificate"),
        sa.UniqueConstraint("public_id", name="uq_certificate_public_id"),
    )
    op.create_index("ix_certificate_profile_id", "certificate", ["profile_id"])
    op.create_index("ix_certificate_valid_until", "certificate", ["valid_until"])
    op.create_table(
        "reference",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("customer", LINE, nullable=False),
        sa.Column("product", LINE),
        sa.Column("year", sa.Integer()),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name="fk_reference_profile_id"),
        sa.PrimaryKeyConstraint("id", name="pk_reference"),
    )
    op.create_index("ix_reference_profile_id", "reference", ["profile_id"])
    op.create_table(
        "fact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("field", CODE, nullable=False),
        sa.Column("source", LINE),
        sa.Column("evidence", sa.Text()),
        sa.Column("stated_on", sa.Date()),
        sa.Column("verified_on", sa.Date()),
        sa.Column("verified_by_id", sa.Integer()),
        sa.Column("half_life_days", sa.Integer()),
        sa.CheckConstraint("half_life_days > 0", name="ck_fact_half_life_days"),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name="fk_fact_profile_id"),
        sa.ForeignKeyConstraint(["verified_by_id"], ["user_account.id"], name="fk_fact_verified_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_fact"),
        sa.UniqueConstraint("profile_id", "field", name="uq_fact_profile_id_field"),
    )
    op.create_table(
        "spare_capacity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("group_code", CODE, nullable=False),
        sa.Column("week", sa.Integer(), nullable=False),
        sa.Column("maximum_hours", REAL, nullable=False),
        sa.Column("agreed_hours", REAL, nullable=False),
        sa.Column("stated_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "agreed_hours >= 0 AND maximum_hours >= agreed_hours", name="ck_spare_capacity_hours"
        ),
        sa.CheckConstraint("week BETWEEN 200001 AND 219953", name="ck_spare_capacity_week"),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name="fk_spare_capacity_profile_id"),
        sa.PrimaryKeyConstraint("id", name="pk_spare_capacity"),
        sa.UniqueConstraint(
            "profile_id", "group_code", "week", name="uq_spare_capacity_profile_id_group_code_week"
        ),
    )


def _profile_work() -> None:
    op.create_table(
        "finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", PUBLIC_ID, nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("item", JSON),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "kind IN ('basics', 'capabilities', 'equipment', 'certificates', 'unread')",
            name="ck_finding_kind",
        ),
        sa.CheckConstraint("state IN ('waiting', 'added', 'passed')", name="ck_finding_state"),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name="fk_finding_profile_id_profile"),
        sa.PrimaryKeyConstraint("id", name="pk_finding"),
        sa.UniqueConstraint("public_id", name="uq_finding_public_id"),
    )
    op.create_index("ix_finding_profile_id_state", "finding", ["profile_id", "state"])
    op.create_table(
        "distinct_pair",
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("first_id < second_id", name="ck_distinct_pair_ordered"),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name="fk_distinct_pair_by_id_user_account"),
        sa.ForeignKeyConstraint(
            ["first_id"], ["organisation.id"], name="fk_distinct_pair_first_id_organisation"
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["organisation.id"], name="fk_distinct_pair_second_id_organisation"
        ),
        sa.PrimaryKeyConstraint("first_id", "second_id", name="pk_distinct_pair"),
    )
    op.create_table(
        "profile_redirect",
        sa.Column("public_id", PUBLIC_ID, nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["profile_id"], ["profile.id"], name="fk_profile_redirect_profile_id_profile"
        ),
        sa.PrimaryKeyConstraint("public_id", name="pk_profile_redirect"),
    )
    op.create_index("ix_profile_redirect_profile_id", "profile_redirect", ["profile_id"])
    op.create_table(
        "profile_viewing",
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name="fk_profile_viewing_profile_id_profile"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name="fk_profile_viewing_user_id_user_account"
        ),
        sa.PrimaryKeyConstraint("profile_id", "user_id", "day", name="pk_profile_viewing"),
    )
    op.create_index("ix_profile_viewing_user_id", "profile_viewing", ["user_id"])


def _needs() -> None:
    op.create_table(
        "need",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("external_id", CODE, nullable=False),
        sa.Column("contractor_id", sa.Integer()),
        sa.Column("state", WORD, nullable=False),
        sa.Column("closed_why", LINE),
        sa.Column("title", LINE),
        sa.Column("text", sa.Text()),
        sa.Column("sort_key", SORTED, nullable=False),
        sa.Column("contractor_given", JSON),
        sa.Column("region", LINE),
        sa.Column("city", LINE),
        sa.Column("latitude", REAL),
        sa.Column("longitude", REAL),
        sa.Column("quantity", sa.Integer()),
        sa.Column("deliver_by", sa.Date()),
        sa.Column("requirements", JSON, nullable=False),
        sa.Column("strictness", JSON, nullable=False),
        sa.Column("updated", sa.Date()),
        sa.Column("reach", WORD, nullable=False),
        sa.Column("disclosure", WORD, nullable=False),
        sa.Column("channel", WORD),
        sa.Column("kind", WORD),
        sa.Column("quotes_until", MOMENT),
        sa.Column("most_invited", sa.Integer()),
        sa.Column("details", JSON, nullable=False),
        sa.Column("content_hash", sa.String(32)),
        sa.Column("source", LINE),
        sa.Column("published_at", MOMENT),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("public_id", PUBLIC_ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("quotes_sealed", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.CheckConstraint(
            "channel IN ('portal', 'phone', 'e-mail', 'visit', 'fair', 'centre', 'file')",
            name="ck_need_channel",
        ),
        sa.CheckConstraint(
            "disclosure IN ('open', 'name-hidden', 'nda', 'invited')", name="ck_need_disclosure"
        ),
        sa.CheckConstraint("kind IN ('overflow', 'specialised')", name="ck_need_kind"),
        sa.CheckConstraint("quantity > 0", name="ck_need_quantity"),
        sa.CheckConstraint("reach IN ('centre', 'chosen', 'network')", name="ck_need_reach"),
        sa.CheckConstraint("title IS NOT NULL OR text IS NOT NULL", name="ck_need_said"),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'published', 'shortlisting', 'negotiation', 'contracted', 'completed', 'closed', 'expired')",
            name="ck_need_state",
        ),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name="fk_need_centre_id"),
        sa.ForeignKeyConstraint(["contractor_id"], ["organisation.id"], name="fk_need_contractor_id"),
        sa.PrimaryKeyConstraint("id", name="pk_need"),
        sa.UniqueConstraint("centre_id", "external_id", name="uq_need_centre_id_external_id"),
        sa.UniqueConstraint("public_id", name="uq_need_public_id"),
    )
    op.create_index("ix_need_contractor_id", "need", ["contractor_id"])
    op.create_index("ix_need_state_created_at", "need", ["state", "created_at"])
    op.create_table(
        "need_centre",
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name="fk_need_centre_centre_id"),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name="fk_need_centre_need_id"),
        sa.PrimaryKeyConstraint("need_id", "centre_id", name="pk_need_centre"),
    )
    op.create_table(
        "agreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("text_hash", sa.String(64), nullable=False),
        sa.Column("accepted_at", MOMENT, nullable=False),
        sa.Column("withdrawn_at", MOMENT),
        sa.Column("public_id", PUBLIC_ID, nullable=False),
        sa.Column("files", JSON),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name="fk_agreement_need_id_need"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_agreement_organisation_id_organisation"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_agreement_user_id_user_account"),
        sa.PrimaryKeyConstraint("id", name="pk_agreement"),
        sa.UniqueConstraint("public_id", name="uq_agreement_public_id"),
    )
    op.create_index("ix_agreement_need_id_organisation_id", "agreement", ["need_id", "organisation_id"])
    op.create_index("ix_agreement_organisation_id", "agreement", ["organisation_id"])
    op.create_table(
        "match_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_id", sa.Integer()),
        sa.Column("ranker", CODE, nullable=False),
        sa.Column("moves", JSON, nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name="fk_match_run_by_id_user_account"),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name="fk_match_run_need_id_need"),
        sa.PrimaryKeyConstraint("id", name="pk_match_run"),
    )
    op.create_index("ix_match_run_need_id", "match_run", ["need_id"])


def _matches() -> None:
    op.create_table(
        "match",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("score", REAL),
        sa.Column("position", sa.Integer()),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.Column("explanation", JSON),
        sa.Column("ranker", CODE),
        sa.Column("note", sa.Text()),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("public_id", PUBLIC_ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("rank", sa.Integer()),
        sa.Column("placed_at", MOMENT),
        sa.Column("notified_at", MOMENT),
        sa.Column("released_at", MOMENT),
        sa.Column("wanted_at", MOMENT),
        sa.Column("asked_at", MOMENT),
        sa.CheckConstraint("score BETWEEN 0 AND 1", name="ck_match_score"),
        sa.CheckConstraint(
            "state IN ('proposed', 'approved', 'rejected', 'invited', 'interested', 'declined', 'quoted', 'contracted', 'lost')",
            name="ck_match_state",
        ),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name="fk_match_need_id"),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name="fk_match_profile_id"),
        sa.PrimaryKeyConstraint("id", name="pk_match"),
        sa.UniqueConstraint("need_id", "profile_id", name="uq_match_need_id_profile_id"),
        sa.UniqueConstraint("public_id", name="uq_match_public_id"),
    )
    op.create_index("ix_match_profile_id", "match", ["profile_id"])
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("reason", LINE),
        sa.Column("reason_code", CODE),
        sa.Column("note", sa.Text()),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("at_given", sa.String(40)),
        sa.Column("by_id", sa.Integer()),
        sa.Column("source", LINE),
        sa.Column("content_hash", sa.String(32)),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("public_id", PUBLIC_ID, nullable=False),
        sa.CheckConstraint(
            "kind IN ('approved', 'rejected', 'invited', 'interested', 'declined', 'quoted', 'contracted', 'lost')",
            name="ck_decision_kind",
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name="fk_decision_by_id"),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name="fk_decision_need_id"),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name="fk_decision_profile_id"),
        sa.PrimaryKeyConstraint("id", name="pk_decision"),
        sa.UniqueConstraint("content_hash", name="uq_decision_content_hash"),
        sa.UniqueConstraint("public_id", name="uq_decision_public_id"),
    )
    op.create_index("ix_decision_need_id_profile_id_at", "decision", ["need_id", "profile_id", "at"])
    op.create_index("ix_decision_profile_id", "decision", ["profile_id"])
    op.create_table(
        "decision_undone",
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name="fk_decision_undone_by_id_user_account"),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name="fk_decision_undone_decision_id_decision"
        ),
        sa.PrimaryKeyConstraint("decision_id", name="pk_decision_undone"),
    )
    op.create_table(
        "delivery_rating",
        sa.Column("match_id", sa.Integer(), nullable=False),
        sa.Column("quality", sa.Integer(), nullable=False),
        sa.Column("timeliness", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text()),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("value_band", WORD),
        sa.Column("repeat_order", sa.Boolean()),
        sa.Column("on_time", sa.Boolean()),
        sa.Column("defects_per_thousand", REAL),
        sa.CheckConstraint("defects_per_thousand BETWEEN 0 AND 1000", name="ck_delivery_rating_defects"),
        sa.CheckConstraint("quality BETWEEN 1 AND 5", name="ck_delivery_rating_quality"),
        sa.CheckConstraint("timeliness BETWEEN 1 AND 5", name="ck_delivery_rating_timeliness"),
        sa.CheckConstraint(
            "value_band IN ('to-100', 'to-500', 'to-2000', 'to-10000', 'to-50000', 'more')",
            name="ck_delivery_rating_value_band",
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name="fk_delivery_rating_by_id_user_account"),
        sa.ForeignKeyConstraint(["match_id"], ["match.id"], name="fk_delivery_rating_match_id_match"),
        sa.PrimaryKeyConstraint("match_id", name="pk_delivery_rating"),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("match_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer()),
        sa.Column("audience", WORD, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("public_id", PUBLIC_ID, nullable=False),
        sa.Column("side", WORD, nullable=False),
        sa.CheckConstraint(
            "audience IN ('all', 'supplier', 'contractor', 'centre')", name="ck_message_audience"
        ),
        sa.CheckConstraint("side IN ('supplier', 'contractor', 'centre')", name="ck_message_side"),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name="fk_message_by_id"),
        sa.ForeignKeyConstraint(["match_id"], ["match.id"], name="fk_message_match_id"),
        sa.PrimaryKeyConstraint("id", name="pk_message"),
        sa.UniqueConstraint("public_id", name="uq_message_public_id"),
    )
    op.create_index("ix_message_match_id", "message", ["match_id"])
    op.create_table(
        "quote",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("match_id", sa.Integer(), nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("amount_minor", sa.BigInteger()),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("batch_prices", JSON),
        sa.Column("lead_time_days", sa.Integer()),
        sa.Column("valid_until", sa.Date()),
        sa.Column("text", sa.Text()),
        sa.Column("submitted_at", MOMENT),
        sa.Column("details", JSON, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("public_id", PUBLIC_ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.CheckConstraint("amount_minor > 0", name="ck_quote_amount"),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'withdrawn', 'accepted', 'refused')", name="ck_quote_state"
        ),
        sa.ForeignKeyConstraint(["match_id"], ["match.id"], name="fk_quote_match_id"),
        sa.PrimaryKeyConstraint("id", name="pk_quote"),
        sa.UniqueConstraint("public_id", name="uq_quote_public_id"),
    )
    op.create_index("ix_quote_match_id", "quote", ["match_id"], unique=True)


def _files() -> None:
    op.create_table(
        "stored_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer()),
        sa.Column("profile_id", sa.Integer()),
        sa.Column("certificate_id", sa.Integer()),
        sa.Column("role", WORD, nullable=False),
        sa.Column("name", LINE, nullable=False),
        sa.Column("media_type", CODE, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer()),
        sa.Column("details", JSON, nullable=False),
        sa.Column("public_id", PUBLIC_ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("quote_id", sa.Integer()),
        sa.CheckConstraint(
            "role IN ('drawing', 'model', 'specification', 'scan', 'photo', 'evidence', 'import', 'quote')",
            name="ck_stored_file_role",
        ),
        sa.CheckConstraint("size > 0", name="ck_stored_file_size"),
        sa.ForeignKeyConstraint(["certificate_id"], ["certificate.id"], name="fk_stored_file_certificate_id"),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name="fk_stored_file_need_id"),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name="fk_stored_file_profile_id"),
        sa.ForeignKeyConstraint(["quote_id"], ["quote.id"], name="fk_stored_file_quote_id_quote"),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"], ["user_account.id"], name="fk_stored_file_uploaded_by_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_stored_file"),
        sa.UniqueConstraint("public_id", name="uq_stored_file_public_id"),
    )
    op.create_index("ix_stored_file_certificate_id", "stored_file", ["certificate_id"])
    op.create_index("ix_stored_file_need_id", "stored_file", ["need_id"])
    op.create_index("ix_stored_file_profile_id", "stored_file", ["profile_id"])
    op.create_index("ix_stored_file_quote_id", "stored_file", ["quote_id"])
    op.create_index("ix_stored_file_sha256", "stored_file", ["sha256"])
    op.create_table(
        "import_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("source", LINE, nullable=False),
        sa.Column("file_name", LINE, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("next_line", sa.Integer(), nullable=False),
        sa.Column("counts", JSON, nullable=False),
        sa.Column("public_id", PUBLIC_ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("by_id", sa.Integer()),
        sa.Column("kind", WORD),
        sa.Column("sheet", JSON),
        sa.Column("suffix", WORD),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("error", JSON),
        sa.CheckConstraint(
            "state IN ('checking', 'checked', 'running', 'done', 'failed', 'discarded', 'undone')",
            name="ck_import_batch_state",
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name="fk_import_batch_by_id"),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name="fk_import_batch_centre_id"),
        sa.PrimaryKeyConstraint("id", name="pk_import_batch"),
        sa.UniqueConstraint("public_id", name="uq_import_batch_public_id"),
    )
    op.create_index("ix_import_batch_sha256", "import_batch", ["sha256"])
    op.create_table(
        "import_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("kind", WORD),
        sa.Column("external_id", CODE),
        sa.Column("outcome", WORD, nullable=False),
        sa.Column("problems", JSON),
        sa.CheckConstraint("outcome IN ('new', 'changed', 'same', 'refused')", name="ck_import_row_outcome"),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name="fk_import_row_batch_id"),
        sa.PrimaryKeyConstraint("id", name="pk_import_row"),
        sa.UniqueConstraint("batch_id", "line", name="uq_import_row_batch_id_line"),
    )


def _journal_and_index() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", LINE, nullable=False),
        sa.Column("action", CODE, nullable=False),
        sa.Column("object_kind", WORD, nullable=False),
        sa.Column("object_id", CODE, nullable=False),
        sa.Column("centre", sa.String(40)),
        sa.Column("details", JSON, nullable=False),
        sa.Column("previous_hash", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_entry"),
        sa.UniqueConstraint("hash", name="uq_audit_entry_hash"),
    )
    op.create_index("ix_audit_entry_object_kind_object_id", "audit_entry", ["object_kind", "object_id"])
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", PUBLIC_ID, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("taken_by", sa.String(32)),
        sa.Column("error", LINE),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'taken', 'dead')", name="ck_outbox_state"),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
    )
    op.create_index("ix_outbox_key", "outbox", ["key"])
    op.create_index("ix_outbox_state_due_at", "outbox", ["state", "due_at"])
    op.create_table(
        "indexed_document",
        sa.Column("key", PUBLIC_ID, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("key", name="pk_indexed_document"),
    )
    op.create_index("ix_indexed_document_stamp", "indexed_document", ["stamp"])
    op.create_table(
        "index_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("taxonomy", sa.String(40)),
        sa.CheckConstraint("id = 1", name="ck_index_state_single"),
        sa.PrimaryKeyConstraint("id", name="pk_index_state"),
    )


def _machinery() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("arguments", JSON, nullable=False),
        sa.Column("result", JSON),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("heartbeat_at", MOMENT),
        sa.Column("error", sa.Text()),
        sa.Column("public_id", PUBLIC_ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'failed', 'cancelled')", name="ck_job_state"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
        sa.UniqueConstraint("public_id", name="uq_job_public_id"),
    )
    op.create_index("ix_job_state_due_at", "job", ["state", "due_at"])
    op.create_table(
        "mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(200), nullable=False),
        sa.Column("recipient", LINE, nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("subject", LINE, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text()),
        sa.Column("state", WORD, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT),
        sa.Column("error", LINE),
        sa.Column("public_id", PUBLIC_ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("leave", sa.Text()),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'dead')", name="ck_mail_state"),
        sa.PrimaryKeyConstraint("id", name="pk_mail"),
        sa.UniqueConstraint("message_id", name="uq_mail_message_id"),
        sa.UniqueConstraint("public_id", name="uq_mail_public_id"),
    )
    op.create_index("ix_mail_state_due_at", "mail", ["state", "due_at"])
    op.create_table(
        "assignment",
        sa.Column("object_kind", WORD, nullable=False),
        sa.Column("object_id", PUBLIC_ID, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "object_kind IN ('need', 'profile', 'certificate')", name="ck_assignment_object_kind"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_assignment_user_id"),
        sa.PrimaryKeyConstraint("object_kind", "object_id", name="pk_assignment"),
    )
    op.create_index("ix_assignment_user_id", "assignment", ["user_id"])
    op.create_table(
        "once",
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("key", sa.String(160), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", name="pk_once"),
    )
    op.create_table(
        "login_failure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_login_failure"),
    )
    op.create_index("ix_login_failure_at", "login_failure", ["at"])
    op.create_index("ix_login_failure_subject_at", "login_failure", ["subject", "at"])


def upgrade() -> None:
    _centres_and_organisations()
    _people()
    _profiles()
    _profile_work()
    _needs()
    _matches()
    _files()
    _journal_and_index()
    _machinery()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
