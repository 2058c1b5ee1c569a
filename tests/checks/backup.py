"""`make check-backup`: a backup under twenty writes a second is restored into an empty place and compared.

`python -m tests.checks.backup --suppliers 100000 --database postgresql+psycopg://…/empty` is the long form; the second
installation then needs `--restored` with the address of another empty database.
"""

import argparse
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from matchmaker.settings import Settings
from tests.support import backup_drill


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--suppliers", type=int, default=300)
    given.add_argument("--database", help="address of an empty PostgreSQL database; SQLite by default")
    given.add_argument("--restored", help="address of another empty one, to restore into")
    chosen = given.parse_args()
    if bool(chosen.database) != bool(chosen.restored):
        given.error("--database and --restored go together")
    started = time.monotonic()
    with TemporaryDirectory(prefix="matchmaker-drill-") as name:
        folder = Path(name)
        print(f"filling a centre with {chosen.suppliers} suppliers …", file=sys.stderr)
        first = backup_drill.filled(folder / "first", chosen.database, chosen.suppliers)
        second = Settings(data=folder / "second", database_url=chosen.restored, _env_file=None)
        try:
            done = backup_drill.run(first, second, folder / "backup.zip")
        finally:
            first.close()
    kind = "PostgreSQL" if chosen.database else "SQLite"
    print(f"filled and compared in {time.monotonic() - started:.0f} s", file=sys.stderr)
    print(
        f"backup: {kind}, {done.suppliers} suppliers, {done.rows} rows and {done.files} files equal byte for byte, "
        f"{done.writes_before} of {done.writes_before} writes before the start there, {done.writes_during} written meanwhile; "
        f"{done.megabytes:.1f} MB, backup {done.backup_seconds:.1f} s, verify {done.verify_seconds:.1f} s, "
        f"restore {done.restore_seconds:.1f} s, index {done.index_seconds:.1f} s"
    )


if __name__ == "__main__":
    main()
