"""What keeps a firm that an import has brought from being taken back: every row of somebody's work with it."""

from matchmaker.models import Base, Need, Organisation, Profile
from matchmaker.services.imports import import_rollback

# Rows that say nothing of their own: they go with the profile or the firm, or with the supplier of which they are proposals.
_GOES = {*(table.__tablename__ for table in import_rollback.GOES_WITH_PROFILE), "site", "profile"} | {
    table.__tablename__ for table in import_rollback.GOES_WITH_NEED
}
# Written only once a person fills in the profile, which its time of editing or its membership tells.
_OF_FILLING = {"finding"}


def _pointing(at: type[Base]) -> set[str]:
    return {
        f"{table.name}.{key.parent.name}"
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == at.__tablename__ and table.name not in _GOES | _OF_FILLING
    }


def test_every_row_that_points_at_a_firm_or_its_profile_keeps_it_or_goes_with_it() -> None:
    for model, kept in (
        (Need, import_rollback.KEEPS_NEED),
        (Profile, import_rollback.KEEPS_PROFILE),
        (Organisation, import_rollback.KEEPS_FIRM),
    ):
        named = {f"{column.class_.__tablename__}.{column.key}" for column in kept}
        assert named == _pointing(model)
