"""What is said of an order by the link of a letter has no person behind it: a firm without an account moves its orders on."""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0057"
branch_labels = None
depends_on = None

_TABLES = ("order_entry", "order_claim")


def upgrade() -> None:
    for name in _TABLES:
        with op.batch_alter_table(name) as table:
            table.alter_column("by_id", existing_type=sa.Integer(), nullable=True)


def downgrade() -> None:
    # The program of before asks for a person: the one who answered, else the first account of the installation.
    for name in _TABLES:
        op.execute(
            f"UPDATE {name} SET by_id = COALESCE(answered_by_id, (SELECT MIN(id) FROM user_account)) "  # noqa: S608 - names above
            "WHERE by_id IS NULL"
        )
        with op.batch_alter_table(name) as table:
            table.alter_column("by_id", existing_type=sa.Integer(), nullable=False)
