"""`matchmaker import` and `matchmaker export`."""

import gc
import gzip
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal

import click
from rich.progress import Progress

from importers import lists
from importers.certificates import CertificateReader
from importers.list_rows import Kind
from importers.lists import ListLimits
from matchmaker.cli.common import application, progress, settings
from matchmaker.domain.errors import FileRefused, UnreadableFile
from matchmaker.domain.language import N_
from matchmaker.models import Session
from matchmaker.services.imports import (
    exports,
    import_mappings,
    import_plans,
    import_reports,
    import_runs,
    list_exports,
)
from matchmaker.services.index import indexing
from matchmaker.services.needs import needs

if TYPE_CHECKING:
    from matchmaker.wiring import Application

SHOWN = 50  # remarks on the terminal; all of them go to --report


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…")
@click.option("--source", metavar="NAME", help="Read the file by this description of config/sources.")
@click.option(
    "--as",
    "kind",
    type=click.Choice(["supplier", "need"]),
    default="supplier",
    help="What the rows of a list are: a workbook, or a text with separators.",
)
@click.option(
    "--mapping",
    default="",
    metavar="NAME",
    help="Read the columns of a list as the page has saved them under this name.",
)
@click.option("--sheet", default="", metavar="NAME", help="Read this sheet of a workbook.")
@click.option("--all-sheets", is_flag=True, help="Read the other sheets with the same columns too.")
@click.option(
    "--head",
    type=click.IntRange(1, 1000),
    metavar="ROW",
    help="The row of a list that holds the names of its columns.",
)
@click.option("--dry-run", is_flag=True, help="Report what would happen; save nothing.")
@click.option("--keep-twins", is_flag=True, help="Join nothing: records with the same INN stay apart.")
@click.option(
    "--report",
    "report_file",
    type=click.Path(path_type=Path),
    help="Write every remark here, one JSON object a line.",
)
def import_command(
    files: tuple[Path, ...], dry_run: bool, keep_twins: bool, report_file: Path | None, **table: Any
) -> None:
    """Read suppliers, needs and outcomes from files: the exchange format (JSONL), lists (XLSX, XLSM, XLS, ODS, CSV, TSV), the
    registers ЕГРЮЛ and МСП of the Russian tax service (XML), known sources; each also in a ZIP.

    Every line is saved whole or not at all. Exit status: 0 all taken, 1 some lines refused, 2 a file could not be read.
    """
    choice = _TableChoice(**table)
    with progress() as bar:
        plans = [_opened_plan(path, choice, bar) for path in files]
    with application() as app, progress() as bar:
        run = _ImportCommand(app, bar, dry_run=dry_run, keep_twins=keep_twins)
        reports, unread = run.taken(plans, choice.mapping)
    for report in reports:
        _tell(report, dry_run)
    if report_file is not None:
        _write_report(report_file, reports)
    if unread:
        sys.exit(2)
    sys.exit(1 if any(report.refused for report in reports) else 0)


@dataclass(frozen=True, slots=True)
class _TableChoice:
    """What a person says of the tables in the files: the options of the command with these names."""

    source: str | None
    kind: Kind
    mapping: str
    sheet: str
    all_sheets: bool
    head: int | None


def _opened_plan(path: Path, choice: _TableChoice, bar: Progress) -> import_plans.AnyPlan:
    """The way to read a file; the display names it meanwhile, since a large workbook takes its time."""
    task = bar.add_task(f"{path.name}: opening", total=None)
    asked = settings()
    with _named(path):
        found = import_plans.any_plan(
            path,
            import_plans.known_sources(),
            choice.source,
            choice.kind,
            sheet=choice.sheet,
            head=choice.head,
            together=choice.all_sheets,
            limits=ListLimits.of(asked.list_mb, asked.list_rows),
        )
    bar.remove_task(task)
    return found


