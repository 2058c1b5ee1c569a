"""Likely twins that hang together: the first profile of each group."""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("likely_twin", sa.Column("cluster", sa.String(length=16), nullable=True))


def downgrade() -> None:
    op.drop_column("likely_twin", "cluster")
