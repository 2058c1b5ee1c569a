"""The counts of a job leave: an import counts for itself, and no other job has any."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("job", "done")
    op.drop_column("job", "total")


def downgrade() -> None:
    op.add_column("job", sa.Column("total", sa.Integer()))
    op.add_column("job", sa.Column("done", sa.Integer(), server_default="0", nullable=False))
    with op.batch_alter_table("job") as job:
        job.alter_column("done", server_default=None)
