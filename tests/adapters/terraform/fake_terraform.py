"""A program that only plays Terraform, and the documents that it prints."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from provisioner.adapters.terraform import TerraformRunner, TerraformSettings
from provisioner.core.terraform.plan import Plan
from provisioner.ports.terraform import Event

FAKE = """#!/bin/sh
world=$(dirname "$0")
echo "$*" >> "$world/calls"
name=$(echo "$1" | tr -c 'a-z\\n' _)
env > "$world/environment.$name"
for argument; do case $argument in -out=*) echo plan > "${argument#-out=}";; esac; done
if [ "$1" = init ]; then mkdir -p .terraform; echo lock > .terraform.lock.hcl; fi
if [ -f "$world/$name.before" ]; then . "$world/$name.before"; fi
if [ -f "$world/$name.out" ]; then cat "$world/$name.out"; fi
if [ -f "$world/$name.err" ]; then cat "$world/$name.err" >&2; fi
exit "$(cat "$world/$name.code" 2>/dev/null || echo 0)"
"""
ZONE = "module.mail_domain.aws_route53_zone.this[0]"
USER = "module.smtp_user.aws_iam_user.this"


class FakeTerraform:
    """A program in a directory of its own; what it says to each command is a file beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.binary = folder / "terraform"
        folder.mkdir(parents=True)
        self.binary.write_text(FAKE)
        self.binary.chmod(0o755)
        self.says("version", {"terraform_version": "1.11.4"})

    def says(self, command: str, *lines: Any, code: int = 0, before: str = "", err: str = "") -> "FakeTerraform":
        text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
        for kind, content in {"out": text, "code": str(code), "before": before, "err": err}.items():
            (self.folder / f"{command}.{kind}").write_text(content)
        return self

    @property
    def calls(self) -> list[str]:
        calls = self.folder / "calls"
        return calls.read_text().splitlines() if calls.exists() else []

    def forget_calls(self) -> None:
        (self.folder / "calls").unlink()

    def environment(self, command: str) -> dict[str, str]:
        lines = (self.folder / f"environment.{command}").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)


def with_environment(settings: TerraformSettings, **more: str) -> TerraformRunner:
    environment = {**settings.environment, **more}
    return TerraformRunner(
        TerraformSettings(environment, settings.home, settings.binary, settings.plugin_dir, settings.timeouts)
    )


def ignore(event: Event) -> None:
    """Take an event and do nothing."""


def hook(kind: str, address: str, text: str) -> dict[str, Any]:
    return {"@message": text, "type": kind, "hook": {"resource": {"addr": address}}}


def error(summary: str, detail: str = "", address: str = "") -> dict[str, Any]:
    diagnostic = {"severity": "error", "summary": summary, "detail": detail, "address": address}
    return {"@message": f"Error: {summary}", "type": "diagnostic", "diagnostic": diagnostic}


def change(address: str, *actions: str, reason: str | None = None) -> Mapping[str, Any]:
    entry = {"address": address, "type": "aws_route53_zone", "change": {"actions": list(actions), "after": {}}}
    return entry | ({"action_reason": reason} if reason else {})


def shown(*changes: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"format_version": "1.2", "resource_changes": list(changes)}


def planned(fake: FakeTerraform, runner: TerraformRunner, root: Path) -> Plan:
    fake.says("plan", code=2).says("show", shown(change(ZONE, "create")))
    return runner.plan(root, ignore)