@dataclass(frozen=True, slots=True)
class _ImportCommand:
    """One run of the command over its files, with their progress on the terminal."""

    app: "Application"
    bar: Progress
    dry_run: bool
    keep_twins: bool

    def taken(
        self, plans: Sequence[import_plans.AnyPlan], mapping: str
    ) -> tuple[list[import_reports.ImportReport], bool]:
        """The reports of the files, and whether one of them could not be read to its end, so that those behind it were left."""
        app, contents, reports = (
            self.app,
            list[import_plans.FileContent](),
            list[import_reports.ImportReport](),
        )
        _, unread = app.recogniser, False
        gc.freeze()  # what was loaded for good, the dictionaries above all, is walked by no collection
        for chosen in plans:
            with _named(chosen.path):
                contents.append(_content(app, chosen, mapping))
        for chosen, content in zip(plans, contents, strict=True):
            try:
                reports.append(import_runs.run(content, self._target(chosen)))
            except (UnreadableFile, FileRefused, TimeoutError) as error:
                _say_unread(content.path, error)  # what was saved before it is reported and indexed below
                unread = True
                break
        if not self.dry_run:
            _index(app.index.indexer(), self.bar)
        return reports, unread

    def _target(self, plan: import_plans.AnyPlan) -> import_runs.ImportTarget:
        app, bar = self.app, self.bar
        task = bar.add_task(plan.path.name, total=plan.size)
        rest = bar.add_task("index", total=None, visible=False)

        def advance(lines: int, position: int) -> None:
            if position:
                bar.update(task, completed=position)
            else:
                bar.advance(task, lines)

        return import_runs.ImportTarget(
            app.sessions,
            app.recogniser,
            app.settings.centre,
            by="import",
            today=app.today(),
            keep_twins=self.keep_twins,
            dry_run=self.dry_run,
            feed=None if self.dry_run else app.index.feed(app.recogniser),
            advance=advance,
            indexed=lambda number: bar.update(rest, advance=number, visible=True),
        )


def _content(app: "Application", plan: import_plans.AnyPlan, mapping: str) -> import_plans.FileContent:
    """The file as the import reads it: the columns of a list by the mapping of this name, else by one that knows them. Raises
    UnreadableFile.
    """
    if not isinstance(plan, import_plans.ListPlan):
        if mapping:
            message = N_("%(file)s is no list with columns, so no mapping can be used.")
            raise UnreadableFile(message, file=plan.path.name)
        return plan
    columns, papers = plan.sheet.columns, CertificateReader(app.recogniser, app.today())
    with app.sessions() as session:
        centre = needs.centre_of(session, app.settings.centre).id
        read = (
            import_mappings.read_as(session, centre, plan.kind, plan.name, columns, mapping)
            if mapping
            else import_mappings.recognised(session, centre, plan.kind, columns)
        )
    if read is None:
        _demand_names(plan)
        return plan.readable(papers)
    click.echo(f"{plan.path.name}: the columns are read as saved under “{read.name}”", err=True)
    if read.unknown:
        click.echo(f"{plan.path.name}: not known there: {', '.join(read.unknown)}", err=True)
    mapped = replace(plan, sheet=replace(plan.sheet, columns=read.columns))
    _demand_names(mapped)
    return mapped.readable(papers)


