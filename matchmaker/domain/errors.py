"""The tree of errors. Each error carries the facts that a page or a terminal needs to explain it; none knows
about HTTP.

MatchmakerError
├── InvalidRecord            a record whose fields are wrong (problems: one per field)
├── TextRefused              a text that cannot be read as a form or as JSON (problem: where and why)
├── NotFound                 nothing there, or nothing this person may know of
├── Forbidden                known, but not allowed
├── NdaRequired              open once the agreement of the need is accepted (key, title)
├── ScopeMissing             a program's key that may only read, or lacks a right that must be ticked (scope)
├── KeyInAddress             a program's key in an address, which logs would store
├── AlreadyThere             another need has this id already (id)
├── RevisionMissing          a change that does not say what it changes
├── FilterUnknown            a filter that an address for programs does not have (name, known)
├── FilterRefused            a filter with a value that it cannot have (name, value)
├── PeriodInvalid            a period of a report that cannot be read (value)
├── PeriodRunning            a period that is not over and cannot be locked (period, day: from when on)
├── PeriodLocked             a locked period, whose plans do not change (period)
├── PeriodDamaged            a locked period whose figures were altered (period)
├── RequestRepeated          a key of a request that was sent with another one
│   └── RequestAtWork        a request that is still at work under its key
├── StaleRevision            another person saved in between
├── MoveNotAllowed           a state may not follow the present one
│   ├── OrderUnderWay        a contract that ends while its order runs (supplier)
│   └── OrderWritten         a second contract for an order of which something was said already (supplier)
├── NeedQuoted               a need that suppliers have quoted for, so that it may not change
├── SeatsTaken               more invitations than the need has seats
├── UndoTooLate              a decision that somebody outside was notified of
│   ├── UndoOver             an act whose time to be taken back is over
│   └── UndoOvertaken        an act on something that was changed again since
├── NotNow                   an act that has to wait for a few minutes, for a reason that its author may not know
├── NoQuotesTaken            a quote for a need that takes none any more
├── QuoteClosed              a quote after its deadline (until, at: the server's times)
├── QuotesSealed             quotes that nobody may open or answer before their deadline
├── LinkSpent                a link of an e-mail that was used or has expired
├── TooManyAttempts          more of something than its limit allows (seconds: when to return)
├── Busy                     more at once than the machine can do
├── FileRefused              an upload that is empty or cannot be opened
│   ├── FileTooLarge         an upload that is too large
│   └── WrongFileKind        an upload of another kind than is wanted, or than its name says
├── FileMissing              a file that has a row and whose bytes are gone (key)
├── UnreadableFile           a file that cannot be opened or is of another kind than it claims
├── EngineUnavailable        the search engine is away or too slow
├── IndexMissing             the index has not been built, or is of another version
├── DatabaseAway             the database does not answer, or not whole
├── DatabaseBusy             others hold for too long what this needs
│   └── ChangeOverrun        another change came first, and this one was taken back whole
├── StorageFull              nothing can be written: the disk is full, or may only be read
├── SiteEnds                 the site is being stopped and takes no further request
├── SettingInvalid           a setting that cannot be used
├── StartRefused             a data folder, database or key that is another, is lost or is damaged (place, folder)
├── BackupRefused            a backup that cannot be made, is damaged, or does not fit the place
├── DatabaseBehind           the tables are of an earlier version than the program
├── DatabaseTooOld           the tables are of a version that the program cannot upgrade any more
├── DatabaseTooNew           the tables are of a version that the program does not know yet
└── ModelRefused             a ranking model whose features or hash do not match
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from matchmaker.domain.language import N_


class MatchmakerError(Exception):
    """Base of all expected errors.

    `message` is an English template and the key of its translation; `params` fill it.
    """

    code: ClassVar[str] = "error"
    message: ClassVar[str] = N_("Something went wrong.")

    def __init__(self, message: str | None = None, /, **params: object) -> None:
        self.template = message or self.message
        self.params: Mapping[str, object] = params
        super().__init__(self.template % params if params else self.template)


@dataclass(frozen=True, slots=True)
class Problem:
    """One wrong field: its path as in the file, the value given, and a message that says how to correct it."""

    path: str
    code: str
    message: str
    value: str = ""
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


class InvalidRecord(MatchmakerError):
    code = "record.invalid"
    message = N_("Some fields need correcting.")

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__()
        self.problems = problems

    def __str__(self) -> str:
        return "; ".join(f"{problem.path}: {problem}" for problem in self.problems)


def wrong_field(
    name: str, code: str, message: str, value: str = "", params: Mapping[str, object] | None = None
) -> InvalidRecord:
    """The refusal of one field, with the beginning of what was typed there."""
    return InvalidRecord((Problem(name, code, message, value[:40], params or {}),))


class Faults:
    """What several checks refuse, gathered so that a person is told all of it at once.

    Each check stands in a block of its own, `with faults:`, which an InvalidRecord ends; `settle` raises all of them
    together. What depends on a refused value is left unsaid until that is right.
    """

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if not isinstance(error, InvalidRecord):
            return False
        self.problems += error.problems
        return True

    def settle(self) -> None:
        """Raise InvalidRecord with all problems, if there are any."""
        if self.problems:
            raise InvalidRecord(tuple(self.problems))


class TextRefused(MatchmakerError):
    code = "text.refused"

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message, **problem.params)
        self.problem = problem


class NotFound(MatchmakerError):
    code = "not_found"
    message = N_("There is no %(what)s “%(key)s”.")


class Forbidden(MatchmakerError):
    code = "forbidden"
    message = N_("You may not do this.")


class NdaRequired(MatchmakerError):
    """The reader's firm is invited to a need (`key`, `title`) but has not accepted its agreement yet."""

    code = "nda.required"
    message = N_(
        "The files of this need open after the non-disclosure agreement is accepted on behalf of your firm."
    )


