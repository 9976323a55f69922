"""The options that every command understands, declared once, and the edges that they lead to."""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer
from typer.core import TyperGroup

from provisioner.cli.frame.output import StderrProgress
from provisioner.core.values.region import Region

if TYPE_CHECKING:
    from provisioner.ports.edges import Edges
    from provisioner.wiring.settings import Settings


@dataclass(frozen=True, slots=True)
class Common:
    """The common options of one command line."""

    as_json: bool
    home: Path | None
    region: str | None
    profile: str | None
    quiet: bool
    verbose: bool

    def settings(self) -> Settings:
        """Return the run's settings: these options over the environment."""
        from provisioner.wiring.settings import Settings  # noqa: PLC0415 - offline commands do not pay for the adapters

        return Settings.read(os.environ, home=self.home, region=self.region, profile=self.profile)

    def edges(self) -> Edges:
        """Return the real world, as these options and the environment set it up."""
        from provisioner.wiring.edges import build  # noqa: PLC0415 - as above

        return build(self.settings(), self.progress())

    def progress(self) -> StderrProgress:
        """Return where steps, notes and warnings go."""
        return StderrProgress(quiet=self.quiet, verbose=self.verbose)

    def ephemeral_notice(self) -> str | None:
        """Return what to tell a user whose workspace goes with its container, None when it stays."""
        from provisioner.wiring.container import ephemeral_notice  # noqa: PLC0415 - as above

        return ephemeral_notice(self.settings())

    def chosen_region(self) -> Region | None:
        """Return the region that was given as an option."""
        return Region.parse(self.region) if self.region else None

    def default_region(self) -> Region | None:
        """Return the region of the environment or the AWS profile."""
        from provisioner.wiring.settings import default_region  # noqa: PLC0415 - as above

        name = default_region(self.settings())
        return Region.parse(name) if name else None


_COMMON = {
    "as_json": Annotated[bool, typer.Option("--json", help="Print exactly one JSON document on stdout.")],
    "home": Annotated[Path | None, typer.Option("--home", help="Where workspaces are kept, and credentials in files.")],
    "region": Annotated[str | None, typer.Option("--region", help="AWS region, e.g. eu-west-1.")],
    "profile": Annotated[str | None, typer.Option("--profile", help="AWS profile.")],
    "quiet": Annotated[bool, typer.Option("--quiet", help="No progress on stderr, only warnings.")],
    "verbose": Annotated[bool, typer.Option("--verbose", help="More detail on stderr.")],
}


def group(text: str, *, examples: str, cls: type[TyperGroup] = TyperGroup) -> typer.Typer:
    """Return a group of commands; `examples` ends its help, one example a line."""
    return typer.Typer(cls=cls, rich_markup_mode=None, add_completion=False, help=text, epilog=_epilog(examples))


def _epilog(examples: str) -> str:
    return f"Examples:\n\n\b\n{examples}"


def command(app: typer.Typer, name: str, *, examples: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a command whose first parameter is `Common`; `examples` ends its help, one example a line."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        app.command(name, epilog=_epilog(examples))(_with_common_options(function))
        return function

    return register


def _with_common_options(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def run(**given: Any) -> Any:
        common = Common(**{name: given.pop(name) for name in _COMMON})
        return function(common, **given)

    hints = get_type_hints(function, include_extras=True)
    own = [
        parameter.replace(annotation=hints[parameter.name], kind=inspect.Parameter.KEYWORD_ONLY)
        for parameter in list(inspect.signature(function).parameters.values())[1:]
    ]
    shared = [_parameter(option, annotation) for option, annotation in _COMMON.items()]
    run.__signature__ = inspect.Signature([*own, *shared])  # type: ignore[attr-defined]  # what inspect looks for
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in [*own, *shared]}
    del run.__wrapped__  # Typer would look through it and miss the options
    return run


def _parameter(name: str, annotation: Any) -> inspect.Parameter:
    default = False if annotation.__origin__ is bool else None
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
