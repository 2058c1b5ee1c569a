"""What the trade and the languages know stands in config, not in Python: no code of the taxonomy, no long list of words."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from matchmaker.wiring import load_taxonomy

ROOT = Path(__file__).parents[2]
PACKAGES = ("matchmaker", "search", "importers")
LONGEST_PATTERN = 120  # characters of a line of a regular expression
# Words that happen to be codes too, and what they say where they stand.
ORDINARY = {
    ("matchmaker/cli/demo.py", "design"): "the setting of the page of components, not the process",
    (
        "matchmaker/cli/demo.py",
        "iso-14001",
    ): "a certificate that a made-up shop works towards, in the demo alone",
    ("matchmaker/cli/demo.py", "chosen-another"): "the reason that a made-up centre gives, in the demo alone",
    ("matchmaker/services/development/benchmarks.py", "IT"): "the unit of accuracy, not Italy",
    ("matchmaker/services/shortlist/teams.py", "lead"): "the first of a team, not the metal",
    ("matchmaker/web/views/work/forming.py", "lead"): "a field of a form, not the metal",
    ("matchmaker/web/views/work/forming.py", "forming"): "a group of pages, not the process",
    ("matchmaker/cli/match.py", "ID"): "the placeholder of an option, not Indonesia",
    ("matchmaker/domain/access.py", "AU"): "a relation to an object, not Australia",
    ("matchmaker/domain/access.py", "CN"): "a relation to an object, not China",
    ("matchmaker/domain/taxonomy_check.py", "other"): "a parameter of a message, not the reason",
    ("matchmaker/models/development.py", "other"): "a way to close a gap, not the reason",
    ("matchmaker/models/needs.py", "paper"): "a kind of stored files, not the material",
    ("matchmaker/services/profiles/merging.py", "other"): "a detail of the journal, not the reason",
    ("matchmaker/services/profiles/scans.py", "paper"): "a kind of stored files, not the material",
    ("matchmaker/services/profiles/viewings.py", "other"): "a kind of reader, not the reason",
    (
        "matchmaker/services/quotes/quote_attachments.py",
        "paper",
    ): "the name of a file that has none, not the material",
    ("matchmaker/services/quotes/quote_terms.py", "tooling"): "a field of a quote, not the process",
    (
        "matchmaker/services/reports/contract_agreements.py",
        "tooling",
    ): "a field of the agreement, not the process",
    ("matchmaker/web/acts/card_acts.py", "other"): "a way to close a gap, not the reason",
    ("matchmaker/web/views/api/api_certificates.py", "other"): "a way to close a gap, not the reason",
    ("matchmaker/web/views/api/api_dealings.py", "tooling"): "a key of a quote, not the process",
    ("matchmaker/web/views/public/design.py", "design"): "the page of components, not the process",
    (
        "search/text/contact_data.py",
        "RU",
    ): "the country whose telephones go without a prefix, for phonenumbers",
    ("search/text/dates/day_meanings.py", "other"): "what a day is about, not the reason",
    ("search/text/dates/day_meanings.py", "paper"): "what a day is about, not the material",
    ("search/text/designations.py", "aluminium"): "a group of the pattern, not the material",
    ("search/text/measures.py", "ID"): "the letters of an inner diameter, not Indonesia",
    ("search/text/measures.py", "IT"): "the letters of a tolerance grade, not Italy",
}


def _literals(code: str) -> Iterator[str]:
    return (
        node.value
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _codes() -> frozenset[str]:
    return frozenset(code for tree in load_taxonomy().all_trees().values() for code in tree.by_code)


def _of_code() -> Iterator[tuple[str, str]]:
    """All string literals of the product, with the file each stands in."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            file = path.relative_to(ROOT).as_posix()
            yield from ((file, literal) for literal in _literals(path.read_text(encoding="utf-8")))


def test_no_code_of_the_taxonomy_stands_in_python() -> None:
    codes = _codes()
    found = {(file, literal) for file, literal in _of_code() if literal in codes}
    assert found - ORDINARY.keys() == set(), "make it a flag of the entry: docs/taxonomy.md"
    assert ORDINARY.keys() - found == set(), "these stand there no more"


def test_a_code_in_python_would_be_found() -> None:
    source = "OWN = frozenset({'turning', 'iso-9000'})\ndef of(code): return code == 'steel' or {'lathe': 1}"
    assert _codes() & set(_literals(source)) == {"turning", "iso-9000", "steel", "lathe"}


def test_patterns_are_laid_out_in_lines_that_can_be_read() -> None:
    long = [
        (file, line)
        for file, literal in _of_code()
        if re.search(r"\\[wbds]|\(\?[:=!<]", literal)
        for line in literal.splitlines()
        if len(line) > LONGEST_PATTERN
    ]
    assert long == [], "lists of words belong to config/language: docs/language.md"
