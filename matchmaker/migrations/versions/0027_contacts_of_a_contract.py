"""From when both sides of a contract read each other's contacts."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("match", sa.Column("contacts_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("match", "contacts_at")
