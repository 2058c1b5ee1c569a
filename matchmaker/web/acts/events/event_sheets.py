"""The timetable of an event as files: a sheet with all meetings, a page a firm, a list."""

from collections.abc import Iterable

from flask_babel import gettext

from matchmaker.models import EventParticipant
from matchmaker.services.core import typesetting
from matchmaker.services.events.events import hour_of
from matchmaker.services.events.meetings import EventTimetable
from matchmaker.services.reports.spreadsheets import DownloadTable
from matchmaker.web.acts.events.event_words import RESULTS, result_of
from matchmaker.web.kit import context, formats


def rows(table: EventTimetable) -> DownloadTable:
    """A meeting a row."""
    columns = (
        *(
            gettext("From"),
            gettext("Until"),
            gettext("Table"),
            gettext("Firm"),
            gettext("Meets"),
            gettext("Result"),
        ),
    )
    found = []
    for one in table.meetings:
        start, end = map(hour_of, table.event.slot_minutes(one.slot))
        first, second = (_name(table.participants[key]) for key in (one.first_id, one.second_id))
        result = result_of(one.held, one.result)
        found.append(
            (start, end, str(one.at_table), first, second, gettext(RESULTS[result]) if result else "")
        )
    return DownloadTable(gettext("Timetable"), columns, found)


def whole(table: EventTimetable) -> bytes:
    """The whole timetable on one page: times down, tables across."""
    tables = sorted({one.at_table for one in table.meetings})
    seats = {(one.slot, one.at_table): one for one in table.meetings}
    lines = []
    for slot in sorted({one.slot for one in table.meetings}):
        start, end = map(hour_of, table.event.slot_minutes(slot))
        cells = []
        for place in tables:
            one = seats.get((slot, place))
            pair = (one.first_id, one.second_id) if one else ()
            cells.append([_name(table.participants[key]) for key in pair])
        lines.append({"hours": f"{start}–{end}", "cells": cells})
    headings = [gettext("Table %(number)s", number=place) for place in tables]
    return _pdf(table, gettext("Timetable"), {"headings": headings, "lines": lines, "slips": []})


def slips(table: EventTimetable) -> bytes:
    """A page for each firm that comes, with its own meetings."""
    return of_firms(table, [one for one in table.participants.values() if one.is_coming])


def of_firms(table: EventTimetable, firms: Iterable[EventParticipant]) -> bytes:
    """A page for each of these firms."""
    found = []
    for firm in firms:
        own = []
        for one in table.of(firm):
            start, end = map(hour_of, table.event.slot_minutes(one.slot))
            place = gettext("Table %(number)s", number=one.at_table)
            own.append([f"{start}–{end}", place, _name(table.partner(one, firm))])
        found.append({"firm": _name(firm), "meetings": own})
    return _pdf(table, gettext("Meetings of a firm"), {"headings": [], "lines": [], "slips": found})


def _pdf(table: EventTimetable, title: str, content: dict[str, object]) -> bytes:
    event, language = table.event, context.language()
    hours = f"{hour_of(event.starts)}–{hour_of(event.ends)}"
    return typesetting.pdf(
        "timetable",
        {
            **content,
            "language": language,
            "title": title,
            "event": event.title,
            "when": f"{formats.day(event.day)}, {hours}",
            "place": event.place,
            "centre": event.centre.name(language),
            "empty": gettext("No meetings."),
            "columns": [gettext("Hours"), gettext("Table"), gettext("Meets")],
            "day": formats.day(context.today()),
        },
    )


def _name(firm: EventParticipant) -> str:
    return firm.organisation.name(context.language())
