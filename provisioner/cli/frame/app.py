"""The root of the command line: loads the one command that was called, and is the one place where errors end."""

from __future__ import annotations

import difflib
import functools
import importlib
import itertools
import os
import shlex
import signal
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

import typer
from typer._click.exceptions import ClickException, NoArgsIsHelpError  # Typer vendors Click and re-exports too little
from typer.core import TyperGroup

from provisioner.cli.frame.commands import COMMANDS, module_of, top_level_help
from provisioner.cli.frame.output import discard, flush, print_error, print_text
from provisioner.core.values.hints import with_place
from provisioner.errors import InputError, Interrupted, KeyNotKept, ProvisionerError, defect, keys_not_kept

if TYPE_CHECKING:
    from typer._click.core import Command, Context

_BROKEN_PIPE = 141  # what a shell shows for SIGPIPE


class _LazyGroup(TyperGroup):
    """A group that imports a command's module only when that command is called."""

    def resolve_command(self, ctx: Context, args: list[str]) -> tuple[str | None, Command | None, list[str]]:
        """Find the command that is called; an unknown one is answered with the names that look like it."""
        if module_of(args[0]) is None and not args[0].startswith("-"):
            near = " or ".join(difflib.get_close_matches(args[0], self.list_commands(ctx)))
            ctx.fail(f"No such command '{args[0]}'." + (f" Did you mean {near}?" if near else ""))
        return super().resolve_command(ctx, args)

    def list_commands(self, ctx: Context) -> list[str]:
        """Name every command, in the order of the help."""
        return [name for _, commands in COMMANDS for name, _, _ in commands]

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """Load a command or a group of commands from the `app` of its module."""
        module = module_of(cmd_name)
        return _group(module).commands[cmd_name] if module else None

    def get_help(self, ctx: Context) -> str:
        """Return the same help as the fast path of `__main__`."""
        return top_level_help()


@functools.cache
def _group(module: str) -> TyperGroup:
    """Return the commands of a module, made once: their options' types are checked when they are made."""
    return typer.main.get_group(importlib.import_module(module).app)


app = typer.Typer(
    cls=_LazyGroup,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def _root() -> None:
    """Put a domain on Amazon SES with one command, and keep its mail flowing."""


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; no error leaves this function as a traceback."""
    signal.signal(signal.SIGTERM, _terminate)
    try:
        return _call(arguments)
    except BrokenPipeError:
        discard()
        return _BROKEN_PIPE


def _call(arguments: Sequence[str]) -> int:
    try:
        code = _invoke(arguments)
        flush()
    except BrokenPipeError:
        raise
    except NoArgsIsHelpError as bare:  # a group without a command
        print_text(bare.format_message())
        return InputError.exit_code
    except (Exception, KeyboardInterrupt) as caught:  # noqa: BLE001 - the last boundary: no traceback passes it
        error = _in_our_words(caught, arguments)
        if error.code not in ("defect", "usage"):  # the command may be what cannot be loaded
            error.hint = with_place(error.hint, _understood(arguments))
        return _report(error, keys_not_kept(caught), list(itertools.takewhile("--".__ne__, arguments)))
    return code


def _understood(arguments: Sequence[str]) -> Collection[str]:
    """Return the options of the command that was called: a hint may come from deeper than where they are known."""
    root: Any = typer.main.get_command(app)
    words = [*arguments, "", ""][:2]
    found = root.get_command(None, words[0])
    below = getattr(found, "commands", {})
    command = below.get(words[1]) or below.get("run") or found
    return [name for option in getattr(command, "params", ()) for name in option.opts]


def _report(error: ProvisionerError, not_kept: Sequence[KeyNotKept], options: Collection[str]) -> int:
    as_json, with_secret = "--json" in options, "--no-secret" not in options
    try:
        print_error(error, as_json=as_json, not_kept=not_kept, with_secret=with_secret)
        flush()
    except ProvisionerError as second:  # there is no stdout for the document
        print_error(second, as_json=False)
    return error.exit_code


def _invoke(arguments: Sequence[str]) -> int:
    # Not Click's main(): it answers interrupts and broken pipes in its own way, without our message and document.
    root = typer.main.get_command(app)
    try:
        with root.make_context("provisioner", list(arguments)) as context:
            return int(root.invoke(context) or 0)
    except typer.Exit as end:
        return end.exit_code


def _terminate(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _in_our_words(error: BaseException, arguments: Sequence[str]) -> ProvisionerError:
    match error:
        case ProvisionerError():
            return error
        case KeyboardInterrupt() | EOFError() | typer.Abort():
            return Interrupted(
                "interrupted", "interrupted", "run the same command again: what was begun, if anything, is completed"
            )
        case ClickException():
            return _usage(error, arguments)
        case _:
            return _defect(error)


def _usage(error: ClickException, arguments: Sequence[str]) -> InputError:
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "provisioner"
    hint = _with_options_behind(arguments) or f"see `{command} --help`"
    return InputError("usage", error.format_message(), hint)


def _with_options_behind(arguments: Sequence[str]) -> str:
    """Return a hint for options in front of the command, where other programs have them; empty for anything else."""
    place = next((place for place, word in enumerate(arguments) if module_of(word) is not None), 0)
    if not place or not arguments[0].startswith("-"):
        return ""
    behind = [arguments[place], *arguments[place + 1 :], *arguments[:place]]
    return f"options stand behind the command: `{shlex.join(['provisioner', *behind])}`"


def _defect(error: BaseException) -> ProvisionerError:
    if os.environ.get("PROVISIONER_TRACEBACK"):
        raise error
    hint = "states are saved as AWS answers, so nothing is lost; repeat with PROVISIONER_TRACEBACK=1 and report it"
    return defect(error, hint)
