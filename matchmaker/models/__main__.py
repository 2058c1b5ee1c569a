"""`python -m matchmaker.models WORDS` drafts the next migration, named by the words, with the changes that
the tables need.
"""

import sys
from tempfile import TemporaryDirectory

from matchmaker.migrations import runner
from matchmaker.models import Base
from matchmaker.models.database import make_sessions


def main(words: list[str]) -> None:
    if not words:
        sys.exit("Say in a few words what changes: python -m matchmaker.models the shifts of a shop")
    with TemporaryDirectory() as folder:
        engine = make_sessions(f"sqlite:///{folder}/tables.sqlite3").engine
        runner.draft(engine, Base.metadata, " ".join(words))
        engine.dispose()


if __name__ == "__main__":
    main(sys.argv[1:])
