"""A decision for a contract says which positions it is for."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("decision", sa.Column("positions", sa.JSON(none_as_null=True)))


def downgrade() -> None:
    with op.batch_alter_table("decision") as table:
        table.drop_column("positions")
