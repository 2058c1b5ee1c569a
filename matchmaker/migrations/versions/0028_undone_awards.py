"""What it takes to take a contract back, and how long its suppliers are not told of it."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("need", sa.Column("award", sa.JSON(none_as_null=True)))
    op.add_column("match", sa.Column("silent_until", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("match", "silent_until")
    op.drop_column("need", "award")
