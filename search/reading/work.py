"""The work that a text names, each process with its role: wanted, ruled out, the customer's; or own, a partner's, denied."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import zip_longest

from matchmaker.domain.taxonomy import Taxonomy
from matchmaker.domain.taxonomy_keys import Flag
from search.reading.sureness import Sureness
from search.reading.terms import SURE, names_making, specific, unique
from search.text import Mention, Origin, Recognition, scope


class WorkRole(StrEnum):
    """The role of a process: the first three in a need, the others in a shop's text."""

    WANTED = "wanted"
    EXCLUDED = "excluded"
    CUSTOMER = "customer"
    OWN = "own"
    PARTNER = "partner"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class Work:
    """A process of a text, its role, and the mention that says it most surely."""

    code: str
    role: WorkRole
    mention: Mention


def of_need(taxonomy: Taxonomy, recognition: Recognition, sureness: Sureness) -> tuple[Work, ...]:
    """The work of a need's text, in the order of the text.

    A product implies a process too ("валы … закалка") where no process that is sure makes it, unless the work comes
    first: then the product is only worked on ("цементация шестерён"). A product with a trade of its own (a
    mould, a spring, a harness) implies it in any case ("пресс-форма …, отливки для приёмки").
    """
    told = list(_told(taxonomy, recognition, _need_role))
    open_ones = [mention for mention, role in told if role is WorkRole.WANTED]
    sure = [mention for mention in open_ones if mention.sure >= SURE and sureness.is_fact(mention)]
    # The assembly of what is made makes no part of it: "валы … сборка насосов" still asks for turned shafts.
    assembles, trades = (taxonomy.processes.flagged(flag) for flag in (Flag.ASSEMBLES, Flag.OWN_TRADE))
    made = names_making(taxonomy, unique(str(m.code) for m in sure))
    work_begins = min((m.start for m in sure if m.code not in assembles), default=len(recognition.text))
    meant = {
        m
        for m in open_ones
        if m.sure >= SURE or (m.start < work_begins and _is_made(recognition, m, trades if made else None))
    }
    kept = [(mention, role) for mention, role in told if role is not WorkRole.WANTED or mention in meant]
    return _consistent(taxonomy, _settled(taxonomy, kept, WorkRole.WANTED))


def _consistent(taxonomy: Taxonomy, told: tuple[Work, ...]) -> tuple[Work, ...]:
    """The work without what is ruled out in general and asked for in particular: "no grinding; need cylindrical …"."""
    asked = {above for code in wanted(told) for above in taxonomy.processes.ancestors(code)}
    return tuple(one for one in told if one.role is not WorkRole.EXCLUDED or one.code not in asked)


def of_shop(taxonomy: Taxonomy, recognition: Recognition) -> tuple[Work, ...]:
    """The work of a shop's text, in the order of the text, with what its machines imply.

    A shop that only treats or coats works on the products it names ("закалка пресс-форм"); it does not make
    them.
    """
    told = [*_told(taxonomy, recognition, _shop_role), *_of_machines(taxonomy, recognition)]
    sure = [m for m, role in told if m.sure >= SURE and role is WorkRole.OWN]
    said = unique(str(m.code) for m in sure)
    treats = bool(said) and not names_making(taxonomy, said)
    begins = min((m.start for m in sure), default=0)
    trades = taxonomy.processes.flagged(Flag.OWN_TRADE)
    kept = [
        (m, role)
        for m, role in told
        if role is not WorkRole.OWN
        or m.sure >= SURE
        or not said
        or (m.code in trades and not scope.belongs(recognition.text, m) and (not treats or m.start < begins))
    ]
    return _settled(taxonomy, kept, WorkRole.OWN)


def offered(recognition: Recognition) -> tuple[Mention, ...]:
    """The mentions of work that a shop says it does: not ruled out, a partner's, only planned, or told of others."""
    return tuple(m for m in recognition.of("process") if _is_own(m))


def wanted(work: Iterable[Work]) -> tuple[str, ...]:
    """The codes of the wanted work."""
    return tuple(one.code for one in work if one.role is WorkRole.WANTED)


def ruled_out(work: Iterable[Work], recognition: Recognition) -> tuple[str, ...]:
    """The codes of the work that is ruled out, or that the customer keeps for himself."""
    kept = {m.code for m in recognition.of("process", negated=None) if m.own}
    return tuple(
        one.code
        for one in work
        if one.role is WorkRole.EXCLUDED or (one.role is WorkRole.CUSTOMER and one.code in kept)
    )


