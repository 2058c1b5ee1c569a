"""Who asked to be invited, and where a kind of letters is given up."""

import sqlalchemy as sa
from alembic import op

from matchmaker.models.base import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("match", sa.Column("asked_at", UtcDateTime(), nullable=True))
    op.add_column("mail", sa.Column("leave", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("mail", "leave")
    op.drop_column("match", "asked_at")
