"""Where the line of a finding stood in its text."""

import sqlalchemy as sa
from alembic import op

revision = "0088"
down_revision = "0079"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("finding") as table:
        table.add_column(sa.Column("place", sa.Integer()))


def downgrade() -> None:
    with op.batch_alter_table("finding") as table:
        table.drop_column("place")
