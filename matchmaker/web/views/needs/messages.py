"""Messages about a need: a thread a supplier, read by both sides and the centre."""

from dataclasses import dataclass, replace
from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from matchmaker.domain.errors import Forbidden, InvalidRecord, NotFound
from matchmaker.models import Match, Need, Session
from matchmaker.services.people import personal_data
from matchmaker.services.quotes import messages, unread
from matchmaker.web.kit import context
from matchmaker.web.kit.after_answer import after_answer
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database, product, signed_in
from matchmaker.web.kit.forms import problems_of
from matchmaker.web.pages.need_access import NeedAccess, access_of, authorised

blueprint = Blueprint("messages", __name__)


@dataclass(frozen=True, slots=True)
class MessageThread:
    """A supplier's thread: the side as which the person reads it, and that as which it writes, None where it
    may not write.
    """

    match: Match
    reader: NeedAccess
    writer: NeedAccess | None


def _thread(session: Session, key: str, match: str) -> MessageThread:
    """A thread that the acting person may read. Raises NotFound, Forbidden."""
    reader = authorised(session, key, "message.view")
    found = messages.by_key(session, reader.need, match)
    if not _reaches(session, reader, found):
        raise NotFound(what="match", key=match)
    return MessageThread(found, reader, _writer(session, reader, found))


def _writer(session: Session, reader: NeedAccess, match: Match) -> NeedAccess | None:
    """The person without its roles in blocked firms: members of these read and do not write."""
    roles = tuple(role for role in reader.subject.roles if not role.blocked)
    if roles == reader.subject.roles:
        return reader
    found = access_of(session, reader.need, replace(reader.subject, roles=roles))
    return found if _reaches(session, found, match) else None


def _reaches(session: Session, found: NeedAccess, match: Match) -> bool:
    """Whether a thread belongs to the person."""
    return found.may("message.view") and match.id in {one.id for one in _threads(session, found)}


def _threads(session: Session, found: NeedAccess) -> list[Match]:
    return list(messages.threads(session, found.need, found.side, found.invited_firms))


@blueprint.get("/messages")
@login_required
def new() -> ResponseReturnValue:
    """The threads with messages that the person has not read, need by need."""
    found = unread.threads(database(), signed_in().user)
    by_need: dict[Need, list[unread.UnreadThread]] = {}
    for one in found:
        by_need.setdefault(one.match.need, []).append(one)
    return render_template("messages/new.html", by_need=by_need)


@blueprint.get("/needs/<key>/messages")
@login_required
def listed(key: str) -> ResponseReturnValue:
    """The threads that the person may read; a supplier has one."""
    found = authorised(database(), key, "message.view")
    threads = _threads(database(), found)
    if len(threads) == 1:
        return redirect(url_for("messages.thread", key=key, match=threads[0].public_id))
    return render_template("messages/list.html", need=found.need, threads=threads, side=found.side)


@blueprint.route("/needs/<key>/messages/<match>", methods=["GET", "POST"])
@login_required
def thread(key: str, match: str) -> ResponseReturnValue:
    """One thread, and writing a message in it."""
    if request.method == "GET":
        return _page(key, match)
    text = request.form.get("text", "").replace("\r\n", "\n")
    try:
        _write(key, match, text)
    except InvalidRecord as error:
        return _page(key, match, text, problems_of(error)["text"]), 422
    flash(gettext("The message is sent."))
    return redirect(url_for("messages.thread", key=key, match=match))


def _write(key: str, match: str, text: str) -> None:
    with change() as (session, user):
        found = _thread(session, key, match)
        if found.writer is None:
            raise Forbidden
        audience = request.form.get("audience", "all")
        messages.write(session, found.match, text, user, writer=found.writer.side, audience=audience)


def _page(key: str, match: str, typed: str = "", problem: str = "") -> str:
    found = _thread(database(), key, match)
    shown = messages.of_match(database(), found.match, found.reader.side)
    fresh = unread.of_messages(database(), signed_in().user, shown)
    if fresh:
        after_answer(partial(unread.have_read, product().sessions, signed_in().user.id, fresh))
    firm, side = found.match.profile.organisation.name(context.language()), found.reader.side
    return render_template(
        "messages/thread.html",
        need=found.reader.need,
        match=found.match,
        erased=personal_data.ERASED,
        firm=firm,
        messages=shown,
        fresh=fresh,
        names={
            "supplier": firm,
            "contractor": found.reader.contractor_name or gettext("the contractor"),
            "centre": gettext("the centre"),
        },
        side=side,
        audiences=messages.audiences(found.match, found.writer.side) if found.writer else (),
        chosen=request.form.get("audience", ""),
        typed=typed,
        problem=problem,
    )