class ScopeMissing(MatchmakerError):
    code = "key.scope"
    message = N_("This key is for reading only; create one that may write.")


class KeyInAddress(MatchmakerError):
    code = "token.in_url"
    message = N_("A key never goes into an address. End this one and make another.")


class AlreadyThere(MatchmakerError):
    code = "need.exists"
    message = N_("There is a need “%(id)s” already, and it says something else.")


class RevisionMissing(MatchmakerError):
    code = "condition.missing"
    message = N_("Say which revision you have changed.")


class FilterUnknown(MatchmakerError):
    code = "filter.unknown"
    message = N_("There is no filter “%(name)s” here. Known are: %(known)s.")


class FilterRefused(MatchmakerError):
    code = "filter.value"
    message = N_("The filter “%(name)s” cannot be “%(value)s”: correct it or leave it out.")


class PeriodInvalid(MatchmakerError):
    code = "period.form"
    message = N_("“%(value)s” is no period: write a month as 2026-11, a quarter as 2026-Q4, a year as 2026.")


class PeriodRunning(MatchmakerError):
    code = "period.running"
    message = N_("The period %(period)s is not over: it can be locked from %(day)s on.")


class PeriodLocked(MatchmakerError):
    code = "period.locked"
    message = N_("The period %(period)s is locked: its figures and plans do not change. Open it again first.")


class PeriodDamaged(MatchmakerError):
    code = "period.damaged"
    message = N_(
        "The figures of the locked period %(period)s are not those that were locked: their hash differs. "
        "Bring the database back from a backup, or open the period again."
    )


class RequestRepeated(MatchmakerError):
    code = "idempotency.mismatch"
    message = N_("This Idempotency-Key was sent with another request. Take a new one for a new request.")


class RequestAtWork(RequestRepeated):
    code = "idempotency.running"
    message = N_("The request with this Idempotency-Key is still at work. Ask again in a moment.")


class StaleRevision(MatchmakerError):
    code = "stale"
    message = N_("Somebody saved changes while you were editing. Compare them and save again.")


class MoveNotAllowed(MatchmakerError):
    code = "move.not_allowed"
    message = N_("It cannot go from “%(state)s” to “%(target)s”.")


class OrderUnderWay(MoveNotAllowed):
    code = "order.under_way"
    message = N_(
        "The order with %(supplier)s is running, and something was said of it already. Cancel what is still to come on the "
        "page of the order, or complete the need in place of closing it."
    )


class OrderWritten(MoveNotAllowed):
    code = "order.written"
    message = N_(
        "%(supplier)s has an order of this need already, and something was said of it. Copy the need, and award the copy."
    )


class NeedQuoted(MatchmakerError):
    code = "need.quoted"
    message = N_(
        "This need already has quotes, so only its delivery date can be moved, to a later day. To "
        "ask for something else, close it and copy it."
    )


class SeatsTaken(MatchmakerError):
    code = "seats.taken"
    message = N_(
        "The need has %(most)s seats and %(taken)s are taken; %(wanted)s more do not fit. "
        "Untick some, or raise the number of seats."
    )


