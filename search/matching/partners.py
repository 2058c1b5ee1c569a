"""Suppliers that do together what none does alone: a route of operations, the positions of a need, a volume.

Each of them passes every filter for its own part; what it declares decides, not what it may be able to do.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce

import numpy as np

from matchmaker.domain.requirements import Requirements
from search.columns.ragged import Floats, Ints
from search.columns.store import Columns
from search.filters.evaluator import Evaluator
from search.matching.candidates import Retrieval
from search.matching.splits import Split, SplitCandidate, splits
from search.matching.team_positions import PositionCandidate, PositionTeam, position_teams
from search.matching.team_routes import COVERS, WIDEST_LAYER, Team, TeamCandidate, teams
from search.ranking.evidence import Evidence
from search.ranking.features import process_values
from search.ranking.linear import Ranker

# Suppliers looked at for each operation or position; for a volume all are, since their numbers are told.
_LOOKED_AT = 4 * WIDEST_LAYER


@dataclass(frozen=True, slots=True)
class SharedVolume:
    """A volume in units, pieces or machine-hours a month, and its splits.

    `alone` suppliers declare that each takes all of it; all that do the work, `doing` of them, declare to take `together`
    units, each at most the volume.
    """

    volume: int
    in_pieces: bool
    alone: int
    doing: int
    together: int
    splits: tuple[Split, ...]


@dataclass(frozen=True, slots=True)
class Partners:
    """The finder of partners over one state of the columns, on a day."""

    retrieval: Retrieval
    columns: Columns
    ranker: Ranker
    today: date

    def on_route(self, whole: Requirements, count: int) -> tuple[Team, ...]:
        """Teams for the route of a need; each member is scored for an operation as if that were the whole need."""
        operations = len(whole.processes)
        if operations < 2:
            return ()
        parts = [replace(whole, processes=(code,)) for code in whole.processes]
        rows = reduce(np.union1d, (self._passing(part, _LOOKED_AT)[0] for part in parts))
        fits, scores = np.zeros((len(rows), operations)), np.zeros((len(rows), operations))
        for operation, part in enumerate(parts):
            evidence = self.retrieval.of(part, rows, self.today)
            fits[:, operation] = process_values(evidence)[:, 0]
            scores[:, operation] = self.ranker.score(evidence).scores
        able = [
            TeamCandidate(self.columns.keys[row], tuple(fit), tuple(score), self.columns.place(row))
            for row, fit, score in zip(rows.tolist(), fits.tolist(), scores.tolist(), strict=True)
        ]
        able.sort(key=lambda one: one.key)
        return teams(able, destination=whole.location, count=count)

    def for_positions(self, positions: Sequence[Requirements], count: int) -> tuple[PositionTeam, ...]:
        """Teams for positions, each of which names its work; all go to the place of the first one that has any."""
        taking = [self._taking(one) for one in positions]
        rows = sorted({row for scores in taking for row in scores}, key=lambda row: self.columns.keys[row])
        able = [
            PositionCandidate(
                self.columns.keys[row], tuple(scores.get(row) for scores in taking), self.columns.place(row)
            )
            for row in rows
        ]
        place = next((one.location for one in positions if one.location), None)
        return position_teams(able, destination=place, count=count)

    def for_volume(self, whole: Requirements, count: int) -> SharedVolume | None:
        """The pieces of a lot, or the machine-hours a month where no pieces are named, shared; None where the need names
        neither, or no work. Nothing is split where one supplier declares that it takes all.
        """
        volume = whole.quantity or round(whole.spare_hours or 0)
        if not volume or not whole.processes:
            return None
        rows, scores = self._doing(replace(whole, quantity=None, spare_hours=None), len(self.columns))
        fewest, most = self._shares(whole, rows, volume)
        able = [
            SplitCandidate(self.columns.keys[row], score, int(low), int(high), self.columns.place(row))
            for row, score, low, high in zip(rows.tolist(), scores.tolist(), fewest, most, strict=True)
        ]
        alone = int((most >= volume).sum())
        found = () if alone else splits(able, volume, destination=whole.location, count=count)
        return SharedVolume(volume, bool(whole.quantity), alone, len(rows), int(most.sum()), found)

    def _passing(self, part: Requirements, count: int) -> tuple[Ints, Evidence]:
        """The best candidates that pass the filters of a part, with their evidence."""
        found = self.retrieval.candidates(part, count, self.today)
        rows = found.rows[found.passed]
        return rows, self.retrieval.of(part, rows, self.today)

    def _doing(self, part: Requirements, count: int) -> tuple[Ints, Floats]:
        """The suppliers that pass the filters of a part and do all its work, with their scores, the best first."""
        rows, evidence = self._passing(part, count)
        values = process_values(evidence)
        least = values.max(axis=1) if part.any_process else values.min(axis=1)
        scores = self.ranker.score(evidence).scores
        doing = np.flatnonzero(least >= COVERS)
        doing = doing[np.argsort(-scores[doing], kind="stable")][:count]
        return rows[doing], scores[doing]

    def _taking(self, position: Requirements) -> dict[int, float]:
        rows, scores = self._doing(position, _LOOKED_AT)
        return dict(zip(rows.tolist(), scores.tolist(), strict=True))

    def _shares(self, whole: Requirements, rows: Ints, volume: int) -> tuple[Ints, Ints]:
        """The fewest and the most units of the volume that each row declares to take; the most is 0 where it does not
        declare what is asked for: its free hours, or else its lots.
        """
        fewest, most = self._lots(whole, rows)
        if whole.spare_hours:
            hours = np.min([each[rows] for each in self.columns.free_hours(whole.months)], axis=0)
            by_hours = np.floor(hours / whole.spare_hours * volume + 1e-9)
            most = np.fmin(most, by_hours)
            most[np.isnan(hours)] = 0
        return fewest.astype(np.int64), np.clip(np.nan_to_num(most), 0, volume).astype(np.int64)

    def _lots(self, whole: Requirements, rows: Ints) -> tuple[Floats, Floats]:
        """The least and the largest lot of each row's capability with the largest one, of those that do the work; 1 and
        NaN where lots are not declared or not asked for.
        """
        fewest, most = np.ones(len(rows)), np.full(len(rows), np.nan)
        if not whole.quantity:
            return fewest, most
        judged = Evaluator(self.columns, whole, rows)
        low, high = judged.number("lot_min"), judged.number("lot_max")
        high = np.where(np.isnan(high) & ~np.isnan(low), np.inf, high)
        for owner, least, largest in zip(judged.owner, np.nan_to_num(low, nan=1.0), high, strict=True):
            if not most[owner] >= largest and not np.isnan(largest):
                fewest[owner], most[owner] = max(least, 1.0), largest
        return fewest, most
