"""`matchmaker duplicates`: pairs of organisations that are probably one."""

import json

import click

from matchmaker.cli.common import application


@click.command("duplicates")
@click.option("--format", "form", type=click.Choice(("table", "jsonl")), default="table", show_default=True)
def duplicates_command(form: str) -> None:
    """Look through all organisations and print pairs, most probable first, by the ids of the imported files.

    "same" pairs were or would be joined without asking, "doubtful" ones are for the operator.
    """
    from matchmaker.services.profiles import duplicates

    with application() as app, app.sessions() as session:
        found = duplicates.pairs(session)
    for pair in found:
        if form == "jsonl":
            line = {"a": pair.a, "b": pair.b, "probability": pair.probability, "decision": pair.decision}
            click.echo(json.dumps(line, ensure_ascii=False))
        else:
            click.echo(f"{pair.probability:.2f}  {pair.decision:<9} {pair.a}  {pair.b}")
    if not found and form == "table":
        click.echo("No likely duplicates.")
