"""How a contract came out, whether quotes are sealed from the contractor, and for which files an agreement was accepted."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_OUTCOME = ("value_band", "repeat_order", "on_time", "defects_per_thousand")
_BANDS = "value_band IN ('to-100', 'to-500', 'to-2000', 'to-10000', 'to-50000', 'more')"


def upgrade() -> None:
    op.add_column("agreement", sa.Column("files", sa.JSON(), nullable=True))
    op.add_column("need", sa.Column("quotes_sealed", sa.Boolean(), server_default=sa.true(), nullable=False))
    with op.batch_alter_table("delivery_rating") as table:
        table.add_column(sa.Column("value_band", sa.String(length=20), nullable=True))
        table.add_column(sa.Column("repeat_order", sa.Boolean(), nullable=True))
        table.add_column(sa.Column("on_time", sa.Boolean(), nullable=True))
        table.add_column(sa.Column("defects_per_thousand", sa.Float(53), nullable=True))
        table.create_check_constraint(op.f("ck_delivery_rating_value_band"), _BANDS)
        table.create_check_constraint(
            op.f("ck_delivery_rating_defects"), "defects_per_thousand BETWEEN 0 AND 1000"
        )


def downgrade() -> None:
    with op.batch_alter_table("delivery_rating") as table:
        table.drop_constraint(op.f("ck_delivery_rating_defects"), type_="check")
        table.drop_constraint(op.f("ck_delivery_rating_value_band"), type_="check")
        for name in reversed(_OUTCOME):
            table.drop_column(name)
    op.drop_column("need", "quotes_sealed")
    op.drop_column("agreement", "files")
