"""For which side a message was written, since its author may change firms or hold several roles."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# What is known of messages that are there already: the firm of their author.
_OF_SUPPLIER = """UPDATE message SET side = 'supplier' WHERE EXISTS (
SELECT 1 FROM "match" JOIN profile ON profile.id = "match".profile_id
JOIN membership ON membership.organisation_id = profile.organisation_id
WHERE "match".id = message.match_id AND membership.user_id = message.by_id)"""
_OF_CONTRACTOR = """UPDATE message SET side = 'contractor' WHERE side = 'centre' AND EXISTS (
SELECT 1 FROM "match" JOIN need ON need.id = "match".need_id
JOIN membership ON membership.organisation_id = need.contractor_id
WHERE "match".id = message.match_id AND membership.user_id = message.by_id)"""


def upgrade() -> None:
    op.add_column("message", sa.Column("side", sa.String(length=20), nullable=True))
    op.execute("UPDATE message SET side = 'centre'")
    op.execute(_OF_SUPPLIER)
    op.execute(_OF_CONTRACTOR)
    with op.batch_alter_table("message") as table:
        table.alter_column("side", existing_type=sa.String(length=20), nullable=False)
        table.create_check_constraint(op.f("ck_message_side"), "side IN ('supplier', 'contractor', 'centre')")


def downgrade() -> None:
    with op.batch_alter_table("message") as table:
        table.drop_constraint(op.f("ck_message_side"), type_="check")
        table.drop_column("side")
