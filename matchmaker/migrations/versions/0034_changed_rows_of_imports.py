"""The changed rows of imported lines, before and after, so that an import can be taken back whole."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("import_row", sa.Column("rows", sa.JSON(none_as_null=True)))


def downgrade() -> None:
    with op.batch_alter_table("import_row") as table:
        table.drop_column("rows")
