"""The tables of the machinery: audit, outbox and index, jobs, e-mails, imports, the installation."""

from typing import Any, Literal

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain import lifecycle
from matchmaker.domain.lanes import Lane
from matchmaker.domain.lifecycle import ImportState, JobState, MailState, OutboxRowState
from matchmaker.models.accounts import User
from matchmaker.models.base import (
    Base,
    Code,
    Details,
    Json,
    Key,
    Line,
    Moment,
    Prose,
    PublicId,
    Stamped,
    Word,
    now,
    one_of,
)
from matchmaker.models.organisations import Centre


class AuditEntry(Base):
    """An action of a person on an object, with its time. Rows are only added; each row's hash covers the row
    before, so that none can be changed.
    """

    __tablename__ = "audit_entry"

    id: Mapped[Key]
    at: Mapped[Moment]
    actor: Mapped[Line]
    action: Mapped[Code]
    object_kind: Mapped[Word]
    object_id: Mapped[Code]
    centre: Mapped[str | None] = mapped_column(String(40))
    details: Mapped[Details]
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)

    __table_args__ = (Index(None, "object_kind", "object_id"),)


class Outbox(Base):
    """A supplier whose search document must be updated, written in the transaction that changed the supplier.

    Taken by state and lease, never by a cursor over ids: a transaction with a smaller id may commit later.
    """

    __tablename__ = "outbox"

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(16), index=True)
    state: Mapped[OutboxRowState] = mapped_column(default=OutboxRowState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[Moment] = mapped_column(default=now)
    taken_by: Mapped[str | None] = mapped_column(String(32))
    error: Mapped[Line | None]
    created_at: Mapped[Moment] = mapped_column(default=now)

    __table_args__ = (Index(None, "state", "due_at"), one_of("state", OutboxRowState))


class IndexedDocument(Base):
    """The search document of a supplier as last built, so that every process can load its columns without building.

    `stamp` is the count of the batch that wrote it; `body` is None once the supplier is no longer shown.
    """

    __tablename__ = "indexed_document"

    key: Mapped[str] = mapped_column(String(16), primary_key=True)
    revision: Mapped[int]
    stamp: Mapped[int] = mapped_column(index=True)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)


class IndexState(Base):
    """One row: the count of batches, the taxonomy that documents were built with, and what the last looks for drift found.

    `drift` suppliers still differed after the last look; `drift_found` is the number of the last look that found any. Its lock puts batches in the order of their stamps, so that a reader that asks for larger stamps misses no
    document.
    """

    __tablename__ = "index_state"

    id: Mapped[int] = mapped_column(primary_key=True)
    stamp: Mapped[int] = mapped_column(default=0)
    taxonomy: Mapped[str | None] = mapped_column(String(40))
    checked_at: Mapped[Moment | None]
    drift: Mapped[int] = mapped_column(default=0)
    drift_found: Mapped[int] = mapped_column(default=0)
    drift_found_at: Mapped[Moment | None]

    __table_args__ = (CheckConstraint("id = 1", name="single"),)


class Installation(Base):
    """One row, made with the tables: the random mark of this database, since when its data folder bears the same, and the
    fingerprint of the key that signs bundles, once there is one.
    """

    __tablename__ = "installation"

    id: Mapped[int] = mapped_column(primary_key=True)
    mark: Mapped[str] = mapped_column(String(32))
    tied_at: Mapped[Moment | None]
    bundle_key: Mapped[str | None] = mapped_column(String(40))

    __table_args__ = (CheckConstraint("id = 1", name="single"),)


class LaneBeat(Base):
    """The heartbeat of a lane of work in a process; a lane that idles succeeds too. `error` names the class of
    the last failure.
    """

    __tablename__ = "lane_beat"

    lane: Mapped[Lane] = mapped_column(primary_key=True)
    process: Mapped[str] = mapped_column(String(100), primary_key=True)
    beaten_at: Mapped[Moment]
    succeeded_at: Mapped[Moment]
    failed_at: Mapped[Moment | None]
    failures: Mapped[int]
    error: Mapped[Code | None]

    __table_args__ = (one_of("lane", Lane),)


class Job(PublicId, Stamped, Base):
    """Work in the background. A worker that dies stops its heartbeat, and the job is taken up again; `taken_by`
    marks the claim, so that a worker whose lease ran out writes nothing more.
    """

    __tablename__ = "job"

    id: Mapped[Key]
    kind: Mapped[Code]
    state: Mapped[JobState] = mapped_column(default=JobState.WAITING)
    arguments: Mapped[Details]
    result: Mapped[dict[str, Any] | None] = mapped_column(Json)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[Moment] = mapped_column(default=now)
    heartbeat_at: Mapped[Moment | None]
    taken_by: Mapped[str | None] = mapped_column(String(32))
    error: Mapped[Prose | None]

    __table_args__ = (
        Index(None, "state", "due_at"),
        one_of("state", JobState),
    )


