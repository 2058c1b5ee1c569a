"""The e-mails: a kind and its values become a text in the reader's language, queued in the caller's
transaction.

A kind is a template of templates/emails with two layouts, text and HTML. Each kind names its values, so that
nothing else can get into an e-mail; prices and addresses within them are left out, except the contacts that
a contract opens to both sides.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker import resources
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import AWARDED_NEEDS, MailState, NeedState
from matchmaker.locale import moments, translations
from matchmaker.models import Mail, User
from matchmaker.models.base import new_public_id, now
from matchmaker.services.core import acts, signed_links, urls
from matchmaker.services.core.site import (
    SiteIdentity,
    site_of,
)
from matchmaker.services.mail import thread_addresses
from search.text.contact_data import without_contacts

_ANSWERS = ("interested", "no_capacity", "not_ours", "until")
# Kind → the names of its values. Those ending in "path", and answers, are paths on the site.
KINDS: Mapping[str, tuple[str, ...]] = {
    "invited": ("title", "facts", "fit", "quote", "path", *_ANSWERS),
    "answer_reminder": ("title", "facts", "fit", "quote", "path", "invited_on", *_ANSWERS),
    "outcome_of_need": ("title", "outcome", "reason", "path"),
    "contract_made": ("title", "side", "organisation", "facts", "contacts", "agreement", "order", "path"),
    "order_news": ("title", "number", "organisation", "writer", "has_account", "news", "facts", "path"),
    "steps_due": ("steps", "settings"),
    "event_invited": ("title", "facts", "about", "until", "path", "calendar"),
    "event_timetable": ("title", "facts", "meetings", "path", "calendar"),
    "event_called_off": ("title", "facts", "path"),
    "event_deal": ("title", "months", "yes", "talks", "no"),
    "asked_if_deal": ("title", "days", "yes", "not_yet", "no"),
    "confirm_email": ("name", "path", "hours"),
    "reset_password": ("name", "path", "minutes"),
    "change_email": ("name", "path", "hours"),
    "account_changed": ("name", "what", "path"),
    "new_message": ("title", "sender", "path"),
    "undelivered": ("title", "path"),
    "questions": ("title", "count", "lines"),
    "need_news": ("title", "news", "count", "reason", "path"),
    "notified": ("title", "facts", "path"),
    "quote_asked": ("title", "facts", "path"),
    "team_news": ("title", "news", "facts", "path"),
    "quote_round": ("title", "news", "until", "path"),
    "draft_of_letter": ("title", "what", "questions", "path"),
    "digest": ("needs", "settings"),
    "weekly_capacity": ("organisation", "hours", "same", "more", "full"),
    "year_asked": ("organisation", "year", "answer"),
    "facts_stale": ("organisation", "facts", "confirm", "path"),
    "certificate_dates": ("organisation", "facts", "confirm", "path"),
    "certificate_ending": ("standard", "number", "days", "until", "path", "ladders"),
    "profile_returned": ("organisation", "remarks", "path"),
    "profile_published": ("organisation", "path"),
    "join_asked": ("who", "organisation", "path"),
    "person_invited": ("who", "organisation", "path", "until"),
}
# The optional kinds, in the words of the account's page.
OPTIONAL: Mapping[str, str] = {
    "notified": N_("When the centre recommends an open need to us"),
    "digest": N_("Every week: open needs that fit"),
    "weekly_capacity": N_("Every week: the question about spare capacity"),
    "facts_stale": N_("When facts of our profile grow old: are they still true?"),
    "certificate_dates": N_("When certificates of our profile lack their dates"),
    "year_asked": N_("Once a year: the page about how the year went"),
    "asked_if_deal": N_("After 30, 90 and 180 days: did it lead to a contract?"),
    "event_invited": N_("Invitations to events of the centre"),
    "event_deal": N_("After an event, at once and after 6 and 12 months: what came of it?"),
    "new_message": N_("New messages"),
    "order_news": N_("When the other side of an order says something that we are to confirm or to answer"),
    "steps_due": N_(
        "When a step of ours is due: a delivery, a step to a certificate, a development card; once a day at most"
    ),
    "need_news": N_("News of our needs: published, returned, suppliers proposed, quotes"),
}
_LONGEST_SUBJECT = 200
_BLANK_LINES = re.compile(r"\n{3,}")
# Values that are no free text: names, the contacts that a contract opens, and the numbers of papers, which may look
# like telephones.
_AS_GIVEN = frozenset({"name", "who", "sender", "organisation", "contacts", "standard", "number"})

# A page of the site; the token of a signed link may hold "5USD", which is not a price.
_PATH = re.compile(r"/[a-z-]+/[A-Za-z0-9_.~/-]+(?:#[\w-]*)?")


@dataclass(frozen=True, slots=True)
class RenderedLetter:
    """An e-mail as its reader sees it."""

    subject: str
    text: str
    html: str


def post(
    session: Session,
    kind: str,
    to: str,
    language: str,
    values: Mapping[str, Any],
    *,
    due_at: datetime | None = None,
    about: str | None = None,
    need: str = "",
    by: User | None = None,
) -> Mail:
    """Queue an e-mail of a kind (see KINDS) within the caller's transaction; it is sent after the commit, or at
    `due_at`, or when the act under way can no longer be taken back. `about` is the public id of its match, `need` that of the
    need that it asks about: an answer by mail finds them; `by` learns of it if it cannot be delivered.

    `values` are those named in KINDS: words in the reader's language, days as dates, addresses as paths of
    the site, `facts` and `remarks` as pairs of label and value, `needs` as mappings of title, path and facts.
    Raises ValueError for an unknown kind or value, and for a line break in the recipient or the subject.
    """
    site = site_of(session)
    leave = urls.leave_letters(signed_links.sign(site, "letters", (to, kind))) if kind in OPTIONAL else ""
    letter = render(kind, language, values, site, leave)
    for header in (to, letter.subject):
        if "\n" in header or "\r" in header:
            raise ValueError("A header of a letter holds no line break.")
    key, act = new_public_id(), acts.under_way(session)
    if act is not None:
        act.letters.append(key)
    mail = Mail(
        public_id=key,
        message_id=f"<{key}@{urlsplit(site.base_url).hostname or 'localhost'}>",
        recipient=to,
        language=language,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        leave=_address(site, leave) if leave else None,
        due_at=due_at or (act.until if act else now()),
        kind=kind,
        about=about,
        by_id=by.id if by else None,
        reply_to=_answered_at(site, to, about, need),
    )
    session.add(mail)
    return mail


def _answered_at(site: SiteIdentity, to: str, about: str | None, need: str) -> str | None:
    """The address for answers to a letter, None where it takes none."""
    if about:
        return thread_addresses.address(site, "m", about, to) or None
    return (thread_addresses.address(site, "n", need, to) or None) if need else None


def queued(session: Session, state: MailState | None = None, limit: int = 50) -> Sequence[Mail]:
    """The queued e-mails of a state, or all of them, the newest first."""
    query = select(Mail).order_by(Mail.id.desc()).limit(limit)
    return session.scalars(query.where(Mail.state == state) if state else query).all()


def render(
    kind: str, language: str, values: Mapping[str, Any], site: SiteIdentity, leave: str = ""
) -> RenderedLetter:
    """The e-mail of a kind, with the path of the page that unsubscribes from it.

    Raises ValueError unless exactly the values of the kind are given.
    """
    if kind not in KINDS or set(values) != set(KINDS[kind]):
        raise ValueError(f"{kind}: {sorted(values)}")
    clean = {name: value if name in _AS_GIVEN else _clean(value) for name, value in values.items()}
    fixed = {
        "leave": leave,
        "centre": site.centre.name(language),
        "contact": ", ".join(filter(None, (site.centre.phone, site.centre.email))),
        "site": site.base_url,
        "language": language,
        "address": partial(_address, site),
    }
    given = {**fixed, "day": partial(day_in, language), **clean}
    subject = _template(kind, language, "text").render(
        **given, **_laid_out("_subject.txt", "_text_parts.txt")
    )
    text = _template(kind, language, "text").render(**given, **_laid_out("_text.txt", "_text_parts.txt"))
    html = _template(kind, language, "html").render(**given, **_laid_out("_html.html", "_html_parts.html"))
    return RenderedLetter(_cut(subject.strip()), _BLANK_LINES.sub("\n\n", text.strip()) + "\n", html)


def _laid_out(layout: str, parts: str) -> dict[str, str]:
    return {"layout": layout, "parts": parts}


def _cut(subject: str) -> str:
    return subject if len(subject) <= _LONGEST_SUBJECT else subject[: _LONGEST_SUBJECT - 1] + "…"


def _clean(value: Any) -> Any:
    """The value without prices, telephones, e-mail addresses and addresses of other sites."""
    if isinstance(value, str):
        return value if _PATH.fullmatch(value) else without_contacts(value)
    if isinstance(value, Mapping):
        return {key: _clean(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(part) for part in value]
    return value


def _address(site: SiteIdentity, path: str) -> str:
    if not path.startswith("/") or path.startswith("//"):
        raise ValueError(f"{path}: no path of the site")
    return site.base_url.rstrip("/") + path


def day_in(language: str, day: date) -> str:
    """A day in words: 20 декабря 2026."""
    return format_date(day, "d MMMM y", locale=language)


def moment_in(session: Session, moment: datetime, language: str, zone: str = "") -> str:
    """A moment in words with its weekday and its offset, in a time zone, by default that of the session's site."""
    return moments.told(moment.astimezone(ZoneInfo(zone or site_of(session).zone)), language)


