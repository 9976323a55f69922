"""Roots as the product renders them, in one emulated account, for tests of what runs Terraform over them."""

import json
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from provisioner.adapters.assets import find_assets
from provisioner.adapters.templates import Backend, RootTemplates
from provisioner.adapters.terraform import TerraformRunner, TerraformSettings
from provisioner.adapters.terraform.warm.pool import WarmProvider
from provisioner.adapters.terraform.warm.schema_types import schema_types_in
from provisioner.core.asked.decisions import Decisions, ResolvedMode, ResolvedZone
from provisioner.core.asked.request import Request
from provisioner.core.mail_domain.spec import spec_of
from provisioner.core.values.domain import DomainName
from provisioner.ports.terraform import Event

ACCOUNT = "123456789012"
REQUEST = Request.parse("us-east-1")
FOREIGN = ("AWS_", "TF_", "PROVISIONER_")
SERVE = """
import json, os, sys
from pathlib import Path
from provisioner.sandbox.server import Sandbox
from provisioner.sandbox.settings import SandboxSettings
sys.path.insert(0, sys.argv[2])
from twice import answered_alike
with answered_alike(), Sandbox(SandboxSettings(verification_delay=0)) as sandbox:
    print(json.dumps(sandbox.environment({}, Path(sys.argv[1]))), flush=True)
    sys.stdin.read()
"""
TESTS = Path(__file__).parents[1]
_NAME_SERVER = re.compile(r"ns-\d+\.awsdns-\d+\.")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")


