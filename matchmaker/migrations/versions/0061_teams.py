"""Teams of suppliers that quote for a need together, and the positions of each member."""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "team",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("offered_at", sa.DateTime(timezone=True)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("by_id", sa.Integer()),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name="fk_team_need_id"),
        sa.ForeignKeyConstraint(["lead_id"], ["match.id"], name="fk_team_lead_id"),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name="fk_team_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_team"),
        sa.UniqueConstraint("public_id", name="uq_team_public_id"),
    )
    op.create_index("ix_team_need_id", "team", ["need_id"])
    op.create_index("ix_team_lead_id", "team", ["lead_id"])
    op.create_table(
        "team_member",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("match_id", sa.Integer(), nullable=False),
        sa.Column("positions", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name="fk_team_member_team_id"),
        sa.ForeignKeyConstraint(["match_id"], ["match.id"], name="fk_team_member_match_id"),
        sa.PrimaryKeyConstraint("team_id", "match_id", name="pk_team_member"),
    )
    op.create_index("ix_team_member_match_id", "team_member", ["match_id"])


def downgrade() -> None:
    op.drop_table("team_member")
    op.drop_table("team")
