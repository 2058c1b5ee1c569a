"""Events of a centre: participants, wishes, meetings, and what came of them."""

import sqlalchemy as sa
from alembic import op

revision = "0075"
down_revision = "0074"
branch_labels = None
depends_on = None

_KINDS = "'contact-exchange', 'seminar', 'visit', 'fair', 'working-group'"
_STATES = "'draft', 'announced', 'timetabled', 'held', 'called-off'"
_COMING = "'invited', 'registered', 'declined', 'attended', 'absent'"
_BANDS = "'to-100', 'to-500', 'to-2000', 'to-10000', 'to-50000', 'more'"


def upgrade() -> None:
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("about", sa.Text()),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.Column("tables", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("pause", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("register_by", sa.Date(), nullable=False),
        sa.Column("wishes", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True)),
        sa.Column("solved_at", sa.DateTime(timezone=True)),
        sa.Column("proven", sa.Boolean()),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"kind IN ({_KINDS})", name="ck_event_kind"),
        sa.CheckConstraint(f"state IN ({_STATES})", name="ck_event_state"),
        sa.CheckConstraint("0 <= starts AND starts < ends AND ends <= 1440", name="ck_event_hours"),
        sa.CheckConstraint("tables >= 0", name="ck_event_tables"),
        sa.CheckConstraint("minutes > 0 AND pause >= 0", name="ck_event_minutes"),
        sa.CheckConstraint("people > 0", name="ck_event_people"),
        sa.CheckConstraint("register_by <= day", name="ck_event_register_by"),
        sa.CheckConstraint("wishes > 0", name="ck_event_wishes"),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name="fk_event_centre_id"),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
        sa.UniqueConstraint("public_id", name="uq_event_public_id"),
    )
    op.create_index("ix_event_centre_id_day", "event", ["centre_id", "day"])
    op.create_index("ix_event_state_day", "event", ["state", "day"])
    op.create_table(
        "event_participant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("comes", sa.Integer()),
        sa.Column("leaves", sa.Integer()),
        sa.Column("invited_at", sa.DateTime(timezone=True)),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("told", sa.String(length=300)),
        sa.CheckConstraint(f"state IN ({_COMING})", name="ck_event_participant_state"),
        sa.CheckConstraint("people > 0", name="ck_event_participant_people"),
        sa.CheckConstraint("comes < leaves", name="ck_event_participant_hours"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_event_participant_event_id"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_event_participant_organisation_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_event_participant"),
        sa.UniqueConstraint("public_id", name="uq_event_participant_public_id"),
        sa.UniqueConstraint(
            "event_id", "organisation_id", name="uq_event_participant_event_id_organisation_id"
        ),
    )
    op.create_index("ix_event_participant_organisation_id", "event_participant", ["organisation_id"])
    op.create_table(
        "event_wish",
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("wanted_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer()),
        sa.Column("set_aside", sa.Boolean(), nullable=False),
        sa.CheckConstraint("participant_id <> wanted_id", name="ck_event_wish_two"),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["event_participant.id"], name="fk_event_wish_participant_id"
        ),
        sa.ForeignKeyConstraint(["wanted_id"], ["event_participant.id"], name="fk_event_wish_wanted_id"),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name="fk_event_wish_need_id"),
        sa.PrimaryKeyConstraint("participant_id", "wanted_id", name="pk_event_wish"),
    )
    op.create_index("ix_event_wish_wanted_id", "event_wish", ["wanted_id"])
    op.create_index("ix_event_wish_need_id", "event_wish", ["need_id"])
    op.create_table(
        "event_meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("at_table", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("locked", sa.Boolean(), nullable=False),
        sa.Column("held", sa.Boolean()),
        sa.Column("result", sa.String(length=20)),
        sa.CheckConstraint("result IN ('order', 'talks', 'nothing')", name="ck_event_meeting_result"),
        sa.CheckConstraint("first_id < second_id", name="ck_event_meeting_two"),
        sa.CheckConstraint("slot >= 0", name="ck_event_meeting_slot"),
        sa.CheckConstraint("at_table > 0", name="ck_event_meeting_at_table"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_event_meeting_event_id"),
        sa.ForeignKeyConstraint(["first_id"], ["event_participant.id"], name="fk_event_meeting_first_id"),
        sa.ForeignKeyConstraint(["second_id"], ["event_participant.id"], name="fk_event_meeting_second_id"),
        sa.PrimaryKeyConstraint("id", name="pk_event_meeting"),
        sa.UniqueConstraint("public_id", name="uq_event_meeting_public_id"),
        sa.UniqueConstraint("event_id", "slot", "at_table", name="uq_event_meeting_event_id_slot_at_table"),
        sa.UniqueConstraint("first_id", "second_id", name="uq_event_meeting_first_id_second_id"),
    )
    op.create_index("ix_event_meeting_second_id", "event_meeting", ["second_id"])
    op.create_table(
        "event_answer",
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("deal", sa.String(length=20), nullable=False),
        sa.Column("partner_id", sa.Integer()),
        sa.Column("value_band", sa.String(length=20)),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("months IN (0, 6, 12)", name="ck_event_answer_months"),
        sa.CheckConstraint("deal IN ('yes', 'talks', 'no')", name="ck_event_answer_deal"),
        sa.CheckConstraint(f"value_band IN ({_BANDS})", name="ck_event_answer_value_band"),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["event_participant.id"], name="fk_event_answer_participant_id"
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["event_participant.id"], name="fk_event_answer_partner_id"),
        sa.PrimaryKeyConstraint("participant_id", "months", name="pk_event_answer"),
    )
    op.create_index("ix_event_answer_at", "event_answer", ["at"])


def downgrade() -> None:
    for table in ("event_answer", "event_meeting", "event_wish", "event_participant", "event"):
        op.drop_table(table)
