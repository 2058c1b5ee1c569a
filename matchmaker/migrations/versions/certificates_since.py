"""Since when a certificate is as it is, and when its verification fell."""

import sqlalchemy as sa
from alembic import op

from matchmaker.models.base import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# Nobody wrote it down before; the profile's publishing is the best that is known.
_SINCE = "UPDATE certificate SET since = (SELECT published_at FROM profile WHERE profile.id = certificate.profile_id)"


def upgrade() -> None:
    op.add_column("certificate", sa.Column("since", UtcDateTime(), nullable=True))
    op.add_column("certificate", sa.Column("fell_at", UtcDateTime(), nullable=True))
    op.execute(_SINCE)


def downgrade() -> None:
    for name in ("fell_at", "since"):
        op.drop_column("certificate", name)
