"""The ranking: evidence becomes a score by features, the stated prior and the learned ranker, with
explanations that add up.

It may not decide which suppliers are ranked at all: `search.filters` does.
"""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from search.ranking.linear import LinearRanker

_log = logging.getLogger(__name__)


def load_ranker(folder: Path) -> "LinearRanker":
    """The promoted ranker of a folder; the prior where there is none or where it cannot be used, which is
    logged.
    """
    from matchmaker.domain.errors import ModelRefused
    from search.ranking import artifact
    from search.ranking.prior import prior

    try:
        model = artifact.current(folder)
    except ModelRefused as error:
        _log.warning("%s The stated prior ranks instead.", error)
        return prior()
    return model.ranker() if model else prior()
