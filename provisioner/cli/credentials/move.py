"""`credentials move`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from provisioner.cli.frame.common import Common, command, commands
from provisioner.cli.frame.options import DryRun, code_of_dry_run, parse_domain
from provisioner.cli.frame.output import print_document, print_text, table
from provisioner.core.credentials.slot import Slot
from provisioner.core.credentials.store_kind import StoreKind
from provisioner.errors import InputError
from provisioner.usecases.credentials.move import Moved, Route, Transfer, move

app = commands()


@command(
    app,
    "move",
    examples="""\
  provisioner credentials move --to secretsmanager --dry-run
  provisioner credentials move --to secretsmanager
  provisioner credentials move example.com --to ssm --kms-key alias/mail
  provisioner credentials move --from secretsmanager --to file""",
)
def _move(
    common: Common,
    to: Annotated[StoreKind, typer.Option("--to", help="Where the credentials shall be.")],
    domains: Annotated[list[str] | None, typer.Argument(metavar="DOMAIN", help="Default: every domain.")] = None,
    source: Annotated[
        StoreKind | None,
        typer.Option("--from", help="Where they are (default: PROVISIONER_STORE, or file when that is the target)."),
    ] = None,
    kms_key: Annotated[
        str | None,
        typer.Option(
            "--kms-key", metavar="KEY", help="KMS key that encrypts them on AWS: its id, alias/NAME, or an ARN."
        ),
    ] = None,
    dry_run: DryRun = False,
) -> int:
    """Move SMTP credentials to another store: those of domains, or of every domain of this home, with their senders.

    Each is copied, read back and compared, and deleted where it was last of all; what belongs to a rotation that is
    under way goes along. It may be repeated, also after it was interrupted. A credential at the target that differs is
    refused (5), by name. With --kms-key, or PROVISIONER_STORE_KMS_KEY, those that are at the target already are
    encrypted with that key too. Passwords stay as they are, and nothing changes for sites that have them.
    """
    names = [parse_domain(domain) for domain in domains or []]
    route = _route(common, source, to, kms_key)
    done = move(common.edges(), route, names, dry_run=dry_run)
    if common.as_json:
        print_document(done.to_document())
    else:
        print_text("\n".join(_lines(done, dry_run=dry_run)))
    return code_of_dry_run(changes=dry_run and done.changed)


def _route(common: Common, source: StoreKind | None, target: StoreKind, kms_key: str | None) -> Route:
    from provisioner.wiring.settings import default_region  # noqa: PLC0415 - help is cheap
    from provisioner.wiring.stores import KMS_KEY, chosen_kind, open_store, with_kms_key  # noqa: PLC0415 - help is cheap

    settings = common.settings()
    chosen = chosen_kind(settings)
    start = source or (StoreKind.FILE if chosen is target else chosen)
    if start is target:
        message = f"the credentials are looked for in {target}, and --to names it too"
        raise InputError("same_store", message, "say with --from where they are")
    stores = open_store(settings, start), open_store(with_kms_key(settings, target, kms_key), target)
    key = kms_key if kms_key != settings.value(KMS_KEY) else None
    return Route(*stores, (start, target), chosen, default_region(settings), key)


def _keys(one: Transfer) -> str:
    """Return the access key of what is moved; in a rotation there are two."""
    listed = [(slot, credential.user_name) for slot, credential in one.held.items()]
    return ", ".join(key if slot is Slot.CURRENT else f"{slot} {key}" for slot, key in listed)


def _lines(done: Moved, *, dry_run: bool) -> Iterator[str]:
    source, target = done.route.kinds
    count = "1 credential" if len(done.moved) == 1 else f"{len(done.moved)} credentials"
    there = f", {len(done.there)} there already" if done.there else ""
    yield f"{'would move' if dry_run else 'moved'} {count} from {source} to {target}{there}"
    if done.moved:
        rows = [(str(one.user), _keys(one), one.source, one.target) for one in done.moved]
        yield table(("WHOSE", "ACCESS KEY", "FROM", "TO"), rows)
    for user in done.reencrypted:
        yield f"{user}: {'would be encrypted' if dry_run else 'encrypted'} with the other KMS key"
    if done.next_steps and not dry_run:
        yield "\nNext steps"
        yield from (f"  {number}. {step}" for number, step in enumerate(done.next_steps, 1))
