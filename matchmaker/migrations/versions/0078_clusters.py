"""Clusters: the register, participants in seven roles, and declared supplies."""

import sqlalchemy as sa
from alembic import op

revision = "0078"
down_revision = "0077"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cluster",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("name_ru", sa.String(length=300), nullable=True),
        sa.Column("name_en", sa.String(length=300), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("region_code", sa.String(length=100), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('industrial', 'innovation', 'supply-chain', 'mixed')", name="ck_cluster_kind"
        ),
        sa.CheckConstraint("name_ru IS NOT NULL OR name_en IS NOT NULL", name="ck_cluster_named"),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name="fk_cluster_centre_id"),
        sa.PrimaryKeyConstraint("id", name="pk_cluster"),
        sa.UniqueConstraint("public_id", name="uq_cluster_public_id"),
    )
    op.create_index("ix_cluster_centre_id", "cluster", ["centre_id"])
    op.create_table(
        "cluster_participant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=300), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "role IN ('lead-plant', 'parts-supplier', 'service-supplier', 'research', 'infrastructure', "
            "'finance', 'authority')",
            name="ck_cluster_participant_role",
        ),
        sa.CheckConstraint(
            "(organisation_id IS NULL) <> (name IS NULL)", name="ck_cluster_participant_named"
        ),
        sa.ForeignKeyConstraint(["cluster_id"], ["cluster.id"], name="fk_cluster_participant_cluster_id"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_cluster_participant_organisation_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_cluster_participant"),
        sa.UniqueConstraint("public_id", name="uq_cluster_participant_public_id"),
    )
    op.create_index("ix_cluster_participant_cluster_id", "cluster_participant", ["cluster_id"])
    op.create_index("ix_cluster_participant_organisation_id", "cluster_participant", ["organisation_id"])
    op.create_table(
        "cluster_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("supplier_id", sa.Integer(), nullable=False),
        sa.Column("buyer_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=300), nullable=False),
        sa.Column("year_minor", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("supplier_id <> buyer_id", name="ck_cluster_link_two"),
        sa.CheckConstraint("year_minor > 0", name="ck_cluster_link_year_minor"),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["cluster_participant.id"], name="fk_cluster_link_supplier_id"
        ),
        sa.ForeignKeyConstraint(["buyer_id"], ["cluster_participant.id"], name="fk_cluster_link_buyer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_cluster_link"),
        sa.UniqueConstraint("public_id", name="uq_cluster_link_public_id"),
    )
    op.create_index("ix_cluster_link_supplier_id", "cluster_link", ["supplier_id"])
    op.create_index("ix_cluster_link_buyer_id", "cluster_link", ["buyer_id"])


def downgrade() -> None:
    op.drop_table("cluster_link")
    op.drop_table("cluster_participant")
    op.drop_table("cluster")
