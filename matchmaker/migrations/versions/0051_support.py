"""What a centre can point a firm to: support measures and helpers, with their conditions."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

_KINDS = (
    "'subsidy', 'leasing', 'guarantee', 'voucher', 'loan', 'certification-body', 'consultant', 'laboratory', "
    "'design-centre', 'energy-centre', 'fund', 'university', 'shared-equipment'"
)


def upgrade() -> None:
    op.create_table(
        "support_offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("giver", sa.String(length=300)),
        sa.Column("text", sa.Text()),
        sa.Column("regions", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("sizes", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("processes", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("standards", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("years_min", sa.Integer()),
        sa.Column("opens_on", sa.Date()),
        sa.Column("closes_on", sa.Date()),
        sa.Column("most_minor", sa.BigInteger()),
        sa.Column("share_percent", sa.Integer()),
        sa.Column("papers", sa.Text()),
        sa.Column("accreditation", sa.String(length=300)),
        sa.Column("contacts", sa.String(length=300)),
        sa.Column("link", sa.String(length=300)),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"kind IN ({_KINDS})", name="ck_support_offer_kind"),
        sa.CheckConstraint("years_min >= 0", name="ck_support_offer_years_min"),
        sa.CheckConstraint("opens_on <= closes_on", name="ck_support_offer_dates"),
        sa.CheckConstraint("most_minor > 0", name="ck_support_offer_most_minor"),
        sa.CheckConstraint("share_percent BETWEEN 1 AND 100", name="ck_support_offer_share_percent"),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name="fk_support_offer_centre_id"),
        sa.PrimaryKeyConstraint("id", name="pk_support_offer"),
        sa.UniqueConstraint("public_id", name="uq_support_offer_public_id"),
    )
    op.create_index("ix_support_offer_centre_id_ended_kind", "support_offer", ["centre_id", "ended", "kind"])


def downgrade() -> None:
    op.drop_table("support_offer")
