"""Who looked at a profile, keys for programs, and files of quotes."""

import sqlalchemy as sa
from alembic import op

from matchmaker.models.base import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ROLES = ("drawing", "model", "specification", "scan", "photo", "evidence", "import")


def upgrade() -> None:
    op.create_table(
        "profile_viewing",
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        _reference("profile_viewing", "profile_id", "profile"),
        _reference("profile_viewing", "user_id", "user_account"),
        sa.PrimaryKeyConstraint("profile_id", "user_id", "day", name=op.f("pk_profile_viewing")),
    )
    op.create_index(op.f("ix_profile_viewing_user_id"), "profile_viewing", ["user_id"])
    op.create_table(
        "access_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("scopes", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        _reference("access_key", "user_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_key")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_access_key_secret_hash")),
    )
    op.create_index(op.f("ix_access_key_user_id"), "access_key", ["user_id"])
    with op.batch_alter_table("stored_file") as table:
        table.add_column(sa.Column("quote_id", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f("fk_stored_file_quote_id_quote"), "quote", ["quote_id"], ["id"])
        table.create_index(op.f("ix_stored_file_quote_id"), ["quote_id"])
        table.drop_constraint(op.f("ck_stored_file_role"), type_="check")
        table.create_check_constraint(op.f("ck_stored_file_role"), _one_of((*_ROLES, "quote")))


def _reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"))


def _one_of(roles: tuple[str, ...]) -> str:
    return "role IN ({})".format(", ".join(f"'{role}'" for role in roles))


def downgrade() -> None:
    op.execute("DELETE FROM stored_file WHERE role = 'quote'")
    with op.batch_alter_table("stored_file") as table:
        table.drop_constraint(op.f("ck_stored_file_role"), type_="check")
        table.create_check_constraint(op.f("ck_stored_file_role"), _one_of(_ROLES))
        table.drop_index(op.f("ix_stored_file_quote_id"))
        table.drop_constraint(op.f("fk_stored_file_quote_id_quote"), type_="foreignkey")
        table.drop_column("quote_id")
    op.drop_table("access_key")
    op.drop_table("profile_viewing")