def _demand_names(plan: import_plans.ListPlan) -> None:
    """Raise UnreadableFile for a list without a column that names its firms, where every row would be refused."""
    if lists.check(plan.kind, plan.sheet.columns):
        message = N_(
            "No column of %(file)s names the firm, or two mean the same; its columns: %(columns)s. Say with --head which row names "
            "them, with --sheet which sheet is meant, or with --mapping what they mean."
        )
        columns = ", ".join(name for name, _ in plan.sheet.columns[:20])
        raise UnreadableFile(message, file=plan.path.name, columns=columns)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Name the file in every error that keeps it from being read, and end with status 2."""
    try:
        yield
    except (UnreadableFile, FileRefused, TimeoutError) as error:
        _say_unread(path, error)
        sys.exit(2)


def _say_unread(path: Path, error: UnreadableFile | FileRefused | TimeoutError) -> None:
    busy = "this machine was too busy to open it; run the command again"
    said = busy if isinstance(error, TimeoutError) else str(error)
    click.echo(said if path.name in said else f"{path}: {said}", err=True)


def _index(indexer: indexing.Indexer, bar: Progress) -> None:
    """Bring what was saved into the index, and say where it has to wait."""
    task = bar.add_task("index", total=None)
    done = indexing.finish(indexer, lambda number: bar.advance(task, number))
    if done.away:
        click.echo(f"The index waits for its engine: {done.away}", err=True)


def _tell(report: import_reports.ImportReport, dry_run: bool) -> None:
    if report.resumed_at:
        click.echo(
            f"{report.file}: went on at line {report.resumed_at}, where the last run stopped", err=True
        )
    for line in report.remarks[:SHOWN]:
        place = f"{report.file}, line {line.line}" + (f" ({line.kind} {line.id})" if line.id else "")
        for problem in line.problems:
            value = f" [{problem.value}]" if problem.value else ""
            click.echo(f"{place}: {problem.path}: {problem}{value}", err=True)
        for one in line.changes:
            said = (
                f"no room (at most {one.most}) for {one.left}" if one.left else f"“{one.gone}” → “{one.come}”"
            )
            click.echo(f"{place}: {one.field}: {said}", err=True)
        if line.unknown_terms:
            click.echo(
                f"{place}: not in the taxonomy, kept as text: {'; '.join(line.unknown_terms)}", err=True
            )
    if len(report.remarks) > SHOWN:
        click.echo(
            f"{report.file}: and {len(report.remarks) - SHOWN} more lines with remarks; see --report",
            err=True,
        )
    if report.untold:
        click.echo(
            f"{report.file}: the remarks on {report.untold} further lines are not kept; import smaller files to see them",
            err=True,
        )
    counts = ", ".join(f"{report.counts[name]} {name.replace('_', ' ')}" for name in import_reports.COUNTED)
    click.echo(
        f"{report.file} ({report.source}): {counts}" + (" — nothing saved" if dry_run else ""), err=True
    )


def _write_report(path: Path, reports: list[import_reports.ImportReport]) -> None:
    with path.open("w", encoding="utf-8") as stream:
        for report in reports:
            for line in report.remarks:
                stream.write(json.dumps({"file": report.file, **line.data()}, ensure_ascii=False) + "\n")


@click.command("export")
@click.argument("file", type=click.Path(path_type=Path), default="-")
@click.option(
    "--as",
    "kind",
    type=click.Choice(["supplier", "need"]),
    default="supplier",
    help="What the rows of a list are: of a .xlsx or a .csv.",
)
def export_command(file: Path, kind: Literal["supplier", "need"]) -> None:
    """Write all suppliers, needs and outcomes to FILE in the exchange format; to standard output without it. A FILE that ends in .xlsx
    or .csv becomes a list of suppliers or of needs, which an import reads back as it was.
    """
    with application() as app, app.sessions() as session:
        if str(file) == "-":
            _write(sys.stdout, session)
            return
        form = file.suffix.casefold().removeprefix(".")
        if form in list_exports.FORMS:
            partial = file.with_name(f"{file.stem}.partial.{form}")
            names = tuple(list_exports.LABELS[meaning] for meaning in list_exports.columns(kind))
            with _named(file):
                count = list_exports.write(partial, names, list_exports.rows(session, kind))
        else:
            partial = file.with_name(file.name + ".partial")
            with _opened(partial, packed=file.suffix == ".gz") as stream:
                count = _write(stream, session)
        partial.replace(file)
    click.echo(f"{count} records in {file}", err=True)


def _opened(path: Path, *, packed: bool) -> IO[str]:
    return gzip.open(path, "wt", encoding="utf-8") if packed else path.open("w", encoding="utf-8")


def _write(stream: IO[str], session: Session) -> int:
    count = 0
    for count, record in enumerate(exports.records(session), 1):  # noqa: B007 - the count after the loop is the answer
        stream.write(exports.line(record) + "\n")
    return count
