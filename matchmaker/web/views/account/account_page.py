"""The page of the reader's own account."""

from flask import render_template

from matchmaker.services.mail import letters, preferences
from matchmaker.services.people import (
    browser_sessions,
)
from matchmaker.services.profiles import viewings
from matchmaker.web.kit import navigation, time_zones
from matchmaker.web.kit.context import database, signed_in
from matchmaker.web.views.account import devices


def page(renamed: str = "", problems: dict[str, str] | None = None) -> str:
    """The reader's account, with the problems of a new name."""
    who = signed_in()
    return render_template(
        "account/show.html",
        who=who,
        renamed=renamed,
        problems=problems or {},
        sessions=browser_sessions.of_user(database(), who.user),
        memberships=who.user.memberships,
        kinds=letters.OPTIONAL,
        wanted=preferences.wanted_mails(who.user),
        named_to_suppliers=bool((who.user.preferences or {}).get(viewings.NAMED)),
        here=who.session_id,
        device=devices.device,
        pages=navigation.own_pages(),
        zones=time_zones.offered(),
        zone=time_zones.chosen(),
    )
