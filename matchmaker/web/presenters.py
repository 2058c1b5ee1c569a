"""Data as pages show it: highlighted text, matches, profiles, dates and numbers in the reader's language."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from flask import Flask
from flask_babel import format_currency, format_date, format_datetime, format_decimal, gettext, ngettext

from matchmaker.domain.certificate import Certificate, CertificationLevel, validity
from matchmaker.domain.language import N_, Label
from matchmaker.domain.records import (
    CapabilityRecord,
    CertificateRecord,
    EquipmentRecord,
    ReferenceRecord,
    SupplierRecord,
)
from matchmaker.models import Profile, StoredFile
from matchmaker.services import capacity, certificates, photos
from matchmaker.services.wording import LEVEL_LABELS, Reason
from matchmaker.web import context, time_zones
from matchmaker.wiring import load_taxonomy
from search.ranking.explain import Match
from search.text import Mention, Recognition

SHOWN_CONTRIBUTIONS = 5


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of text, marked with what it was understood as, or plain."""

    text: str
    kind: str = ""
    title: str = ""
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """What moved a score: the feature's sentence, and by how many points of a hundred."""

    text: str
    percent: int


@dataclass(frozen=True, slots=True)
class PhotoView:
    """A photo: its key, what it shows in the reader's language, and whether the centre has seen it."""

    key: str
    words: str
    shown: bool


@dataclass(frozen=True, slots=True)
class MatchView:
    rank: int
    key: str
    name: str
    place: str
    percent: int
    reasons: tuple[Reason, ...]
    start: int
    moved: tuple[Moved, ...]
    rest: int
    words: tuple[str, ...]
    certificates: tuple["CertificateView", ...]


@dataclass(frozen=True, slots=True)
class CertificateView:
    standard: str
    level: str
    level_name: str
    number: str
    until: date | None
    verified: bool


def tick(value: date) -> str:
    """A day as the axis of a chart names it, without its year."""
    return str(format_date(value, "d MMM"))


def photo_views(found: Sequence[StoredFile]) -> list[PhotoView]:
    language = context.language()
    return [
        PhotoView(one.public_id, photos.caption(one, language), bool(one.details["shown"])) for one in found
    ]


def register(app: Flask) -> None:
    app.jinja_env.filters.update(
        day=day, figure=figure, iso_day=iso_day, tick=tick, moment=moment, deadline=time_zones.deadline
    )
    app.jinja_env.globals.update(
        language=context.language,
        person=context.person,
        ngettext=_plural,
        product=context.product,
        queue_label=queue_label,
        move_label=move_label,
        state_label=state_label,
        reason_label=reason_label,
        money=money,
        dict=dict,
    )


def _plural(one: str, many: str, count: int) -> str:
    """A count with its word; thousands stand apart as the language has it."""
    return str(ngettext(one, many, count)).replace(str(count), str(format_decimal(count)), 1)


def iso_day(text: str) -> str:
    """A day as files have it, as pages show it."""
    return day(date.fromisoformat(text))


def money(minor: int | None, currency: str) -> str:
    """An amount of minor units in the reader's language."""
    return str(format_currency(minor / 100, currency)) if minor is not None else "—"


def day(value: date | None) -> str:
    return format_date(value, "medium") if value else "—"


def moment(value: datetime | None) -> str:
    return format_datetime(value, "short") if value else "—"


def match_views(answered: Sequence[Match], profiles: dict[str, Profile], first: int = 1) -> list[MatchView]:
    """Matches as pages show them; `first` is the rank of the first one."""
    words = context.wording()
    return [
        MatchView(
            rank=rank,
            key=match.key,
            name=profiles[match.key].organisation.name(context.language()),
            place=place(profiles[match.key]),
            percent=round(100 * match.score),
            reasons=tuple(words.reason(verdict) for verdict in match.verdicts),
            **_sum(match),
            words=match.words,
            certificates=certificate_views(profiles[match.key]),
        )
        for rank, match in enumerate(answered, first)
    ]


def _sum(match: Match) -> dict[str, Any]:
    """The score as a sum of whole points: where all start, what moved it most, and the rest.

    Contributions add up on the logit; between two scores a point of the logit is worth the same number of points of the
    score for every one of them, so that they add up here as well.
    """
    start = 1 / (1 + math.exp(-match.intercept))
    whole = math.fsum(item.amount for item in match.contributions)
    worth = (match.score - start) / whole if abs(whole) > 1e-9 else start * (1 - start)
    first, words = round(100 * start), context.wording()
    moved = tuple(
        Moved(words.feature(item.feature), points)
        for item in match.contributions[:SHOWN_CONTRIBUTIONS]
        if (points := round(100 * worth * item.amount))
    )
    rest = round(100 * match.score) - first - sum(item.percent for item in moved)
    return {"start": first, "moved": moved, "rest": rest}


