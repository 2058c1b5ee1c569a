"""A browser as a person would call it: `Firefox, Windows`."""

from flask_babel import gettext

# The first mark that is found counts: Edge and Opera also say Chrome, Chrome also says Safari.
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
    """What a browser says of itself, in two words; its own first words where it is none of the known ones."""
    said = agent or ""
    found = [next((name for mark, name in known if mark in said), "") for known in (_BROWSERS, _SYSTEMS)]
    return ", ".join(name for name in found if name) or said[:40] or gettext("unknown browser")
