"""A capability tells the greatest hardness that it works or reaches, as a Vickers number."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("capability", sa.Column("hardness_hv", sa.Float(precision=53)))


def downgrade() -> None:
    op.drop_column("capability", "hardness_hv")
