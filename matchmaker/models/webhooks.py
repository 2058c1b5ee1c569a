"""What programs are told: their addresses, and the messages to them."""

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.lifecycle import MailState
from matchmaker.models.accounts import User
from matchmaker.models.base import Base, Code, Details, Key, Line, Moment, PublicId, Terms, now, one_of


class Webhook(PublicId, Base):
    """An address at which a person's program wants to hear of events. `heard` is the last journal entry that was looked
    at for it.
    """

    __tablename__ = "webhook"

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    address: Mapped[str] = mapped_column(String(500))
    events: Mapped[Terms]
    heard: Mapped[int]
    epoch: Mapped[int]
    created_at: Mapped[Moment] = mapped_column(default=now)
    ended_at: Mapped[Moment | None]

    user: Mapped[User] = relationship()


class WebhookMessage(PublicId, Base):
    """A message to a program; `answered` is the status of the last answer, `error` what came in its place."""

    __tablename__ = "webhook_message"

    id: Mapped[Key]
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id", ondelete="CASCADE"), index=True)
    event: Mapped[Code]
    content: Mapped[Details]
    state: Mapped[MailState] = mapped_column(default=MailState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[Moment] = mapped_column(default=now)
    answered: Mapped[int | None]
    error: Mapped[Line | None]
    created_at: Mapped[Moment] = mapped_column(default=now)
    sent_at: Mapped[Moment | None]

    webhook: Mapped[Webhook] = relationship()

    __table_args__ = (Index(None, "state", "due_at"), one_of("state", MailState))

    @property
    def is_waiting(self) -> bool:
        return self.state == MailState.WAITING

    @property
    def is_dead(self) -> bool:
        """Whether it was given up."""
        return self.state == MailState.DEAD
