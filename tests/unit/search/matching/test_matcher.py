"""Matching end to end over an embedded index: who comes before whom, who never comes, what the answer says."""

from dataclasses import replace
from datetime import timedelta

import pytest

from matchmaker.domain.records import SupplierRecord
from search.columns.store import Columns
from search.engines.embedded.embedded_engine import EmbeddedEngine
from search.filters.need_set import NeedSet
from search.matching.matcher import Matcher, OpenNeed, OpenNeeds
from search.ranking.prior import prior
from search.reading.supplier_reading import document_of
from tests.support.asked import RECOGNISER, TAXONOMY, TODAY, wanted


def supplier(key, text=None, **fields):
    if text:
        fields["description"] = {"ru": text}
    return SupplierRecord.model_validate({"id": key, "name": {"ru": f"Цех {key}"}, **fields})


def turner(key, **fields):
    capability = {
        "process": "токарная обработка",
        "materials": ["конструкционная сталь"],
        **fields.pop("can", {}),
    }
    return supplier(key, capabilities=[capability], **fields)


@pytest.fixture
def matching(tmp_path):
    """A function from suppliers to a matcher over them."""
    engine = EmbeddedEngine(tmp_path / "index", TAXONOMY)

    def over(*records):
        documents = [document_of(record, RECOGNISER, key=record.id, revision=1) for record in records]
        engine.rebuild(documents)
        return Matcher(engine, Columns.build(documents, TAXONOMY), prior())

    yield over
    engine.close()


def keys(answer):
    return [match.key for match in answer.matches]


TURNED = {"title": "Токарная обработка валов", "processes": ["токарная обработка"]}
PLACE = {"location": [56.84, 60.61]}
ISO = {"standard": "ISO 9001", "status": "certified", "valid_until": "2028-01-01"}

# need, better supplier, worse supplier
ORDER = {
    "the process before another process": (
        TURNED,
        turner("b"),
        supplier("w", capabilities=[{"process": "литьё"}]),
    ),
    "a capability before mere words": (TURNED, turner("b"), supplier("w", "Токарная обработка")),
    "the process in another language before another process": (
        TURNED,
        supplier("b", "CNC turning"),
        supplier("w", "Окраска, малярные работы"),
    ),
    "the wanted grade before another family": (
        {**TURNED, "materials": ["12Х18Н10Т"]},
        turner("b", can={"materials": ["нержавеющая сталь"]}),
        turner("w", can={"materials": ["латунь"]}),
    ),
    "the equivalent grade before another family": (
        {**TURNED, "materials": ["AISI 304"]},
        turner("b", can={"materials": ["08Х18Н10"]}),
        turner("w", can={"materials": ["алюминий"]}),
    ),
    "accurate enough before nearly": (
        {**TURNED, "tolerance_it": 6},
        turner("b", can={"tolerance_it": 6}),
        turner("w", can={"tolerance_it": 7}),
    ),
    "nearly before not at all": (
        {**TURNED, "tolerance_it": 6},
        turner("b", can={"tolerance_it": 7}),
        turner("w", can={"tolerance_it": 10}),
    ),
    "fine enough before coarse": (
        {**TURNED, "roughness_ra_um": 0.8},
        turner("b", can={"roughness_ra_um": 0.8}),
        turner("w", can={"roughness_ra_um": 6.3}),
    ),
    "a lot that suits before one that does not": (
        {**TURNED, "quantity": 10},
        turner("b", can={"lot": {"min": 1, "max": 100}}),
        turner("w", can={"lot": {"min": 1000, "max": 100000}}),
    ),
    "near before far": (
        {**TURNED, **PLACE},
        turner("b", city="Екатеринбург"),
        turner("w", city="Владивосток"),
    ),
    "the wished certificate before none": (
        {**TURNED, "text": "ISO 9001 желательно"},
        turner("b", certificates=[ISO]),
        turner("w"),
    ),
    "a dated certificate before one without dates": (
        {**TURNED, "certification": {"standard": "ISO 9001"}},
        turner("b", certificates=[ISO]),
        turner(
            "w",
            certificates=[{"standard": "ISO 9001", "said_on": "2026-11-01"}],
            references=[{"customer": "A"}],
        ),
    ),
    "one of two wished certificates before none": (
        {**TURNED, "certification": [{"standard": one, "strength": "wish"} for one in ("НАКС", "ISO 9001")]},
        turner("b", certificates=[{"standard": "ISO 9001", "said_on": "2026-11-01"}]),
        turner("w"),
    ),
    "the whole route before half of it": (
        {"title": "Валы", "processes": ["токарная обработка", "закалка"]},
        turner("b", text="Своя термообработка: закалка"),
        turner("w"),
    ),
    "who does it before who says not to": (
        {"title": "Детали", "processes": ["фрезерная обработка"]},
        supplier("b", "Фрезерная обработка, шлифование"),
        supplier("w", "Шлифование. Фрезерную обработку не выполняем."),
    ),
}


