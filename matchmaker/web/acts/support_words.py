"""The words for support measures and helpers: their kinds, their conditions, why one suits a firm or does not."""

from collections.abc import Mapping, Sequence

from flask import Flask
from flask_babel import gettext, ngettext

from matchmaker.domain.language import N_
from matchmaker.models import SupportOffer
from matchmaker.services.development.support_fit import SupportReason
from matchmaker.web.kit import context, formats

KINDS: Mapping[str, str] = {
    "subsidy": N_("Subsidy"),
    "leasing": N_("Leasing"),
    "guarantee": N_("Guarantee"),
    "voucher": N_("Voucher"),
    "loan": N_("Loan"),
    "certification-body": N_("Certification body"),
    "consultant": N_("Consultant"),
    "laboratory": N_("Laboratory"),
    "design-centre": N_("Design centre"),
    "energy-centre": N_("Energy centre"),
    "fund": N_("Fund"),
    "university": N_("University"),
    "shared-equipment": N_("Shared equipment"),
}
SIZES: Mapping[str, str] = {
    "micro": N_("micro enterprise"),
    "small": N_("small enterprise"),
    "medium": N_("medium enterprise"),
    "large": N_("large enterprise"),
}
_TREES = {
    "region": "region",
    "processes": "process",
    "climbing": "standard",
    "wanted": "standard",
    "held": "standard",
    "standards": "standard",
}
# By condition and outcome; %(what)s are the codes in words.
_REASONS: Mapping[tuple[str, str], str] = {
    ("region", "met"): N_("works in the region: %(what)s"),
    ("region", "unmet"): N_("only for firms of: %(what)s"),
    ("region", "unknown"): N_("only for firms of: %(what)s; the profile names no region"),
    ("size", "met"): N_("for a firm of this size: %(what)s"),
    ("size", "unmet"): N_("only for: %(what)s"),
    ("size", "unknown"): N_("only for: %(what)s; the profile tells no number of people"),
    ("processes", "met"): N_("for your kind of work: %(what)s"),
    ("processes", "unmet"): N_("only for work like: %(what)s"),
    ("climbing", "met"): N_("you are on the way to this certificate: %(what)s"),
    ("wanted", "met"): N_("needs of the last year demand this certificate: %(what)s"),
    ("held", "unmet"): N_("you hold this certificate already: %(what)s"),
    ("standards", "unmet"): N_("for certificates that nothing asks of you: %(what)s"),
}
_DAYS: Mapping[str, str] = {
    "opens": N_("opens only on %(day)s"),
    "over": N_("ended on %(day)s"),
    "soon": N_("ends soon: %(day)s"),
    "open": N_("open until %(day)s"),
}


def register(app: Flask) -> None:
    app.jinja_env.globals.update(
        support_kind=kind_label, support_reason=reason, support_conditions=conditions
    )


def kind_label(kind: str) -> str:
    return gettext(KINDS[kind])


def reason(found: SupportReason) -> str:
    """A judged condition in words."""
    if found.name == "dates":
        return gettext(_DAYS[found.codes[0]], day=formats.day(found.day))
    if found.name == "age":
        return _age(found.outcome, found.number or 0)
    return gettext(_REASONS[found.name, found.outcome], what=_named(found.name, found.codes))


def _age(outcome: str, years: int) -> str:
    """The least age of a firm that an offer asks for, as met, unmet or unknown."""
    if outcome == "met":
        return ngettext("the firm is older than %(num)d year", "the firm is older than %(num)d years", years)
    only = ngettext(
        "only for firms older than %(num)d year", "only for firms older than %(num)d years", years
    )
    return (
        only
        if outcome == "unmet"
        else gettext("%(only)s; the day of founding is not known exactly", only=only)
    )


def _named(name: str, codes: Sequence[str]) -> str:
    if name == "size":
        return ", ".join(gettext(SIZES[code]) for code in codes)
    return ", ".join(name_of(_TREES[name], code) for code in codes)


def name_of(kind: str, code: str) -> str:
    """The name of a code of the taxonomy in the reader's language."""
    return context.product().taxonomy.label(kind, code, context.language())


def conditions(offer: SupportOffer) -> list[str]:
    """The conditions of an offer in words, without its days."""
    told = [
        (gettext("regions: %(what)s"), _named("region", offer.regions)),
        (gettext("size: %(what)s"), _named("size", offer.sizes)),
        (gettext("work: %(what)s"), _named("processes", offer.processes)),
        (gettext("certificates: %(what)s"), _named("standards", offer.standards)),
    ]
    found = [label % {"what": what} for label, what in told if what]
    if offer.years_min is not None:
        found.append(_age("unmet", offer.years_min))
    return found
