"""A contractor's rating no longer types what is counted from deliveries: whether they were on time, and how many pieces were
defective. What was typed before stays, and the program of before reads and writes on.
"""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("delivery_rating") as rating:
        rating.alter_column("timeliness", existing_type=sa.Integer(), nullable=True)


def downgrade() -> None:
    op.execute("UPDATE delivery_rating SET timeliness = 3 WHERE timeliness IS NULL")
    with op.batch_alter_table("delivery_rating") as rating:
        rating.alter_column("timeliness", existing_type=sa.Integer(), nullable=False)
