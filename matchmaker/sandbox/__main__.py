"""The child process itself: `python -m matchmaker.sandbox MODULE:FUNCTION ARGUMENT …`."""

import sys

from matchmaker.sandbox import child_process

child_process.main(*sys.argv[1:])
