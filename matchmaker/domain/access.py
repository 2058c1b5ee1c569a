"""The access policy: which actions a role may take on an object, as one table that every door asks.

Columns: AN a visitor who is not signed in · SO the supplier whose object it is · SI a supplier invited to the
need who has not accepted the NDA · SN the same with the NDA in force · SX another supplier, or a person
without a role · CO the contractor whose need it is · CX another contractor · CN a contractor who agreed on
confidentiality with the supplier · OO the operator of the object's centre · OX one of another centre · AU the
authority that funds the object's centre, elsewhere a stranger · NA the administrator of the network.

A person with several relations to an object gets the widest of their answers. For actions on accounts, tokens
and the audit log SO is the person itself or its own organisation, a contractor's too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

# From the narrowest to the widest right to give roles: nobody gives one above the own.
ROLES = (
    "supplier_editor",
    "contractor_buyer",
    "operator",
    "authority",
    "centre_administrator",
    "network_administrator",
)
FIRM_ROLES = ("supplier_editor", "contractor_buyer")
STAFF_ROLES = ("operator", "centre_administrator")  # of those who work for a centre
CENTRE_ROLES = (*STAFF_ROLES, "authority")  # held in a centre
RELATIONS = ("AN", "SO", "SI", "SN", "SX", "CO", "CX", "CN", "OO", "OX", "AU", "NA")


class AccessVerdict(StrEnum):
    """The answer; the value is the table's mark, the order is from the widest to the narrowest."""

    OK = "ok"
    PART = "part"  # only the fields that the rule names
    HIDDEN = "hid"  # the page without this field
    CONFLICT = "409"  # too late or already done
    INVALID = "422"  # this person may not write the field
    NDA_REQUIRED = "403n"
    BREAK_GLASS = "b"  # an administrator must give a reason, and a second one agree
    FORBIDDEN = "403"
    SIGN_IN = "401"
    ABSENT = "404"  # the person must not learn that the object exists
    NO_CASE = "-"

    @property
    def allowed(self) -> bool:
        return self in {AccessVerdict.OK, AccessVerdict.PART}


_ORDER = {verdict: place for place, verdict in enumerate(AccessVerdict)}

