"""A shop among similar ones, for itself and for its centre: each measure, the middle of the others, and the act that moves it."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from matchmaker.domain.language import N_
from matchmaker.domain.records import SupplierRecord
from matchmaker.models import Profile
from matchmaker.services.development import benchmarks, profile_parts
from matchmaker.services.development.benchmarks import Benchmark, BenchmarkLine, BenchmarkPlace
from matchmaker.services.profiles import profile_drafts
from matchmaker.web.acts import ladder_acts, support_words
from matchmaker.web.kit import context
from matchmaker.web.kit.context import database, wording
from matchmaker.web.pages.profile_access import own_profile

blueprint = Blueprint("benchmarks", __name__)

# The names of the measures, and what each counts.
NAMES: Mapping[str, tuple[str, str]] = {
    "lead-time": (N_("Lead time"), N_("days, the middle of what is stated for kinds of work")),
    "smallest-lot": (N_("Smallest lot"), N_("pieces, of the work that takes the least")),
    "accuracy": (N_("Accuracy"), N_("the finest IT grade of work and machines; less is finer")),
    "reply": (N_("Days to the answer"), N_("from an invitation to the first answer, the middle of a year")),
    "on-time": (N_("Deliveries on time"), N_("per cent of those that both sides confirmed")),
    "certificates": (N_("Certificates in force"), N_("as many as hold today")),
    "completeness": (N_("Completeness of the profile"), N_("per cent of what needs are compared with")),
}
PLACES: Mapping[str, str] = {
    BenchmarkPlace.AHEAD: N_("better than the middle"),
    BenchmarkPlace.LEVEL: N_("in the middle"),
    BenchmarkPlace.BEHIND: N_("behind the middle"),
    BenchmarkPlace.UNSAID: N_("nothing stated or counted"),
    BenchmarkPlace.FEW: N_("too few similar shops to compare"),
}


@dataclass(frozen=True, slots=True)
class BenchmarkAct:
    """What would move a measure, in words, and the page where it is done."""

    words: str
    address: str


@dataclass(frozen=True, slots=True)
class BenchmarkRow:
    """A line of a benchmark in words; an empty value is not told."""

    name: str
    counted: str
    own: str
    middle: str
    bounds: str
    place: str
    standing: str
    act: BenchmarkAct | None


@blueprint.get("/shop/benchmark")
@login_required
def own() -> ResponseReturnValue:
    """The own shop among similar ones."""
    return _page(own_profile(), of_shop=True)


@blueprint.get("/work/benchmark/<key>")
@login_required
def of_firm(key: str) -> ResponseReturnValue:
    """A supplier of the operator's centre among similar ones."""
    return _page(ladder_acts.recorded(database(), key), of_shop=False)


def _page(profile: Profile, *, of_shop: bool) -> str:
    found = benchmarks.of_profile(database(), profile, context.matching()) if profile.is_published else None
    draft = profile_drafts.draft(profile)
    acts = _acts_of_shop(profile, draft) if of_shop else _acts_of_centre(profile)
    return render_template(
        "development/benchmark.html",
        profile=profile,
        of_shop=of_shop,
        found=found,
        rows=[_row(line, acts) for line in found.lines] if found else [],
        among=_among(found) if found and found.firms else "",
        fewest=benchmarks.FEWEST,
    )


def _among(found: Benchmark) -> str:
    """Whom the shop is compared with, in words."""
    work = wording().codes("process", found.work)
    size = gettext(support_words.SIZES[found.size]) if found.size else gettext("of every size")
    return gettext("%(work)s; %(size)s", work=work, size=size)


def _row(line: BenchmarkLine, acts: Mapping[str, BenchmarkAct]) -> BenchmarkRow:
    name, counted = NAMES[line.measure.code]
    moved = line.place in {BenchmarkPlace.BEHIND, BenchmarkPlace.UNSAID, BenchmarkPlace.FEW}
    lacking = line.place is not BenchmarkPlace.FEW or line.own is None
    bounds = (
        gettext("%(low)s to %(high)s", low=_value(line.low), high=_value(line.high))
        if line.low is not None
        else ""
    )
    return BenchmarkRow(
        name=gettext(name),
        counted=gettext(counted),
        own=_value(line.own),
        middle=_value(line.middle),
        bounds=bounds,
        place=line.place,
        standing=gettext(PLACES[line.place]),
        act=acts.get(_key(line)) if moved and lacking else None,
    )