def words(language: str) -> Callable[[str], str]:
    """English messages → `language`."""
    return translations(language).gettext


@cache
def _environment(language: str, form: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(resources.folder("templates") / "emails"),
        autoescape=form == "html",  # noqa: S701 - plain text is not escaped
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    environment.globals.update(AWARDED_NEEDS=AWARDED_NEEDS, NeedState=NeedState)
    return environment


def _template(kind: str, language: str, form: str) -> Template:
    return _environment(language, form).get_template(f"{kind}.html")


def example(kind: str, language: str = "en") -> dict[str, Any]:
    """Made-up values of a kind, for previews and tests."""
    russian = language == "ru"
    day, path = date(2026, 12, 20), urls.answer_invitation("example")
    title = "Вал приводной, сталь 40Х" if russian else "Drive shaft, steel 40X"
    facts = [("Партия", "200 шт."), ("Срок поставки", "20 декабря 2026")]
    if not russian:
        facts = [("Lot", "200 pcs"), ("Deliver by", "20 December 2026")]
    who = "Имя Фамилия" if russian else "Name Surname"
    values = {
        **dict.fromkeys(("interested", "no_capacity", "not_ours", "quote", "same", "more", "full"), path),
        **dict.fromkeys(
            (
                "answer",
                "yes",
                "not_yet",
                "no",
                "path",
                "settings",
                "confirm",
                "ladders",
                "agreement",
                "order",
            ),
            path,
        ),
        **dict.fromkeys(("talks", "calendar"), path),
        **dict.fromkeys(("name", "who", "sender"), who),
        **dict.fromkeys(("until", "invited_on"), day),
        "title": title,
        "facts": facts,
        "fit": {
            "met": [("Токарная обработка", "Токарная обработка с ЧПУ")]
            if russian
            else [("Turning", "CNC turning")],
            "open": [("Точность", "нужно: IT6; нет в вашем профиле")]
            if russian
            else [("Accuracy", "needed: IT6; not in your profile")],
        },
        "side": "supplier",
        "writer": "",
        "has_account": True,
        "steps": [
            {
                "what": "Срок поставки прошёл" if russian else "A delivery is late",
                "title": title,
                "path": urls.order("example"),
                "facts": facts,
            }
        ],
        "contacts": [
            ("Контактное лицо" if russian else "Contact person", who),
            ("Телефон" if russian else "Telephone", "+7 000 000-00-00"),
        ],
        "organisation": "Завод «Пример»" if russian else "Example Works",
        "outcome": NeedState.CLOSED,
        "news": {"order_news": "confirm", "team_news": "formed"}.get(kind, "shortlist"),
        "what": "need" if kind == "draft_of_letter" else "password",
        "questions": ["Какой материал, и можно ли его заменить?"]
        if russian
        else ["Which material, and may it be replaced?"],
        "count": 3,
        "reason": "Заявка отменена" if russian else "Need cancelled",
        "standard": "ISO 9001:2015",
        "number": "RU-0000",
        "days": 30,
        "hours": 48,
        "minutes": 60,
        "year": 2026,
        "months": 6,
        "about": "Закупщики и контрактные производства, по 20 минут на встречу."
        if russian
        else "Buyers and shops, 20 minutes a meeting.",
        "meetings": [("10:00–10:20, стол 3", "Завод «Пример»")]
        if russian
        else [("10:00–10:20, table 3", "Example Works")],
        "lines": ["Добрый день!", "", "1. Какой материал, и можно ли его заменить?"]
        if russian
        else ["Good day!", "", "1. Which material, and may it be replaced?"],
        "remarks": [("Оборудование", "Укажите зону обработки.")]
        if russian
        else [("Machines", "Give the envelope.")],
        "needs": [{"title": title, "path": urls.need("example"), "facts": facts}],
    }
    if kind == "quote_round":  # its end is a moment, told in the reader's zone
        values["until"] = moments.told(datetime(2026, 12, 20, 17, tzinfo=ZoneInfo("Europe/Moscow")), language)
    return {name: values[name] for name in KINDS[kind]}
