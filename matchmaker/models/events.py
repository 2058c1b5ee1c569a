"""Events of a centre: who takes part, who wants to meet whom, the meetings, and what came of it."""

from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.lifecycle import (
    COMING_EVENTS,
    COMING_PARTICIPANTS,
    TIMED_EVENTS,
    TOLD_EVENTS,
    EventState,
    ParticipantState,
)
from matchmaker.models.base import Base, Day, Key, Line, Moment, Prose, PublicId, Stamped, Word, now, one_of
from matchmaker.models.curating import VALUE_BANDS
from matchmaker.models.needs import Need
from matchmaker.models.organisations import Centre, Organisation

EVENT_KINDS = ("contact-exchange", "seminar", "visit", "fair", "working-group")
RESULTS = ("order", "talks", "nothing")
FOLLOWED_MONTHS = (0, 6, 12)
DEAL_ANSWERS = ("yes", "talks", "no")


class Event(PublicId, Stamped, Base):
    """An event of a centre on a `day`, in the time zone of the site.

    `starts`, `ends` and the hours of participants are minutes of the day. Meetings take place at `tables` (places at once, 0 for
    an event without meetings), of `minutes` each with a `pause` after it. `people` is how many persons there is room for,
    `register_by` the last day on which a firm may register, decline or change its wishes, of which it has `wishes` at
    most. `asked_at` is set while its timetable is being solved; `proven` says whether the one that was solved last is proven the best.
    """

    __tablename__ = "event"

    id: Mapped[Key]
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    kind: Mapped[Word]
    title: Mapped[Line]
    about: Mapped[Prose | None]
    place: Mapped[Line]
    day: Mapped[Day]
    starts: Mapped[int]
    ends: Mapped[int]
    tables: Mapped[int] = mapped_column(default=0)
    minutes: Mapped[int] = mapped_column(default=20)
    pause: Mapped[int] = mapped_column(default=5)
    people: Mapped[int]
    register_by: Mapped[Day]
    wishes: Mapped[int] = mapped_column(default=5)
    state: Mapped[EventState] = mapped_column(default=EventState.DRAFT)
    asked_at: Mapped[Moment | None]
    solved_at: Mapped[Moment | None]
    proven: Mapped[bool | None]
    revision: Mapped[int] = mapped_column(default=1)

    centre: Mapped[Centre] = relationship()

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy's way to declare it
    __table_args__: tuple[Any, ...] = (
        Index(None, "centre_id", "day"),
        Index(None, "state", "day"),
        one_of("kind", EVENT_KINDS),
        one_of("state", EventState),
        CheckConstraint("0 <= starts AND starts < ends AND ends <= 1440", name="hours"),
        CheckConstraint("tables >= 0", name="tables"),
        CheckConstraint("minutes > 0 AND pause >= 0", name="minutes"),
        CheckConstraint("people > 0", name="people"),
        CheckConstraint("register_by <= day", name="register_by"),
        CheckConstraint("wishes > 0", name="wishes"),
    )

    @property
    def is_draft(self) -> bool:
        return self.state == EventState.DRAFT

    @property
    def is_announced(self) -> bool:
        return self.state == EventState.ANNOUNCED

    @property
    def is_coming(self) -> bool:
        """Whether it is announced and neither over nor called off."""
        return self.state in COMING_EVENTS

    @property
    def is_told(self) -> bool:
        """Whether its participants know of it."""
        return self.state in TOLD_EVENTS

    @property
    def is_timed(self) -> bool:
        """Whether its participants read the timetable."""
        return self.state in TIMED_EVENTS

    @property
    def is_held(self) -> bool:
        return self.state == EventState.HELD

    @property
    def is_called_off(self) -> bool:
        return self.state == EventState.CALLED_OFF

    @property
    def slots(self) -> int:
        """How many meetings can follow each other at a table."""
        if not self.tables:
            return 0
        return (self.ends - self.starts + self.pause) // (self.minutes + self.pause)

    def takes_answers(self, today: date) -> bool:
        """Whether firms may register, decline and name wishes on this day."""
        return self.is_announced and today <= self.register_by

    def slot_minutes(self, slot: int) -> tuple[int, int]:
        """The first and the last minute of a slot (counted from 0) in the day."""
        start = self.starts + slot * (self.minutes + self.pause)
        return start, start + self.minutes

    def moment(self, minute: int) -> datetime:
        """A minute of the event's day, without a zone."""
        return datetime.combine(self.day, time()) + timedelta(minutes=minute)


