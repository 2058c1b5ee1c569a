"""The heartbeats of the lanes of work, and the marks of who has taken a job or an e-mail."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lane_beat",
        sa.Column("lane", sa.String(20), nullable=False),
        sa.Column("process", sa.String(100), nullable=False),
        sa.Column("beaten_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("succeeded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True)),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(100)),
        sa.CheckConstraint(
            "lane IN ('index', 'letters', 'files', 'imports', 'schedule')", name=op.f("ck_lane_beat_lane")
        ),
        sa.PrimaryKeyConstraint("lane", "process", name=op.f("pk_lane_beat")),
    )
    op.add_column("job", sa.Column("taken_by", sa.String(32)))
    op.add_column("mail", sa.Column("taken_by", sa.String(32)))


def downgrade() -> None:
    op.drop_column("mail", "taken_by")
    op.drop_column("job", "taken_by")
    op.drop_table("lane_beat")
