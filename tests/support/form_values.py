"""What the tests of all forms send, and what they count before and after."""

import io
import re
from collections.abc import Mapping

from flask import Flask
from PIL import Image
from sqlalchemy import func, select

from matchmaker.domain.lifecycle import NeedState
from matchmaker.models.base import Base
from matchmaker.services.needs import needs
from matchmaker.services.shortlist import match_decisions
from tests.access.forms import TWICE, Twice
from tests.access.matrix import ROWS
from tests.access.world import PASSWORD, World
from tests.support.routes import address

CHANCE = {"user_session", "rate_limit"}


def counts(world: World) -> dict[str, int]:
    """How many rows each table has."""
    with world.application.sessions() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
            if table.name not in CHANCE
        }


def content(name: str) -> tuple[io.BytesIO, str]:
    if name.endswith(".png"):
        picture = io.BytesIO()
        Image.new("RGB", (40, 30), "teal").save(picture, "PNG")
        return io.BytesIO(picture.getvalue()), name
    if name.endswith(".csv"):
        return io.BytesIO("Наименование;ИНН\nЦех два;7728168971\n".encode()), name
    return io.BytesIO(b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"), name


def prepared(
    app: Flask, world: World, endpoint: str, forms: Mapping[str, Twice] = TWICE
) -> tuple[str, str, dict[str, object]]:
    """Who sends the form, where to, and with what."""
    twice = forms[endpoint]
    row = next(row for row in ROWS if (row.endpoint, row.method) == (endpoint, "POST"))
    things = world.things(row.on)
    thing = things.get(twice.at) or next(iter(things.values()))
    form: dict[str, object] = {**thing.form, **twice.form}
    known = {"PASSWORD": PASSWORD, "PROFILE": world.things("profiles")["shop"].values["key"]}
    form = {name: known.get(str(value), value) for name, value in form.items()}
    if twice.state:
        with world.application.sessions.begin() as session:
            need = needs.by_key(session, str(thing.values["key"]))
            if need.state != twice.state:  # another form may have brought it there
                needs.move(session, need, NeedState(twice.state), by="test")
    if "match" in thing.form:
        with world.application.sessions() as session:
            form["revision"] = match_decisions.by_key(session, thing.form["match"]).revision
    if twice.page:
        page_row = next(row for row in ROWS if (row.endpoint, row.method) == (twice.page, "GET"))
        client = world.enter(app.test_client(), twice.who)
        page = client.get(address(app, page_row, thing), follow_redirects=True).get_data(as_text=True)
        form |= dict(re.findall(r'<input type="hidden" name="(once|revision)" value="([^"]*)"', page))
    return twice.who, address(app, row, thing), form
