"""The first tables."""

import sqlalchemy as sa
from alembic import op

from matchmaker.models.base import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:  # noqa: PLR0915 - as many statements as there are tables
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(length=300), nullable=False),
        sa.Column("action", sa.String(length=100), nullable=False),
        sa.Column("object_kind", sa.String(length=20), nullable=False),
        sa.Column("object_id", sa.String(length=100), nullable=False),
        sa.Column("centre", sa.String(length=40), nullable=True),
        sa.Column("details", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_entry_hash")),
    )
    op.create_index(
        op.f("ix_audit_entry_object_kind_object_id"),
        "audit_entry",
        ["object_kind", "object_id"],
        unique=False,
    )
    op.create_table(
        "centre",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_ru", sa.String(length=300), nullable=True),
        sa.Column("name_en", sa.String(length=300), nullable=True),
        sa.Column("contacts", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("details", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_centre")),
        sa.UniqueConstraint("code", name=op.f("uq_centre_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_centre_public_id")),
    )
    op.create_table(
        "index_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("taxonomy", sa.String(length=40), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_index_state_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_index_state")),
    )
    op.create_table(
        "indexed_document",
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_indexed_document")),
    )
    op.create_index(op.f("ix_indexed_document_stamp"), "indexed_document", ["stamp"], unique=False)
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("arguments", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("result", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("heartbeat_at", UtcDateTime(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'failed', 'cancelled')", name=op.f("ck_job_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("public_id", name=op.f("uq_job_public_id")),
    )
    op.create_index(op.f("ix_job_state_due_at"), "job", ["state", "due_at"], unique=False)
    op.create_table(
        "mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column("recipient", sa.String(length=300), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("error", sa.String(length=300), nullable=True),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'dead')", name=op.f("ck_mail_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        sa.UniqueConstraint("message_id", name=op.f("uq_mail_message_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_mail_public_id")),
    )
    op.create_index(op.f("ix_mail_state_due_at"), "mail", ["state", "due_at"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("taken_by", sa.String(length=32), nullable=True),
        sa.Column("error", sa.String(length=300), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'taken', 'dead')", name=op.f("ck_outbox_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index(op.f("ix_outbox_key"), "outbox", ["key"], unique=False)
    op.create_index(op.f("ix_outbox_state_due_at"), "outbox", ["state", "due_at"], unique=False)
    op.create_table(
        "user_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=300), nullable=False),
        sa.Column("email_key", sa.String(length=300), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("password_hash", sa.String(length=300), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("totp_secret", sa.String(length=300), nullable=True),
        sa.Column("recovery_codes", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("consents", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("preferences", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("language IN ('ru', 'en')", name=op.f("ck_user_account_language")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("email_key", name=op.f("uq_user_account_email_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_user_account_public_id")),
    )
    op.create_table(
        "import_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("file_name", sa.String(length=300), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("next_line", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("state IN ('running', 'done', 'failed')", name=op.f("ck_import_batch_state")),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_import_batch_centre_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
        sa.UniqueConstraint("public_id", name=op.f("uq_import_batch_public_id")),
    )
    op.create_index(op.f("ix_import_batch_sha256"), "import_batch", ["sha256"], unique=False)
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.String(length=100), nullable=True),
        sa.Column("inn", sa.String(length=12), nullable=True),
        sa.Column("name_ru", sa.String(length=300), nullable=True),
        sa.Column("name_en", sa.String(length=300), nullable=True),
        sa.Column(
            "sort_ru",
            sa.String(length=300).with_variant(sa.String(length=300, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "sort_en",
            sa.String(length=300).with_variant(sa.String(length=300, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("search_key", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("region", sa.String(length=300), nullable=True),
        sa.Column("region_code", sa.String(length=100), nullable=True),
        sa.Column("city", sa.String(length=300), nullable=True),
        sa.Column("address", sa.String(length=300), nullable=True),
        sa.Column("latitude", sa.Float(precision=53), nullable=True),
        sa.Column("longitude", sa.Float(precision=53), nullable=True),
        sa.Column("is_contractor", sa.Boolean(), nullable=False),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=True),
        sa.Column("details", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("latitude BETWEEN -90 AND 90", name=op.f("ck_organisation_latitude")),
        sa.CheckConstraint("longitude BETWEEN -180 AND 180", name=op.f("ck_organisation_longitude")),
        sa.CheckConstraint("name_ru IS NOT NULL OR name_en IS NOT NULL", name=op.f("ck_organisation_named")),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_organisation_centre_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("centre_id", "external_id", name=op.f("uq_organisation_centre_id_external_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_organisation_public_id")),
    )
    op.create_index(op.f("ix_organisation_centre_id_inn"), "organisation", ["centre_id", "inn"], unique=False)
    op.create_index(op.f("ix_organisation_sort_en"), "organisation", ["sort_en"], unique=False)
    op.create_index(op.f("ix_organisation_sort_ru"), "organisation", ["sort_ru"], unique=False)
    op.create_table(
        "user_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("address", sa.String(length=300), nullable=True),
        sa.Column("agent", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_user_session_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_session_token_hash")),
    )
    op.create_index(
        op.f("ix_user_session_user_id_ended_at"), "user_session", ["user_id", "ended_at"], unique=False
    )
    op.create_table(
        "import_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=True),
        sa.Column("external_id", sa.String(length=100), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("problems", sa.JSON(none_as_null=True), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('new', 'changed', 'same', 'refused')", name=op.f("ck_import_row_outcome")
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_import_row_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_row")),
        sa.UniqueConstraint("batch_id", "line", name=op.f("uq_import_row_batch_id_line")),
    )
    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("chief", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "role IN ('supplier_editor', 'contractor_buyer', 'operator', 'centre_administrator', 'network_administrator')",
            name=op.f("ck_membership_role"),
        ),
        sa.CheckConstraint("state IN ('active', 'asked', 'refused')", name=op.f("ck_membership_state")),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_membership_centre_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_membership_organisation_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_membership_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint(
            "user_id",
            "role",
            "centre_id",
            "organisation_id",
            name=op.f("uq_membership_user_id_role_centre_id_organisation_id"),
        ),
    )
    op.create_index(op.f("ix_membership_centre_id"), "membership", ["centre_id"], unique=False)
    op.create_index(op.f("ix_membership_organisation_id"), "membership", ["organisation_id"], unique=False)
    op.create_table(
        "need",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.String(length=100), nullable=False),
        sa.Column("contractor_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("closed_why", sa.String(length=300), nullable=True),
        sa.Column("title", sa.String(length=300), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column(
            "sort_key",
            sa.String(length=300).with_variant(sa.String(length=300, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("contractor_given", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("region", sa.String(length=300), nullable=True),
        sa.Column("city", sa.String(length=300), nullable=True),
        sa.Column("latitude", sa.Float(precision=53), nullable=True),
        sa.Column("longitude", sa.Float(precision=53), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=True),
        sa.Column("deliver_by", sa.Date(), nullable=True),
        sa.Column("requirements", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("strictness", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("updated", sa.Date(), nullable=True),
        sa.Column("reach", sa.String(length=20), nullable=False),
        sa.Column("disclosure", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=True),
        sa.Column("quotes_until", UtcDateTime(), nullable=True),
        sa.Column("most_invited", sa.Integer(), nullable=True),
        sa.Column("details", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("content_hash", sa.String(length=32), nullable=True),
        sa.Column("source", sa.String(length=300), nullable=True),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "channel IN ('portal', 'phone', 'e-mail', 'visit', 'fair', 'centre', 'file')",
            name=op.f("ck_need_channel"),
        ),
        sa.CheckConstraint(
            "disclosure IN ('open', 'name-hidden', 'nda', 'invited')", name=op.f("ck_need_disclosure")
        ),
        sa.CheckConstraint("kind IN ('overflow', 'specialised')", name=op.f("ck_need_kind")),
        sa.CheckConstraint("reach IN ('centre', 'chosen', 'network')", name=op.f("ck_need_reach")),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'published', 'shortlisting', 'negotiation', 'contracted', 'completed', 'closed', 'expired')",
            name=op.f("ck_need_state"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_need_quantity")),
        sa.CheckConstraint("title IS NOT NULL OR text IS NOT NULL", name=op.f("ck_need_said")),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_need_centre_id")),
        sa.ForeignKeyConstraint(["contractor_id"], ["organisation.id"], name=op.f("fk_need_contractor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need")),
        sa.UniqueConstraint("centre_id", "external_id", name=op.f("uq_need_centre_id_external_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_need_public_id")),
    )
    op.create_index(op.f("ix_need_contractor_id"), "need", ["contractor_id"], unique=False)
    op.create_index(op.f("ix_need_state_created_at"), "need", ["state", "created_at"], unique=False)
    op.create_table(
        "organisation_alias",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.String(length=100), nullable=False),
        sa.Column("content_hash", sa.String(length=32), nullable=True),
        sa.Column("source", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_organisation_alias_centre_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_organisation_alias_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_alias")),
        sa.UniqueConstraint(
            "centre_id", "external_id", name=op.f("uq_organisation_alias_centre_id_external_id")
        ),
    )
    op.create_index(
        op.f("ix_organisation_alias_organisation_id"), "organisation_alias", ["organisation_id"], unique=False
    )
    op.create_table(
        "profile",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("description", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("sectors", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("sector_codes", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("languages", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("employees", sa.Integer(), nullable=True),
        sa.Column("founded", sa.Integer(), nullable=True),
        sa.Column("size_class", sa.String(length=20), nullable=True),
        sa.Column("capacity_kind", sa.String(length=20), nullable=True),
        sa.Column("export_ready", sa.Boolean(), nullable=True),
        sa.Column("contacts", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("updated", sa.Date(), nullable=True),
        sa.Column("content_hash", sa.String(length=32), nullable=True),
        sa.Column("source", sa.String(length=300), nullable=True),
        sa.Column("waiting", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("remarks", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("visibility", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("details", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("edited_at", UtcDateTime(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "capacity_kind IN ('general', 'specialised')", name=op.f("ck_profile_capacity_kind")
        ),
        sa.CheckConstraint(
            "size_class IN ('micro', 'small', 'medium', 'large')", name=op.f("ck_profile_size_class")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'returned', 'published', 'blocked')",
            name=op.f("ck_profile_state"),
        ),
        sa.CheckConstraint("employees >= 0", name=op.f("ck_profile_employees")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_profile_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile")),
        sa.UniqueConstraint("organisation_id", name=op.f("uq_profile_organisation_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_profile_public_id")),
    )
    op.create_index(op.f("ix_profile_state"), "profile", ["state"], unique=False)
    op.create_table(
        "site",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=True),
        sa.Column("name", sa.String(length=300), nullable=True),
        sa.Column("address", sa.String(length=300), nullable=True),
        sa.Column("region_code", sa.String(length=100), nullable=True),
        sa.Column("city", sa.String(length=300), nullable=True),
        sa.Column("latitude", sa.Float(precision=53), nullable=True),
        sa.Column("longitude", sa.Float(precision=53), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_site_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
    )
    op.create_index(op.f("ix_site_organisation_id"), "site", ["organisation_id"], unique=False)
    op.create_table(
        "capability",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("process", sa.String(length=300), nullable=False),
        sa.Column("process_codes", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=True),
        sa.Column("materials", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("material_codes", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("envelope_mm", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("diameter_mm", sa.Float(precision=53), nullable=True),
        sa.Column("length_mm", sa.Float(precision=53), nullable=True),
        sa.Column("sheet_thickness_mm", sa.Float(precision=53), nullable=True),
        sa.Column("max_mass_kg", sa.Float(precision=53), nullable=True),
        sa.Column("tolerance_it", sa.Integer(), nullable=True),
        sa.Column("roughness_ra_um", sa.Float(precision=53), nullable=True),
        sa.Column("lot_min", sa.Integer(), nullable=True),
        sa.Column("lot_max", sa.Integer(), nullable=True),
        sa.Column("lead_time_days", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=True),
        sa.Column("details", sa.JSON(none_as_null=True), nullable=False),
        sa.CheckConstraint(
            "level IN ('core', 'supplementary', 'bought-out')", name=op.f("ck_capability_level")
        ),
        sa.CheckConstraint("lot_min <= lot_max", name=op.f("ck_capability_lot")),
        sa.CheckConstraint("tolerance_it BETWEEN 1 AND 18", name=op.f("ck_capability_tolerance_it")),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name=op.f("fk_capability_profile_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capability")),
    )
    op.create_index(op.f("ix_capability_profile_id"), "capability", ["profile_id"], unique=False)
    op.create_table(
        "certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("standard", sa.String(length=300), nullable=False),
        sa.Column("standard_code", sa.String(length=100), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("number", sa.String(length=300), nullable=True),
        sa.Column("body", sa.String(length=300), nullable=True),
        sa.Column("accreditation", sa.String(length=300), nullable=True),
        sa.Column("issued", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("scope", sa.Text(), nullable=True),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("verified_at", UtcDateTime(), nullable=True),
        sa.Column("verified_by_id", sa.Integer(), nullable=True),
        sa.Column("verified_how", sa.String(length=300), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("suspended_at", UtcDateTime(), nullable=True),
        sa.Column("suspended_why", sa.String(length=300), nullable=True),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.CheckConstraint(
            "status IN ('implementing', 'certified', 'suspended')", name=op.f("ck_certificate_status")
        ),
        sa.CheckConstraint("issued <= valid_until", name=op.f("ck_certificate_dates")),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name=op.f("fk_certificate_profile_id")),
        sa.ForeignKeyConstraint(
            ["verified_by_id"], ["user_account.id"], name=op.f("fk_certificate_verified_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("public_id", name=op.f("uq_certificate_public_id")),
    )
    op.create_index(op.f("ix_certificate_profile_id"), "certificate", ["profile_id"], unique=False)
    op.create_index(op.f("ix_certificate_valid_until"), "certificate", ["valid_until"], unique=False)
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("reason_code", sa.String(length=100), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("at_given", sa.String(length=40), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=300), nullable=True),
        sa.Column("content_hash", sa.String(length=32), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.CheckConstraint(
            "kind IN ('approved', 'rejected', 'invited', 'interested', 'declined', 'quoted', 'contracted', 'lost')",
            name=op.f("ck_decision_kind"),
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_decision_by_id")),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_decision_need_id")),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name=op.f("fk_decision_profile_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("content_hash", name=op.f("uq_decision_content_hash")),
        sa.UniqueConstraint("public_id", name=op.f("uq_decision_public_id")),
    )
    op.create_index(
        op.f("ix_decision_need_id_profile_id_at"), "decision", ["need_id", "profile_id", "at"], unique=False
    )
    op.create_index(op.f("ix_decision_profile_id"), "decision", ["profile_id"], unique=False)
    op.create_table(
        "equipment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("type", sa.String(length=300), nullable=True),
        sa.Column("type_codes", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("maker", sa.String(length=300), nullable=True),
        sa.Column("cnc", sa.Boolean(), nullable=True),
        sa.Column("axes", sa.Integer(), nullable=True),
        sa.Column("spare_hours_per_month", sa.Float(precision=53), nullable=True),
        sa.Column("details", sa.JSON(none_as_null=True), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_equipment_quantity")),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name=op.f("fk_equipment_profile_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_equipment")),
    )
    op.create_index(op.f("ix_equipment_profile_id"), "equipment", ["profile_id"], unique=False)
    op.create_table(
        "fact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=100), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("stated_on", sa.Date(), nullable=True),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.Column("verified_by_id", sa.Integer(), nullable=True),
        sa.Column("half_life_days", sa.Integer(), nullable=True),
        sa.CheckConstraint("half_life_days > 0", name=op.f("ck_fact_half_life_days")),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name=op.f("fk_fact_profile_id")),
        sa.ForeignKeyConstraint(["verified_by_id"], ["user_account.id"], name=op.f("fk_fact_verified_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact")),
        sa.UniqueConstraint("profile_id", "field", name=op.f("uq_fact_profile_id_field")),
    )
    op.create_table(
        "match",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("score", sa.Float(precision=53), nullable=True),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.Column("explanation", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("ranker", sa.String(length=100), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "state IN ('proposed', 'approved', 'rejected', 'invited', 'interested', 'declined', 'quoted', 'contracted', 'lost')",
            name=op.f("ck_match_state"),
        ),
        sa.CheckConstraint("score BETWEEN 0 AND 1", name=op.f("ck_match_score")),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_match_need_id")),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name=op.f("fk_match_profile_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match")),
        sa.UniqueConstraint("need_id", "profile_id", name=op.f("uq_match_need_id_profile_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_match_public_id")),
    )
    op.create_index(op.f("ix_match_profile_id"), "match", ["profile_id"], unique=False)
    op.create_table(
        "need_centre",
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_need_centre_centre_id")),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_need_centre_need_id")),
        sa.PrimaryKeyConstraint("need_id", "centre_id", name=op.f("pk_need_centre")),
    )
    op.create_table(
        "reference",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("customer", sa.String(length=300), nullable=False),
        sa.Column("product", sa.String(length=300), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name=op.f("fk_reference_profile_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reference")),
    )
    op.create_index(op.f("ix_reference_profile_id"), "reference", ["profile_id"], unique=False)
    op.create_table(
        "spare_capacity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("group_code", sa.String(length=100), nullable=False),
        sa.Column("week", sa.Integer(), nullable=False),
        sa.Column("maximum_hours", sa.Float(precision=53), nullable=False),
        sa.Column("agreed_hours", sa.Float(precision=53), nullable=False),
        sa.Column("stated_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "agreed_hours >= 0 AND maximum_hours >= agreed_hours", name=op.f("ck_spare_capacity_hours")
        ),
        sa.CheckConstraint("week BETWEEN 200001 AND 219953", name=op.f("ck_spare_capacity_week")),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name=op.f("fk_spare_capacity_profile_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spare_capacity")),
        sa.UniqueConstraint(
            "profile_id", "group_code", "week", name=op.f("uq_spare_capacity_profile_id_group_code_week")
        ),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("match_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("audience", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.CheckConstraint(
            "audience IN ('all', 'supplier', 'contractor', 'centre')", name=op.f("ck_message_audience")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_message_by_id")),
        sa.ForeignKeyConstraint(["match_id"], ["match.id"], name=op.f("fk_message_match_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("public_id", name=op.f("uq_message_public_id")),
    )
    op.create_index(op.f("ix_message_match_id"), "message", ["match_id"], unique=False)
    op.create_table(
        "quote",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("match_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("batch_prices", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("lead_time_days", sa.Integer(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("submitted_at", UtcDateTime(), nullable=True),
        sa.Column("details", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'withdrawn', 'accepted', 'refused')", name=op.f("ck_quote_state")
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_quote_amount")),
        sa.ForeignKeyConstraint(["match_id"], ["match.id"], name=op.f("fk_quote_match_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote")),
        sa.UniqueConstraint("public_id", name=op.f("uq_quote_public_id")),
    )
    op.create_index(op.f("ix_quote_match_id"), "quote", ["match_id"], unique=False)
    op.create_table(
        "stored_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=True),
        sa.Column("profile_id", sa.Integer(), nullable=True),
        sa.Column("certificate_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=True),
        sa.Column("details", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "role IN ('drawing', 'model', 'specification', 'scan', 'photo', 'evidence', 'import')",
            name=op.f("ck_stored_file_role"),
        ),
        sa.CheckConstraint("size > 0", name=op.f("ck_stored_file_size")),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificate.id"], name=op.f("fk_stored_file_certificate_id")
        ),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_stored_file_need_id")),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name=op.f("fk_stored_file_profile_id")),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"], ["user_account.id"], name=op.f("fk_stored_file_uploaded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
        sa.UniqueConstraint("public_id", name=op.f("uq_stored_file_public_id")),
    )
    op.create_index(op.f("ix_stored_file_certificate_id"), "stored_file", ["certificate_id"], unique=False)
    op.create_index(op.f("ix_stored_file_need_id"), "stored_file", ["need_id"], unique=False)
    op.create_index(op.f("ix_stored_file_profile_id"), "stored_file", ["profile_id"], unique=False)
    op.create_index(op.f("ix_stored_file_sha256"), "stored_file", ["sha256"], unique=False)


def downgrade() -> None:  # noqa: PLR0915 - as many statements as there are tables
    op.drop_index(op.f("ix_stored_file_sha256"), table_name="stored_file")
    op.drop_index(op.f("ix_stored_file_profile_id"), table_name="stored_file")
    op.drop_index(op.f("ix_stored_file_need_id"), table_name="stored_file")
    op.drop_index(op.f("ix_stored_file_certificate_id"), table_name="stored_file")
    op.drop_table("stored_file")
    op.drop_index(op.f("ix_quote_match_id"), table_name="quote")
    op.drop_table("quote")
    op.drop_index(op.f("ix_message_match_id"), table_name="message")
    op.drop_table("message")
    op.drop_table("spare_capacity")
    op.drop_index(op.f("ix_reference_profile_id"), table_name="reference")
    op.drop_table("reference")
    op.drop_table("need_centre")
    op.drop_index(op.f("ix_match_profile_id"), table_name="match")
    op.drop_table("match")
    op.drop_table("fact")
    op.drop_index(op.f("ix_equipment_profile_id"), table_name="equipment")
    op.drop_table("equipment")
    op.drop_index(op.f("ix_decision_profile_id"), table_name="decision")
    op.drop_index(op.f("ix_decision_need_id_profile_id_at"), table_name="decision")
    op.drop_table("decision")
    op.drop_index(op.f("ix_certificate_valid_until"), table_name="certificate")
    op.drop_index(op.f("ix_certificate_profile_id"), table_name="certificate")
    op.drop_table("certificate")
    op.drop_index(op.f("ix_capability_profile_id"), table_name="capability")
    op.drop_table("capability")
    op.drop_index(op.f("ix_site_organisation_id"), table_name="site")
    op.drop_table("site")
    op.drop_index(op.f("ix_profile_state"), table_name="profile")
    op.drop_table("profile")
    op.drop_index(op.f("ix_organisation_alias_organisation_id"), table_name="organisation_alias")
    op.drop_table("organisation_alias")
    op.drop_index(op.f("ix_need_state_created_at"), table_name="need")
    op.drop_index(op.f("ix_need_contractor_id"), table_name="need")
    op.drop_table("need")
    op.drop_index(op.f("ix_membership_organisation_id"), table_name="membership")
    op.drop_index(op.f("ix_membership_centre_id"), table_name="membership")
    op.drop_table("membership")
    op.drop_table("import_row")
    op.drop_index(op.f("ix_user_session_user_id_ended_at"), table_name="user_session")
    op.drop_table("user_session")
    op.drop_index(op.f("ix_organisation_sort_ru"), table_name="organisation")
    op.drop_index(op.f("ix_organisation_sort_en"), table_name="organisation")
    op.drop_index(op.f("ix_organisation_centre_id_inn"), table_name="organisation")
    op.drop_table("organisation")
    op.drop_index(op.f("ix_import_batch_sha256"), table_name="import_batch")
    op.drop_table("import_batch")
    op.drop_table("user_account")
    op.drop_index(op.f("ix_outbox_state_due_at"), table_name="outbox")
    op.drop_index(op.f("ix_outbox_key"), table_name="outbox")
    op.drop_table("outbox")
    op.drop_index(op.f("ix_mail_state_due_at"), table_name="mail")
    op.drop_table("mail")
    op.drop_index(op.f("ix_job_state_due_at"), table_name="job")
    op.drop_table("job")
    op.drop_index(op.f("ix_indexed_document_stamp"), table_name="indexed_document")
    op.drop_table("indexed_document")
    op.drop_table("index_state")
    op.drop_table("centre")
    op.drop_index(op.f("ix_audit_entry_object_kind_object_id"), table_name="audit_entry")
    op.drop_table("audit_entry")