def _key(line: BenchmarkLine) -> str:
    """The name of the act that moves a line: another one where nothing is stated yet."""
    return f"{line.measure.code}{'' if line.own is not None else '?'}"


def _value(value: float | None) -> str:
    return "" if value is None else wording().number(round(value, 1))


def _acts_of_shop(profile: Profile, record: SupplierRecord) -> dict[str, BenchmarkAct]:
    """What a shop itself can do for each measure; with "?" where it states nothing."""
    entries = benchmarks.entries(record)
    lacking = [one for one in profile_parts.of_profile(profile, record) if one.stated < 1]
    section = url_for("profile.show") + (f"#{lacking[0].section}" if lacking else "")
    what = ", ".join(gettext(one.fact) for one in lacking[:3])
    acts = {
        "lead-time": _of_entry(entries, record, "lead-time", N_("Look at the lead time of “%(work)s”")),
        "lead-time?": _of_entry(entries, record, "lead-time", N_("State the lead time of “%(work)s”")),
        "smallest-lot": _of_entry(
            entries, record, "smallest-lot", N_("Look at the smallest lot of “%(work)s”")
        ),
        "smallest-lot?": _of_entry(
            entries, record, "smallest-lot", N_("State the smallest lot of “%(work)s”")
        ),
        "accuracy": BenchmarkAct(
            gettext("See what supports a finer machine or measuring means"), url_for("support.own")
        ),
        "accuracy?": _of_entry(entries, record, "accuracy", N_("State the accuracy of “%(work)s”")),
        "reply": BenchmarkAct(
            gettext("Answer invitations sooner, also with “no capacity”: one press in the letter is enough"),
            url_for("shop.show"),
        ),
        "on-time": BenchmarkAct(
            gettext("Say a new day before the agreed one passes, and what was delivered"),
            url_for("orders.mine"),
        ),
        "certificates": BenchmarkAct(
            gettext("Ask the centre for the way to a certificate"), url_for("own_ladders.show")
        ),
        "completeness": BenchmarkAct(gettext("Fill in: %(what)s", what=what), section) if lacking else None,
    }
    return {name: act for name, act in acts.items() if act is not None}


def _of_entry(
    entries: Mapping[str, int | None], record: SupplierRecord, code: str, words: str
) -> BenchmarkAct:
    """The act at the kind of work that would move a measure; at a new one where there is none."""
    place = entries.get(code)
    if place is None:
        address = url_for("profile.show") + "#capabilities"
        return BenchmarkAct(gettext("Look at the kinds of work of the profile"), address)
    address = url_for("profile.entry", section="capabilities", entry=str(place))
    return BenchmarkAct(gettext(words) % {"work": record.capabilities[place].process}, address)


def _acts_of_centre(profile: Profile) -> dict[str, BenchmarkAct]:
    """What the centre can do with the shop for each measure."""
    card = url_for("companies.show", key=profile.organisation.public_id)
    ask = BenchmarkAct(gettext("Call the shop, and note a task with a day"), card)
    support = BenchmarkAct(
        gettext("Find a support measure or a helper for the shop"), url_for("support.listed")
    )
    ladder = BenchmarkAct(
        gettext("Begin or go on with a ladder to a certificate"),
        url_for("ladders.of_firm", key=profile.public_id),
    )
    orders = BenchmarkAct(gettext("Look at its orders: what is late, what waits"), url_for("orders.mine"))
    stated = {f"{code}{mark}": ask for code in ("lead-time", "smallest-lot") for mark in ("", "?")}
    return {
        **stated,
        "accuracy": support,
        "accuracy?": ask,
        "reply": ask,
        "on-time": orders,
        "certificates": ladder,
        "completeness": ask,
    }
