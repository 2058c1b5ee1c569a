"""Whether a profile's waiting changes are still being written, wait for the operator, or were returned."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("profile") as table:
        table.add_column(sa.Column("review", sa.String(length=20), nullable=True))
        table.create_check_constraint(
            op.f("ck_profile_review"), "review IN ('draft', 'submitted', 'returned')"
        )
    op.execute("UPDATE profile SET review = 'submitted' WHERE waiting IS NOT NULL")


def downgrade() -> None:
    with op.batch_alter_table("profile") as table:
        table.drop_constraint(op.f("ck_profile_review"), type_="check")
        table.drop_column("review")
