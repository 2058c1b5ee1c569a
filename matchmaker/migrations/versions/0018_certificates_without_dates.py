"""A certificate tells its edition and, where it has no date, the day on which the supplier last said that it holds it."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

SAID = """
UPDATE certificate SET said_on = COALESCE(
    date(since),
    (SELECT COALESCE(profile.updated, date(profile.published_at), date(profile.changed_at))
     FROM profile WHERE profile.id = certificate.profile_id))
WHERE issued IS NULL AND valid_until IS NULL
"""


def upgrade() -> None:
    op.add_column("certificate", sa.Column("edition", sa.String(length=100)))
    op.add_column("certificate", sa.Column("said_on", sa.Date()))
    op.execute(SAID)


def downgrade() -> None:
    op.drop_column("certificate", "said_on")
    op.drop_column("certificate", "edition")
