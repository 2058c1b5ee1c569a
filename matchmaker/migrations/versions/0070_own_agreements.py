"""A contractor's own text of the agreement of a need, kept as a file."""

from alembic import op

revision = "0070"
down_revision = "0062"
branch_labels = None
depends_on = None

_ROLES = (
    "'drawing', 'model', 'specification', 'scan', 'photo', 'evidence', 'import', 'quote', 'report', 'paper'"
)


def upgrade() -> None:
    _take_roles(f"{_ROLES}, 'agreement'")


def downgrade() -> None:
    op.execute("DELETE FROM stored_file WHERE role = 'agreement'")
    _take_roles(_ROLES)


def _take_roles(roles: str) -> None:
    with op.batch_alter_table("stored_file") as table:
        table.drop_constraint(op.f("ck_stored_file_role"), type_="check")
        table.create_check_constraint(op.f("ck_stored_file_role"), f"role IN ({roles})")
