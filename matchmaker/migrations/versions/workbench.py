"""What the workbench keeps: ranks, runs, undone decisions, merged twins, ratings, saved searches."""

import sqlalchemy as sa
from alembic import op

from matchmaker.models.base import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_MOMENTS = ("placed_at", "notified_at", "released_at", "wanted_at")


def upgrade() -> None:
    op.add_column("match", sa.Column("rank", sa.Integer(), nullable=True))
    for name in _MOMENTS:
        op.add_column("match", sa.Column(name, UtcDateTime(), nullable=True))
    _match_run()
    _decision_undone()
    _distinct_pair()
    _profile_redirect()
    _delivery_rating()
    _saved_search()


def _reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"))


def _match_run() -> None:
    op.create_table(
        "match_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("ranker", sa.String(length=100), nullable=False),
        sa.Column("moves", sa.JSON(none_as_null=True), nullable=False),
        _reference("match_run", "need_id", "need"),
        _reference("match_run", "by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_run")),
    )
    op.create_index(op.f("ix_match_run_need_id"), "match_run", ["need_id"])


def _decision_undone() -> None:
    op.create_table(
        "decision_undone",
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        _reference("decision_undone", "decision_id", "decision"),
        _reference("decision_undone", "by_id", "user_account"),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_decision_undone")),
    )


def _distinct_pair() -> None:
    op.create_table(
        "distinct_pair",
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_distinct_pair_ordered")),
        _reference("distinct_pair", "first_id", "organisation"),
        _reference("distinct_pair", "second_id", "organisation"),
        _reference("distinct_pair", "by_id", "user_account"),
        sa.PrimaryKeyConstraint("first_id", "second_id", name=op.f("pk_distinct_pair")),
    )


def _profile_redirect() -> None:
    op.create_table(
        "profile_redirect",
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        _reference("profile_redirect", "profile_id", "profile"),
        sa.PrimaryKeyConstraint("public_id", name=op.f("pk_profile_redirect")),
    )
    op.create_index(op.f("ix_profile_redirect_profile_id"), "profile_redirect", ["profile_id"])


def _delivery_rating() -> None:
    op.create_table(
        "delivery_rating",
        sa.Column("match_id", sa.Integer(), nullable=False),
        sa.Column("quality", sa.Integer(), nullable=False),
        sa.Column("timeliness", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("quality BETWEEN 1 AND 5", name=op.f("ck_delivery_rating_quality")),
        sa.CheckConstraint("timeliness BETWEEN 1 AND 5", name=op.f("ck_delivery_rating_timeliness")),
        _reference("delivery_rating", "match_id", "match"),
        _reference("delivery_rating", "by_id", "user_account"),
        sa.PrimaryKeyConstraint("match_id", name=op.f("pk_delivery_rating")),
    )


def _saved_search() -> None:
    op.create_table(
        "saved_search",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("query", sa.String(length=2000), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("looked_at", UtcDateTime(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        _reference("saved_search", "user_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_search")),
        sa.UniqueConstraint("public_id", name=op.f("uq_saved_search_public_id")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_saved_search_user_id_name")),
    )
    op.create_index(op.f("ix_saved_search_user_id_created_at"), "saved_search", ["user_id", "created_at"])


def downgrade() -> None:
    for table in (
        "saved_search",
        "delivery_rating",
        "profile_redirect",
        "distinct_pair",
        "decision_undone",
        "match_run",
    ):
        op.drop_table(table)
    for name in (*reversed(_MOMENTS), "rank"):
        op.drop_column("match", name)
