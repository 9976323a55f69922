"""`sandbox serve|run`: the embedded AWS, for a command or until interrupted."""

from __future__ import annotations

import importlib
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from provisioner.cli.frame.common import Common, command, commands, group
from provisioner.cli.frame.output import print_document, print_text
from provisioner.core.values.region import Region
from provisioner.errors import InputError, ProvisionerError

if TYPE_CHECKING:
    from provisioner.sandbox.settings import SandboxSettings

app = commands()
sandbox = group(
    app,
    "sandbox",
    "The embedded AWS, with DNS and SMTP, on loopback.",
    examples="  provisioner sandbox serve\n  provisioner sandbox run -- provisioner new-domain example.com --wait 1m",
)

_ENFORCEMENTS = ("HEALTHY", "PROBATION", "SHUTDOWN")
_REVIEWS = ("PENDING", "FAILED", "GRANTED", "DENIED")
_SIGNALLED = 128  # as shells answer: 128 + the signal's number


@dataclass(frozen=True, slots=True)
class Options:
    """The options of `serve` and `run` that say how the sandbox behaves, as typed."""

    throttle: Annotated[
        str | None,
        typer.Option("--throttle", metavar="SPEC", help="Requests per second[:burst], e.g. route53=10:50,sesv2=1."),
    ] = None
    undelegated: Annotated[
        bool, typer.Option("--undelegated", help="No registrar points to the emulated name servers.")
    ] = False
    production: Annotated[
        bool, typer.Option("--production/--no-production", help="Whether SES lets mail out to anybody.")
    ] = True
    verification_delay: Annotated[
        float, typer.Option("--verification-delay", metavar="SECONDS", help="How long SES takes to see right records.")
    ] = 2.0
    give_up_after: Annotated[
        float, typer.Option("--give-up-after", metavar="SECONDS", help="How long SES looks for records (72 hours).")
    ] = 72 * 3600.0
    zone_limit: Annotated[int | None, typer.Option("--zone-limit", metavar="N", help="Quota of hosted zones.")] = None
    signing_hosted_zone: Annotated[
        str | None,
        typer.Option("--signing-hosted-zone", metavar="NAME", help="Suffix of DKIM targets that SES reports."),
    ] = None
    enforcement: Annotated[
        str, typer.Option("--enforcement", metavar="STATUS", help="HEALTHY, PROBATION or SHUTDOWN, as SES says.")
    ] = "HEALTHY"
    review: Annotated[
        str | None,
        typer.Option("--review", metavar="STATUS", help="Of production access: PENDING, FAILED, GRANTED or DENIED."),
    ] = None
    daily_quota: Annotated[
        float | None, typer.Option("--daily-quota", metavar="N", help="Mail that SES lets out in 24 hours; -1: any.")
    ] = None
    sent_last_day: Annotated[
        float, typer.Option("--sent-last-day", metavar="N", help="How much SES says went out in 24 hours.")
    ] = 0.0
    smtp_fault: Annotated[
        str | None,
        typer.Option("--smtp-fault", metavar="SPEC", help="What is wrong with SMTP, e.g. tls:closed,connect=421."),
    ] = None
    dns_fault: Annotated[
        str | None,
        typer.Option("--dns-fault", metavar="SPEC", help="What is wrong with DNS, e.g. example.com@1:refused."),
    ] = None
    faults: Annotated[
        Path | None, typer.Option("--faults", metavar="FILE", help="What else it shows, in JSON (docs/sandbox.md).")
    ] = None
    operator_policy: Annotated[
        Path | None,
        typer.Option("--operator-policy", metavar="FILE", help="IAM policies of who works in it, JSON or Markdown."),
    ] = None

    def settings(self, common: Common, usual: Region | None = None) -> SandboxSettings:
        """Return the sandbox's settings; without --region it is in the `usual` one, else in that of the shell.

        Raises `InputError` for a faulty --throttle, --smtp-fault, --dns-fault, --faults, --operator-policy or region.
        """
        region = common.chosen_region() or usual or _region_of_the_shell()
        settings: SandboxSettings = _sandbox("settings").SandboxSettings(
            throttle=_sandbox("http.throttle").parse_throttle(self.throttle or ""),
            undelegated=self.undelegated,
            production=self.production,
            verification_delay=self.verification_delay,
            give_up_after=self.give_up_after,
            hosted_zone_limit=self.zone_limit,
            enforcement=_one_of("--enforcement", self.enforcement, _ENFORCEMENTS),
            review=_one_of("--review", self.review, _REVIEWS) if self.review else None,
            daily_quota=self.daily_quota,
            sent_last_day=self.sent_last_day,
            signing_hosted_zone=self.signing_hosted_zone,
            smtp_faults=_sandbox("faults").parse_faults(self.smtp_fault or ""),
            dns_faults=_sandbox("knobs.spec").parse_dns_faults(self.dns_fault or ""),
            faults=_document(self.faults) if self.faults else {},
            operator=_policies(self.operator_policy) if self.operator_policy else None,
            region=region.name,
        )
        return settings