class EventParticipant(PublicId, Base):
    """A firm at an event; `people` is how many come. Its time is from `comes` to `leaves` (minutes of the day), the whole event where
    they are None. `told` is a mark of the timetable that it was sent last.
    """

    __tablename__ = "event_participant"

    id: Mapped[Key]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    state: Mapped[ParticipantState] = mapped_column(default=ParticipantState.INVITED)
    people: Mapped[int] = mapped_column(default=1)
    comes: Mapped[int | None]
    leaves: Mapped[int | None]
    invited_at: Mapped[Moment | None]
    answered_at: Mapped[Moment | None]
    told: Mapped[Line | None]

    event: Mapped[Event] = relationship()
    organisation: Mapped[Organisation] = relationship()

    __table_args__: tuple[Any, ...] = (
        UniqueConstraint("event_id", "organisation_id"),
        one_of("state", ParticipantState),
        CheckConstraint("people > 0", name="people"),
        CheckConstraint("comes < leaves", name="hours"),
    )

    @property
    def is_coming(self) -> bool:
        """Whether it has a place: registered, or was there."""
        return self.state in COMING_PARTICIPANTS

    @property
    def is_registered(self) -> bool:
        return self.state == ParticipantState.REGISTERED

    @property
    def is_declined(self) -> bool:
        return self.state == ParticipantState.DECLINED

    @property
    def is_invited(self) -> bool:
        return self.state == ParticipantState.INVITED

    @property
    def has_attended(self) -> bool:
        return self.state == ParticipantState.ATTENDED

    @property
    def is_absent(self) -> bool:
        return self.state == ParticipantState.ABSENT

    def slots(self, event: Event) -> frozenset[int]:
        """The slots of its event for which it is there."""
        comes = event.starts if self.comes is None else self.comes
        leaves = event.ends if self.leaves is None else self.leaves
        hours = ((slot, *event.slot_minutes(slot)) for slot in range(event.slots))
        return frozenset(slot for slot, first, last in hours if comes <= first and last <= leaves)


class EventWish(Base):
    """Whom a participant wants to meet, the dearest wish at `place` 0, and which need of its own it is about. What is `set_aside`
    by the centre is left out of the timetable.
    """

    __tablename__ = "event_wish"

    participant_id: Mapped[int] = mapped_column(ForeignKey("event_participant.id"), primary_key=True)
    wanted_id: Mapped[int] = mapped_column(ForeignKey("event_participant.id"), primary_key=True, index=True)
    place: Mapped[int]
    need_id: Mapped[int | None] = mapped_column(ForeignKey("need.id"), index=True)
    set_aside: Mapped[bool] = mapped_column(default=False)

    participant: Mapped[EventParticipant] = relationship(foreign_keys=[participant_id])
    wanted: Mapped[EventParticipant] = relationship(foreign_keys=[wanted_id])
    need: Mapped[Need | None] = relationship()

    __table_args__: tuple[Any, ...] = (CheckConstraint("participant_id <> wanted_id", name="two"),)


class EventMeeting(PublicId, Base):
    """A meeting of two participants in a slot (from 0) at a table (from 1). A `locked` one stays where it is when the timetable is
    solved again. `held` is None until somebody says whether it took place; `result` is one of RESULTS.
    """

    __tablename__ = "event_meeting"

    id: Mapped[Key]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    slot: Mapped[int]
    at_table: Mapped[int]
    first_id: Mapped[int] = mapped_column(ForeignKey("event_participant.id"))
    second_id: Mapped[int] = mapped_column(ForeignKey("event_participant.id"), index=True)
    locked: Mapped[bool] = mapped_column(default=False)
    held: Mapped[bool | None]
    result: Mapped[Word | None]

    event: Mapped[Event] = relationship()
    first: Mapped[EventParticipant] = relationship(foreign_keys=[first_id])
    second: Mapped[EventParticipant] = relationship(foreign_keys=[second_id])

    __table_args__: tuple[Any, ...] = (
        UniqueConstraint("event_id", "slot", "at_table"),
        UniqueConstraint("first_id", "second_id"),
        one_of("result", RESULTS),
        CheckConstraint("first_id < second_id", name="two"),
        CheckConstraint("slot >= 0", name="slot"),
        CheckConstraint("at_table > 0", name="at_table"),
    )


class EventAnswer(Base):
    """What a participant says came of an event after so many months (one of FOLLOWED_MONTHS): `deal` is one of DEAL_ANSWERS, with which
    participant, and in which band of value; the last answer counts.
    """

    __tablename__ = "event_answer"

    participant_id: Mapped[int] = mapped_column(ForeignKey("event_participant.id"), primary_key=True)
    months: Mapped[int] = mapped_column(primary_key=True)
    deal: Mapped[Word]
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("event_participant.id"))
    value_band: Mapped[Word | None]
    at: Mapped[Moment] = mapped_column(default=now)

    participant: Mapped[EventParticipant] = relationship(foreign_keys=[participant_id])
    partner: Mapped[EventParticipant | None] = relationship(foreign_keys=[partner_id])

    __table_args__: tuple[Any, ...] = (
        Index(None, "at"),
        CheckConstraint("months IN (0, 6, 12)", name="months"),
        one_of("deal", DEAL_ANSWERS),
        one_of("value_band", VALUE_BANDS),
    )
