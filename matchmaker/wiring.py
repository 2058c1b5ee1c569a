"""The composition root: settings become a session factory, an engine, a ranker and the taxonomy."""

from functools import cache

from matchmaker import resources
from matchmaker.domain import taxonomy


@cache
def load_taxonomy() -> taxonomy.Taxonomy:
    """The taxonomy that ships with the product, built once a process."""
    files = resources.read_taxonomy_files()
    return taxonomy.build(files.parsed, files.towns, files.version)
