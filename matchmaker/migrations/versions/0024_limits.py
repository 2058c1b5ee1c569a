"""One row a subject says when a limit is free again, in place of a row for each wrong password; a key for programs may
end with the browser's session in which it was made.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rate_limit",
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("free_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("subject", name="pk_rate_limit"),
    )
    op.create_index("ix_rate_limit_free_at", "rate_limit", ["free_at"])
    op.drop_table("login_failure")
    with op.batch_alter_table("access_key") as batch:
        batch.add_column(sa.Column("session_id", sa.Integer()))
        batch.create_foreign_key("fk_access_key_session_id", "user_session", ["session_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("access_key") as batch:
        batch.drop_constraint("fk_access_key_session_id", type_="foreignkey")
        batch.drop_column("session_id")
    op.create_table(
        "login_failure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_login_failure"),
    )
    op.create_index("ix_login_failure_subject_at", "login_failure", ["subject", "at"])
    op.create_index("ix_login_failure_at", "login_failure", ["at"])
    op.drop_table("rate_limit")
