"""A person's data: all of it in one file to download, or erased; the law on personal data gives a right to
both.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session, joinedload

from matchmaker.models import (
    AccessKey,
    Agreement,
    Assignment,
    AuditEntry,
    Job,
    LetterIn,
    Mail,
    Membership,
    Message,
    ProfileViewing,
    ProgramRequest,
    SavedSearch,
    SavedView,
    TypedText,
    UndoableAct,
    UnreadMessage,
    User,
    UserSession,
    Webhook,
)
from matchmaker.models.together import rows_together
from matchmaker.services.core import journal
from matchmaker.services.people import browser_sessions, directory

# Every column that refers to a person, and its fate when the person is erased: "deleted" with its row, or
# "kept", where the row belongs to a firm or is evidence, and then refers to a person without a name.
REGISTER: Mapping[str, str] = {
    "access_key.user_id": "deleted",
    "agreement.user_id": "kept",
    "assignment.user_id": "deleted",
    "certificate.verified_by_id": "kept",
    "certificate_alarm.by_id": "kept",
    "certification_step.by_id": "kept",
    "certification_step.owner_id": "kept",
    "decision.by_id": "kept",
    "decision_undone.by_id": "kept",
    "delivery_rating.by_id": "kept",
    "development_card.by_id": "kept",
    "development_card.owner_id": "kept",
    "distinct_pair.by_id": "kept",
    "exchange_rate.by_id": "kept",
    "fact.verified_by_id": "kept",
    "firm_note.by_id": "kept",
    "import_batch.by_id": "kept",
    "letter_in.settled_by_id": "kept",
    "mail.by_id": "kept",
    "match_run.by_id": "kept",
    "membership.user_id": "deleted",
    "message.by_id": "kept",
    "order_claim.answered_by_id": "kept",
    "order_claim.by_id": "kept",
    "order_entry.answered_by_id": "kept",
    "order_entry.by_id": "kept",
    "parts_list.by_id": "kept",
    "period_lock.by_id": "kept",
    "profile_viewing.user_id": "deleted",
    "program_request.user_id": "deleted",
    "saved_search.user_id": "deleted",
    "saved_view.user_id": "deleted",
    "stored_file.uploaded_by_id": "kept",
    "team.by_id": "kept",
    "typed_text.user_id": "deleted",
    "undoable_act.by_id": "deleted",
    "unread_message.user_id": "deleted",
    "user_session.user_id": "deleted",
    "webhook.user_id": "deleted",
    "year_answer.by_id": "kept",
}
# What stands in place of the words of a person who was erased.
ERASED = "—"
_number = attrgetter("id")  # the order in which rows were made
_DELETED = (
    AccessKey,
    Assignment,
    Membership,
    ProfileViewing,
    ProgramRequest,
    SavedSearch,
    SavedView,
    TypedText,
    UnreadMessage,
    UserSession,
)


def export(session: Session, user: User) -> dict[str, Any]:
    """All data stored about a person, in plain values; secrets are left out."""
    kept = (UserSession, AccessKey, Webhook, SavedSearch, SavedView, ProfileViewing, TypedText)
    found = rows_together(session, (*(table.user_id for table in kept), Message.by_id), [user.id])
    sessions, keys, webhooks, searches, views, viewings, typed, messages = found
    return {
        "account": {
            "id": user.public_id,
            "email": user.email,
            "name": user.name,
            "language": user.language,
            "created": _moment(user.created_at),
            "confirmed": _moment(user.confirmed_at),
            "active": user.active,
            "second_factor": user.totp_secret is not None,
            "preferences": dict(user.preferences or {}),
            "consents": dict(user.consents or {}),
        },
        "roles": [_role(held) for held in user.memberships],
        "sessions": [_session(one) for one in sorted(sessions, key=_number)],
        "keys": [_key(one) for one in sorted(keys, key=_number)],
        "messages_to_programs": [
            {"address": one.address, "events": list(one.events)} for one in sorted(webhooks, key=_number)
        ],
        "searches": [{"name": one.name, "query": one.query} for one in sorted(searches, key=_number)],
        "views": [
            {"list": one.list, "name": one.name, "query": one.query} for one in sorted(views, key=_number)
        ],
        "profiles_viewed": [_viewing(one) for one in sorted(viewings, key=attrgetter("day", "profile_id"))],
        "typed": [{"page": one.page, "text": one.typed} for one in sorted(typed, key=attrgetter("page"))],
        "messages": [_message(one) for one in sorted(messages, key=_number)],
        "agreements": [_agreement(one) for one in _agreements(session, user)],
        "letters": [_letter(one) for one in _letters(session, user)],
        "letters_written": [
            {"at": _moment(one.created_at), "subject": one.subject, "text": one.text}
            for one in session.scalars(select(LetterIn).where(LetterIn.sender == user.email_key))
        ],
        "journal": [_entry(one) for one in _entries(session, user)],
    }


def _agreements(session: Session, user: User) -> Sequence[Agreement]:
    parts = (joinedload(Agreement.need), joinedload(Agreement.organisation))
    query = select(Agreement).where(Agreement.user_id == user.id).options(*parts)
    return session.scalars(query.order_by(Agreement.id)).all()


def _letters(session: Session, user: User) -> Sequence[Mail]:
    return session.scalars(select(Mail).where(Mail.recipient == user.email).order_by(Mail.id)).all()


def _entries(session: Session, user: User) -> Sequence[AuditEntry]:
    about = (AuditEntry.object_kind == "user") & (AuditEntry.object_id == user.public_id)
    query = select(AuditEntry).where(or_(AuditEntry.actor == user.public_id, about))
    return session.scalars(query.order_by(AuditEntry.id)).all()


def _moment(value: datetime | None) -> str | None:
    return value.isoformat() if value else None


def _role(held: Membership) -> dict[str, Any]:
    return {
        "role": held.role,
        "state": held.state,
        "chief": held.chief,
        "organisation": held.organisation.name("en") if held.organisation else None,
        "centre": directory.place(held),
        "since": _moment(held.created_at),
    }


def _session(one: UserSession) -> dict[str, Any]:
    moments = {name: _moment(getattr(one, f"{name}_at")) for name in ("started", "seen", "ended")}
    return {**moments, "address": one.address, "browser": one.agent}


def _key(one: AccessKey) -> dict[str, Any]:
    moments = {name: _moment(getattr(one, f"{name}_at")) for name in ("created", "used", "ended")}
    return {"name": one.name, "scopes": list(one.scopes), **moments}


def _viewing(one: ProfileViewing) -> dict[str, Any]:
    return {"profile": one.profile_id, "day": one.day.isoformat()}


def _message(one: Message) -> dict[str, Any]:
    return {"at": _moment(one.at), "to": one.audience, "text": one.text}


def _agreement(one: Agreement) -> dict[str, Any]:
    return {
        "need": one.need.public_id,
        "organisation": one.organisation.name("en"),
        "accepted": _moment(one.accepted_at),
        "withdrawn": _moment(one.withdrawn_at),
    }


def _letter(one: Mail) -> dict[str, Any]:
    return {
        "at": _moment(one.created_at),
        "subject": one.subject,
        "state": one.state,
        "sent": _moment(one.sent_at),
    }


def _entry(one: AuditEntry) -> dict[str, Any]:
    return {"at": _moment(one.at), "action": one.action, "object": f"{one.object_kind} {one.object_id}"}


def erase(session: Session, user: User, *, by: str) -> tuple[str, ...]:
    """Erase a person with the words of its messages, and return the Message-IDs of e-mails that may have copies in the
    mail folder.

    In the journal the person stays one and the same, without a name; a message stays without its words, so that others
    see that there was one. Raises InvalidRecord for the last person who runs a centre.
    """
    directory.leave_somebody(session, user)
    centre = directory.centre_of(user)
    known = _erase_letters(session, user)
    _erase_jobs(session, user)
    session.execute(update(Message).where(Message.by_id == user.id).values(text=ERASED))
    browser_sessions.end_all(session, user)
    user.memberships.clear()
    session.flush()
    for table in _DELETED:
        session.execute(delete(table).where(table.user_id == user.id))
    session.execute(delete(UndoableAct).where(UndoableAct.by_id == user.id))
    session.execute(delete(LetterIn).where(LetterIn.sender == user.email_key))
    _make_nameless(user)
    journal.note(session, by, "user.erased", user, centre=centre)
    return known


def _erase_letters(session: Session, user: User) -> tuple[str, ...]:
    """Delete the e-mails to a person, and those to others that name it; their Message-IDs."""
    named = [Mail.text.contains(words, autoescape=True) for words in _marks(user)]
    subjects = [Mail.subject.contains(words, autoescape=True) for words in _marks(user)]
    found = session.execute(
        delete(Mail)
        .where(or_(Mail.recipient == user.email, *named, *subjects))
        .returning(Mail.message_id)
        .execution_options(synchronize_session=False)
    )
    return tuple(found.scalars())


def _erase_jobs(session: Session, user: User) -> None:
    """Delete the jobs that a person asked for, or that are about the person's address."""
    for job in session.scalars(select(Job)):
        told = json.dumps(job.arguments, ensure_ascii=False).casefold()
        if user.public_id in told or user.email_key in told:
            session.delete(job)


def _marks(user: User) -> tuple[str, ...]:
    """The words by which others' texts name a person: the address, and a name that is more than a word."""
    return (user.email, user.name) if " " in user.name.strip() else (user.email,)


def _make_nameless(user: User) -> None:
    user.email = user.email_key = f"erased-{user.public_id}@invalid"
    user.name, user.active, user.confirmed_at = "—", False, None
    user.password_hash = user.totp_secret = user.totp_step = None
    user.recovery_codes = user.consents = user.preferences = {}


def note_export(session: Session, user: User, *, by: str) -> None:
    """Record in the journal that a person's data were downloaded."""
    journal.note(session, by, "user.data", user, centre=directory.centre_of(user))
