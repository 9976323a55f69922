"""`container`: this program in its image, on a machine that has a container engine and need not have Terraform."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from provisioner.cli.frame.common import Common, command, commands, group
from provisioner.cli.frame.output import print_document, print_text
from provisioner.core.container import IMAGE, BuildSpec, Host, files_of, with_profile
from provisioner.usecases.container import Engine, run_in_container

if TYPE_CHECKING:
    from typer._click.core import Context

_SUBCOMMANDS = ("build", "run", "-h", "--help")

Image = Annotated[str, typer.Option("--image", metavar="NAME", help="The image.")]
Network = Annotated[
    str | None, typer.Option("--network", metavar="NAME", help="The engine's network to join (host: this machine's).")
]


class _RunByDefault(TyperGroup):
    """`container -- new-domain ...` is `container run -- new-domain ...`."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Put `run` in front unless a subcommand is named."""
        named = not args or args[0] in _SUBCOMMANDS
        return super().parse_args(ctx, args if named else ["run", *args])


app = commands()
container = group(
    app,
    "container",
    "Run this program in its container, or build the image.",
    examples="  provisioner container -- new-domain example.com --wait 10m\n  provisioner container build",
    cls=_RunByDefault,
)


@command(
    container,
    "run",
    examples="""\
  provisioner container -- new-domain example.com
  provisioner container --profile customers -- new-domain example.com --wait 10m
  provisioner sandbox run -- provisioner container -- new-domain example.com --json""",
)
def _run(
    common: Common,
    arguments: Annotated[
        list[str], typer.Argument(metavar="-- COMMAND...", help="The command line, after two hyphens.")
    ],
    image: Image = IMAGE,
    network: Network = None,
) -> int:
    """Run a command line of this program in its container, and exit with its status.

    The workspace (--home) and the working directory are mounted writable under your own user id, ~/.aws and the
    certificates that the environment names read-only; AWS, proxy and provisioner variables are passed on. The
    container has no terminal: what would ask for a confirmation needs --yes.
    """
    return run_in_container(_engine(), _host(common), arguments, image=image, network=network)


@command(
    container,
    "build",
    examples="""\
  provisioner container build
  provisioner container build --image registry.example.com/provisioner --build-arg VERSION=1.0""",
)
def _build(
    common: Common,
    context: Annotated[Path, typer.Option("--context", metavar="DIR", help="Where the Dockerfile is.")] = Path(),
    image: Image = IMAGE,
    build_arg: Annotated[
        list[str] | None, typer.Option("--build-arg", metavar="NAME=VALUE", help="An ARG of the Dockerfile.")
    ] = None,
    network: Network = None,
) -> None:
    """Build the image from this program's source."""
    spec = BuildSpec(str(context.absolute()), image, tuple(build_arg or ()), network)
    _engine().build(spec)
    document: dict[str, Any] = {"image": image, "built": True}
    if common.as_json:
        print_document(document)
    else:
        print_text(f"built {image}")


def _engine() -> Engine:
    from provisioner.wiring.container import container_engine  # noqa: PLC0415 - the help does not pay for the adapters

    return container_engine(os.environ)


def _host(common: Common) -> Host:
    settings = common.settings()
    home, user_home, here = (str(path) for path in (settings.home, Path.home(), Path.cwd()))
    bare = Host(with_profile(settings.environment, common.profile), home, user_home, here, os.getuid(), os.getgid())
    return replace(bare, files=frozenset(path for path in files_of(bare) if Path(path).exists()))
