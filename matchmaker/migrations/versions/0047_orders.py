"""Orders of contracts: what either side says of their course, claims, and the hours booked for them."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

ROLES = "role IN ('drawing', 'model', 'specification', 'scan', 'photo', 'evidence', 'import', 'quote'{})"


def upgrade() -> None:
    op.create_table(
        "purchase_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("match_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("number", sa.String(length=100)),
        sa.Column("terms", sa.String(length=300)),
        sa.Column("due_on", sa.Date()),
        sa.Column("lines", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("amount_minor", sa.BigInteger()),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('running', 'delivered', 'cancelled')", name="ck_purchase_order_state"),
        sa.CheckConstraint("amount_minor > 0", name="ck_purchase_order_amount"),
        sa.ForeignKeyConstraint(["match_id"], ["match.id"], name="fk_purchase_order_match_id"),
        sa.PrimaryKeyConstraint("id", name="pk_purchase_order"),
        sa.UniqueConstraint("match_id", name="uq_purchase_order_match_id"),
        sa.UniqueConstraint("public_id", name="uq_purchase_order_public_id"),
    )
    op.create_index("ix_purchase_order_state_due_on", "purchase_order", ["state", "due_on"])

    op.create_table(
        "order_claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.String(length=100)),
        sa.Column("pieces", sa.Integer()),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text()),
        sa.Column("remedy", sa.Text()),
        sa.Column("due_on", sa.Date()),
        sa.Column("side", sa.String(length=20), nullable=False),
        sa.Column("by_centre", sa.Boolean(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by_id", sa.Integer()),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("contractor_closed_at", sa.DateTime(timezone=True)),
        sa.Column("supplier_closed_at", sa.DateTime(timezone=True)),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.CheckConstraint("side IN ('supplier', 'contractor')", name="ck_order_claim_side"),
        sa.CheckConstraint("pieces > 0", name="ck_order_claim_pieces"),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["user_account.id"], name="fk_order_claim_answered_by_id"
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name="fk_order_claim_by_id"),
        sa.ForeignKeyConstraint(["order_id"], ["purchase_order.id"], name="fk_order_claim_order_id"),
        sa.PrimaryKeyConstraint("id", name="pk_order_claim"),
        sa.UniqueConstraint("public_id", name="uq_order_claim_public_id"),
    )
    op.create_index("ix_order_claim_order_id", "order_claim", ["order_id"])

    op.create_table(
        "order_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("line", sa.String(length=100)),
        sa.Column("day", sa.Date()),
        sa.Column("due_on", sa.Date()),
        sa.Column("pieces", sa.Integer()),
        sa.Column("defective", sa.Integer()),
        sa.Column("accepted", sa.Boolean()),
        sa.Column("text", sa.Text()),
        sa.Column("side", sa.String(length=20), nullable=False),
        sa.Column("by_centre", sa.Boolean(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text()),
        sa.Column("answered_by_id", sa.Integer()),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.CheckConstraint(
            "kind IN ('delivery', 'defects', 'first_article', 'report', 'day', 'cancellation')",
            name="ck_order_entry_kind",
        ),
        sa.CheckConstraint("side IN ('supplier', 'contractor')", name="ck_order_entry_side"),
        sa.CheckConstraint(
            "state IN ('said', 'confirmed', 'refused', 'withdrawn')", name="ck_order_entry_state"
        ),
        sa.CheckConstraint("defective >= 0", name="ck_order_entry_defective"),
        sa.CheckConstraint("pieces >= 0", name="ck_order_entry_pieces"),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["user_account.id"], name="fk_order_entry_answered_by_id"
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name="fk_order_entry_by_id"),
        sa.ForeignKeyConstraint(["order_id"], ["purchase_order.id"], name="fk_order_entry_order_id"),
        sa.PrimaryKeyConstraint("id", name="pk_order_entry"),
        sa.UniqueConstraint("public_id", name="uq_order_entry_public_id"),
    )
    op.create_index("ix_order_entry_kind_state_day", "order_entry", ["kind", "state", "day"])
    op.create_index("ix_order_entry_order_id", "order_entry", ["order_id"])

    op.create_table(
        "order_hours",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("group_code", sa.String(length=100), nullable=False),
        sa.Column("week", sa.Integer(), nullable=False),
        sa.Column("hours", sa.Float(precision=53), nullable=False),
        sa.CheckConstraint("hours > 0", name="ck_order_hours_hours"),
        sa.ForeignKeyConstraint(["order_id"], ["purchase_order.id"], name="fk_order_hours_order_id"),
        sa.PrimaryKeyConstraint("order_id", "group_code", "week", name="pk_order_hours"),
    )
    with op.batch_alter_table("stored_file") as stored_file:
        stored_file.add_column(sa.Column("order_entry_id", sa.Integer()))
        stored_file.drop_constraint("ck_stored_file_role", type_="check")
        stored_file.create_check_constraint("ck_stored_file_role", ROLES.format(", 'report'"))
        stored_file.create_index("ix_stored_file_order_entry_id", ["order_entry_id"])
        stored_file.create_foreign_key(
            "fk_stored_file_order_entry_id", "order_entry", ["order_entry_id"], ["id"]
        )


def downgrade() -> None:
    op.execute("DELETE FROM stored_file WHERE role = 'report'")
    with op.batch_alter_table("stored_file") as stored_file:
        stored_file.drop_constraint("ck_stored_file_role", type_="check")
        stored_file.create_check_constraint("ck_stored_file_role", ROLES.format(""))
        stored_file.drop_constraint("fk_stored_file_order_entry_id", type_="foreignkey")
        stored_file.drop_index("ix_stored_file_order_entry_id")
        stored_file.drop_column("order_entry_id")

    op.drop_table("order_hours")
    op.drop_table("order_entry")
    op.drop_table("order_claim")
    op.drop_table("purchase_order")
