"""Rows of imports with what they are about and their cells, rows left out and doubtful ones; how fast an import is."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("import_row") as table:
        table.add_column(sa.Column("subject", sa.String(length=300)))
        table.add_column(sa.Column("doubtful", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("cells", sa.JSON(none_as_null=True)))
        table.drop_constraint("ck_import_row_outcome", type_="check")
        table.create_check_constraint(
            "ck_import_row_outcome", "outcome IN ('new', 'changed', 'same', 'left_out', 'refused')"
        )
    with op.batch_alter_table("import_row") as table:
        table.alter_column("doubtful", server_default=None)
    with op.batch_alter_table("import_batch") as table:
        table.add_column(sa.Column("pace", sa.JSON(none_as_null=True)))


def downgrade() -> None:
    with op.batch_alter_table("import_batch") as table:
        table.drop_column("pace")
    op.execute("UPDATE import_row SET outcome = 'refused' WHERE outcome = 'left_out'")
    with op.batch_alter_table("import_row") as table:
        table.drop_constraint("ck_import_row_outcome", type_="check")
        table.create_check_constraint(
            "ck_import_row_outcome", "outcome IN ('new', 'changed', 'same', 'refused')"
        )
        table.drop_column("cells")
        table.drop_column("doubtful")
        table.drop_column("subject")
