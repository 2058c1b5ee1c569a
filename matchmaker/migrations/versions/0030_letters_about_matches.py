"""Letters know what they are about and who caused them, so that both learn of one that cannot be delivered."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("mail") as table:
        table.add_column(sa.Column("kind", sa.String(length=100)))
        table.add_column(sa.Column("about", sa.String(length=16)))
        table.add_column(sa.Column("by_id", sa.Integer()))
        table.create_foreign_key("fk_mail_by_id", "user_account", ["by_id"], ["id"])
        table.create_index("ix_mail_about", ["about"])


def downgrade() -> None:
    with op.batch_alter_table("mail") as table:
        table.drop_index("ix_mail_about")
        table.drop_constraint("fk_mail_by_id", type_="foreignkey")
        table.drop_column("by_id")
        table.drop_column("about")
        table.drop_column("kind")
