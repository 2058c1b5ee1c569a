"""Where a fact of a profile comes from: the import that brought the profile, and whose word each later fact is."""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("profile") as table:
        table.add_column(sa.Column("batch_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("waiting_batch_id", sa.Integer(), nullable=True))
        table.create_foreign_key("fk_profile_batch_id", "import_batch", ["batch_id"], ["id"])
        table.create_foreign_key("fk_profile_waiting_batch_id", "import_batch", ["waiting_batch_id"], ["id"])
    with op.batch_alter_table("fact") as table:
        table.add_column(sa.Column("batch_id", sa.Integer(), nullable=True))
        table.create_foreign_key("fk_fact_batch_id", "import_batch", ["batch_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("fact") as table:
        table.drop_constraint("fk_fact_batch_id", type_="foreignkey")
        table.drop_column("batch_id")
    with op.batch_alter_table("profile") as table:
        table.drop_constraint("fk_profile_waiting_batch_id", type_="foreignkey")
        table.drop_constraint("fk_profile_batch_id", type_="foreignkey")
        table.drop_column("waiting_batch_id")
        table.drop_column("batch_id")
