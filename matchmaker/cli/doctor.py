"""`matchmaker doctor`: a check-up of the installation, with how to mend what is wrong; `matchmaker config`: its settings."""

import json
import sys
from typing import TYPE_CHECKING

import click
from pydantic import SecretStr

from matchmaker.cli.common import application, settings, translation

if TYPE_CHECKING:
    from matchmaker.services.health.findings import HealthFinding


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--language", type=click.Choice(["en", "ru"]), help="MATCHMAKER_LANGUAGE by default.")
def doctor_command(as_json: bool, language: str | None) -> None:
    """Look at the installation and say how to mend what is wrong; exit status 1 if anything is.

    Database, identity, tables, index, work in the background, clock, files, mail out and in, key, storage, disks, backups, and
    settings that contradict each other. Nothing is changed.
    """
    from matchmaker.services.doctor import checkup
    from matchmaker.services.doctor.checkup import DoctorParts

    with application() as app:
        indexer = lambda: app.index.indexer()  # noqa: E731, PLW0108 - it opens the database, so it is asked for late
        parts = DoctorParts(lambda: app.engine, indexer, lambda: app.transport, lambda: app.mailbox)
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


def _shown(value: object) -> str:
    if isinstance(value, SecretStr):
        return "(hidden)" if value.get_secret_value() else ""
    return "" if value is None else str(value)


@click.command("config")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def config_command(as_json: bool) -> None:
    """Show every setting, its variable and its meaning; secrets are hidden."""
    current = settings()
    fields = type(current).model_fields
    if as_json:
        click.echo(json.dumps({name: _shown(getattr(current, name)) for name in fields}, ensure_ascii=False))
        return
    mail = (
        ""
        if current.mail_url
        else f"E-mails are written into {current.data / 'mail'}: no mail server is set."
    )
    width = max(map(len, fields)) + len("MATCHMAKER_")
    for name, field in fields.items():
        variable = f"MATCHMAKER_{name.upper()}"
        click.echo(f"{variable:<{width}}  {_shown(getattr(current, name)):<30}  {field.description}")
    if mail:
        click.echo(mail)
