"""Which messages a person was told of and has not read yet."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unread_message",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_unread_message_user_id"),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name="fk_unread_message_message_id"),
        sa.PrimaryKeyConstraint("user_id", "message_id", name="pk_unread_message"),
    )


def downgrade() -> None:
    op.drop_table("unread_message")
