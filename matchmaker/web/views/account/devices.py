"""A browser in a person's words: `Firefox, Windows`."""

from flask_babel import gettext

# The first mark found counts: Edge and Opera also name Chrome, Chrome also names Safari.
_BROWSERS = (
    ("YaBrowser", "Yandex"),
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def device(agent: str | None) -> str:
    """The browser's name and system in two words; the first words of its own text for an unknown one."""
    said = agent or ""
    found = [next((name for mark, name in known if mark in said), "") for known in (_BROWSERS, _SYSTEMS)]
    return ", ".join(name for name in found if name) or said[:40] or gettext("unknown browser")
