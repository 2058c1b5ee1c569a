"""Sizes and accuracy of machines; what was found for a profile and waits for a yes; text that is still being typed."""

import sqlalchemy as sa
from alembic import op

from matchmaker.models.base import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_SIZES = ("diameter_mm", "length_mm", "max_mass_kg")


def upgrade() -> None:
    op.add_column("equipment", sa.Column("envelope_mm", sa.JSON(none_as_null=True), nullable=True))
    for name in _SIZES:
        op.add_column("equipment", sa.Column(name, sa.Float(precision=53), nullable=True))
    op.add_column("equipment", sa.Column("tolerance_it", sa.Integer(), nullable=True))
    op.create_table(
        "finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("item", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name=op.f("fk_finding_profile_id_profile")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        sa.UniqueConstraint("public_id", name=op.f("uq_finding_public_id")),
        sa.CheckConstraint(
            "kind IN ('basics', 'capabilities', 'equipment', 'certificates', 'unread')",
            name=op.f("ck_finding_kind"),
        ),
        sa.CheckConstraint("state IN ('waiting', 'added', 'passed')", name=op.f("ck_finding_state")),
    )
    op.create_index(op.f("ix_finding_profile_id_state"), "finding", ["profile_id", "state"])
    op.create_table(
        "typed_text",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("page", sa.String(length=200), nullable=False),
        sa.Column("given", sa.Text(), nullable=False),
        sa.Column("typed", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_typed_text_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("user_id", "page", name=op.f("pk_typed_text")),
    )


def downgrade() -> None:
    op.drop_table("typed_text")
    op.drop_table("finding")
    for name in ("tolerance_it", *_SIZES, "envelope_mm"):
        op.drop_column("equipment", name)
