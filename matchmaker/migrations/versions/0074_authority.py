"""The role of an authority that funds a centre and reads its figures."""

from alembic import op

revision = "0074"
down_revision = "0073"
branch_labels = None
depends_on = None

_ROLES = (
    "'supplier_editor', 'contractor_buyer', 'operator', {}'centre_administrator', 'network_administrator'"
)


def upgrade() -> None:
    _take_roles(_ROLES.format("'authority', "))


def downgrade() -> None:
    op.execute("DELETE FROM membership WHERE role = 'authority'")
    _take_roles(_ROLES.format(""))


def _take_roles(roles: str) -> None:
    with op.batch_alter_table("membership") as table:
        table.drop_constraint(op.f("ck_membership_role"), type_="check")
        table.create_check_constraint(op.f("ck_membership_role"), f"role IN ({roles})")
