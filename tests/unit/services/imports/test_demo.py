"""The demo centre's data speaks the taxonomy's language."""

from typing import Any

import pytest

from matchmaker.domain.taxonomy import Taxonomy
from matchmaker.resources import folder, read_yaml
from matchmaker.wiring import load_taxonomy

SHOPS: dict[str, Any] = read_yaml(folder("config") / "demo" / "shops.yaml")


@pytest.fixture(scope="module")
def taxonomy() -> Taxonomy:
    return load_taxonomy()


def test_its_processes_sectors_and_reasons_are_in_the_taxonomy(taxonomy: Taxonomy) -> None:
    processes = {item["process"] for trade in SHOPS["trades"] for item in trade["capabilities"]}
    processes |= {need["process"] for need in SHOPS["needs"]}
    sectors = {sector for trade in SHOPS["trades"] for sector in trade["sectors"]}
    assert processes - taxonomy.processes.by_code.keys() == set()
    assert sectors - taxonomy.sectors.by_code.keys() == set()
    assert set(SHOPS["reasons"].values()) - taxonomy.reasons.by_code.keys() == set()


def test_its_needs_are_of_its_trades() -> None:
    assert {need["trade"] for need in SHOPS["needs"]} <= {trade["code"] for trade in SHOPS["trades"]}
