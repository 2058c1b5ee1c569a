"""Search over capability profiles: usable without the database and the web."""
