"""The errors of what the site stands on: database, disk, search engine, mail server.

Work that meets one is not at fault: it costs no attempt, and waits until it is over.
"""

import errno

from matchmaker.domain.errors import EngineUnavailable, IndexMissing
from matchmaker.models.database_trouble import trouble_of

# Of the machine, beside a full disk.
_MACHINE = frozenset({errno.EMFILE, errno.ENFILE, errno.EACCES, errno.EPERM})


def is_at_fault(error: BaseException) -> bool:
    """Whether the error is the infrastructure's, not that of what was being done."""
    if isinstance(error, (EngineUnavailable, IndexMissing, ConnectionError, TimeoutError)):
        return True
    return trouble_of(error) is not None or (isinstance(error, OSError) and error.errno in _MACHINE)