class Roots:
    """An emulated account and a home with a root for each domain."""

    def __init__(self, environment: Mapping[str, str], home: Path) -> None:
        self.environment = environment
        self.home = home
        self.said: list[Event] = []

    @property
    def settings(self) -> TerraformSettings:
        """TerraformSettings of runners."""
        return TerraformSettings(self.environment, self.home)

    def warm(self, **how: Any) -> WarmProvider:
        """Return a warm provider for the product's modules."""
        return WarmProvider(self.settings, schema_types_in(find_assets().modules), **how)

    def render(
        self, name: str, mode: ResolvedMode = ResolvedMode.EXTERNAL, backend: Backend | None = None, more: str = ""
    ) -> Path:
        """Render the root of a domain and return it."""
        zone = ResolvedZone(mode, name, self.make_zone(name) if mode is ResolvedMode.ADOPTED else None)
        decisions = Decisions(zone, dmarc_inherited=False)  # asks no DNS
        spec = replace(spec_of(DomainName.parse(name), REQUEST, decisions, None), account=ACCOUNT)
        assets = find_assets()
        root = self.home / "domains" / name
        root.mkdir(parents=True, exist_ok=True)
        for file, text in RootTemplates(assets.templates, assets.modules, backend or Backend()).root(spec).items():
            (root / file).write_text(text + (more if file == "main.tf" else ""))
        return root

    def make_zone(self, name: str) -> str:
        """Make a hosted zone of somebody else and return its id."""
        made = self.client("route53").create_hosted_zone(Name=name, CallerReference=uuid.uuid4().hex)
        return str(made["HostedZone"]["Id"]).rpartition("/")[2]

    def converge(self, runner: TerraformRunner, root: Path) -> dict[str, int]:
        """Plan and apply, and return what was planned."""
        plan = runner.plan(root, self.said.append)
        if plan.file:
            runner.apply(root, plan, self.said.append)
        return dict(plan.counts)

    def destroy(self, runner: TerraformRunner, root: Path) -> dict[str, int]:
        """Plan the destruction, apply it, and return what was planned."""
        plan = runner.plan(root, self.said.append, destroy=True)
        runner.apply(root, plan, self.said.append)
        return dict(plan.counts)

    @property
    def ways_said(self) -> list[str]:
        """What was said about the way that runs went."""
        return [event.text for event in self.said if event.kind == "warm_provider"]

    def client(self, service: str) -> Any:
        """Return a boto3 client of the account."""
        make: Callable[..., Any] = boto3.client
        return make(
            service,
            "us-east-1",
            endpoint_url=self.environment["AWS_ENDPOINT_URL"],
            aws_access_key_id=self.environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.environment["AWS_SECRET_ACCESS_KEY"],
            config=Config(s3={"addressing_style": "path"}),
        )

    def account(self) -> dict[str, Any]:
        """Return all that AWS holds, as its API describes it, with the volatile replaced."""
        route53, ses, iam = self.client("route53"), self.client("sesv2"), self.client("iam")
        zones = {zone["Id"]: zone["Name"] for zone in route53.list_hosted_zones()["HostedZones"]}
        identities = [one["IdentityName"] for one in ses.list_email_identities()["EmailIdentities"]]
        users = [user["UserName"] for user in iam.list_users()["Users"]]
        found = {
            "zones": {name: _fit(route53.get_hosted_zone(Id=z)) for z, name in zones.items()},
            "records": {
                n: route53.list_resource_record_sets(HostedZoneId=z)["ResourceRecordSets"] for z, n in zones.items()
            },
            "identities": {name: _fit(ses.get_email_identity(EmailIdentity=name)) for name in identities},
            "sets": {
                name: _fit(ses.get_configuration_set(ConfigurationSetName=name))
                for name in ses.list_configuration_sets()["ConfigurationSets"]
            },
            "users": {name: _fit(iam.get_user(UserName=name)) for name in users},
            "policies": {
                (name, policy): iam.get_user_policy(UserName=name, PolicyName=policy)["PolicyDocument"]
                for name in users
                for policy in iam.list_user_policies(UserName=name)["PolicyNames"]
            },
        }
        return dict(self._without_volatile(json.loads(json.dumps(_text_keys(found), default=str))))

    def state(self, root: Path) -> Any:
        """Return the resources and outputs of a root's state, with the volatile replaced."""
        state = json.loads((root / "terraform.tfstate").read_text())
        return self._without_volatile({key: state[key] for key in ("version", "outputs", "resources", "check_results")})

    def _without_volatile(self, document: Any) -> Any:
        """Replace what AWS made up, each value by what it is, so that two accounts can be compared."""
        text = json.dumps(document, sort_keys=True)
        for value, name in self._volatile():
            text = text.replace(value, name)
        return _sorted(json.loads(_NAME_SERVER.sub("NS.", _TIME.sub("TIME", text))))

    def _volatile(self) -> Iterator[tuple[str, str]]:
        route53, ses, iam = self.client("route53"), self.client("sesv2"), self.client("iam")
        for zone in route53.list_hosted_zones()["HostedZones"]:
            yield zone["Id"].rpartition("/")[2], f"ZONE-{zone['Name']}"
            yield zone["CallerReference"], f"REFERENCE-{zone['Name']}"
        for one in ses.list_email_identities()["EmailIdentities"]:
            dkim = ses.get_email_identity(EmailIdentity=one["IdentityName"])["DkimAttributes"]
            for index, token in enumerate(dkim.get("Tokens", ())):
                yield token, f"TOKEN-{index}-{one['IdentityName']}"
        for user in iam.list_users()["Users"]:
            yield user["UserId"], f"USER-{user['UserName']}"


@contextmanager
def another_account(home: Path) -> Iterator[Roots]:
    """Run a sandbox in a process of its own."""
    server = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(home), str(TESTS)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    try:
        yield Roots({**bare_environment(), **json.loads(server.stdout.readline())}, home)
    finally:
        server.kill()
        server.wait()


def bare_environment() -> dict[str, str]:
    """Return the environment without what the developer has set."""
    return {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Do several things at the same time, and return their results in order."""
    with ThreadPoolExecutor(len(works)) as pool:
        return [future.result() for future in [pool.submit(work) for work in works]]


def _fit(answer: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in answer.items() if key != "ResponseMetadata"}


def _sorted(document: Any) -> Any:
    """Sort every list: what is made up decides about the order too."""
    if isinstance(document, dict):
        return {key: _sorted(value) for key, value in document.items()}
    if isinstance(document, list):
        return sorted(map(_sorted, document), key=lambda item: json.dumps(item, sort_keys=True))
    return document


def _text_keys(document: Any) -> Any:
    if isinstance(document, dict):
        return {str(key): _text_keys(value) for key, value in document.items()}
    return document
