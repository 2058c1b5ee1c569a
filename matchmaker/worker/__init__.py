"""The work beside the site, in lanes that do not wait for each other: the index, e-mails, files, imports, the calendar.

What a piece of work does is known by its service; here is only who does it, when, and what becomes of an error.
"""

from matchmaker.worker.work import (
    DRAIN_SECONDS,
    Worker,
    file_openers,
    keeping_up,
    read_needs,
    warm_search,
    warm_up,
)

__all__ = ["DRAIN_SECONDS", "Worker", "file_openers", "keeping_up", "read_needs", "warm_search", "warm_up"]
