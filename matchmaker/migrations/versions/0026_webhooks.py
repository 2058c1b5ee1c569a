"""Programs are told of events at addresses that their people name, in a lane of its own.

The heartbeats are made anew: they are a minute old at most.
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _beats("index", "letters", "files", "imports", "schedule", "programs")
    op.create_table(
        "webhook",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("events", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("heard", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_webhook_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_webhook"),
        sa.UniqueConstraint("public_id", name="uq_webhook_public_id"),
    )
    op.create_index("ix_webhook_user_id", "webhook", ["user_id"])
    op.create_table(
        "webhook_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("webhook_id", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=100), nullable=False),
        sa.Column("content", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered", sa.Integer()),
        sa.Column("error", sa.String(length=300)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'dead')", name="ck_webhook_message_state"),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhook.id"], name="fk_webhook_message_webhook_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_message"),
        sa.UniqueConstraint("public_id", name="uq_webhook_message_public_id"),
    )
    op.create_index("ix_webhook_message_state_due_at", "webhook_message", ["state", "due_at"])
    op.create_index("ix_webhook_message_webhook_id", "webhook_message", ["webhook_id"])


def downgrade() -> None:
    _beats("index", "letters", "files", "imports", "schedule")
    op.drop_table("webhook_message")
    op.drop_table("webhook")


def _beats(*lanes: str) -> None:
    op.drop_table("lane_beat")
    op.create_table(
        "lane_beat",
        sa.Column("lane", sa.String(20), nullable=False),
        sa.Column("process", sa.String(100), nullable=False),
        sa.Column("beaten_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("succeeded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True)),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(100)),
        sa.CheckConstraint(f"lane IN {lanes}", name=op.f("ck_lane_beat_lane")),
        sa.PrimaryKeyConstraint("lane", "process", name=op.f("pk_lane_beat")),
    )
