"""Steps of suppliers to a certificate, their papers, and ends of certificates that somebody has seen."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0048"
branch_labels = None
depends_on = None

_STAGES = (
    "'none', 'diagnosis', 'documented', 'internal-audit', 'certification-audit', 'certified', 'surveillance'"
)
_ROLES = "'drawing', 'model', 'specification', 'scan', 'photo', 'evidence', 'import', 'quote', 'report'"


def upgrade() -> None:
    op.create_table(
        "certification_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("standard", sa.String(length=100), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("owner_id", sa.Integer()),
        sa.Column("next_step", sa.String(length=300)),
        sa.Column("next_on", sa.Date()),
        sa.Column("helper", sa.String(length=300)),
        sa.Column("cost_minor", sa.BigInteger()),
        sa.Column("payer", sa.String(length=20)),
        sa.Column("note", sa.Text()),
        sa.Column("replaces_id", sa.Integer()),
        sa.Column("why", sa.String(length=300)),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer()),
        sa.CheckConstraint(f"stage IN ({_STAGES})", name="ck_certification_step_stage"),
        sa.CheckConstraint(
            "payer IN ('firm', 'centre', 'programme', 'plant')", name="ck_certification_step_payer"
        ),
        sa.CheckConstraint("cost_minor >= 0", name="ck_certification_step_cost_minor"),
        sa.CheckConstraint("replaces_id IS NULL OR why IS NOT NULL", name="ck_certification_step_why"),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name="fk_certification_step_profile_id"),
        sa.ForeignKeyConstraint(["owner_id"], ["user_account.id"], name="fk_certification_step_owner_id"),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["certification_step.id"], name="fk_certification_step_replaces_id"
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name="fk_certification_step_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_certification_step"),
        sa.UniqueConstraint("public_id", name="uq_certification_step_public_id"),
        sa.UniqueConstraint("replaces_id", name="uq_certification_step_replaces_id"),
    )
    op.create_index(
        "ix_certification_step_profile_id_standard_on", "certification_step", ["profile_id", "standard", "on"]
    )
    op.create_table(
        "certificate_alarm",
        sa.Column("certificate", sa.String(length=16), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer()),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name="fk_certificate_alarm_by_id"),
        sa.PrimaryKeyConstraint("certificate", "ends_on", "days", name="pk_certificate_alarm"),
    )
    _take_roles(f"{_ROLES}, 'paper'")


def downgrade() -> None:
    op.execute("DELETE FROM stored_file WHERE role = 'paper'")
    _take_roles(_ROLES)
    op.drop_table("certificate_alarm")
    op.drop_table("certification_step")


def _take_roles(roles: str) -> None:
    with op.batch_alter_table("stored_file") as table:
        table.drop_constraint(op.f("ck_stored_file_role"), type_="check")
        table.create_check_constraint(op.f("ck_stored_file_role"), f"role IN ({roles})")
