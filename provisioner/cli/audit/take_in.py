"""`audit import`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from provisioner.cli.frame.archive import Place, archive_of, world_of
from provisioner.cli.frame.common import Common, command, commands
from provisioner.cli.frame.options import DryRun, code_of_dry_run
from provisioner.cli.frame.output import print_document, print_text
from provisioner.errors import NotDesired
from provisioner.usecases.audit.take_in import TakenIn, take_in

app = commands()


@command(
    app,
    "import",
    examples="""\
  provisioner audit import ./ses-events --dry-run
  provisioner audit import s3://old-events/ses/ --archive s3://example-archive""",
)
def _import(
    common: Common,
    source: Annotated[str, typer.Argument(metavar="DIR|s3://BUCKET/PREFIX", help="Where SES's events are.")],
    place: Place = None,
    dry_run: DryRun = False,
) -> int:
    """Take raw events of SES from elsewhere into the archive, each once; repeating it changes nothing.

    A file may hold one event, one a line, a list, or one right after another as Firehose writes them, packed by gzip or
    not, in SNS's envelope or not. What is no event is named and left out; then the exit code is 3.
    """
    world = world_of(common)
    archive = archive_of(common, world, place)
    done = take_in(world.files(source), archive, world.clock.now(), world.progress, dry_run=dry_run)
    if common.as_json:
        print_document(done.to_document())
    else:
        print_text("\n".join(_lines(done, dry_run=dry_run)))
    return NotDesired.exit_code if done.rejected else code_of_dry_run(changes=dry_run and done.imported > 0)


def _lines(done: TakenIn, *, dry_run: bool) -> Iterator[str]:
    word = "would be imported" if dry_run else "imported"
    yield f"{done.imported} events of {done.files} files {word}, {done.duplicates} were there already"
    for one in done.unreadable:
        yield f"left out: {one['where']}: {one['reason']}"
    if done.rejected > len(done.unreadable):
        yield f"left out: {done.rejected - len(done.unreadable)} more"
