import pytest

from matchmaker.domain.access import (
    ACTIONS,
    ANONYMOUS,
    MATRIX,
    RELATIONS,
    AccessObject,
    AccessVerdict,
    Role,
    Subject,
    may,
)

SUPPLIER = Subject("u1", (Role("supplier_editor", organisation="shop"),))
OTHER = Subject("u2", (Role("supplier_editor", organisation="rival"),))
BUYER = Subject("u3", (Role("contractor_buyer", organisation="plant"),))
OTHER_BUYER = Subject("u4", (Role("contractor_buyer", organisation="other plant"),))
OPERATOR = Subject("u5", (Role("operator", centre="north"),))
OTHER_OPERATOR = Subject("u6", (Role("operator", centre="south"),))
NETWORK = Subject("u7", (Role("network_administrator"),))
NOBODY = Subject("u8")

PROFILE = AccessObject(centre="north", supplier="shop")
NEED = AccessObject(centre="north", contractor="plant", invited=frozenset({"shop"}))


def test_the_table_is_whole() -> None:
    assert len(ACTIONS) == 52
    assert all(tuple(row) == RELATIONS for row in MATRIX.values())


@pytest.mark.parametrize(
    ("subject", "action", "thing", "verdict"),
    [
        (ANONYMOUS, "profile.view", PROFILE, AccessVerdict.OK),
        (ANONYMOUS, "profile.contacts", PROFILE, AccessVerdict.HIDDEN),
        (ANONYMOUS, "profile.edit", PROFILE, AccessVerdict.SIGN_IN),
        (ANONYMOUS, "profile.view_unpublished", PROFILE, AccessVerdict.ABSENT),
        (SUPPLIER, "profile.edit", PROFILE, AccessVerdict.OK),
        (SUPPLIER, "profile.edit_centre_fields", PROFILE, AccessVerdict.INVALID),
        (SUPPLIER, "profile.publish", PROFILE, AccessVerdict.FORBIDDEN),
        (OTHER, "profile.edit", PROFILE, AccessVerdict.FORBIDDEN),
        (OTHER, "profile.view_unpublished", PROFILE, AccessVerdict.ABSENT),
        (NOBODY, "profile.edit", PROFILE, AccessVerdict.FORBIDDEN),
        (OPERATOR, "certificate.verify", PROFILE, AccessVerdict.OK),
        (OTHER_OPERATOR, "certificate.verify", PROFILE, AccessVerdict.FORBIDDEN),
        (BUYER, "need.edit", NEED, AccessVerdict.OK),
        (OTHER_BUYER, "need.edit", NEED, AccessVerdict.FORBIDDEN),
        (SUPPLIER, "drawing.download", NEED, AccessVerdict.NDA_REQUIRED),
        (OTHER, "drawing.download", NEED, AccessVerdict.ABSENT),
        (NETWORK, "drawing.download", NEED, AccessVerdict.BREAK_GLASS),
        (NETWORK, "match.curate", NEED, AccessVerdict.ABSENT),
        (SUPPLIER, "match.view", NEED, AccessVerdict.PART),
        (OPERATOR, "match.curate", NEED, AccessVerdict.OK),
        (BUYER, "match.curate", NEED, AccessVerdict.FORBIDDEN),
        (SUPPLIER, "system.configure", AccessObject(), AccessVerdict.FORBIDDEN),
    ],
)
def test_a_cell_of_the_matrix(
    subject: Subject, action: str, thing: AccessObject, verdict: AccessVerdict
) -> None:
    assert may(subject, action, thing) is verdict


def test_an_nda_in_force_opens_drawings() -> None:
    signed = AccessObject(
        centre="north", contractor="plant", invited=frozenset({"shop"}), signed=frozenset({"shop"})
    )
    assert may(SUPPLIER, "drawing.download", signed) is AccessVerdict.OK
    assert may(OTHER, "drawing.download", signed) is AccessVerdict.ABSENT


def test_confidentiality_shows_contacts_to_that_contractor_alone() -> None:
    agreed = AccessObject(centre="north", supplier="shop", agreed=frozenset({"plant"}))
    assert may(BUYER, "profile.contacts", agreed) is AccessVerdict.OK
    assert may(OTHER_BUYER, "profile.contacts", agreed) is AccessVerdict.HIDDEN


def test_somebody_with_two_roles_gets_the_wider_answer() -> None:
    both = Subject("u9", (*OTHER.roles, *OPERATOR.roles))
    assert may(both, "profile.publish", PROFILE) is AccessVerdict.OK


def test_a_blocked_company_writes_nothing_and_reads_on() -> None:
    blocked = Subject("u1", (Role("supplier_editor", organisation="shop", blocked=True),))
    assert may(blocked, "profile.edit", PROFILE) is AccessVerdict.FORBIDDEN
    assert may(blocked, "profile.view", PROFILE) is AccessVerdict.OK


def test_a_need_by_invitation_does_not_exist_for_others() -> None:
    hidden = AccessObject(centre="north", contractor="plant", invited=frozenset({"shop"}), by_invitation=True)
    assert may(OTHER, "need.edit", hidden) is AccessVerdict.ABSENT
    assert may(SUPPLIER, "need.edit", hidden) is AccessVerdict.FORBIDDEN


def test_one_manages_ones_own_data() -> None:
    assert may(NOBODY, "person.data", AccessObject(person="u8")) is AccessVerdict.OK
    assert may(NOBODY, "person.data", AccessObject(person="u1")) is AccessVerdict.ABSENT


@pytest.mark.parametrize("action", sorted(set(ACTIONS) - {"profile.view", "certificate.view", "need.view"}))
def test_nobody_unknown_is_let_in(action: str) -> None:
    assert not may(ANONYMOUS, action, PROFILE).allowed
