"""The addresses of neighbours' sites, and the last requests there and from there."""

import sqlalchemy as sa
from alembic import op

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("neighbour") as table:
        table.add_column(sa.Column("address", sa.String(length=500)))
        table.add_column(sa.Column("asked_at", sa.DateTime(timezone=True)))
        table.add_column(sa.Column("pulled_at", sa.DateTime(timezone=True)))
        table.add_column(sa.Column("fault", sa.String(length=300)))


def downgrade() -> None:
    with op.batch_alter_table("neighbour") as table:
        for column in ("fault", "pulled_at", "asked_at", "address"):
            table.drop_column(column)
