"""Firms in the words of the registers that a centre has imported, for those who type an INN."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "register_firm",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("inn", sa.String(length=12), nullable=False),
        sa.Column("said_on", sa.Date()),
        sa.Column("firm", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name="fk_register_firm_centre_id"),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name="fk_register_firm_batch_id"),
        sa.PrimaryKeyConstraint("id", name="pk_register_firm"),
    )
    op.create_index("ix_register_firm_batch_id", "register_firm", ["batch_id"])
    op.create_index("ix_register_firm_centre_id_inn_source", "register_firm", ["centre_id", "inn", "source"])


def downgrade() -> None:
    op.drop_table("register_firm")
