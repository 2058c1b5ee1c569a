"""Files that come through the site, checked before they are taken; and who works on what waits."""

import sqlalchemy as sa
from alembic import op

from matchmaker.models.base import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_BEFORE = "state IN ('running', 'done', 'failed')"
_SINCE = "state IN ('checking', 'checked', 'running', 'done', 'failed', 'discarded', 'undone')"
_KINDS = "object_kind IN ('need', 'profile', 'certificate')"


def upgrade() -> None:
    with op.batch_alter_table("import_batch") as table:
        table.add_column(sa.Column("by_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("kind", sa.String(length=20), nullable=True))
        table.add_column(sa.Column("sheet", sa.JSON(), nullable=True))
        table.add_column(sa.Column("suffix", sa.String(length=20), nullable=True))
        table.add_column(sa.Column("progress", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("error", sa.JSON(), nullable=True))
        table.create_foreign_key(op.f("fk_import_batch_by_id"), "user_account", ["by_id"], ["id"])
        table.drop_constraint(op.f("ck_import_batch_state"), type_="check")
        table.create_check_constraint(op.f("ck_import_batch_state"), _SINCE)
    with op.batch_alter_table("import_batch") as table:
        table.alter_column("progress", existing_type=sa.Integer(), server_default=None)
    with op.batch_alter_table("import_row") as table:
        table.alter_column("problems", existing_type=sa.JSON(), nullable=True)
    op.create_table(
        "assignment",
        sa.Column("object_kind", sa.String(length=20), nullable=False),
        sa.Column("object_id", sa.String(length=16), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(_KINDS, name=op.f("ck_assignment_object_kind")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_assignment_user_id")),
        sa.PrimaryKeyConstraint("object_kind", "object_id", name=op.f("pk_assignment")),
    )
    op.create_index(op.f("ix_assignment_user_id"), "assignment", ["user_id"])


def downgrade() -> None:
    op.drop_table("assignment")
    op.execute("UPDATE import_row SET problems = '[]' WHERE problems IS NULL")
    with op.batch_alter_table("import_row") as table:
        table.alter_column("problems", existing_type=sa.JSON(), nullable=False)
    op.execute("UPDATE import_batch SET state = 'failed' WHERE state NOT IN ('running', 'done', 'failed')")
    with op.batch_alter_table("import_batch") as table:
        table.drop_constraint(op.f("ck_import_batch_state"), type_="check")
        table.create_check_constraint(op.f("ck_import_batch_state"), _BEFORE)
        table.drop_constraint(op.f("fk_import_batch_by_id"), type_="foreignkey")
        for name in ("error", "progress", "suffix", "sheet", "kind", "by_id"):
            table.drop_column(name)