@pytest.mark.parametrize("name", ORDER)
def test_order(name, matching):
    need, better, worse = ORDER[name]
    answered = keys(matching(worse, better).match(wanted(**need), today=TODAY))
    assert answered[0] == "b"


def test_no_filter_is_broken(matching):
    matcher = matching(
        turner("good", certificates=[ISO], city="Екатеринбург", can={"diameter_mm": 300}),
        turner("expired", certificates=[{**ISO, "valid_until": "2026-01-01"}], city="Екатеринбург"),
        turner("suspended", certificates=[{**ISO, "status": "suspended"}], city="Екатеринбург"),
        turner("far", certificates=[ISO], city="Владивосток"),
        turner("small", certificates=[ISO], city="Екатеринбург", can={"diameter_mm": 40}),
    )
    need = {
        **TURNED,
        **PLACE,
        "max_distance_km": 500,
        "diameter_mm": 200,
        "certification": {"standard": "ISO 9001"},
    }
    answer = matcher.match(wanted(**need), today=TODAY)
    assert keys(answer) == ["good"]
    assert {removed.requirement: removed.only for removed in answer.filters.removed} == {
        "certification": 2,
        "diameter": 1,
        "distance": 1,
    }
    assert {relaxed.requirement for relaxed in answer.relaxations} == {
        "certification",
        "diameter",
        "distance",
    }


def test_who_has_nothing_to_do_with_the_need_is_not_answered(matching):
    matcher = matching(turner("turner"), supplier("baker", "Пекарня, хлеб и булки"))
    assert keys(matcher.match(wanted(**TURNED), today=TODAY)) == ["turner"]


def test_equal_suppliers_keep_their_order_whatever_the_order_of_indexing(matching):
    records = [turner(key, text="Валы") for key in "cab"]
    orders = [keys(matching(*some).match(wanted(**TURNED), today=TODAY)) for some in (records, records[::-1])]
    assert orders[0] == orders[1]


def test_top_limits_the_matches_and_not_the_total(matching):
    answer = matching(*(turner(f"s{i}") for i in range(9))).match(wanted(**TURNED), top=4, today=TODAY)
    assert len(answer.matches) == 4
    assert answer.total == 9


def test_a_large_collection_gives_the_same_answer(matching, monkeypatch):
    matcher = matching(*(turner(f"s{i:02}", can={"tolerance_it": 5 + i % 8}) for i in range(30)))
    need = wanted(**TURNED, tolerance_it=7)
    whole = keys(matcher.match(need, top=5, today=TODAY))
    monkeypatch.setattr("search.matching.candidates.SMALL_COLLECTION", 0)
    assert keys(matcher.match(need, top=5, today=TODAY)) == whole


def test_retrieval_widens_until_the_filters_leave_enough(matching, monkeypatch):
    small = [turner(f"a{i}", can={"diameter_mm": 10}) for i in range(30)]
    matcher = matching(*small, turner("z", can={"diameter_mm": 500}))
    monkeypatch.setattr("search.matching.candidates.SMALL_COLLECTION", 0)
    monkeypatch.setattr("search.matching.candidates.RETRIEVED", 3)
    assert keys(matcher.match(wanted(**TURNED, diameter_mm=400), top=1, today=TODAY)) == ["z"]


