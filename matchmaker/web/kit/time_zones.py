"""The time zone in which a person reads and types times: the person's choice, else the centre's."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_location
from flask_babel import format_date, format_datetime, format_time, get_locale
from flask_login import current_user

from matchmaker.web.kit import context

# Offered beside the centre's own: Russia from west to east, then the zones of most partners.
OFFERED = (
    "Europe/Kaliningrad",
    "Europe/Moscow",
    "Europe/Samara",
    "Asia/Yekaterinburg",
    "Asia/Omsk",
    "Asia/Krasnoyarsk",
    "Asia/Irkutsk",
    "Asia/Yakutsk",
    "Asia/Vladivostok",
    "Asia/Magadan",
    "Asia/Kamchatka",
    "Europe/Minsk",
    "Asia/Almaty",
    "Europe/Istanbul",
    "Europe/Berlin",
    "Asia/Shanghai",
    "UTC",
)


def chosen() -> str:
    """The name of the reader's zone in the IANA database."""
    own = current_user.time_zone if current_user.is_authenticated else ""
    return own or context.product().settings.time_zone


def offered() -> list[tuple[str, str]]:
    """Zones to choose from, with a town and the present offset in the reader's language; the present one among them."""
    names = dict.fromkeys((*OFFERED, context.product().settings.time_zone, chosen()))
    return [(name, _label(name)) for name in names]


def town(name: str) -> str:
    """The town that gives a zone its name, in the reader's language."""
    return get_timezone_location(name, locale=get_locale(), return_city=True) if name != "UTC" else name


def _label(name: str) -> str:
    offset = datetime.now(UTC).astimezone(ZoneInfo(name)).strftime("%z")
    return f"{town(name)} ({offset[:3]}:{offset[3:]})"


def deadline(value: datetime | None) -> str:
    """A moment with the month in letters and its offset, for a time that must not be missed."""
    if value is None:
        return "—"
    return f"{format_date(value, 'medium')}, {format_time(value, 'short')} {format_datetime(value, 'ZZZZ')}"
