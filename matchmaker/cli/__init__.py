"""The `matchmaker` command: each command is a module of its own, imported only when it is called.

A command parses, calls one service and prints; no rule may live here.
"""

import sys
from importlib import import_module

import click

from matchmaker import __version__
from matchmaker.domain.errors import InvalidRecord, MatchmakerError, StartRefused

# Command → module of matchmaker.cli that defines a click command of that name (dashes as underscores).
COMMANDS = {
    "backup": "backup",
    "bundle": "bundle",
    "config": "doctor",
    "db": "database",
    "demo": "demo",
    "doctor": "doctor",
    "duplicates": "duplicates",
    "export": "exchange",
    "import": "exchange",
    "index": "index",
    "journal": "journal",
    "mail": "mail",
    "mail-in": "mail",
    "match": "match",
    "mcp": "mcp",
    "ranker": "ranker",
    "read": "read",
    "report": "report",
    "restore": "backup",
    "serve": "serve",
    "taxonomy": "taxonomy",
    "user": "user",
    "worker": "worker",
}


class LazyGroup(click.Group):
    """The group of all commands, by name; it imports a command's module only to run it or to show its help."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(COMMANDS)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command of the first word. Raises NoSuchCommand, which names the commands that are spelt alike."""
        try:
            return super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand as error:
            raise click.exceptions.NoSuchCommand(
                error.command_name, possibilities=self.list_commands(ctx), ctx=ctx
            ) from error

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"matchmaker.cli.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, f"{cmd_name.replace('-', '_')}_command")
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="matchmaker")
def cli() -> None:
    """Matchmaking for subcontracting centres: suppliers, needs, matches."""


def main() -> None:
    """Run the command line; expected errors become one clear message and exit status 1, a refused start 2."""
    try:
        status = cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except InvalidRecord as error:
        click.echo(f"{error.template}\n" + "\n".join(f"  {p.path}: {p}" for p in error.problems), err=True)
        sys.exit(1)
    except MatchmakerError as error:
        click.echo(str(error), err=True)
        sys.exit(2 if isinstance(error, StartRefused) else 1)
    sys.exit(status if isinstance(status, int) else 0)