@command(
    sandbox,
    "serve",
    examples="""\
  provisioner sandbox serve
  provisioner sandbox serve --port 4566 --dns-port 5353 --smtp-port 2587 --smtps-port 2465
  provisioner sandbox serve --throttle route53=10:50,sesv2=1 --json""",
)
def _serve(
    common: Common,
    options: Options,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="Port of the AWS APIs (0: a free one).")] = 0,
    dns_port: Annotated[int, typer.Option("--dns-port", help="Port of the DNS server (0: a free one).")] = 0,
    smtp_port: Annotated[int, typer.Option("--smtp-port", help="Port of the SMTP server (0: a free one).")] = 0,
    smtps_port: Annotated[
        int, typer.Option("--smtps-port", help="Port of the SMTP server with TLS from the start (0: a free one).")
    ] = 0,
) -> None:
    """Serve the embedded AWS until interrupted, after printing the variables that point a program at it."""
    settings = replace(options.settings(common), host=host, aws_port=port, dns_port=dns_port, smtp_port=smtp_port)
    settings = replace(settings, smtps_port=smtps_port)
    with running(settings, _given_home(common)) as variables:
        _print_variables(common, variables)
        _until_signalled()


@command(
    sandbox,
    "run",
    examples="""\
  provisioner sandbox run -- provisioner new-domain example.com --wait 1m
  provisioner sandbox run --no-production -- sh -c 'aws sesv2 get-account; terraform apply'
  provisioner sandbox run --throttle route53=10:50,sesv2=1 -- ./onboard.sh
  provisioner sandbox run --operator-policy policy.json -- provisioner new-domain example.com""",
)
def _run(
    common: Common,
    program: Annotated[list[str], typer.Argument(metavar="-- COMMAND...", help="What to run, after two hyphens.")],
    options: Options,
) -> int:
    """Run a command against the embedded AWS, and exit with its status; everything is gone afterwards."""
    with running(options.settings(common), _given_home(common)) as variables:
        return _run_program(program, surroundings(variables))


def _region_of_the_shell() -> Region:
    """Return the region that the environment names; a profile, which may not be there, is not looked at."""
    return Region.parse(os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1")


def _sandbox(module: str) -> ModuleType:
    """Import a module of the sandbox, which comes with the extra of that name."""
    try:
        return importlib.import_module(f"provisioner.sandbox.{module}")
    except ModuleNotFoundError as error:
        raise ProvisionerError(
            "no_sandbox",
            f"the sandbox is not installed: {error.name} is missing",
            "install it with `pip install 'ses-provisioner[sandbox]'`",
        ) from error


def _one_of(option: str, word: str, known: Sequence[str]) -> str:
    if word not in known:
        raise InputError("invalid_option", f"{option}: {word} is none of {', '.join(known)}", "give one of them")
    return word


def _policies(path: Path) -> tuple[str, ...]:
    policies: tuple[str, ...] = _sandbox("policy.documents").policies_in(_text(path, "an IAM policy"), str(path))
    return policies


def _document(path: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(_text(path, "JSON"))
    except ValueError as error:
        raise InputError("invalid_json", f"{path}: {error}", "see docs/sandbox.md for what can be in it") from error
    return found if isinstance(found, dict) else {"": found}  # which the sandbox refuses


def _text(path: Path, what: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("unreadable_file", f"{path}: {error}", f"name a readable file with {what}") from error


@contextmanager
def running(settings: SandboxSettings, given: Path | None) -> Iterator[Mapping[str, str]]:
    """Start the sandbox and give the variables that point a program at it; without a given home, it is temporary."""
    with ExitStack() as stack:
        home = given or Path(stack.enter_context(TemporaryDirectory(prefix="provisioner-")))
        sandbox = stack.enter_context(_sandbox("server").Sandbox(settings))
        yield sandbox.environment(os.environ, home.absolute())


def surroundings(variables: Mapping[str, str]) -> dict[str, str]:
    """Return our environment for a program that works in the sandbox."""
    ours: dict[str, str] = _sandbox("environment").without_foreign(os.environ)
    return {**ours, **variables}


def _given_home(common: Common) -> Path | None:
    named = os.environ.get("PROVISIONER_HOME")
    return common.home or (Path(named) if named else None)


def _print_variables(common: Common, variables: Mapping[str, str]) -> None:
    foreign: Sequence[str] = _sandbox("environment").FOREIGN
    if common.as_json:
        print_document({"environment": dict(variables), "unset": list(foreign)})
    else:
        print_text(f"unset {' '.join(foreign)}")
        print_text("\n".join(f"export {name}={shlex.quote(value)}" for name, value in variables.items()))
    sys.stdout.flush()


def _until_signalled() -> None:
    with suppress(KeyboardInterrupt):  # SIGTERM too: the command line turns it into this
        threading.Event().wait()


def _run_program(program: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run the program in our place: signals go to it, its status is ours."""
    path = shutil.which(program[0], path=environment.get("PATH"))
    if path is None:
        raise ProvisionerError("command_not_found", f"{program[0]}: no such command", "give its full path")
    child = subprocess.Popen([path, *program[1:]], env=dict(environment))  # noqa: S603 - it is what the user asked for
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, _frame: child.send_signal(received))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal sends Ctrl-C to the child as well, which decides
    status = child.wait()
    return status if status >= 0 else _SIGNALLED - status