def entry_line(item: object) -> str:
    """One entry of a profile in a line: what it is, then its limits."""
    if isinstance(item, CapabilityRecord):
        finish = f"Ra {item.roughness_ra_um:g}" if item.roughness_ra_um else ""
        return " · ".join(filter(None, (item.process, "; ".join(item.materials), *limits(item), finish)))
    if isinstance(item, EquipmentRecord):
        name = f"{item.name} × {item.quantity}" if (item.quantity or 1) > 1 else item.name
        kind = item.type if item.type and item.type.casefold() != item.name.casefold() else None
        return " · ".join(filter(None, (name, kind, item.maker, str(item.year or ""), *limits(item))))
    if isinstance(item, CertificateRecord):
        until = gettext("until %(day)s", day=day(item.valid_until)) if item.valid_until else ""
        return " · ".join(filter(None, (item.standard, gettext(item.status), item.number, item.body, until)))
    assert isinstance(item, ReferenceRecord)
    return " · ".join(filter(None, (item.customer, item.product, str(item.year or ""))))


def limits(item: CapabilityRecord | EquipmentRecord) -> tuple[str, ...]:
    """The largest part taken and the accuracy held, short; empty where nothing is said."""
    box = item.envelope_mm
    return (
        "×".join(f"{side:g}" for side in box) + " " + gettext("mm") if box else "",
        f"ø{item.diameter_mm:g}" if item.diameter_mm else "",
        f"L {item.length_mm:g}" if item.length_mm else "",
        f"{item.max_mass_kg:g} " + gettext("kg") if item.max_mass_kg else "",
        f"IT{item.tolerance_it}" if item.tolerance_it else "",
    )


def region(given: str | None) -> str:
    """A region as typed, in the reader's language where it is a code of the taxonomy."""
    return load_taxonomy().label("region", given, context.language()) if given else ""


def place(profile: Profile) -> str:
    """Town and region in the reader's language where the taxonomy knows the region."""
    organisation = profile.organisation
    code = organisation.region_code
    taxonomy = context.product().taxonomy
    kind = "region" if code in taxonomy.regions else "country"
    region = taxonomy.label(kind, code, context.language()) if code else organisation.region
    return ", ".join(dict.fromkeys(part for part in (town(organisation.city, code), region) if part))


def town(name: str | None, region: str | None) -> str:
    """A town's name in the reader's language where the taxonomy knows the town, else as it was written."""
    if not name:
        return ""
    known = _towns()
    label = known.get((name, region or "")) or known.get((name, ""))
    return label.text(context.language()) if label else name


@cache
def _towns() -> dict[tuple[str, str], Label]:
    """Labels of towns by name in either language and region; the largest of a name also without the region."""
    found: dict[tuple[str, str], Label] = {}
    for item in sorted(load_taxonomy().places, key=lambda one: -one.population):
        for name in (item.label.ru, item.label.en):
            found.setdefault((name, item.region), item.label)
            found.setdefault((name, ""), item.label)
    return found


def certificate_views(profile: Profile) -> tuple[CertificateView, ...]:
    """Certificates with what they are worth today, decided by the one function that decides it."""
    today, words = context.today(), context.wording()
    return tuple(
        _certificate_view(
            certificates.facts(row), row.standard, row.number or "", row.valid_until, today, words.standard
        )
        for row in profile.certificates
    )


def _certificate_view(
    facts: Certificate, spelled: str, number: str, until: date | None, today: date, name: "object"
) -> CertificateView:
    held = validity(facts)
    level = held.level if held and held.since <= today <= held.until else CertificationLevel.NONE
    standard = name(facts.standard_code) if facts.standard_code and callable(name) else spelled
    label = gettext("suspended") if facts.status == "suspended" else gettext(LEVEL_LABELS[level.name.lower()])
    if level is CertificationLevel.NONE and until and until < today:
        label = gettext("expired")
    return CertificateView(str(standard), level.name.lower(), label, number, until, facts.verified)


def segments(recognition: Recognition) -> list[Segment]:
    """The text cut at its mentions, longest first where they overlap."""
    return list(_segments(recognition.text, _separate(recognition.mentions)))


def pieces(recognition: Recognition) -> dict[str, list[str]]:
    """What was understood, by the words it stands in, in the order of the text."""
    found: dict[str, list[str]] = {}
    for mention in recognition.mentions:
        titles = found.setdefault(recognition.words(mention), [])
        if _title(mention) not in titles:
            titles.append(_title(mention))
    return found