def test_a_supplier_sees_the_needs_that_fit(matching):
    matcher = matching(turner("s", can={"diameter_mm": 100}))
    needs = [
        OpenNeed("fits", wanted(**TURNED, diameter_mm=50)),
        OpenNeed("too large", wanted(**TURNED, diameter_mm=500)),
        OpenNeed("other trade", wanted(title="Литьё", processes=["литьё под давлением"])),
    ]
    found = matcher.needs_for("s", OpenNeeds(needs, TODAY))
    assert [one.need for one in found] == ["fits"]
    assert found[0].match.verdicts
    assert matcher.needs_for("nobody", OpenNeeds(needs, TODAY)) == ()


def test_of_needs_that_change_only_those_are_judged_again(matching, monkeypatch):
    judged = []
    passed = NeedSet.passed
    monkeypatch.setattr(
        NeedSet, "passed", lambda own, columns: judged.append(len(own)) or passed(own, columns)
    )
    matcher = matching(turner("s", can={"diameter_mm": 100}))
    kept = [OpenNeed(f"n{size}", wanted(**TURNED, diameter_mm=size)) for size in range(60, 140, 5)]
    first = OpenNeeds(kept, TODAY)
    assert len(matcher.needs_for("s", first)) == 9
    for gone, new in ((kept[0], 1), (kept[-1], 2)):  # the second time the first one is back
        changed = OpenNeed(gone.key, wanted(**TURNED, diameter_mm=30))
        present = [changed, *(one for one in kept if one is not gone)]
        following = OpenNeeds(present, TODAY, first.known, first)
        del judged[:]
        assert matcher.needs_for("s", following) == matcher.needs_for("s", OpenNeeds(present, TODAY))
        assert judged == [new, len(present)]
    tomorrow = OpenNeeds(kept, TODAY + timedelta(days=1), first.known, first)
    assert len(matcher.needs_for("s", tomorrow)) == 9
    assert judged[-1] == len(kept)


def test_free_hours_said_long_ago_count_less_and_are_marked(matching):
    def hours(key, days):
        machine = {"name": "16К20", "spare_hours_per_month": 300}
        return turner(key, equipment=[machine], updated=TODAY - timedelta(days=days))

    asked = wanted(**TURNED, spare_hours=100)
    matches = (
        matching(hours("fresh", 1), hours("old", 60), hours("full-of-doubt", 400))
        .match(asked, today=TODAY)
        .matches
    )
    assert [match.key for match in matches] == ["fresh", "old", "full-of-doubt"]
    verdicts = [{one.requirement: one.evidence for one in match.verdicts} for match in matches]
    assert [one["capacity"] for one in verdicts] == ["", "stale", "stale"]
    assert [one["processes"] for one in verdicts] == ["capability", "capability", "stale"]
    added = [
        {c.feature: c.amount for c in match.contributions}.get("spare_capacity", 0.0) for match in matches
    ]
    assert added == sorted(added, reverse=True)
    assert added[0] > 2 * added[1] > 0


def asked(**fields):
    return wanted(title="Детали", **fields)


def test_positions_that_no_supplier_takes_alone_are_given_a_team(matching):
    matcher = matching(
        turner("turner"),
        supplier("foundry", capabilities=[{"process": "литьё в землю", "materials": ["СЧ20"]}]),
        turner("both-but-small", can={"length_mm": 100}),
    )
    shaft = asked(processes=["токарная обработка"], length_mm=400)
    housing = asked(processes=["литьё в землю"], materials=["СЧ20"])
    painted = asked(processes=["порошковая окраска"])
    (team, *_) = matcher.position_teams([shaft, painted, housing], today=TODAY)
    assert [(member.key, member.positions) for member in team.members] == [
        ("turner", (0,)),
        ("foundry", (2,)),
    ]
    assert team.untaken == (1,)
    alone = matcher.match(shaft, today=TODAY).matches[0]
    assert (alone.key, round(alone.score, 6)) == ("turner", round(team.members[0].scores[0], 6))


