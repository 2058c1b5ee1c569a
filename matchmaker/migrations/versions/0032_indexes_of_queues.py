"""Indexes of the profiles that wait for the centre, and of names that are looked for by a part of them."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    waiting = sa.text("review IS NOT NULL")
    op.create_index(
        "ix_profile_review", "profile", ["review"], sqlite_where=waiting, postgresql_where=waiting
    )
    op.create_index(
        "ix_organisation_centre_id_blocked_search_key", "organisation", ["centre_id", "blocked", "search_key"]
    )


def downgrade() -> None:
    op.drop_index("ix_organisation_centre_id_blocked_search_key", "organisation")
    op.drop_index("ix_profile_review", "profile")
