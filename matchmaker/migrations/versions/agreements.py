"""Non-disclosure agreements, and one quote a match."""

import sqlalchemy as sa
from alembic import op

from matchmaker.models.base import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("accepted_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_agreement_need_id_need")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_agreement_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_agreement_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("public_id", name=op.f("uq_agreement_public_id")),
    )
    op.create_index(op.f("ix_agreement_need_id_organisation_id"), "agreement", ["need_id", "organisation_id"])
    op.create_index(op.f("ix_agreement_organisation_id"), "agreement", ["organisation_id"])
    with op.batch_alter_table("quote") as table:
        table.drop_index(op.f("ix_quote_match_id"))
        table.create_index(op.f("ix_quote_match_id"), ["match_id"], unique=True)


def downgrade() -> None:
    with op.batch_alter_table("quote") as table:
        table.drop_index(op.f("ix_quote_match_id"))
        table.create_index(op.f("ix_quote_match_id"), ["match_id"])
    op.drop_table("agreement")
