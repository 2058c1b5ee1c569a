"""The state of the index tells what the last looks for drift between database and index found."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("index_state", sa.Column("checked_at", sa.DateTime(timezone=True)))
    op.add_column("index_state", sa.Column("drift", sa.Integer(), server_default="0", nullable=False))
    op.add_column("index_state", sa.Column("drift_found", sa.Integer(), server_default="0", nullable=False))
    op.add_column("index_state", sa.Column("drift_found_at", sa.DateTime(timezone=True)))
    with op.batch_alter_table("index_state") as batch:
        batch.alter_column("drift", server_default=None)
        batch.alter_column("drift_found", server_default=None)


def downgrade() -> None:
    for name in ("checked_at", "drift", "drift_found", "drift_found_at"):
        op.drop_column("index_state", name)
