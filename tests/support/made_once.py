"""What every site of the tests needs alike, made once a process: an empty database with up-to-date tables, and compiled templates.

It is 2 s of processor time of each test that makes a site of its own.
"""

import sqlite3
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import CodeType

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine

from matchmaker.models import database
from matchmaker.services.core import installation

_migrate = database.make_current


class CompiledTemplates(BytecodeCache):
    """The compiled templates of all sites of the process, by name and content."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code
        self._kept[bucket.key, bucket.checksum] = bucket.code


def use() -> None:
    """Take them from now on. The tests of migrations run those themselves."""
    database.make_current = installation.make_current = make_current
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": CompiledTemplates()}


def make_current(engine: Engine) -> None:
    if engine.dialect.name != "sqlite" or database.stored_version(engine) is not None:
        _migrate(engine)
        return
    connection = engine.raw_connection()
    try:
        assert isinstance(connection.driver_connection, sqlite3.Connection)
        _empty().backup(connection.driver_connection)
    finally:
        connection.close()


@cache
def _empty() -> sqlite3.Connection:
    kept = sqlite3.connect(":memory:", check_same_thread=False)
    with TemporaryDirectory() as folder:
        engine = database.make_database_engine(f"sqlite:///{Path(folder) / 'empty.db'}")
        _migrate(engine)
        source = engine.raw_connection()
        assert isinstance(source.driver_connection, sqlite3.Connection)
        source.driver_connection.backup(kept)
        source.close()
        engine.dispose()
    return kept
