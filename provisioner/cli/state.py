"""`state migrate|unlock`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated

import typer

from provisioner.cli.frame.common import Common, command, commands, group
from provisioner.cli.frame.options import Domain, parse_domain
from provisioner.cli.frame.output import StderrProgress, print_document, print_text
from provisioner.errors import InputError, ProvisionerError
from provisioner.usecases.states.locks import unlock
from provisioner.usecases.states.migrate import Move, Moved, migrate

app = commands()
state = group(
    app,
    "state",
    "Move states between this disk and S3, or unlock one.",
    examples="  provisioner state migrate --to s3://example-states/mail",
)

_SOME_FAILED = 4


@command(
    state,
    "migrate",
    examples="""\
  provisioner state migrate --to 's3://example-states?region=eu-west-1'
  provisioner state migrate example.com --from s3://example-states --to local""",
)
def _migrate(
    common: Common,
    to: Annotated[str, typer.Option("--to", metavar="PLACE", help="local, or s3://BUCKET/PREFIX.")],
    domains: Annotated[list[str] | None, typer.Argument(metavar="[DOMAIN]...", help="Default: every domain.")] = None,
    come_from: Annotated[
        str | None, typer.Option("--from", metavar="PLACE", help="Where they are now (default: PROVISIONER_STATE).")
    ] = None,
) -> int:
    """Move states to disk or to S3, with no change to any resource; the old ones stay as backups.

    The next run looks where PROVISIONER_STATE points, so set it afterwards as the output says. Exit 4 when only some
    could be moved.
    """
    names = [parse_domain(domain) for domain in domains or []]
    with _open_move(common, come_from, to) as move:
        moved = migrate(move, names)
    if common.as_json:
        documents = [domain.to_document() for domain in moved]
        print_document({"domains": documents, "environment": {"PROVISIONER_STATE": to}})
    else:
        lines = [_line(domain, to) for domain in moved] or ["no domains"]
        print_text("\n".join([*lines, *_reminder(moved, to)]))
    failed = sum(domain.error is not None for domain in moved)
    if failed and failed < len(moved):
        return _SOME_FAILED
    return ProvisionerError.exit_code if failed else 0


@contextmanager
def _open_move(common: Common, come_from: str | None, to: str) -> Iterator[Move]:
    from provisioner.wiring.states import open_state_place, state_trials  # noqa: PLC0415 - the help does not pay for the adapters

    settings, progress = common.settings(), StderrProgress(quiet=common.quiet, verbose=common.verbose)
    source = come_from or settings.value("PROVISIONER_STATE") or "local"
    if source == to:
        hint = "give --from if the states are elsewhere, for instance --from local"
        raise InputError("same_state", f"--to {to} is where PROVISIONER_STATE says that the states are", hint)
    with open_state_place(settings, source, progress) as here, open_state_place(settings, to, progress) as there:
        yield Move(here, there, state_trials(settings))


def _line(moved: Moved, to: str) -> str:
    if moved.error:
        return f"{moved.domain}: NOT MOVED: {moved.error.message}" + (
            f"\n  hint: {moved.error.hint}" if moved.error.hint else ""
        )
    if moved.backup is None:
        there = "is there already" if moved.resources is not None else "has no state"
        return f"{moved.domain}: nothing to move, it {there}"
    return f"{moved.domain}: moved to {to} ({moved.resources} resources); the old state is kept as {moved.backup}"


def _reminder(moved: Sequence[Moved], to: str) -> Iterator[str]:
    if any(domain.error is None for domain in moved):
        yield ""
        yield "The next run must look there:"
        yield f"  export PROVISIONER_STATE='{to}'"


@command(
    state,
    "unlock",
    examples="  provisioner state unlock example.com --lock-id 3f1c2a9e-7d0b-4f7e-9f53-0c8e6a3b1d42",
)
def _unlock(
    common: Common,
    domain: Domain,
    lock_id: Annotated[str, typer.Option("--lock-id", metavar="ID", help="The id that the refused run named.")],
) -> None:
    """Remove the lock of a run that is gone for good from a state on S3.

    A lock that a dead run of this very machine left is removed by the next run by itself; whether a run elsewhere still
    lives, only you can know.
    """
    from provisioner.wiring.locks import state_locks  # noqa: PLC0415 - the help does not pay for the adapters

    name = parse_domain(domain)
    removed = unlock(state_locks(common.settings()), name, lock_id)
    if common.as_json:
        print_document(
            {"domain": name.ascii, "removed": removed is not None, "holder": str(removed) if removed else None}
        )
    else:
        print_text(f"{name}: removed the lock of {removed}" if removed else f"{name}: the state is not locked")
