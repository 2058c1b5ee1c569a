"""A contractor's rating no longer types what is counted from deliveries: whether they were on time, and how many pieces were
defective.
"""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("delivery_rating") as rating:
        rating.drop_constraint("ck_delivery_rating_defects", type_="check")
        rating.drop_constraint("ck_delivery_rating_timeliness", type_="check")
        rating.drop_column("timeliness")
        rating.drop_column("on_time")
        rating.drop_column("defects_per_thousand")


def downgrade() -> None:
    with op.batch_alter_table("delivery_rating") as rating:
        rating.add_column(sa.Column("timeliness", sa.Integer(), server_default="3", nullable=False))
        rating.add_column(sa.Column("on_time", sa.Boolean()))
        rating.add_column(sa.Column("defects_per_thousand", sa.Float(53)))
    with op.batch_alter_table("delivery_rating") as rating:
        rating.alter_column("timeliness", server_default=None)
        rating.create_check_constraint("ck_delivery_rating_timeliness", "timeliness BETWEEN 1 AND 5")
        rating.create_check_constraint(
            "ck_delivery_rating_defects", "defects_per_thousand BETWEEN 0 AND 1000"
        )
