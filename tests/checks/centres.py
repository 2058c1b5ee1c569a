"""`make check-centres`: people of three centres do anything to anything of anybody, at random, and centres never mix.

    python -m tests.checks.centres [--acts N] [--seed N]

Three networks of one shape share a site, each with its own centre, shops, contractors, needs, drawings, quotes, letters and people.
A person, a page or operation and an object are drawn, mostly of different centres. The answer is held against the table
of access by an oracle that knows who was made where and asks the program nothing; a refusal changes no row; what is allowed
changes rows of the person's own centre alone; and words that stand where only a centre's own people may read them are in no answer to
anybody else. The figure last, status 1 where it is not what is promised.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from flask import Flask
from werkzeug.test import TestResponse

from matchmaker.domain.access import AccessVerdict
from matchmaker.models.base import Base
from matchmaker.settings import Settings
from matchmaker.wiring import Application
from tests.access.matrix import KEYED_ROWS, ROWS, Row
from tests.access.world import SUBJECTS, TODAY, Thing, World
from tests.support import routes
from tests.support.at_work import let_work
from tests.support.table_rows import Image, changed, columns, image

ACTS, LONG = 500, 20_000
FOREIGN, OWN, TOLD, CHANGED = COUNTED = (
    "on things of another centre",
    "on their own or on none",
    "told secrets of their own centre",
    "changed rows",
)
# A network's home centre, the two beside it, and the word of its secrets.
NETWORKS = {
    "centre": ("south", "east", "quartz"),
    "south": ("east", "centre", "zinnia"),
    "east": ("centre", "south", "walnut"),
}
HOME = "centre"  # the site's own
# What is not drawn, and why.
LEFT_OUT = {
    "static": "files of the program",
    "account.login": "the password of the form is that of one person, of no network",
    "imports.act": "it ends the only file that waits",
    "api_imports.start": "the same",
    "api_imports.discard": "the same",
    "api_imports.undo": "the same",
}
# What a refused act may leave behind: when the key was last used.
OF_REFUSALS = {"access_key"}
Touched = Mapping[str, list[tuple[object, ...]]]  # the rows of each table that were changed
_FOREIGN = {"supplier": "SX", "contractor": "CX", "operator": "OX", "authority": "SX", "": "SX"}
_BROKEN = {400, 405, 413, 415, 429}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of a network, by the name of the subject it is there."""

    network: str
    name: str

    @property
    def centre(self) -> str:
        """The code of the centre that the person belongs to, "" for none."""
        if self.name in {"AN", "NA", "U0"}:
            return ""
        beside = {"OX": 0, "OE": 1}.get(self.name)
        return self.network if beside is None else NETWORKS[self.network][beside]


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody does to something."""

    person: Person
    row: Row
    network: str
    label: str
    thing: Thing

    @property
    def centre(self) -> str:
        """The code of the centre of the object."""
        return NETWORKS[self.network][0] if "abroad" in self.label else self.network

    @property
    def relation(self) -> str:
        """How the person stands to the object."""
        who = SUBJECTS[self.person.name]
        if who.relation == "NA" and self.row.on == "imports" and self.network != HOME:
            return "OX"  # who runs the network imports into the site's own centre alone
        if who.relation == "OO" and self.row.action.startswith("home") and self.person.network != HOME:
            return "OX"  # what is between installations is the site's own centre's
        if self.person.network == self.network or not self.row.on or who.relation in {"AN", "NA"}:
            return self.thing.standing.get(self.person.name, who.relation)
        if who.kind == "operator" and self.person.centre == self.centre:
            return "OO"
        return _FOREIGN[who.kind]

    def __str__(self) -> str:
        return f"{self.person.name} of {self.person.network}: {self.row} on {self.label or '-'} of {self.network}"


class Networks:
    """The three networks behind one site."""

    def __init__(self, application: Application) -> None:
        self.worlds = {
            home: World(application, home, (first, second), mark)
            for home, (first, second, mark) in NETWORKS.items()
        }
        self.app: Flask = routes.site_of(next(iter(self.worlds.values())))
        self._file = application.settings.data / "matchmaker.sqlite3"
        self._parents = {
            table.name: [
                (column.name, next(iter(column.foreign_keys)).column.table.name)
                for column in table.columns
                if column.foreign_keys
            ]
            for table in Base.metadata.sorted_tables
        }
        self._columns = columns(self._file)
        self.counted = Counter(
            dict.fromkeys(COUNTED, 0)
        )  # a kind that never comes about is a walk that shows nothing

    def drawn(self, chosen: random.Random) -> Iterator[Act]:
        """Acts without end."""
        rows = [row for row in (*ROWS, *KEYED_ROWS) if row.endpoint not in LEFT_OUT]
        while True:
            row, network = chosen.choice(rows), chosen.choice(list(NETWORKS))
            makers = self.worlds[network].groups.get(row.on, {"": lambda: Thing({})})
            label = chosen.choice(list(makers))
            thing = makers[label]()
            people = [name for name in SUBJECTS if name != "AN" or row not in KEYED_ROWS]
            acts = [
                Act(Person(home, name), row, network, label, thing) for home in NETWORKS for name in people
            ]
            allowed = [act for act in acts if self._expected(act).allowed]
            yield chosen.choice(allowed if allowed and chosen.random() < 0.4 else acts)

    def wrong(self, act: Act) -> str:
        """What the act shows or does that it must not; "" where nothing is wrong."""
        answer, touched = self._answer(act)
        # No worker runs beside the walk, so that its work is late after minutes, and /readyz says so.
        late = act.row.endpoint == "health.ready" and answer.status_code == 503
        if answer.status_code >= 500 and not late:
            return f"{answer.status_code}"
        right = self._expected(act)
        found = AccessVerdict.OK if late or answer.status_code in _BROKEN else routes.verdict(answer)
        if found is not right:
            return f"{answer.status_code}, not {right}"
        foreign = act.row.on and act.centre != act.person.centre
        self.counted[FOREIGN if foreign else OWN] += 1
        return self._told(act, answer.get_data()) or self._done(act, touched, allowed=right.allowed)

    def _told(self, act: Act, text: bytes) -> str:
        """The secrets of other centres that the answer tells."""
        told = [home for home, (*_, mark) in NETWORKS.items() if mark.encode() in text]
        self.counted[TOLD] += act.person.centre in told
        strange = set(told) - {act.person.centre}
        return f"tells secrets of {', '.join(sorted(strange))}" if strange and act.person.name != "NA" else ""

    def _done(self, act: Act, touched: Touched, *, allowed: bool) -> str:
        """What is wrong with the rows that were changed."""
        if not allowed:
            touched = {name: rows for name, rows in touched.items() if name not in OF_REFUSALS}
            return f"refused, and changed {', '.join(sorted(touched))}" if touched else ""
        self.counted[CHANGED] += bool(touched)
        return self._elsewhere(act, touched) if touched and act.person.centre else ""

    def _expected(self, act: Act) -> AccessVerdict:
        standing = {act.person.name: act.relation}
        world = self.worlds[act.person.network]
        return routes.expected_answer(world, act.row, act.person.name, replace(act.thing, standing=standing))

    def _answer(self, act: Act) -> tuple[TestResponse, Touched]:
        """The answer, and the rows that the act changed."""
        world, row = self.worlds[act.person.network], act.row
        header = routes.key_of(world, act.person.name, write=True) if row in KEYED_ROWS else {}
        before = self._image() if row.method != "GET" else {}
        if header:
            answer = self.app.test_client().open(
                routes.address(self.app, row, act.thing),
                method=row.method,
                headers={**header, "If-Match": '"0"'},
                **routes.sent_by(row),
            )
        else:
            answer = routes.ask(self.app, world, row, act.person.name, act.thing)
        return answer, changed(before, self._image()) if before else {}

    def _image(self) -> Image:
        return image(self._file)

    def _elsewhere(self, act: Act, touched: Touched) -> str:
        """The rows of other centres alone that were changed."""
        now = self._image()
        code = self._columns["centre"].index("code")
        codes = {number: str(row[code]) for number, row in now["centre"].items()}
        for name, rows in touched.items():
            for row in rows:
                centres = {codes[number] for number in self._centres(now, name, row)}
                if centres and act.person.centre not in centres:
                    return f"changed {name} of {', '.join(sorted(centres))}"
        return ""

    def _centres(self, now: Image, table: str, row: tuple[object, ...]) -> set[int]:
        """The centres that a row belongs to by what it points at, people aside: those of several write one row's history."""
        if table == "centre":
            return {int(str(row[0]))}
        values, found = dict(zip(self._columns[table], row, strict=True)), set[int]()
        for column, parent in self._parents.get(table, ()):
            number = values[column]
            if parent not in {"user_account", table} and number in now.get(parent, {}):
                found |= self._centres(now, parent, now[parent][int(str(number))])
        return found


def walk(folder: Path, acts: int, seed: int) -> tuple[Mapping[str, int], list[str]]:
    """How many acts were what, and what was wrong."""
    settings = Settings(data=folder, limits=1000, _env_file=None)
    with closing(Application(settings, clock=lambda: TODAY)) as application:
        let_work(application)
        networks, wrong = Networks(application), []
        for act in islice(networks.drawn(random.Random(seed)), acts):
            said = networks.wrong(act)
            wrong += [f"{act}: {said}"] if said else []
    return networks.counted, wrong


def main() -> int:
    parser = argparse.ArgumentParser(prog="make check-centres", description=__doc__)
    parser.add_argument("--acts", type=int, default=ACTS)
    parser.add_argument("--all", action="store_const", dest="acts", const=LONG, help=f"{LONG} acts")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    began = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        counted, wrong = walk(Path(folder), given.acts, given.seed)
    for one in wrong[:50]:
        print(one)
    told = ", ".join(f"{number} {what}" for what, number in sorted(counted.items()))
    print(
        f"{given.acts} acts at random ({told}): wrong {len(wrong)}, {time.process_time() - began:.0f} s of processor time"
    )
    return 1 if wrong or not all(counted.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
