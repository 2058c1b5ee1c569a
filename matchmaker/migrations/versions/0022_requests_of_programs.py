"""A request that a program names by an Idempotency-Key is done once; its answer is kept for a day."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "program_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("headers", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("body", sa.LargeBinary()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_program_request_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_program_request"),
        sa.UniqueConstraint("user_id", "key", name="uq_program_request_user_id_key"),
    )
    op.create_index("ix_program_request_at", "program_request", ["at"])


def downgrade() -> None:
    op.drop_table("program_request")
