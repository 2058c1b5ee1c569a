"""The rates of currencies that a centre sets, by the day."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "exchange_rate",
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("micro_roubles", sa.BigInteger(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("micro_roubles > 0", name=op.f("ck_exchange_rate_micro_roubles")),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name="fk_exchange_rate_centre_id"),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name="fk_exchange_rate_by_id"),
        sa.PrimaryKeyConstraint("centre_id", "currency", "on", name="pk_exchange_rate"),
    )


def downgrade() -> None:
    op.drop_table("exchange_rate")
