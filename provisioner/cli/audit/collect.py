"""`audit collect`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from provisioner.cli.frame.archive import Place, archive_of, world_of
from provisioner.cli.frame.common import Common, command, commands
from provisioner.cli.frame.options import code_of_dry_run
from provisioner.cli.frame.output import print_document, print_text
from provisioner.usecases.audit.collect import Collected, Limits, collect

app = commands()

_PURPOSE = "whose events are collected"


@command(
    app,
    "collect",
    examples="""\
  provisioner audit collect
  provisioner audit collect --region eu-west-1 --json
  provisioner audit collect --dead-letters""",
)
def _collect(
    common: Common,
    place: Place = None,
    dead_letters: Annotated[
        bool, typer.Option("--dead-letters", help="From the dead letters: what can be read by now; the rest stays.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say how many messages wait; exit 3 if any.")] = False,
) -> int:
    """Bring the events that wait in the queue into the archive, as the collector function does by its schedule.

    Both may run at once, and twice: an event counts once. A message that is no event of SES goes to the dead letters,
    with the reason.
    """
    world, region = world_of(common), common.needed_region(_PURPOSE)
    queue = world.queue(region, dead_letters=dead_letters)
    if dry_run:
        done = Collected(left=queue.waiting())
    else:
        archive = archive_of(common, world, place)
        done = collect(queue, archive, Limits(), world.clock.now().date(), world.progress)
    if common.as_json:
        print_document(done.to_document())
    else:
        print_text("\n".join(_lines(done)))
    return code_of_dry_run(changes=dry_run and bool(done.left))


def _lines(done: Collected) -> Iterator[str]:
    yield f"{done.collected} events collected, {done.lines} lines in {len(done.objects)} new objects"
    if done.duplicates:
        yield f"{done.duplicates} came a second time"
    if done.ignored:
        yield f"{done.ignored} messages were no events, as SES sends some"
    for reason, count in sorted(done.reasons.items()):
        yield f"{count} went to the dead letters: {reason}"
    if done.left:
        yield f"{done.left} messages are in the queue"
