"""Possible duplicates: two profiles side by side, merged into one or declared to be two firms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.domain.errors import Forbidden, InvalidRecord, NotFound, Problem, StaleRevision
from matchmaker.domain.language import N_
from matchmaker.models import Profile, Session
from matchmaker.services.needs import needs
from matchmaker.services.profiles import duplicates, merging, suppliers
from matchmaker.web.kit import context, forms
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database, product, wording
from matchmaker.web.kit.standpoint import operator, standpoint
from matchmaker.web.pages.profile_access import visible

blueprint = Blueprint("duplicates", __name__, url_prefix="/work/duplicates")
SHOWN, LAST_PAGE = 50, 1_000
MOST_TOGETHER = 40  # profiles that are merged in one act
_NOTHING = "—"
_JOINED = frozenset(("capabilities", "equipment", "certificates"))


@dataclass(frozen=True, slots=True)
class MergeLine:
    """A block of two profiles; `same` where both are equal, `joined` where the entries of both stay. `choice` is the key under which a
    person may take the value of the one that goes.
    """

    label: str
    first: str
    second: str
    choice: str = ""
    joined: bool = False

    @property
    def asks(self) -> bool:
        """Whether there is something to choose."""
        return bool(self.choice) and not self.same and _NOTHING not in {self.first, self.second}

    @property
    def same(self) -> bool:
        return self.first == self.second


@blueprint.get("/")
@login_required
def pairs() -> ResponseReturnValue:
    operator(database())
    centre = needs.centre_of(database(), standpoint(database()).own_centre)
    page = min(max(request.args.get("page", 1, type=int), 1), LAST_PAGE)
    shown = duplicates.likeliest(database(), centre.id, SHOWN, (page - 1) * SHOWN)
    firms = suppliers.firms(database(), [key for one in shown for key in one.keys])
    groups = [
        (one, [(key, firms[key]) for key in one.keys if key in firms and not firms[key].blocked])
        for one in shown
    ]
    total = duplicates.count(database(), centre.id)
    return render_template(
        "operator/duplicates.html",
        groups=[(one, members) for one, members in groups if len(members) > 1],
        between=duplicates.between(database(), centre.id, SHOWN) if page == 1 else (),
        most=MOST_TOGETHER,
        total=total,
        first=(page - 1) * SHOWN + 1,
        page=page,
        more=page * SHOWN < (total or 0) and page < LAST_PAGE,
    )


@blueprint.route("/several", methods=["GET", "POST"])
@login_required
def several() -> ResponseReturnValue:
    """Several profiles side by side: those of one firm are merged into one of them, or all are declared to be different firms."""
    if request.method == "GET":
        return _several(request.args.getlist("firm"))
    keys = request.form.getlist("firm")
    try:
        kept = _settle_several(keys, request.form.get("keep", ""), request.form.get("verdict", ""))
    except InvalidRecord as error:
        found = _several(request.form.getlist("shown"), keys, forms.with_values(error))
        return found if isinstance(found, Response) else (found, 422)
    product().index.catch_up()
    if kept is None:
        flash(gettext("Kept as different firms; they will not be shown together again."))
        return redirect(url_for("duplicates.pairs"))
    flash(gettext("Merged. The other addresses lead here from now on."))
    return redirect(url_for("public.supplier", key=kept))


def _settle_several(keys: Sequence[str], keep: str, verdict: str) -> str | None:
    """The public id of the profile that stays, None where all are different firms. Raises InvalidRecord, StaleRevision."""
    with change() as (session, user):
        found = _mergeable(session, keys)
        if [one.revision for one in found] != _revisions(*found):
            raise StaleRevision
        if verdict == "distinct":
            merging.say_several(session, [one.organisation for one in found], user)
            return None
        stays = next((one for one in found if one.public_id == keep), None)
        gone = [one for one in found if one is not stays]
        if stays is None or not gone:
            message = N_("Tick the profiles of one firm, at least two, and choose which of them stays.")
            raise InvalidRecord((Problem("firm", "twins.few", message),))
        merging.merge_several(session, stays, gone, product().recogniser, user)
        return stays.public_id


def _several(
    keys: Sequence[str], ticked: Sequence[str] | None = None, problems: Mapping[str, str] | None = None
) -> str | Response:
    """The page of several profiles, by default all ticked, the fullest to stay; of fewer the list of all."""
    found = _mergeable(database(), keys)
    if len(found) < 2:
        return redirect(url_for("duplicates.pairs"))
    lines = [(one, {key: said for key, _, said in _lines(one)}) for one in found]
    fullest = max(lines, key=lambda line: sum(said != _NOTHING for said in line[1].values()))[0]
    return render_template(
        "operator/several_twins.html",
        lines=lines,
        labels={key: label for key, label, _ in _lines(found[0])},
        ticked=[one.public_id for one in found] if ticked is None else ticked,
        keep=request.form.get("keep") or fullest.public_id,
        problems=problems or {},
        nothing=_NOTHING,
    )


def _mergeable(session: Session, keys: Sequence[str]) -> list[Profile]:
    """The profiles with these public ids, for an operator that may merge each of them. Raises Forbidden, NotFound."""
    operator(session)
    found = [visible(session, key) for key in list(dict.fromkeys(keys))[:MOST_TOGETHER]]
    if not all(one.may("profile.merge") for one in found):
        raise Forbidden
    return [one.profile for one in found if not one.profile.organisation.blocked]


def _two(session: Session, first: str, second: str) -> tuple[Profile, Profile]:
    """Both profiles, for an operator that may merge them. Raises Forbidden, NotFound."""
    operator(session)
    if first == second:
        raise NotFound(what="supplier", key=second)
    one, other = visible(session, first), visible(session, second)
    if not (one.may("profile.merge") and other.may("profile.merge")):
        raise Forbidden
    for profile in (one.profile, other.profile):
        if profile.organisation.blocked:  # merged before, or shut out by the centre
            raise NotFound(what="supplier", key=profile.public_id)
    return one.profile, other.profile


@blueprint.get("/<first>/<second>")
@login_required
def compare(first: str, second: str) -> ResponseReturnValue:
    one, other = _two(database(), first, second)
    pairs = zip(_lines(one), _lines(other), strict=True)
    lines = [MergeLine(label, mine, theirs, *_kind(key)) for (key, label, mine), (_, _, theirs) in pairs]
    return render_template(
        "operator/twins.html",
        one=one,
        other=other,
        lines=lines,
    )


def _kind(key: str) -> tuple[str, bool]:
    """The choice of a line, and whether its entries are joined."""
    return (key if key in merging.CHOICES else ""), key in _JOINED


def _lines(profile: Profile) -> list[tuple[str, str, str]]:
    """The key, the label and the words of each block."""
    firm, words = profile.organisation, wording()
    contacts, place = profile.contacts or {}, (firm.region, firm.city, firm.address)
    people = words.number(profile.employees) if profile.employees is not None else ""
    described = {**(profile.description or {})}
    shown = described.pop(context.language(), "") or next(iter(described.values()), "")
    found = [
        ("name_ru", gettext("Name in Russian"), firm.name_ru),
        ("name_en", gettext("Name in English"), firm.name_en),
        ("inn", gettext("INN"), firm.inn),
        ("place", gettext("Place"), "\n".join(part for part in place if part)),
        ("contacts", gettext("Contacts"), "\n".join(str(value) for value in contacts.values())),
        ("employees", gettext("People"), people),
        ("capabilities", gettext("Processes"), "\n".join(row.process for row in profile.capabilities)),
        ("equipment", gettext("Machines"), "\n".join(row.name for row in profile.equipment)),
        ("certificates", gettext("Certificates"), "\n".join(row.standard for row in profile.certificates)),
        ("description", gettext("Description"), shown),
        ("source", gettext("Source"), profile.source),
    ]
    return [(key, label, said or _NOTHING) for key, label, said in found]


@blueprint.post("/<first>/<second>")
@login_required
def settle(first: str, second: str) -> ResponseReturnValue:
    """Merge the second into the first, or the first into the second, or declare that they are two firms."""
    verdict = request.form.get("verdict", "")
    if verdict == "distinct":
        return _say_distinct(first, second)
    with change() as (session, user):
        one, other = _two(session, first, second)
        if verdict not in {first, second}:
            raise NotFound(what="supplier", key=verdict)
        keep, gone = (one, other) if verdict == first else (other, one)
        taken = [one for one in merging.CHOICES if request.form.get(f"take-{one}") == gone.public_id]
        merging.merge(
            session, keep, gone, product().recogniser, user, revisions=_revisions(keep, gone), taken=taken
        )
    product().index.catch_up()
    flash(gettext("Merged. The other address leads here from now on."))
    return redirect(url_for("public.supplier", key=verdict))


def _one_at_least(session: Session, first: str, second: str) -> tuple[Profile, Profile]:
    """Both profiles, for an operator that may merge one of them: whether it is the firm of another centre, each of both centres
    may say. Raises Forbidden, NotFound.
    """
    operator(session)
    if first == second:
        raise NotFound(what="supplier", key=second)
    one, other = visible(session, first), visible(session, second)
    if not (one.may("profile.merge") or other.may("profile.merge")):
        raise Forbidden
    return one.profile, other.profile


def _say_distinct(first: str, second: str) -> ResponseReturnValue:
    with change() as (session, user):
        one, other = _one_at_least(session, first, second)
        merging.say_distinct(session, one.organisation, other.organisation, user)
    flash(gettext("Kept as two firms; this pair will not be shown again."))
    return redirect(url_for("duplicates.pairs"))


def _revisions(*profiles: Profile) -> list[int]:
    """The revisions of the profiles that the page showed."""
    return [forms.revision(request.form, f"revision-{profile.public_id}") for profile in profiles]
