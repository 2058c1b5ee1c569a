"""`matchmaker report`: the figures of a centre in a period, as a file or on the terminal."""

import sys
from pathlib import Path

import click

from matchmaker.cli.common import application, translation


@click.command("report")
@click.option("--period", "written", required=True, help="A month 2026-11, a quarter 2026-Q4, or a year 2026")
@click.option(
    "--format", "kind", type=click.Choice(("json", "xlsx", "pdf", "csv")), default="json", show_default=True
)
@click.option("--centre", "code", default="", help="Code of the centre; by default that of the settings")
@click.option(
    "--language",
    type=click.Choice(("ru", "en")),
    help="Language of names and formulas; by default that of the settings",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to write; by default standard output",
)
def report_command(written: str, kind: str, code: str, language: str | None, output: Path | None) -> None:
    """Report the figures of a centre in a period: as they were locked, else as they are known now."""
    from matchmaker.services.core.periods import Period
    from matchmaker.services.figures import figure_files, period_reports
    from matchmaker.services.figures.figure_words import FigureWords
    from matchmaker.services.matching.wording import Wording
    from matchmaker.services.people import centres

    period = Period.parse(written)
    with application() as app, app.sessions() as session:
        chosen = language or app.settings.language
        translate = translation(chosen)
        centre = centres.by_code(session, code or app.settings.centre)
        report = period_reports.report(session, centre, period, app.counting_rules)
        words = FigureWords(Wording(app.taxonomy, chosen, translate), translate)
        made = figure_files.made(report, kind, words, translate)
    if output is None:
        sys.stdout.buffer.write(made + (b"\n" if kind == "json" else b""))
        return
    output.write_bytes(made)
    click.echo(f"{output}: {len(made)} bytes, {'locked' if report.is_locked else 'not locked'}.")
