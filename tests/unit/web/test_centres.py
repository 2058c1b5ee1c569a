"""People of three centres at random: centres never mix. `make check-centres` does more of it."""

from pathlib import Path

from tests.checks.centres import walk


def test_centres_never_mix(tmp_path: Path) -> None:
    counted, wrong = walk(tmp_path, 80, seed=4)
    assert wrong == []
    # Else it could not fail: secrets were there to be told, rows to be changed, and things of others to be tried.
    assert counted["on things of another centre"] > 10
    assert counted["told secrets of their own centre"]
    assert counted["changed rows"]
