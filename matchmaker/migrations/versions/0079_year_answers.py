"""What participants tell their centre of a year."""

import sqlalchemy as sa
from alembic import op

revision = "0079"
down_revision = "0078"
branch_labels = None
depends_on = None

_BANDS = "'to-10', 'to-30', 'to-60', 'to-120', 'to-400', 'to-800', 'to-2000', 'more'"
_COUNTED = ("staff", "new_products", "new_jobs", "invested_minor")


def upgrade() -> None:
    op.create_table(
        "year_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("staff", sa.Integer()),
        sa.Column("revenue_band", sa.String(length=20)),
        sa.Column("export_percent", sa.Integer()),
        sa.Column("new_products", sa.Integer()),
        sa.Column("new_jobs", sa.Integer()),
        sa.Column("invested_minor", sa.BigInteger()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer()),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name="fk_year_answer_profile_id"),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name="fk_year_answer_by_id"),
        sa.CheckConstraint(f"revenue_band IN ({_BANDS})", name="ck_year_answer_revenue_band"),
        sa.CheckConstraint("export_percent BETWEEN 0 AND 100", name="ck_year_answer_export_percent"),
        *(sa.CheckConstraint(f"{one} >= 0", name=f"ck_year_answer_{one}") for one in _COUNTED),
        sa.PrimaryKeyConstraint("id", name="pk_year_answer"),
        sa.UniqueConstraint("public_id", name="uq_year_answer_public_id"),
        sa.UniqueConstraint("profile_id", "year", name="uq_year_answer_profile_id_year"),
    )


def downgrade() -> None:
    op.drop_table("year_answer")
