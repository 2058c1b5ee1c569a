"""The details of centres, capabilities and quotes leave: nothing was ever put there."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLES = ("centre", "capability", "quote")


def upgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "details")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.add_column(table, sa.Column("details", sa.JSON(), server_default="{}", nullable=False))
        with op.batch_alter_table(table) as batch:
            batch.alter_column("details", server_default=None)
