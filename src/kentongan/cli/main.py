"""The command `kentongan`: one group whose commands are loaded when they are asked for.

`kentongan --help` and the commands that need no database never import Django: a command's module is imported only to run it or to
show its own help, and the sentences of the list stand here. To add a command: a module with a click command named `command`, and
one line in `COMMANDS`.
"""

from __future__ import annotations

import importlib
import importlib.util
import os

import click

from kentongan import __version__
from kentongan.errors import KentonganError

COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("kentongan.cli.run", "Start your own installation: database, web server, workers and listener."),
    "demo": ("kentongan.cli.demo", "Start the invented city and collect it before your eyes."),
    "doctor": ("kentongan.cli.doctor", "Check database, disk, clock, mail and model, and say what to do about each."),
    "settings": ("kentongan.cli.settings", "List every setting with its value and where it came from."),
    "deploy": ("kentongan.cli.deploy", "Make the files with which a machine keeps Kentongan running."),
    "migrate": ("kentongan.cli.migrate", "Bring the database to this version."),
    "offices": ("kentongan.cli.offices", "Make and list the offices of this installation."),
    "people": ("kentongan.cli.people", "Add and list the people who may sign in."),
    "places": ("kentongan.cli.places", "Bring in and list districts and wards, with their old names."),
    "sources": ("kentongan.cli.sources", "List, add, import and export the sources that are visited."),
    "import": ("kentongan.cli.importing", "Read a JSON Lines stream into the database; can be resumed."),
    "verify-ledger": ("kentongan.cli.ledger", "Verify the record of what was done; name the first line that was changed."),
    "anchor-ledger": ("kentongan.cli.anchor", "Tell the end of the record to a place outside, now."),
    "backup": ("kentongan.cli.backup", "Write everything (database, files, keys) into one file, while running."),
    "restore": ("kentongan.cli.restore", "Put back what a backup file holds."),
    "newsroom": ("kentongan.cli.newsroom", "Write the public site as files that any web server serves."),
    "briefing": ("kentongan.cli.briefing", "Print the briefing as it stood at a time."),
    "replay": ("kentongan.cli.replay", "Run a JSON Lines stream through the engine at full speed; nothing is stored."),
    "backtest": ("kentongan.cli.backtest", "Try other settings on the stored past; nothing is stored."),
    "eval": ("kentongan.cli.evaluate", "Measure a part of the engine on a data set."),
    "heads": ("kentongan.cli.heads", "Train the small heads again from their data."),
    "screens": ("kentongan.cli.screens", "Make a picture of every screen."),
    "part": ("kentongan.cli.part", "Run one part of an installation (used by `run` and `demo`)."),
}
HIDDEN = frozenset({"part"})


class _Lazy(click.Group):
    """A group that knows its commands' names and sentences without importing them.

    The threads of the model that makes vectors sleep while they wait for one another instead of spinning: where processors are shared with
    anything else, a query of two words cost 13 ms of processor time instead of up to 1,700, a batch 0.9 s instead of 2.1.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name in COMMANDS if name not in HIDDEN]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = COMMANDS[cmd_name][0]
        if importlib.util.find_spec(module) is None:
            raise click.ClickException(f"`kentongan {cmd_name}` is not part of this version yet ({module} is missing).")
        command: click.Command = importlib.import_module(module).command
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Run the command. What a person can put right ends with one sentence and code 1, never with a traceback."""
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
        os.environ.setdefault("MALLOC_ARENA_MAX", "2")  # for the parts it starts: one store of memory for each of a dozen threads wastes it
        try:
            return super().invoke(ctx)
        except KentonganError as error:
            raise click.ClickException(str(error)) from error

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            ctx.fail(f"There is no command “{args[0]}”. The commands are: {', '.join(self.list_commands(ctx))}.")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kentongan")
def main() -> None:
    """Hear early, check, speak with sources, answer on time."""
