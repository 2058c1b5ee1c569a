"""Neighbour installations, the needs that their bundles brought, and the fingerprint of the own key."""

import sqlalchemy as sa
from alembic import op

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "neighbour",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("public_key", sa.String(length=44), nullable=False),
        sa.Column("fingerprint", sa.String(length=40), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("sent_serial", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.Column("sent", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("taken_serial", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True)),
        sa.Column("taken_until", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name="fk_neighbour_centre_id"),
        sa.CheckConstraint("level IN ('nameless', 'open')", name="ck_neighbour_level"),
        sa.PrimaryKeyConstraint("id", name="pk_neighbour"),
        sa.UniqueConstraint("public_id", name="uq_neighbour_public_id"),
        sa.UniqueConstraint("centre_id", name="uq_neighbour_centre_id"),
        sa.UniqueConstraint("fingerprint", name="uq_neighbour_fingerprint"),
    )
    op.create_table(
        "taken_need",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("neighbour_id", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.String(length=100), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("record", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_there", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["neighbour_id"], ["neighbour.id"], name="fk_taken_need_neighbour_id"),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name="fk_taken_need_need_id"),
        sa.PrimaryKeyConstraint("id", name="pk_taken_need"),
        sa.UniqueConstraint("need_id", name="uq_taken_need_need_id"),
        sa.UniqueConstraint("neighbour_id", "external_id", name="uq_taken_need_neighbour_id_external_id"),
    )
    with op.batch_alter_table("installation") as table:
        table.add_column(sa.Column("bundle_key", sa.String(length=40)))


def downgrade() -> None:
    with op.batch_alter_table("installation") as table:
        table.drop_column("bundle_key")
    op.drop_table("taken_need")
    op.drop_table("neighbour")