def is_unsure(work: Iterable[Work]) -> bool:
    """Whether none of the wanted work is said: it is implied by a part's name, or guessed from a spelling."""
    return all(one.mention.origin is not Origin.SAID for one in work if one.role is WorkRole.WANTED)


def _need_role(mention: Mention) -> WorkRole | None:
    # A product beside such words is what the work is done on, not work.
    if mention.aside or (
        mention.origin is Origin.IMPLIED and (mention.negated or mention.own or mention.done)
    ):
        return None
    if mention.negated:
        return WorkRole.EXCLUDED
    if mention.own or mention.done:
        return WorkRole.CUSTOMER
    return None if mention.planned or mention.wish else WorkRole.WANTED


def _shop_role(mention: Mention) -> WorkRole | None:
    if mention.partner:
        return None if mention.origin is Origin.IMPLIED else WorkRole.PARTNER
    if mention.negated:
        return WorkRole.DENIED
    return WorkRole.OWN if _is_own(mention) else None


def _is_own(mention: Mention) -> bool:
    return not (mention.partner or mention.planned or (mention.aside and not mention.own))


def _told(
    taxonomy: Taxonomy, recognition: Recognition, role_of: Callable[[Mention], WorkRole | None]
) -> Iterator[tuple[Mention, WorkRole]]:
    """The mentions of work with their roles; a general word right before its own kind says nothing:
    "Покрытие: цинкование", "покрытие цинком".
    """
    mentions = recognition.of("process", negated=None)
    for mention, after in zip_longest(mentions, mentions[1:]):
        near = after is not None and _NARROWED.fullmatch(recognition.text, mention.end, after.start)
        narrowed = near and mention.code in taxonomy.processes.ancestors(str(after.code))
        if narrowed and role_of(after) is not None:
            continue
        role = role_of(mention)
        if role is not None:
            yield mention, role


_NARROWED = re.compile(r"[ ]?[:(–—-]?[ ]?")
_BY_MACHINE = 0.75  # the sureness of work that a shop's machine implies


def _of_machines(taxonomy: Taxonomy, recognition: Recognition) -> Iterator[tuple[Mention, WorkRole]]:
    """The work that the machines of a shop's text imply."""
    for machine in recognition.of("equipment"):
        for code in taxonomy.equipment[str(machine.code)].extra.get("processes", ()):
            yield (
                replace(
                    machine,
                    kind="process",
                    code=code,
                    sure=_BY_MACHINE,
                    origin=Origin.IMPLIED,
                    basis="process.machine",
                ),
                WorkRole.OWN,
            )


def _settled(
    taxonomy: Taxonomy, told: Sequence[tuple[Mention, WorkRole]], first: WorkRole
) -> tuple[Work, ...]:
    """One role for each code, the broader codes left out that others of the role narrow.

    Where a text says both, `first` wins if it is said more often than the refusals; what merely lies behind
    ("после закалки") or is implied rules out nothing.
    """
    counts = Counter((mention.code, role) for mention, role in told if _weighs(mention))
    chosen: dict[str, Work] = {}
    for mention, role in told:
        code = str(mention.code)
        work, held = Work(code, role, mention), chosen.get(code)
        if held is None or (role is held.role and mention.sure > held.mention.sure):
            chosen[code] = work
        elif role is not held.role:
            mine, theirs = (counts[code, one] for one in (role, held.role))
            if mine > theirs or (mine == theirs > 0 and held.role is first):
                chosen[code] = work
    roles = unique(work.role for work in chosen.values())
    kept = {
        (code, role)
        for role in roles
        for code in specific(taxonomy, "process", tuple(c for c, w in chosen.items() if w.role is role))
    }
    return tuple(work for work in chosen.values() if (work.code, work.role) in kept)


def _weighs(mention: Mention) -> bool:
    return not mention.done and mention.origin is Origin.SAID


def _is_made(recognition: Recognition, mention: Mention, trades: frozenset[str] | None) -> bool:
    """Whether a product is named as the thing to make; beside other work only products of these trades are."""
    if scope.belongs(recognition.text, mention):
        return False
    return trades is None or mention.code in trades
