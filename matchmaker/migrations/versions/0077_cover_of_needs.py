"""Who is able to make what needs ask for, as the matcher judged it, and parts lists of assemblies."""

import sqlalchemy as sa
from alembic import op

revision = "0077"
down_revision = "0075"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "need_cover",
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("judged_on", sa.Date(), nullable=False),
        sa.Column("position", sa.String(length=100), nullable=True),
        sa.Column("process", sa.String(length=100), nullable=True),
        sa.Column("material", sa.String(length=100), nullable=True),
        sa.Column("size_mm", sa.Float(53), nullable=True),
        sa.Column("tolerance_it", sa.Integer(), nullable=True),
        sa.Column("region", sa.String(length=100), nullable=True),
        sa.Column("hours", sa.Float(53), nullable=False),
        sa.Column("able", sa.Integer(), nullable=False),
        sa.Column("alone", sa.Integer(), nullable=False),
        sa.Column("best", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("near", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("eased", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name="fk_need_cover_need_id"),
        sa.PrimaryKeyConstraint("need_id", "place", name="pk_need_cover"),
    )
    op.create_table(
        "parts_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("contractor_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("lines", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name="fk_parts_list_centre_id"),
        sa.ForeignKeyConstraint(["contractor_id"], ["organisation.id"], name="fk_parts_list_contractor_id"),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name="fk_parts_list_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_parts_list"),
        sa.UniqueConstraint("public_id", name="uq_parts_list_public_id"),
    )
    op.create_index("ix_parts_list_centre_id", "parts_list", ["centre_id"])
    op.create_index("ix_parts_list_contractor_id", "parts_list", ["contractor_id"])


def downgrade() -> None:
    op.drop_table("parts_list")
    op.drop_table("need_cover")
