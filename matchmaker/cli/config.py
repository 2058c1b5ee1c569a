"""`matchmaker config`: the settings, secrets hidden."""

import json

import click
from pydantic import SecretStr

from matchmaker.cli.common import settings


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