_TABLE = """
                              AN   SO   SI   SN   SX   CO   CX   CN   OO   OX   AU   NA
profile.view                  ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
profile.view_unpublished      404  ok   404  404  404  404  404  404  ok   404  404  part
profile.contacts              hid  ok   hid  hid  hid  hid  hid  ok   ok   hid  hid  hid
profile.capacity              hid  ok   hid  hid  hid  part part ok   ok   part hid  hid
profile.rates                 hid  ok   hid  hid  hid  hid  hid  hid  ok   hid  hid  hid
profile.rating                hid  hid  hid  hid  hid  hid  hid  hid  ok   hid  hid  hid
profile.edit                  401  ok   403  403  403  403  403  403  ok   403  403  403
profile.edit_centre_fields    401  422  403  403  403  403  403  403  ok   403  403  403
profile.publish               401  403  403  403  403  403  403  403  ok   403  403  403
profile.merge                 401  403  403  403  403  403  403  403  ok   403  403  ok
certificate.view              ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
certificate.download          401  ok   403  403  403  403  403  ok   ok   403  403  403
certificate.upload            401  ok   403  403  403  403  403  403  ok   403  403  403
certificate.verify            401  403  403  403  403  403  403  403  ok   403  403  403
ladder.view                   401  ok   404  404  404  404  404  404  ok   404  404  404
ladder.record                 401  403  403  403  403  403  403  403  ok   404  403  403
need.view                     part part part part part ok   part part ok   part part part
need.view_unpublished         404  404  404  404  404  ok   404  404  ok   404  404  404
need.view_invited             404  -    ok   ok   404  ok   404  404  ok   404  404  404
need.contractor               hid  -    hid  ok   hid  ok   hid  hid  ok   hid  hid  hid
need.create                   401  403  403  403  403  ok   ok   ok   ok   403  403  403
need.edit                     401  -    403  403  403  ok   403  403  ok   403  403  403
need.release                  401  -    404  404  404  403  404  404  ok   404  404  404
drawing.count                 hid  -    ok   ok   hid  ok   hid  hid  ok   hid  hid  hid
drawing.list                  401  -    403n ok   404  ok   404  404  ok   404  404  b
drawing.download              401  -    403n ok   404  ok   404  404  ok   404  404  b
drawing.change                401  -    403  403  404  ok   404  404  ok   404  404  403
nda.accept                    401  -    ok   ok   404  403  404  404  403  404  404  403
nda.register                  401  -    part part 404  ok   404  404  ok   404  404  part
quote.submit                  401  -    403n ok   403  403  403  403  ok   403  403  403
quote.submit_late             401  -    409  409  403  403  403  403  409  403  403  403
quote.own                     401  ok   ok   ok   -    -    -    -    -    -    -    -
quote.sealed                  401  404  404  404  404  404  404  404  403  404  404  404
quote.opened                  401  404  404  404  404  ok   404  404  ok   404  404  b
quote.figures                 hid  hid  hid  hid  hid  ok   hid  hid  ok   hid  hid  part
need.award                    401  -    403  403  403  ok   403  403  ok   403  403  403
match.view                    401  -    part part part part 404  404  ok   404  404  404
match.curate                  401  -    403  403  403  403  404  404  ok   404  404  404
match.notes                   401  404  404  404  404  404  404  404  ok   404  404  b
message.view                  401  -    part part 404  ok   404  404  ok   404  404  b
order.view                    401  ok   404  404  404  ok   404  404  ok   404  404  404
order.record                  401  ok   404  404  404  ok   404  404  ok   404  404  404
order.answer                  401  ok   404  404  404  ok   404  404  403  404  404  404
list.export                   401  ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   part
registry.import               401  403  403  403  403  403  403  403  ok   ok   403  ok
user.manage                   401  ok   404  404  404  -    404  404  ok   404  404  part
role.grant                    401  ok   404  404  404  -    404  404  ok   404  404  ok
token.manage                  401  ok   404  404  404  -    404  404  ok   404  404  ok
figure.view                   401  403  403  403  403  403  403  403  ok   403  ok   403
audit.view                    401  part 404  404  404  -    404  404  ok   404  404  part
system.configure              401  403  403  403  403  403  403  403  403  403  403  ok
person.data                   401  ok   404  404  404  -    404  404  ok   404  404  403
"""


def _rows() -> Iterator[tuple[str, dict[str, AccessVerdict]]]:
    header, *lines = _TABLE.strip().splitlines()
    columns = header.split()
    for line in lines:
        action, *marks = line.split()
        yield action, dict(zip(columns, map(AccessVerdict, marks), strict=True))


MATRIX = dict(_rows())
ACTIONS = tuple(MATRIX)
NEED_ACTIONS = ACTIONS[ACTIONS.index("need.view") : ACTIONS.index("message.view") + 1]
PROFILE_ACTIONS = ACTIONS[: ACTIONS.index("need.view")]
_OF_NEEDS = NEED_ACTIONS[NEED_ACTIONS.index("need.contractor") :]
_WRITES = frozenset(
    [
        "profile.edit",
        "profile.edit_centre_fields",
        "certificate.upload",
        "need.create",
        "need.edit",
        "drawing.change",
        "nda.accept",
        "quote.submit",
        "quote.submit_late",
        "need.award",
        "order.record",
        "order.answer",
        "user.manage",
        "role.grant",
        "token.manage",
    ]
)


@dataclass(frozen=True, slots=True)
class Role:
    """One membership: a role, with the code of its centre or the public id of its organisation."""

    role: str
    centre: str | None = None
    organisation: str | None = None
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """The person who asks; `user` is None for a visitor who is not signed in."""

    user: str | None = None
    roles: tuple[Role, ...] = ()


ANONYMOUS = Subject()


