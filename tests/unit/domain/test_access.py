import pytest

from matchmaker.domain.access import (
    ACTIONS,
    ANONYMOUS,
    MATRIX,
    RELATIONS,
    Object,
    Role,
    Subject,
    Verdict,
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

PROFILE = Object(centre="north", supplier="shop")
NEED = Object(centre="north", contractor="plant", invited=frozenset({"shop"}))


def test_the_table_is_whole() -> None:
    assert len(ACTIONS) == 46
    assert all(tuple(row) == RELATIONS for row in MATRIX.values())


@pytest.mark.parametrize(
    ("subject", "action", "thing", "verdict"),
    [
        (ANONYMOUS, "profile.view", PROFILE, Verdict.OK),
        (ANONYMOUS, "profile.contacts", PROFILE, Verdict.HIDDEN),
        (ANONYMOUS, "profile.edit", PROFILE, Verdict.SIGN_IN),
        (ANONYMOUS, "profile.view_unpublished", PROFILE, Verdict.ABSENT),
        (SUPPLIER, "profile.edit", PROFILE, Verdict.OK),
        (SUPPLIER, "profile.edit_centre_fields", PROFILE, Verdict.INVALID),
        (SUPPLIER, "profile.publish", PROFILE, Verdict.FORBIDDEN),
        (OTHER, "profile.edit", PROFILE, Verdict.FORBIDDEN),
        (OTHER, "profile.view_unpublished", PROFILE, Verdict.ABSENT),
        (NOBODY, "profile.edit", PROFILE, Verdict.FORBIDDEN),
        (OPERATOR, "certificate.verify", PROFILE, Verdict.OK),
        (OTHER_OPERATOR, "certificate.verify", PROFILE, Verdict.FORBIDDEN),
        (BUYER, "need.edit", NEED, Verdict.OK),
        (OTHER_BUYER, "need.edit", NEED, Verdict.FORBIDDEN),
        (SUPPLIER, "drawing.download", NEED, Verdict.NDA_REQUIRED),
        (OTHER, "drawing.download", NEED, Verdict.ABSENT),
        (NETWORK, "drawing.download", NEED, Verdict.BREAK_GLASS),
        (NETWORK, "match.curate", NEED, Verdict.ABSENT),
        (SUPPLIER, "match.view", NEED, Verdict.PART),
        (OPERATOR, "match.curate", NEED, Verdict.OK),
        (BUYER, "match.curate", NEED, Verdict.FORBIDDEN),
        (SUPPLIER, "system.configure", Object(), Verdict.FORBIDDEN),
    ],
)
def test_a_cell_of_the_matrix(subject: Subject, action: str, thing: Object, verdict: Verdict) -> None:
    assert may(subject, action, thing) is verdict


def test_an_nda_in_force_opens_drawings() -> None:
    signed = Object(
        centre="north", contractor="plant", invited=frozenset({"shop"}), signed=frozenset({"shop"})
    )
    assert may(SUPPLIER, "drawing.download", signed) is Verdict.OK
    assert may(OTHER, "drawing.download", signed) is Verdict.ABSENT


def test_confidentiality_shows_contacts_to_that_contractor_alone() -> None:
    agreed = Object(centre="north", supplier="shop", agreed=frozenset({"plant"}))
    assert may(BUYER, "profile.contacts", agreed) is Verdict.OK
    assert may(OTHER_BUYER, "profile.contacts", agreed) is Verdict.HIDDEN


def test_somebody_with_two_roles_gets_the_wider_answer() -> None:
    both = Subject("u9", (*OTHER.roles, *OPERATOR.roles))
    assert may(both, "profile.publish", PROFILE) is Verdict.OK


def test_a_blocked_company_writes_nothing_and_reads_on() -> None:
    blocked = Subject("u1", (Role("supplier_editor", organisation="shop", blocked=True),))
    assert may(blocked, "profile.edit", PROFILE) is Verdict.FORBIDDEN
    assert may(blocked, "profile.view", PROFILE) is Verdict.OK


def test_a_need_by_invitation_does_not_exist_for_others() -> None:
    hidden = Object(centre="north", contractor="plant", invited=frozenset({"shop"}), by_invitation=True)
    assert may(OTHER, "need.edit", hidden) is Verdict.ABSENT
    assert may(SUPPLIER, "need.edit", hidden) is Verdict.FORBIDDEN


def test_one_manages_ones_own_data() -> None:
    assert may(NOBODY, "person.data", Object(person="u8")) is Verdict.OK
    assert may(NOBODY, "person.data", Object(person="u1")) is Verdict.ABSENT


@pytest.mark.parametrize("action", sorted(set(ACTIONS) - {"profile.view", "certificate.view", "need.view"}))
def test_nobody_unknown_is_let_in(action: str) -> None:
    assert not may(ANONYMOUS, action, PROFILE).allowed
