"""Letters that come in, and the address at which a letter is answered."""

import sqlalchemy as sa
from alembic import op

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "letter_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.String(length=300)),
        sa.Column("sender", sa.String(length=300), nullable=False),
        sa.Column("name", sa.String(length=300)),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("files", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("why", sa.String(length=20)),
        sa.Column("need_id", sa.Integer()),
        sa.Column("match_id", sa.Integer()),
        sa.Column("settled_by_id", sa.Integer()),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name="fk_letter_in_centre_id"),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name="fk_letter_in_need_id"),
        sa.ForeignKeyConstraint(["match_id"], ["match.id"], name="fk_letter_in_match_id"),
        sa.ForeignKeyConstraint(["settled_by_id"], ["user_account.id"], name="fk_letter_in_settled_by_id"),
        sa.CheckConstraint(
            "kind IN ('letter', 'need', 'answer', 'quote', 'bounce', 'automatic')", name="ck_letter_in_kind"
        ),
        sa.CheckConstraint("state IN ('waiting', 'taken', 'aside')", name="ck_letter_in_state"),
        sa.PrimaryKeyConstraint("id", name="pk_letter_in"),
        sa.UniqueConstraint("public_id", name="uq_letter_in_public_id"),
        sa.UniqueConstraint("sha256", name="uq_letter_in_sha256"),
    )
    for column in ("message_id", "sender", "need_id", "match_id"):
        op.create_index(f"ix_letter_in_{column}", "letter_in", [column])
    op.create_index("ix_letter_in_centre_id_state", "letter_in", ["centre_id", "state"])
    with op.batch_alter_table("mail") as table:
        table.add_column(sa.Column("reply_to", sa.String(length=300)))


def downgrade() -> None:
    with op.batch_alter_table("mail") as table:
        table.drop_column("reply_to")
    op.drop_table("letter_in")
