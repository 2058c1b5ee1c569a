"""Terms of the taxonomy in the reader's language: towns and regions, kinds of work, materials and machines, titles of needs."""

from collections.abc import Iterable

from flask import Flask
from markupsafe import Markup

from matchmaker.domain.language import prevailing_language
from matchmaker.models import Profile
from matchmaker.web.kit import context
from matchmaker.web.kit.formats import spoken
from matchmaker.wiring import load_taxonomy


def region(given: str | None) -> str:
    """A region as typed, in the reader's language where it is a code of the taxonomy."""
    return load_taxonomy().label("region", given, context.language()) if given else ""


# The facts of a profile that are codes of the taxonomy, several parted by semicolons, by the tree of each.
_CODED = {"region": "region", "sectors": "sector", "quality_papers": "quality_paper"}


def fact(field: str, said: str) -> str:
    """A fact of a profile as it stands, in the reader's language where it is codes of the taxonomy."""
    if field not in _CODED:
        return said
    label, language = load_taxonomy().label, context.language()
    return "; ".join(label(_CODED[field], one, language) for one in said.split("; ") if one)


def place(profile: Profile) -> str:
    """Town and region in the reader's language where the taxonomy knows the region."""
    organisation = profile.organisation
    code = organisation.region_code
    taxonomy = context.product().taxonomy
    kind = "region" if code in taxonomy.regions else "country"
    region = taxonomy.label(kind, code, context.language()) if code else organisation.region
    return ", ".join(dict.fromkeys(part for part in (town(organisation.city, code), region) if part))


def town(name: str | None, region: str | None) -> str:
    """A town's name in the reader's language where the taxonomy knows the town, else as written."""
    return load_taxonomy().town(name, region or "", context.language()) if name else ""


def _known(kind: str, words: str) -> str:
    """The labels of what words of the other language stand for, "" where they are the reader's own, or mean nothing to the taxonomy."""
    if prevailing_language(words) in {None, context.language()}:
        return ""
    label = context.wording().codes(kind, context.product().recogniser.codes(kind, words))
    return "" if label.casefold() == words.casefold() else label


def term(kind: str, words: str) -> str:
    """A term of a tree of the taxonomy in the reader's language, as written where the taxonomy does not know it."""
    return _known(kind, words) or words


def with_original(kind: str, words: str) -> str:
    """A term in the reader's language with the words of the other language behind it, on one line."""
    label = _known(kind, words)
    return f"{label} ({words})" if label else words


def told(words: str, kind: str) -> str | Markup:
    """A term in the reader's language, with its words of the other language as a hint."""
    label = _known(kind, words)
    return _hinted(Markup.escape(label), spoken(words)) if label else spoken(words)


def told_all(words: Iterable[str], kind: str) -> Markup:
    """Terms one after another, each as by `told`."""
    return Markup(", ").join(told(one, kind) for one in words)


def titled(title: str) -> str | Markup:
    """A title as its author wrote it; for a reader of the other language with what is known of its words as a hint."""
    pieces = context.product().titles.told(title, context.language())
    return _hinted(spoken(title), " · ".join(pieces)) if pieces else spoken(title)


def _hinted(words: str | Markup, hint: str | Markup) -> Markup:
    return Markup('{} <span class="hint">{}</span>').format(words, hint)


def register(app: Flask) -> None:
    app.jinja_env.filters.update(told=told, told_all=told_all, titled=titled)
    app.jinja_env.globals["town"] = town
