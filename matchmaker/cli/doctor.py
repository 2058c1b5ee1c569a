"""`matchmaker doctor`: a check-up of the installation, with how to mend what is wrong."""

import json
import sys
from typing import TYPE_CHECKING

import click

from matchmaker.cli.common import application, translation

if TYPE_CHECKING:
    from matchmaker.services.health.findings import HealthFinding


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--language", type=click.Choice(["en", "ru"]), help="MATCHMAKER_LANGUAGE by default.")
def doctor_command(as_json: bool, language: str | None) -> None:
    """Look at the installation and say how to mend what is wrong; exit status 1 if anything is.

    Database, identity, tables, index, work in the background, clock, files, mail, key, storage, disks, backups, and
    settings that contradict each other. Nothing is changed.
    """
    from matchmaker.services.doctor import checkup
    from matchmaker.services.doctor.checkup import DoctorParts

    with application() as app:
        indexer = lambda: app.index.indexer()  # noqa: E731, PLW0108 - it opens the database, so it is asked for late
        parts = DoctorParts(lambda: app.engine, indexer, lambda: app.transport)
        found = checkup.of_installation(app.settings, parts)
        spoken = [_spoken(one, language or app.settings.language) for one in found]
    if as_json:
        click.echo(
            json.dumps({"good": all(one.good for one in found), "findings": spoken}, ensure_ascii=False)
        )
    else:
        width = max(len(one["part"]) for one in spoken)
        for one, said in zip(found, spoken, strict=True):
            click.echo(f"{'ok' if one.good else '!!'}  {said['part']:<{width}}  {said['message']}".rstrip())
            if said["remedy"]:
                click.echo(f"    {'':<{width}}  → {said['remedy']}")
    sys.exit(0 if all(one.good for one in found) else 1)


def _spoken(one: "HealthFinding", language: str) -> dict[str, str]:
    """A finding in a reader's language."""
    words = translation(language)
    params = {
        name: words(value) if isinstance(value, str) and value else value
        for name, value in one.params.items()
    }
    message = words(one.message) if one.message else ""
    return {
        "part": str(one.part),
        "state": one.state,
        "message": message % params if params else message,
        "remedy": words(one.remedy) if one.remedy else "",
    }
