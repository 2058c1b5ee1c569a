"""Development cards: the gap between a supplier and a need, what closes it, and what the matcher said before and after."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "development_card",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("requirement", sa.String(length=100), nullable=False),
        sa.Column("closes", sa.String(length=20), nullable=False),
        sa.Column("what", sa.String(length=300), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("owner_id", sa.Integer()),
        sa.Column("note", sa.Text()),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("after", sa.JSON(none_as_null=True)),
        sa.Column("measured_at", sa.DateTime(timezone=True)),
        sa.Column("by_id", sa.Integer()),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "closes IN ('certificate', 'machine', 'measuring', 'training', 'other')",
            name="ck_development_card_closes",
        ),
        sa.CheckConstraint("state IN ('open', 'done', 'dropped')", name="ck_development_card_state"),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name="fk_development_card_profile_id"),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name="fk_development_card_need_id"),
        sa.ForeignKeyConstraint(["owner_id"], ["user_account.id"], name="fk_development_card_owner_id"),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name="fk_development_card_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_development_card"),
        sa.UniqueConstraint("public_id", name="uq_development_card_public_id"),
    )
    op.create_index("ix_development_card_profile_id", "development_card", ["profile_id"])
    op.create_index(
        "ix_development_card_need_id_state_due_on", "development_card", ["need_id", "state", "due_on"]
    )


def downgrade() -> None:
    op.drop_table("development_card")
