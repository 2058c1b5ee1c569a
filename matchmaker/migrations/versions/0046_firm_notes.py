"""The centre's own notes about a firm: notes, calls, tasks with a day."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "firm_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer()),
        sa.CheckConstraint("kind IN ('note', 'call', 'task')", name="ck_firm_note_kind"),
        sa.CheckConstraint("kind <> 'task' OR due_on IS NOT NULL", name="ck_firm_note_due"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_firm_note_organisation_id"
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name="fk_firm_note_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_firm_note"),
        sa.UniqueConstraint("public_id", name="uq_firm_note_public_id"),
    )
    op.create_index("ix_firm_note_organisation_id_at", "firm_note", ["organisation_id", "at"])
    op.create_index("ix_firm_note_kind_done_at_due_on", "firm_note", ["kind", "done_at", "due_on"])


def downgrade() -> None:
    op.drop_table("firm_note")