class Mail(PublicId, Stamped, Base):
    """An e-mail to be sent, written in the transaction that it reports; `message_id` stays the same over
    retries.

    `leave` is the address to unsubscribe from its kind, empty for an e-mail that is always sent. `about` is the public
    id of the match that it is about, `by_id` the person whose act caused it.
    """

    __tablename__ = "mail"

    id: Mapped[Key]
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    recipient: Mapped[Line]
    language: Mapped[str] = mapped_column(String(2))
    subject: Mapped[Line]
    text: Mapped[Prose]
    html: Mapped[Prose | None]
    leave: Mapped[Prose | None]
    state: Mapped[MailState] = mapped_column(default=MailState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[Moment] = mapped_column(default=now)
    taken_by: Mapped[str | None] = mapped_column(String(32))
    sent_at: Mapped[Moment | None]
    error: Mapped[Line | None]
    kind: Mapped[Code | None]
    about: Mapped[str | None] = mapped_column(String(16), index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    reply_to: Mapped[Line | None]

    __table_args__ = (Index(None, "state", "due_at"), one_of("state", MailState))


class ImportBatch(PublicId, Stamped, Base):
    """One reading of a file; `next_line` is the line at which an interrupted run continues.

    A file from the site is checked first: `kind` and `sheet` say how a list is read ("first", the row of its
    columns' names, "columns", pairs of a name and its meaning, "as_in", the list from which these are known, or "mapping", the saved
    one, with the columns "unknown" to it), `suffix` ends the name of the stored
    file, `progress` is the percentage of the present step, `pace` its "rows" and "seconds" so far, `error` a message with its
    parameters where the step failed.
    """

    __tablename__ = "import_batch"

    id: Mapped[Key]
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    source: Mapped[Line]
    file_name: Mapped[Line]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    state: Mapped[ImportState] = mapped_column(default=ImportState.RUNNING)
    next_line: Mapped[int] = mapped_column(default=1)
    counts: Mapped[Details]
    kind: Mapped[Word | None]
    sheet: Mapped[dict[str, Any] | None] = mapped_column(Json)
    suffix: Mapped[Word | None]
    progress: Mapped[int] = mapped_column(default=0)
    pace: Mapped[dict[str, Any] | None] = mapped_column(Json)
    error: Mapped[dict[str, Any] | None] = mapped_column(Json)

    centre: Mapped[Centre] = relationship()
    by: Mapped[User | None] = relationship()

    __table_args__ = (one_of("state", ImportState),)

    @property
    def list_kind(self) -> Literal["supplier", "need"]:
        """What a list holds: suppliers where nothing else was said."""
        return "need" if self.kind == "need" else "supplier"

    @property
    def is_at_work(self) -> bool:
        """Whether a job works on the file, or will."""
        return self.state in lifecycle.IMPORTS_AT_WORK

    @property
    def is_trial(self) -> bool:
        """Whether the file is read without saving anything."""
        return self.state == ImportState.CHECKING

    @property
    def is_tried(self) -> bool:
        """Whether the file was read without saving, and may now be saved."""
        return self.state == ImportState.CHECKED

    @property
    def is_taken(self) -> bool:
        return self.state == ImportState.DONE

    @property
    def has_failed(self) -> bool:
        return self.state == ImportState.FAILED

    @property
    def has_counts(self) -> bool:
        """Whether the file was read to its end."""
        return self.state in lifecycle.COUNTED_IMPORTS

    @property
    def has_remarks(self) -> bool:
        """Whether there may be remarks on the file's lines."""
        return self.state in lifecycle.REMARKED_IMPORTS

    @property
    def may_be_read_anew(self) -> bool:
        """Whether the file's columns may be given other meanings."""
        return ImportState.CHECKING in lifecycle.IMPORT_MOVES[self.state]


class ImportMapping(Stamped, Base):
    """The meanings of a list's columns as a centre has saved them under a name; `columns` are pairs of a name and its meaning."""

    __tablename__ = "import_mapping"

    id: Mapped[Key]
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    kind: Mapped[Word]
    name: Mapped[Code]
    columns: Mapped[list[list[str]]] = mapped_column(Json)

    __table_args__ = (UniqueConstraint("centre_id", "kind", "name"),)


class ImportRow(Base):
    """The result of a line of a file that needs a remark: refused, left out, saved with a remark, or new.

    New and changed lines of a file from the site are stored even without problems, to be looked through and rolled back;
    `subject` is the name of what a line is about, `doubtful` says whether a remark asks something of a line that is taken;
    `cells` of a list's line that a person is to correct are as written; `rows` are the changed rows before and after, as
    `services.core.undoing` restores them.
    """

    __tablename__ = "import_row"

    id: Mapped[Key]
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id"))
    line: Mapped[int]
    kind: Mapped[Word | None]
    external_id: Mapped[Code | None]
    outcome: Mapped[Word]
    problems: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)
    rows: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)
    subject: Mapped[Line | None]
    doubtful: Mapped[bool] = mapped_column(default=False)
    cells: Mapped[list[str] | None] = mapped_column(Json)

    __table_args__ = (
        UniqueConstraint("batch_id", "line"),
        one_of("outcome", ("new", "changed", "same", "left_out", "refused")),
    )


class Once(Base):
    """An act that happens once: `kind` and `key` name it, and no row is there twice."""

    __tablename__ = "once"

    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[str] = mapped_column(String(160), primary_key=True)
    at: Mapped[Moment] = mapped_column(default=now)


class RateLimit(Base):
    """The count of a limit for one subject: the moment at which everything is free again. `subject` is a hash, so
    that it names nobody.
    """

    __tablename__ = "rate_limit"

    subject: Mapped[str] = mapped_column(String(64), primary_key=True)
    free_at: Mapped[Moment]

    __table_args__ = (Index(None, "free_at"),)