def _separate(mentions: Sequence[Mention]) -> list[Mention]:
    chosen: list[Mention] = []
    for mention in sorted(mentions, key=lambda m: (-(m.end - m.start), m.start)):
        if all(mention.end <= other.start or other.end <= mention.start for other in chosen):
            chosen.append(mention)
    return sorted(chosen, key=lambda m: m.start)


def _segments(text: str, mentions: Sequence[Mention]) -> Iterator[Segment]:
    place = 0
    for mention in mentions:
        if mention.start > place:
            yield Segment(text[place : mention.start])
        yield Segment(text[mention.start : mention.end], mention.kind, _title(mention), mention.negated)
        place = mention.end
    if place < len(text):
        yield Segment(text[place:])


def _title(mention: Mention) -> str:
    """What a piece was understood as, for the reader who points at it."""
    taxonomy, language = context.product().taxonomy, context.language()
    if mention.kind in taxonomy.trees() and mention.code:
        label = taxonomy.label(mention.kind, mention.code, language)
    elif mention.kind == "town" and mention.code:
        name, _, region = mention.code.partition("|")
        label = town(name, region)
    else:
        label = _amount(mention)
    ruled_out = gettext("ruled out") if mention.negated else gettext("if possible") if mention.wish else ""
    return f"{label} ({ruled_out})" if ruled_out else label


# Kinds of quantities → the requirement whose words and unit they are shown with.
_SHOWN_AS = {
    "envelope": "envelope",
    "diameter": "diameter",
    "length": "length",
    "thickness": "thickness",
    "mass": "mass",
    "tolerance": "tolerance",
    "roughness": "roughness",
    "quantity": "lot",
    "distance": "distance",
    "hours": "capacity",
}
_NAMED = frozenset({"length", "thickness", "mass", "quantity", "distance"})


def _amount(mention: Mention) -> str:
    """A quantity with its unit, and with its name where the unit does not tell what it is."""
    words = context.wording()
    if mention.kind == "rhythm":
        return gettext("%(value)s lots a year", value=words.number(mention.amounts[0]))
    name = _SHOWN_AS.get(mention.kind)
    if name is None or not mention.amounts:
        return " × ".join(words.number(amount) for amount in mention.amounts) or day(mention.day)
    value = words.value(name, mention.amounts if name == "envelope" else mention.amounts[0])
    return f"{words.label(name)}: {value}" if mention.kind in _NAMED else value


def figure(value: float) -> str:
    """A number in the reader's language."""
    return context.wording().number(value)


def band(profile: Profile, record: SupplierRecord) -> str:
    """Spare hours a month as a band, of the plan where there is one; the figure itself is the supplier's own."""
    hours = [
        item.spare_hours_per_month * (item.quantity or 1)
        for item in record.equipment
        if item.spare_hours_per_month is not None
    ]
    planned = capacity.monthly(profile, context.today())
    if not hours and planned is None:
        return gettext("not stated")
    total = sum(hours) if planned is None else planned
    if total == 0:
        return gettext("none at present")
    if total < 40:
        return gettext("up to 40 machine-hours a month")
    if total < 160:
        return gettext("40 to 160 machine-hours a month")
    if total < 480:
        return gettext("160 to 480 machine-hours a month")
    return gettext("over 480 machine-hours a month")


_QUEUES = {
    "needs": N_("needs to publish"),
    "profiles": N_("profiles to check"),
    "unanswered": N_("invitations without an answer"),
    "duplicates": N_("possible duplicates"),
    "unverified": N_("certificates to verify"),
    "certificates": N_("certificates ending within 90 days"),
    "matches": N_("proposals to look at"),
}
_MOVES = {
    "draft": N_("Back to draft"),
    "submitted": N_("Submit to the centre"),
    "published": N_("Publish"),
    "shortlisting": N_("Begin the shortlist"),
    "negotiation": N_("Begin negotiation"),
    "contracted": N_("Contract made"),
    "completed": N_("Completed"),
    "closed": N_("Close"),
    "expired": N_("Mark as expired"),
}


def queue_label(name: str) -> str:
    return gettext(_QUEUES[name])


def move_label(state: str) -> str:
    """What the button that moves a need to a state says."""
    return gettext(_MOVES[state])


def state_label(family: str, code: str) -> str:
    """The label of a state from the taxonomy, or the code where it has none."""
    statuses = context.product().taxonomy.statuses.get(family, ())
    found = next((status for status in statuses if status.code == code), None)
    if found is None and code == "proposed":
        return gettext("proposed")
    return found.label.text(context.language()) if found else code


def reason_label(code: str) -> str:
    return context.product().taxonomy.label("reason", code, context.language())
