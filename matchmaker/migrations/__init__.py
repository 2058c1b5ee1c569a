"""Alembic migrations, configured in code. HEAD is the newest one, known without loading Alembic."""

HEAD = "0012"
