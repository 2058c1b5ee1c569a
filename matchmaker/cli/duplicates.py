"""`matchmaker duplicates`: pairs of organisations that are probably one."""

import json

import click

from matchmaker.cli.common import application


@click.command("duplicates")
@click.option("--format", "form", type=click.Choice(("table", "jsonl")), default="table", show_default=True)
@click.option(
    "--card", is_flag=True, help="Print what the model was made from and how it was right, and no pairs."
)
def duplicates_command(form: str, card: bool) -> None:
    """Look through all organisations and print pairs, most probable first, by the ids of the imported files.

    "same" pairs were or would be joined without asking, "doubtful" ones are for the operator.
    """
    if card:
        from matchmaker.services.profiles.twins.twin_model import shipped_model

        click.echo(json.dumps(shipped_model().card, ensure_ascii=False, indent=1))
        return
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
