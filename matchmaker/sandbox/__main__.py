"""The child process itself: `python -m matchmaker.sandbox SECONDS MEMORY WRITTEN MODULE:FUNCTION ARGUMENT …`."""

import sys

from matchmaker.sandbox import child_process

child_process.main(child_process.Effort(*map(int, sys.argv[1:4])), *sys.argv[4:])
