"""The options of `doctor`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from provisioner.cli.frame.options import Parallelism


@dataclass(frozen=True, slots=True)
class Options:
    """What may be asked of the doctor."""

    all_domains: Annotated[bool, typer.Option("--all", help="Every domain of this home.")] = False
    repair: Annotated[
        bool, typer.Option("--repair", help="Put right what is safe to, by new-domain's plan; shows it and asks.")
    ] = False
    yes: Annotated[bool, typer.Option("--yes", help="Agree to what --repair shows.")] = False
    watch: Annotated[
        str | None, typer.Option("--watch", metavar="DURATION", help="Look again until all is well, e.g. 30m.")
    ] = None
    changes: Annotated[
        bool, typer.Option("--changes", help="Say only what is new or mended since the last run with --changes.")
    ] = False
    report: Annotated[
        list[Path] | None, typer.Option("--report", metavar="FILE", help="Write it to FILE.html or FILE.json as well.")
    ] = None
    production_expected: Annotated[
        bool, typer.Option("--production-expected", help="An account in SES's sandbox is an error, not a warning.")
    ] = False
    due: Annotated[
        str | None,
        typer.Option("--due", metavar="AGE", help="Warn of keys that are older, e.g. 90d (default: a remark)."),
    ] = None
    senders: Annotated[
        bool, typer.Option("--senders", help="Tell who may send as each domain, with the last use of their keys.")
    ] = False
    parallelism: Parallelism = None
