"""The certificates that a query counts on a day are those that the domain counts: one rule, asked of rows and of objects."""

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from matchmaker.domain.certificate import CertificationLevel, certifies, validity
from matchmaker.models import Centre, CertificateRow, Organisation, Profile
from matchmaker.models.database import Sessions
from matchmaker.services.profiles import certificates
from matchmaker.wiring import load_taxonomy

DAY = date(2028, 2, 29)
_NEAR = st.sampled_from((-1097, -1096, -1095, -1094, -1, 0, 1, 400)).map(lambda days: DAY + timedelta(days))
_DAYS = st.none() | _NEAR
_ROWS = st.fixed_dictionaries(
    {
        "standard": st.sampled_from(
            ("ISO 9001", "ISO 9001:2008", "ISO 9001:2015", "OHSAS 18001", "ISO 9999")
        ),
        "standard_code": st.sampled_from(("iso-9001", "ohsas-18001", None)),
        "edition": st.sampled_from((None, "2008", "2015")),
        "status": st.sampled_from(("certified", "implementing", "suspended")),
        "issued": _DAYS,
        "valid_until": _DAYS,
        "said_on": _DAYS,
        "verified": st.booleans(),
    }
).filter(lambda row: not (row["issued"] and row["valid_until"] and row["issued"] > row["valid_until"]))


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(_ROWS, min_size=1, max_size=12), st.sampled_from((DAY, DAY + timedelta(1), DAY - timedelta(1)))
)
def test_a_query_counts_what_the_domain_counts(
    each_sessions: Sessions, rows: list[dict[str, object]], day: date
) -> None:
    taxonomy = load_taxonomy()
    with each_sessions() as session:
        centre = Centre(code="c", name_en="Centre")
        session.add(centre)
        session.flush()
        firm = Organisation(centre_id=centre.id, name_en="Shop", sort_ru="s", sort_en="s", search_key="s")
        profile = Profile(organisation=firm, state="published")
        profile.certificates = [CertificateRow(position=place, **row) for place, row in enumerate(rows)]
        session.add(profile)
        session.flush()
        own = select(CertificateRow.position).where(CertificateRow.profile_id == profile.id)
        for verified in (False, True):
            found = set(session.scalars(own.where(certificates.certifying(day, taxonomy, verified=verified))))
            held = {one.position: certificates.facts(one) for one in profile.certificates}
            assert found == {
                place
                for place, facts in held.items()
                if certifies(facts, taxonomy, day)
                and (not verified or validity(facts, taxonomy).level is CertificationLevel.VERIFIED)  # type: ignore[union-attr]
            }
        session.rollback()
