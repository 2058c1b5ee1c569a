"""Each contradiction of the taxonomy's files is named, with the entry and the way out."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from matchmaker.domain.taxonomy import build
from matchmaker.domain.taxonomy_check import problems
from matchmaker.domain.taxonomy_keys import FLAGS, Flag
from matchmaker.resources import read_taxonomy_files

FILES = read_taxonomy_files().parsed


def _found(change: Callable[[dict[str, Any]], None]) -> list[tuple[str, str, str]]:
    """What is wrong after a change of the files: path, code and words."""
    files = deepcopy(FILES)
    change(files)
    return [(one.path, one.code, str(one)) for one in problems(build(files, ()))]


def _set(section: str, code: str, **keys: object) -> Callable[[dict[str, Any]], None]:
    def change(files: dict[str, Any]) -> None:
        name = "standards" if section == "families" else section
        next(entry for entry in files[name][section] if entry["code"] == code).update(keys)

    return change


@pytest.mark.parametrize(
    ("section", "code", "keys", "problem", "words"),
    [
        ("processes", "turning", {"makse": True}, "key.unknown", "`makse` means nothing here"),
        ("processes", "turning", {"metal": True}, "flag.misplaced", "the kind material"),
        ("materials", "steel", {"makes": True}, "flag.misplaced", "the kind process"),
        ("processes", "heat-treatment", {"makes": "yes"}, "flag.value", "either `true` or left out"),
        ("processes", "turning", {"makes": True}, "flag.twice", "holds already from machining"),
        ("materials", "steel", {"metal": True}, "flag.twice", "holds already from metals"),
        ("processes", "laser-cutting", {"of_section": "laser"}, "process.unknown", "no such process"),
        (
            "processes",
            "forging",
            {"of_material": {"glas": "milling"}},
            "material.unknown",
            "no such material",
        ),
        ("processes", "forging", {"of_material": {"glass": "mill"}}, "process.unknown", "no such process"),
        ("processes", "forging", {"loose": ["ков*"]}, "loose.form", "two to four words"),
        ("processes", "forging", {"loose": ["ко* сталь*"]}, "loose.form", "three letters"),
        ("processes", "painting", {"loose": ["накат* резьб*"]}, "loose.twice", "name thread-rolling already"),
        ("equipment", "lathe", {"with_cnc": "lathe-cnc"}, "equipment.unknown", "no such type of machine"),
        ("equipment", "lathe", {"marks": ["x1"]}, "mark.form", "one or two digits"),
        ("equipment", "lathe", {"marks": [16]}, "mark.form", "one or two digits"),
        ("equipment", "milling-machine", {"marks": ["1"]}, "mark.twice", "at lathe already"),
        ("standards", "iso-14001", {"family": "iso-14000"}, "family.unknown", "declare it under `families`"),
        ("standards", "iso-14001", {"withdrawn": {2004: "2018"}}, "withdrawn.form", "a day for each edition"),
        ("reasons", "no-answer", {"given_for": "silence"}, "occasion.unknown", "one of: contracted, expired"),
        ("reasons", "no-answer", {"given_for": "expired"}, "occasion.once", "there are 2"),
        ("families", "iso-3834", {"demand": True}, "key.unknown", "write one of: demanded"),
    ],
)
def test_a_wrong_flag_is_named_with_its_entry_and_the_way_out(
    section: str, code: str, keys: dict[str, object], problem: str, words: str
) -> None:
    found = _found(_set(section, code, **keys))
    assert [(path.split(".")[1], kind) for path, kind, _ in found] == [(code, problem)]
    assert words in found[0][2]


def test_a_flag_of_one_entry_stands_once() -> None:
    twice = _found(_set("standards", "iso-14001", most_asked=True))
    assert [path for path, code, _ in twice if code == "flag.once"] == [
        "standard.iso-14001",
        "standard.iso-9001",
    ]
    never = _found(_set("standards", "iso-9001", most_asked=False))
    assert {code for _, code, _ in never} == {"flag.once", "flag.value"}


def test_a_flag_may_stand_beside_one_from_above_that_says_something_else() -> None:
    assert _found(_set("processes", "honing", sheet=True)) == []


def test_every_flag_has_a_rule_and_an_entry() -> None:
    taxonomy = build(FILES, ())
    trees = taxonomy.all_trees()
    assert set(FLAGS) == set(Flag)
    assert {flag for flag, rule in FLAGS.items() if not trees[rule.kind].flagged(flag)} == set()


def test_a_flag_holds_below_where_its_rule_says_so() -> None:
    processes = build(FILES, ()).processes
    assert {"turning", "cnc-turning"} <= processes.flagged(Flag.MAKES)
    assert {"gear-cutting"} == {"gear-cutting", "gear-hobbing"} & processes.flagged(Flag.OWN_TRADE)
