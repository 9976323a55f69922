"""`demo`: the main job of this program, run for real against the sandbox, one command after the other."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from email import message_from_string, policy
from typing import Annotated, Any

import typer

from provisioner.cli.frame.common import Common, command, commands
from provisioner.cli.frame.options import parse_domain
from provisioner.cli.frame.output import print_text
from provisioner.cli.sandbox import Options, running, surroundings
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import ProvisionerError

app = commands()

_REGION = Region("us-east-1")  # the shell's may have no hosted zones, or no SES
_ELSEWHERE = (
    "PROVISIONER_STATE",
    "PROVISIONER_STORE",
    "PROVISIONER_STORE_KMS_KEY",
)  # what a real account may have, and the sandbox has not
_RECIPIENT = "visitor@example.net"
_TOUR = (
    ("Put the domain on SES, and wait until SES has verified it", "new-domain {domain} --wait 2m"),
    ("The SMTP credentials are kept, and can be exported", "credentials export {domain} --format env"),
    ("Send a message with them, the way a website would", f"send-test {{domain}} --to {_RECIPIENT}"),
)
_END = (
    ("The same command again changes nothing", "new-domain {domain} --no-secret"),
    ("Take everything away again", "destroy-domain {domain} --yes --yes-it-sends"),
)


@command(app, "demo", examples="  provisioner demo\n  provisioner demo example.org")
def _demo(
    common: Common, domain: Annotated[str, typer.Argument(metavar="DOMAIN", help="The domain.")] = "example.com"
) -> None:
    """Tour the whole main job against the sandbox.

    Real Terraform, real DNS and real SMTP, without an AWS account: provisions a domain, watches SES verify it, sends a
    message, shows what arrived, runs again, and destroys.
    """
    name = parse_domain(domain)
    # Always a home of its own: the tour ends with destroying the domain.
    with running(Options().settings(common, _REGION), None) as variables:
        environment = {name: value for name, value in surroundings(variables).items() if name not in _ELSEWHERE}
        for title, line in _TOUR:
            _step(title, line, name, environment)
        _show_arrived(environment)
        for title, line in _END:
            _step(title, line, name, environment)
    print_text("\nDone. On a real account it is the same command, with AWS credentials in the environment.")


def _step(title: str, line: str, domain: DomainName, environment: Mapping[str, str]) -> None:
    arguments = shlex.split(line.format(domain=domain))
    print_text(f"\n## {title}\n$ provisioner {shlex.join(arguments)}")
    sys.stdout.flush()
    program = [sys.executable, "-m", "provisioner", *arguments]
    status = subprocess.run(program, env=dict(environment), check=False).returncode  # noqa: S603 - it is this program
    if status:
        raise ProvisionerError(
            "demo_failed", f"`provisioner {line.split(maxsplit=1)[0]}` exited with {status}", "see above"
        )


def _show_arrived(environment: Mapping[str, str]) -> None:
    print_text("\n## What arrived at the other end")
    url = f"{environment['AWS_ENDPOINT_URL']}/_sandbox/messages"
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - the sandbox that was just started
        messages: list[dict[str, Any]] = json.load(answer)["messages"]
    for message in messages:
        parsed = message_from_string(message["raw"], policy=policy.default)
        print_text(f"return path: {message['return_path']}\nto: {', '.join(message['recipients'])}")
        print_text(f"configuration set: {message['configuration_set']}\n\n{parsed.as_string()}")
