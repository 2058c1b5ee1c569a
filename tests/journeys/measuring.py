"""`python -m tests.journeys.measuring`: run the tests of accessibility, and write what they found for the page /accessibility.

What is wrong with a page is written too, as a known exception; the file ships with the product.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.journeys.walker import RULES, axe_script

FOLDER = "MATCHMAKER_TEST_ACCESSIBILITY"  # where each walk leaves what it found
WRITTEN = Path(__file__).parents[2] / "config" / "accessibility.json"
_WALKS = "tests/journeys/test_every_page.py"
_BY_KEYBOARD = (
    "tests/journeys/test_focus.py",
    "tests/journeys/test_hours.py",
    "tests/journeys/test_workbench.py",
)
_KEY = re.compile(r"[0-9a-f]{16}|(?<=/)[\w-]{40,}")  # of a thing, or a letter's link
_VERSION = re.compile(r"axe v([\d.]+)")


def keep(language: str, width: int, scheme: str, pages: int, wrong: Sequence[str]) -> None:
    """Leave what a walk found to whoever asked for it: a fault reads "READER: PATH: FAULT"."""
    if folder := os.environ.get(FOLDER):
        look = {"language": language, "width": width, "scheme": scheme, "pages": pages}
        path = Path(folder) / f"{language}-{width}-{scheme}.json"
        path.write_text(json.dumps({"look": look, "wrong": list(wrong)}), encoding="utf-8")


def gathered(folder: Path, on: date, keyboard: tuple[int, int]) -> dict[str, object]:
    """What all walks found: the same fault of the same page once, whatever it is about."""
    walks = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    faults = Counter(fault for walk in walks for fault in {_plain(line) for line in walk["wrong"]})
    version = _VERSION.search(axe_script())
    return {
        "on": on.isoformat(),
        "tool": f"axe-core {version[1] if version else ''}".strip(),
        "rules": RULES["runOnly"],
        "looks": [walk["look"] for walk in walks],
        "faults": [{"page": page, "fault": said, "looks": n} for (page, said), n in sorted(faults.items())],
        "by_keyboard": keyboard[0],
        "keyboard_failed": keyboard[1],
    }


def _plain(line: str) -> tuple[str, str]:
    _, page, said = (*line.split(": ", 2), "", "")[:3]
    return _KEY.sub("…", page), said.partition("<")[0].strip() or said


def main() -> None:
    with tempfile.TemporaryDirectory() as given:
        folder, report = Path(given), Path(given) / "keyboard.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        subprocess.run([*command, _WALKS], check=False, env={**os.environ, FOLDER: given})
        subprocess.run([*command, *_BY_KEYBOARD, f"--junitxml={report}"], check=False)
        suite = next(ET.parse(report).iter("testsuite"))
        ran = int(suite.get("tests", 0)) - int(suite.get("skipped", 0))
        failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        if not list(folder.glob("*.json")):
            sys.exit("no walk came to its end, so nothing is written")
        found = gathered(folder, datetime.now(UTC).date(), (ran, failed))
    WRITTEN.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{WRITTEN}: written")


if __name__ == "__main__":
    main()
