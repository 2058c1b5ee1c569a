"""A process of an installation that runs commands of the product one after another: lines of JSON in, lines of JSON out.

The commands are those of a terminal; what they load is loaded once. `python -m tests.support.neighbour_process`
"""

import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout

from matchmaker import cli


def run(arguments: list[str]) -> dict[str, object]:
    """What a command printed, and its exit status."""
    printed, status = io.StringIO(), 0
    sys.argv = ["matchmaker", *arguments]
    with redirect_stdout(printed), redirect_stderr(printed):
        try:
            cli.main()
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 1
    return {"status": status, "printed": printed.getvalue()}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)
