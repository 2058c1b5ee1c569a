"""The likely twins of a centre as last found; indexes of the queues of certificates and of the search by name."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "likely_twin",
        sa.Column("first", sa.String(length=16), nullable=False),
        sa.Column("second", sa.String(length=16), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("probability", sa.Float(53), nullable=False),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name="fk_likely_twin_centre_id"),
        sa.PrimaryKeyConstraint("first", "second", name="pk_likely_twin"),
    )
    op.create_index("ix_likely_twin_centre_id_probability", "likely_twin", ["centre_id", "probability"])
    op.create_table(
        "twin_search",
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("firms_changed_at", sa.DateTime(timezone=True)),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name="fk_twin_search_centre_id"),
        sa.PrimaryKeyConstraint("centre_id", name="pk_twin_search"),
    )
    op.create_index(
        "ix_certificate_status_valid_until_profile_id", "certificate", ["status", "valid_until", "profile_id"]
    )
    op.create_index(
        "ix_certificate_to_verify",
        "certificate",
        ["status", "verified", "profile_id", "valid_until", "since"],
    )
    op.create_index("ix_organisation_inn", "organisation", ["inn"])
    op.create_index("ix_organisation_centre_id_changed_at", "organisation", ["centre_id", "changed_at"])
    op.create_index(
        "ix_organisation_names",
        "organisation",
        ["blocked", "sort_ru", "centre_id", "is_contractor", "search_key"],
    )
    op.drop_index("ix_organisation_centre_id_blocked_search_key", "organisation")


def downgrade() -> None:
    op.create_index(
        "ix_organisation_centre_id_blocked_search_key", "organisation", ["centre_id", "blocked", "search_key"]
    )
    op.drop_index("ix_organisation_names", "organisation")
    op.drop_index("ix_organisation_centre_id_changed_at", "organisation")
    op.drop_index("ix_organisation_inn", "organisation")
    op.drop_index("ix_certificate_to_verify", "certificate")
    op.drop_index("ix_certificate_status_valid_until_profile_id", "certificate")
    op.drop_table("twin_search")
    op.drop_table("likely_twin")