def test_who_lacks_a_certificate_that_must_hold_joins_no_team(matching):
    matcher = matching(turner("with", certificates=[ISO]), turner("without"))
    need = {"processes": ["токарная обработка"], "certification": {"standard": "ISO 9001"}}
    (team,) = matcher.position_teams([asked(**need), asked(**need)], today=TODAY)
    assert [member.key for member in team.members] == ["with"]


def lots(key, low, high, **fields):
    return turner(key, can={"lot": {"min": low, "max": high}}, **fields)


def test_a_lot_that_nobody_declares_is_split_by_declared_lots(matching):
    matcher = matching(lots("large", 10, 600), lots("small", 1, 450), turner("silent"))
    need = asked(processes=["токарная обработка"], quantity=1000)
    shared = matcher.shared_volume(need, today=TODAY)
    (split,) = shared.splits
    assert {share.key: share.most for share in split.shares} == {"large": 600, "small": 450}
    assert sum(share.amount for share in split.shares) == 1000
    assert (shared.in_pieces, shared.alone, shared.doing, shared.together) == (True, 0, 3, 1050)
    one_takes_all = matcher.shared_volume(replace(need, quantity=600), today=TODAY)
    assert (one_takes_all.alone, one_takes_all.splits) == (1, ())
    too_much = matcher.shared_volume(replace(need, quantity=1051), today=TODAY)
    assert (too_much.alone, too_much.together, too_much.splits) == (0, 1050, ())
    assert matcher.shared_volume(replace(need, quantity=None), today=TODAY) is None


def test_hours_are_split_by_those_that_are_free_and_pieces_with_them(matching):
    def firm(key, *hours):
        machines = [{"name": "Станок", "spare_hours_per_month": one} for one in hours]
        return lots(key, 1, 100_000, equipment=machines)

    matcher = matching(firm("a", 300), firm("b", 200), firm("unsaid"))
    need = asked(processes=["токарная обработка"], spare_hours=400)
    by_hours = matcher.shared_volume(need, today=TODAY)
    by_pieces = matcher.shared_volume(replace(need, quantity=1000), today=TODAY)
    for shared, volume, most in (
        (by_hours, 400, {"a": 300, "b": 200}),
        (by_pieces, 1000, {"a": 750, "b": 500}),
    ):
        (split,) = shared.splits
        assert sum(share.amount for share in split.shares) == shared.volume == volume
        assert {share.key: share.most for share in split.shares} == most


def test_similar_suppliers_are_found_without_oneself(matching):
    matcher = matching(turner("a"), turner("b"), supplier("baker", "Пекарня"))
    assert [key for key, _ in matcher.similar("a", today=TODAY)] == ["b"]


def test_a_route_that_nobody_covers_is_given_a_team(matching):
    matcher = matching(
        turner("turner"), supplier("oven", capabilities=[{"process": "закалка"}]), turner("spare")
    )
    need = wanted(title="Валы", processes=["токарная обработка", "закалка"])
    first = matcher.teams(need, today=TODAY)[0]
    assert first.members[1].key == "oven"
    assert [member.operations for member in first.members] == [(0,), (1,)]


def test_a_member_of_a_team_is_scored_for_what_it_does_there(matching):
    hardened = [{"process": "закалка", "materials": ["40Х"]}]
    other = [{"process": "закалка", "materials": ["латунь"]}]
    matcher = matching(
        turner("turner"), supplier("brass", capabilities=other), supplier("oven", capabilities=hardened)
    )
    processes = ["токарная обработка", "закалка"]
    need = wanted(title="Валы", processes=processes, materials=["40Х"])
    first = matcher.teams(need, today=TODAY)[0]
    assert [member.key for member in first.members] == ["turner", "oven"]
    alone = matcher.match(replace(need, processes=need.processes[1:]), today=TODAY).matches[0]
    assert (alone.key, round(first.members[1].score, 6)) == ("oven", round(alone.score, 6))


def test_an_empty_collection_answers_nothing(matching):
    answer = matching().match(wanted(**TURNED), today=TODAY)
    assert answer.matches == ()
    assert answer.total == 0
