"""The options that every command understands, declared once, and the edges that they lead to."""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast, get_type_hints

import typer
from typer.core import TyperGroup

from provisioner.cli.frame.output import StderrProgress
from provisioner.core.values.region import Region
from provisioner.errors import InputError

if TYPE_CHECKING:
    from provisioner.ports.account import AccountEdges
    from provisioner.ports.doctor import DoctorEdges
    from provisioner.ports.edges import Edges
    from provisioner.wiring.settings import Settings


@dataclass(frozen=True, slots=True)
class Common:
    """The common options of one command line."""

    as_json: Annotated[bool, typer.Option("--json", help="Print exactly one JSON document on stdout.")] = False
    home: Annotated[
        Path | None, typer.Option("--home", help="Where workspaces are kept, and credentials in files.")
    ] = None
    region: Annotated[str | None, typer.Option("--region", help="AWS region, e.g. eu-west-1.")] = None
    profile: Annotated[str | None, typer.Option("--profile", help="AWS profile.")] = None
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress on stderr, only warnings.")] = False
    verbose: Annotated[bool, typer.Option("--verbose", help="More detail on stderr.")] = False

    def settings(self) -> Settings:
        """Return the run's settings: these options over the environment."""
        from provisioner.wiring.settings import Settings  # noqa: PLC0415 - offline commands do not pay for the adapters

        return Settings.read(os.environ, home=self.home, region=self.region, profile=self.profile)

    def edges(self) -> Edges:
        """Return the real world, as these options and the environment set it up."""
        from provisioner.wiring.edges import build  # noqa: PLC0415 - offline commands do not pay for the adapters

        return build(self.settings(), self.progress())

    def progress(self) -> StderrProgress:
        """Return where steps, notes and warnings go."""
        return StderrProgress(quiet=self.quiet, verbose=self.verbose)

    def ephemeral_notice(self, *, printed: bool = True) -> str | None:
        """Return what to tell a user whose workspace goes with its container, None when it stays.

        `printed`: the command prints the passwords that it makes.
        """
        from provisioner.wiring.container import ephemeral_notice  # noqa: PLC0415 - offline commands do not pay for the adapters

        return ephemeral_notice(self.settings(), printed=printed)

    def chosen_region(self) -> Region | None:
        """Return the region that was given as an option."""
        return Region.parse(self.region) if self.region else None

    def default_region(self) -> Region | None:
        """Return the region of the environment or the AWS profile."""
        from provisioner.wiring.settings import default_region  # noqa: PLC0415 - offline commands do not pay for the adapters

        name = default_region(self.settings())
        return Region.parse(name) if name else None

    def needed_region(self, purpose: str) -> Region:
        """Return the region of the option, the environment or the profile; `purpose` says `for what` it is needed.

        Raises `InputError("no_region")` when none was named.
        """
        region = self.chosen_region() or self.default_region()
        if region is None:
            hint = "give --region, or set AWS_REGION"
            raise InputError("no_region", f"no AWS region was named {purpose}", hint)
        return region

    def account(self) -> AccountEdges:
        """Return the real world of the commands on the account as a whole."""
        from provisioner.wiring.account import account_edges  # noqa: PLC0415 - offline commands do not pay for the adapters

        return account_edges(self.settings(), self.progress())

    def doctor(self) -> DoctorEdges:
        """Return the real world of the commands that diagnose."""
        from provisioner.wiring.doctor import doctor_edges  # noqa: PLC0415 - offline commands do not pay for the adapters

        return doctor_edges(self.settings(), self.progress())


def commands() -> typer.Typer:
    """Return what a module of commands offers as `app`: its commands and groups, under their names in the table."""
    return typer.Typer(rich_markup_mode=None, add_completion=False)


def group(
    app: typer.Typer,
    name: str,
    text: str,
    *,
    examples: str,
    cls: type[TyperGroup] = TyperGroup,
) -> typer.Typer:
    """Register a group of commands and return it; `examples` ends its help, one example a line."""
    made = typer.Typer(cls=cls, rich_markup_mode=None, help=text, epilog=_epilog(examples), no_args_is_help=True)
    app.add_typer(made, name=name)
    return made


def _epilog(examples: str) -> str:
    return f"Examples:\n\n\b\n{examples}"


def command(app: typer.Typer, name: str, *, examples: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a command whose first parameter is `Common`; `examples` ends its help, one example a line.

    A parameter that is a dataclass stands for the options that are its fields.
    """

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        app.command(name, epilog=_epilog(examples))(_with_single_options(function))
        return function

    return register


def _with_single_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function as Typer can read it: with a parameter for each option, the common ones at the end."""
    hints = get_type_hints(function)
    bundles = {name: hints[name] for name in inspect.signature(function).parameters if is_dataclass(hints[name])}

    @functools.wraps(function)
    def run(**given: Any) -> Any:
        for name, bundle in bundles.items():
            given[name] = bundle(**{field.name: given.pop(field.name) for field in fields(bundle)})
        return function(**given)

    options = list(_single_options(function))
    common = len(fields(Common))
    options = options[common:] + options[:common]
    run.__signature__ = inspect.Signature(options)  # type: ignore[attr-defined]  # what inspect looks for
    run.__annotations__ = {option.name: option.annotation for option in options}
    del run.__wrapped__  # Typer would look through it and miss the options
    return run


def _single_options(taker: Callable[..., Any]) -> Iterator[inspect.Parameter]:
    """Yield the parameters of a function or a dataclass, and in place of a dataclass its own."""
    hints = get_type_hints(taker, include_extras=True)
    for parameter in inspect.signature(taker).parameters.values():
        hint = hints[parameter.name]
        if is_dataclass(hint):
            yield from _single_options(cast("type", hint))
        else:
            yield parameter.replace(annotation=hint, kind=inspect.Parameter.KEYWORD_ONLY)
