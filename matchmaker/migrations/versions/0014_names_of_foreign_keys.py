"""All foreign keys are named by one rule, fk_TABLE_COLUMN, as the models name them."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# Those that were named fk_TABLE_COLUMN_TARGET: table → its columns and the tables that they refer to.
KEYS = {
    "access_key": {"user_id": "user_account"},
    "agreement": {"need_id": "need", "organisation_id": "organisation", "user_id": "user_account"},
    "decision_undone": {"by_id": "user_account", "decision_id": "decision"},
    "delivery_rating": {"by_id": "user_account", "match_id": "match"},
    "distinct_pair": {"by_id": "user_account", "first_id": "organisation", "second_id": "organisation"},
    "finding": {"profile_id": "profile"},
    "match_run": {"by_id": "user_account", "need_id": "need"},
    "profile_redirect": {"profile_id": "profile"},
    "profile_viewing": {"profile_id": "profile", "user_id": "user_account"},
    "saved_search": {"user_id": "user_account"},
    "stored_file": {"quote_id": "quote"},
    "typed_text": {"user_id": "user_account"},
}


def upgrade() -> None:
    for table, keys in KEYS.items():
        _rename(table, keys, {column: (_long(table, column), _short(table, column)) for column in keys})


def downgrade() -> None:
    for table, keys in KEYS.items():
        _rename(table, keys, {column: (_short(table, column), _long(table, column)) for column in keys})


def _short(table: str, column: str) -> str:
    return f"fk_{table}_{column}"


def _long(table: str, column: str) -> str:
    return f"{_short(table, column)}_{KEYS[table][column]}"


def _rename(table: str, keys: dict[str, str], names: dict[str, tuple[str, str]]) -> None:
    """SQLite cannot rename a constraint, so there it is made anew in a copy of the table."""
    if op.get_context().dialect.name == "postgresql":
        for before, after in names.values():
            op.execute(f"ALTER TABLE {table} RENAME CONSTRAINT {before} TO {after}")
        return
    with op.batch_alter_table(table) as batch:
        for column, (before, after) in names.items():
            batch.drop_constraint(before, type_="foreignkey")
            batch.create_foreign_key(after, keys[column], [column], ["id"])
