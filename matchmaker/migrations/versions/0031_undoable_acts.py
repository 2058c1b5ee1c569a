"""Acts that their author can take back for ten minutes, with the rows that they changed."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "undoable_act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=100), nullable=False),
        sa.Column("object_kind", sa.String(length=20), nullable=False),
        sa.Column("object_id", sa.String(length=100), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rows", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("letters", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("announced", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True)),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name="fk_undoable_act_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_undoable_act"),
        sa.UniqueConstraint("public_id", name="uq_undoable_act_public_id"),
    )
    op.create_index("ix_undoable_act_object_kind_object_id", "undoable_act", ["object_kind", "object_id"])
    op.create_index("ix_undoable_act_until", "undoable_act", ["until"])


def downgrade() -> None:
    op.drop_table("undoable_act")
