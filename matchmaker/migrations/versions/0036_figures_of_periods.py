"""Plans for the figures of a period, and periods that are locked with their figures."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "figure_plan",
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("figure", sa.String(length=100), nullable=False),
        sa.Column("value", sa.Float(53), nullable=False),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name="fk_figure_plan_centre_id"),
        sa.PrimaryKeyConstraint("centre_id", "period", "figure", name="pk_figure_plan"),
    )
    op.create_table(
        "period_lock",
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name="fk_period_lock_by_id"),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name="fk_period_lock_centre_id"),
        sa.PrimaryKeyConstraint("centre_id", "period", name="pk_period_lock"),
    )


def downgrade() -> None:
    op.drop_table("period_lock")
    op.drop_table("figure_plan")