class UndoTooLate(MatchmakerError):
    code = "undo.too_late"
    message = N_("This cannot be undone: somebody has already been told. Decide anew instead.")


class UndoOver(UndoTooLate):
    code = "undo.over"
    message = N_("This can no longer be undone: its ten minutes are over.")


class UndoOvertaken(UndoTooLate):
    code = "undo.overtaken"
    message = N_("This cannot be undone: something else was changed here since. Nothing was taken back.")


class NotNow(MatchmakerError):
    code = "act.wait"
    message = N_("This cannot be changed right now. Try again in ten minutes.")


class NoQuotesTaken(MatchmakerError):
    code = "quote.not_taken"
    message = N_("This need takes no quotes any more. Yours stays as it is; what you typed is kept below.")


class QuoteClosed(MatchmakerError):
    code = "quote.closed"
    message = N_(
        "Quotes were accepted until %(until)s; on the server it is %(at)s. What you typed is kept below."
    )


class QuotesSealed(MatchmakerError):
    code = "quotes.sealed"
    message = N_(
        "The quotes are sealed until %(until)s, and nobody is chosen before. Cancel the round of quotes to end it sooner."
    )


class LinkSpent(MatchmakerError):
    code = "link.spent"
    message = N_("This link was already used or has expired.")


class TooManyAttempts(MatchmakerError):
    code = "attempts.too_many"
    message = N_("Too many requests in a short time. Try again in %(seconds)s seconds.")

    def __init__(self, seconds: int, message: str | None = None) -> None:
        super().__init__(message, seconds=seconds)
        self.seconds = seconds


class Busy(MatchmakerError):
    code = "busy.machine"
    message = N_("Too much is asked of the service at once.")


class FileRefused(MatchmakerError):
    code = "file.refused"
    message = N_("This file is not accepted.")


class FileTooLarge(FileRefused):
    code = "file.too_large"


class WrongFileKind(FileRefused):
    code = "file.kind"


class FileMissing(MatchmakerError):
    code = "file.missing"
    message = N_("The file is known here, but its content cannot be found. The centre has been told.")


class UnreadableFile(MatchmakerError):
    code = "file.unreadable"
    message = N_("The file %(file)s cannot be read: %(reason)s")


class EngineUnavailable(MatchmakerError):
    code = "engine.unavailable"
    message = N_("The search engine does not respond. Try again in a moment.")


class IndexMissing(MatchmakerError):
    code = "index.missing"
    message = N_("The search index is not built. Run: matchmaker index rebuild")


class DatabaseAway(MatchmakerError):
    code = "database.away"
    message = N_("The database does not respond.")


class DatabaseBusy(MatchmakerError):
    code = "busy"
    message = N_("Too much is being saved at this moment.")


class ChangeOverrun(DatabaseBusy):
    """A change that the database took back whole for the sake of another one; it may be tried again."""

    code = "busy.overrun"


class StorageFull(MatchmakerError):
    code = "storage.full"
    message = N_("At the moment nothing can be saved, only read. Please tell the centre.")


class SiteEnds(MatchmakerError):
    code = "site.ends"
    message = N_("The site is being restarted; nothing was changed. Send it again in a few seconds.")


class SettingInvalid(MatchmakerError):
    code = "setting.invalid"
    message = N_("The setting %(name)s cannot be used: %(reason)s")


class StartRefused(MatchmakerError):
    """Nothing is started, nothing is made anew: the message names what is wrong and the command that mends it."""

    code = "start.refused"


class BackupRefused(MatchmakerError):
    code = "backup.refused"


class DatabaseBehind(MatchmakerError):
    code = "database.behind"
    message = N_(
        "The database is at version %(version)s, this program needs %(head)s. Run: matchmaker db upgrade"
    )


class DatabaseTooOld(MatchmakerError):
    code = "database.too_old"
    message = N_(
        "The database is at version %(version)s, and this program upgrades from %(first)s on: "
        "run “matchmaker db upgrade” with the program of commit %(commit)s first, then with this one."
    )


class DatabaseTooNew(MatchmakerError):
    code = "database.too_new"
    message = N_(
        "The database is at version %(version)s, and this program knows versions up to %(head)s: "
        "use the program that upgraded the database, or a newer one."
    )


class ModelRefused(MatchmakerError):
    code = "model.refused"
    message = N_("The ranking model is refused: %(reason)s")
