"""Quotes answer the positions of a need, and tell tooling, VAT, material, payment and delivery."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

_CHECKS = {
    "tooling_minor": "tooling_minor > 0",
    "vat": "vat IN ('included', 'added', 'none')",
    "vat_percent": "vat_percent BETWEEN 0 AND 100",
    "material_by": "material_by IN ('customer', 'supplier')",
}


def upgrade() -> None:
    with op.batch_alter_table("quote") as table:
        table.add_column(sa.Column("positions", sa.JSON(none_as_null=True)))
        table.add_column(sa.Column("tooling_minor", sa.BigInteger()))
        table.add_column(sa.Column("vat", sa.String(length=20)))
        table.add_column(sa.Column("vat_percent", sa.Float(53)))
        table.add_column(sa.Column("material_by", sa.String(length=20)))
        table.add_column(sa.Column("payment", sa.String(length=300)))
        table.add_column(sa.Column("delivery", sa.String(length=300)))
        for name, rule in _CHECKS.items():
            table.create_check_constraint(op.f(f"ck_quote_{name}"), rule)


def downgrade() -> None:
    with op.batch_alter_table("quote") as table:
        for name in _CHECKS:
            table.drop_constraint(op.f(f"ck_quote_{name}"), type_="check")
        for name in (
            "positions",
            "tooling_minor",
            "vat",
            "vat_percent",
            "material_by",
            "payment",
            "delivery",
        ):
            table.drop_column(name)
