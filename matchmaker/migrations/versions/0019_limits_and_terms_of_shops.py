"""A capability tells its height, wall, gears and threads; a profile its lots, its minimum order and its terms."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

REAL = sa.Float(precision=53)
LIMITS = ("height_mm", "wall_mm", "gear_module_mm", "thread_mm")
NEW = ("lot_min", "lot_max", "minimum_order", "takes_customer_material", "own_tooling", "payment_terms")


def upgrade() -> None:
    for name in LIMITS:
        op.add_column("capability", sa.Column(name, REAL))
    op.add_column("capability", sa.Column("gear_grade", sa.Integer()))
    op.add_column("profile", sa.Column("lot_min", sa.Integer()))
    op.add_column("profile", sa.Column("lot_max", sa.Integer()))
    op.add_column("profile", sa.Column("minimum_order", sa.JSON()))
    op.add_column("profile", sa.Column("takes_customer_material", sa.Boolean()))
    op.add_column("profile", sa.Column("own_tooling", sa.Boolean()))
    op.add_column("profile", sa.Column("payment_terms", sa.String(length=300)))
    op.add_column("profile", sa.Column("quality_papers", sa.JSON(), server_default="[]", nullable=False))
    with op.batch_alter_table("profile") as batch:
        batch.alter_column("quality_papers", server_default=None)


def downgrade() -> None:
    for name in ("quality_papers", *reversed(NEW)):
        op.drop_column("profile", name)
    op.drop_column("capability", "gear_grade")
    for name in reversed(LIMITS):
        op.drop_column("capability", name)