@dataclass(frozen=True, slots=True)
class AccessObject:
    """The object that an action is about, with the facts that the policy needs. Organisations are given by
    public id, centres by code.

    `supplier` and `contractor` are its owners; `invited` suppliers of a need, `signed` those of them with the
    NDA in force; `agreed` contractors who agreed on confidentiality with the supplier; `person` the user
    whose data it is.
    """

    centre: str | None = None
    supplier: str | None = None
    contractor: str | None = None
    invited: frozenset[str] = field(default_factory=frozenset)
    signed: frozenset[str] = field(default_factory=frozenset)
    agreed: frozenset[str] = field(default_factory=frozenset)
    by_invitation: bool = False
    person: str | None = None


def may(subject: Subject, action: str, thing: AccessObject) -> AccessVerdict:
    """The widest answer among the subject's relations to the object. An unknown action is an error."""
    return _widest(action, relations(subject, thing), thing)


def verdicts(subject: Subject, thing: AccessObject, actions: Sequence[str]) -> dict[str, AccessVerdict]:
    """The answers of `may` to several actions."""
    stands = relations(subject, thing)
    return {action: _widest(action, stands, thing) for action in actions}


def _widest(action: str, stands: Sequence[tuple[str, Role | None]], thing: AccessObject) -> AccessVerdict:
    row = MATRIX[action]
    answers = [_answer(row[relation], relation, role, action, thing) for relation, role in stands]
    return min(answers, key=_ORDER.__getitem__)


def _answer(
    verdict: AccessVerdict, relation: str, role: Role | None, action: str, thing: AccessObject
) -> AccessVerdict:
    if verdict is AccessVerdict.NO_CASE:
        return AccessVerdict.ABSENT
    if role is not None and role.blocked and action in _WRITES and verdict.allowed:
        return AccessVerdict.FORBIDDEN
    hidden = thing.by_invitation and action in _OF_NEEDS and relation in {"SX", "CX", "CN", "OX", "AU", "NA"}
    if hidden and verdict is AccessVerdict.FORBIDDEN:
        return AccessVerdict.ABSENT
    return verdict


def may_grant(subject: Subject, role: str, thing: AccessObject) -> bool:
    """Whether the subject may give or take away a role: never one above its own.

    The chief user of a firm gives the firm's roles, a centre's people those of the centre and its firms, the
    network's administrator those of operators.
    """
    return any(_grants(relation, held, role) for relation, held in relations(subject, thing))


def _grants(relation: str, held: Role | None, role: str) -> bool:
    if not MATRIX["role.grant"][relation].allowed or (held is not None and held.blocked):
        return False
    if relation == "NA":
        return role == "operator"
    if relation == "OO" and held is not None:
        return ROLES.index(role) <= ROLES.index(held.role)
    return role in FIRM_ROLES


def relations(subject: Subject, thing: AccessObject) -> tuple[tuple[str, Role | None], ...]:
    """The subject's relations to the object, one entry a role."""
    if subject.user is None:
        return (("AN", None),)
    found: list[tuple[str, Role | None]] = [(_relation(role, thing), role) for role in subject.roles]
    if thing.person is not None and thing.person == subject.user:
        found.append(("SO", None))
    return tuple(found) or (("SX", None),)


def _relation(role: Role, thing: AccessObject) -> str:
    if role.role == "network_administrator":
        return "NA"
    if role.role in STAFF_ROLES:
        return "OO" if role.centre == thing.centre else "OX"
    if role.role == "authority":
        return "AU" if role.centre == thing.centre else "SX"
    if role.organisation is None:
        return "SX"
    if role.role == "contractor_buyer":
        own, agreed = role.organisation == thing.contractor, role.organisation in thing.agreed
        return "CO" if own else "CN" if agreed else "CX"
    return _supplier_relation(role.organisation, thing)


def _supplier_relation(organisation: str, thing: AccessObject) -> str:
    if organisation == thing.supplier:
        return "SO"
    if organisation in thing.signed:
        return "SN"
    return "SI" if organisation in thing.invited else "SX"
