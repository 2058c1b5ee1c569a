"""The events to come for everybody: the list, each of them, and as a file for calendars. Who takes part is not told here."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from matchmaker.models import Event
from matchmaker.services.core import urls
from matchmaker.services.events import event_letters, events
from matchmaker.web.kit import context
from matchmaker.web.kit.context import database, product

blueprint = Blueprint("public_events", __name__, url_prefix="/events")


@blueprint.get("/")
def listed() -> ResponseReturnValue:
    """The events to come, the next one first."""
    return render_template("events/coming.html", found=events.coming(database(), context.today()))


@blueprint.get("/<key>")
def show(key: str) -> ResponseReturnValue:
    """An event to come."""
    event = events.open_to_all(database(), key)
    return render_template(
        "events/public.html",
        event=event,
        facts=event_letters.facts(event, context.language()),
        open_until=event.register_by if event.takes_answers(context.today()) else None,
        shared=_facts(event),
    )


@blueprint.get("/<key>.ics")
def calendar(key: str) -> Response:
    """An event to come for a calendar."""
    event = events.open_to_all(database(), key)
    made = Response(event_letters.calendar(database(), event), mimetype="text/calendar")
    made.headers["Content-Disposition"] = f'attachment; filename="event-{event.day}.ics"'
    return made


def _facts(event: Event) -> Mapping[str, object]:
    """An event as search engines read it (schema.org)."""
    zone = ZoneInfo(product().settings.time_zone)

    def at(minute: int) -> str:
        moment: datetime = event.moment(minute)
        return moment.replace(tzinfo=zone).isoformat()

    return {
        "@context": "https://schema.org",
        "@type": "BusinessEvent",
        "name": event.title,
        "description": event.about or "",
        "startDate": at(event.starts),
        "endDate": at(event.ends),
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "location": {"@type": "Place", "name": event.place, "address": event.place},
        "organizer": {"@type": "Organization", "name": event.centre.name(context.language())},
        "url": product().address + urls.event(event.public_id),
    }
