"""Columns that nothing reads leave: the search resolves terms itself, a scan is tied to the number of its certificate,
half-lives stand in the program, and the journal knows when a decision was entered.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

CODES = (("profile", "sector_codes"), ("capability", "process_codes"), ("capability", "material_codes"))


def upgrade() -> None:
    for table, column in CODES:
        op.drop_column(table, column)
    op.drop_column("decision", "recorded_at")
    with op.batch_alter_table("fact") as fact:
        fact.drop_constraint("ck_fact_half_life_days", type_="check")
        fact.drop_column("half_life_days")
    with op.batch_alter_table("stored_file") as stored_file:
        stored_file.drop_index("ix_stored_file_certificate_id")
        stored_file.drop_constraint("fk_stored_file_certificate_id", type_="foreignkey")
        stored_file.drop_column("certificate_id")


def downgrade() -> None:
    with op.batch_alter_table("stored_file") as stored_file:
        stored_file.add_column(sa.Column("certificate_id", sa.Integer()))
        stored_file.create_foreign_key(
            "fk_stored_file_certificate_id", "certificate", ["certificate_id"], ["id"]
        )
        stored_file.create_index("ix_stored_file_certificate_id", ["certificate_id"])
    with op.batch_alter_table("fact") as fact:
        fact.add_column(sa.Column("half_life_days", sa.Integer()))
        fact.create_check_constraint("ck_fact_half_life_days", "half_life_days > 0")
    _add_required("decision", "recorded_at", sa.DateTime(timezone=True), "1970-01-01 00:00:00")
    op.execute("UPDATE decision SET recorded_at = at")
    for table, column in reversed(CODES):
        _add_required(table, column, sa.JSON(), "[]")


def _add_required(table: str, column: str, kind: sa.types.TypeEngine[Any], default: str) -> None:
    """Add a column to rows that are there; new rows must give its value themselves, as before."""
    op.add_column(table, sa.Column(column, kind, server_default=default, nullable=False))
    with op.batch_alter_table(table) as batch:
        batch.alter_column(column, server_default=None)
