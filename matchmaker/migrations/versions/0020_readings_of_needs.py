"""A need keeps what its text was understood to say, and the day of delivery that its text names."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("need", sa.Column("readings", sa.JSON(), server_default="{}", nullable=False))
    op.add_column("need", sa.Column("due_on", sa.Date()))
    with op.batch_alter_table("need") as batch:
        batch.alter_column("readings", server_default=None)


def downgrade() -> None:
    op.drop_column("need", "due_on")
    op.drop_column("need", "readings")
