"""The real Terraform and the real provider, over roots as the product renders them."""

import json
import os
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from provisioner.adapters.aws.lending import lend_credentials
from provisioner.adapters.aws.session import AwsSession
from provisioner.adapters.terraform import TerraformRunner, TerraformSettings
from provisioner.adapters.terraform.installation import Installation
from provisioner.adapters.terraform.run import Run
from provisioner.adapters.terraform.warm.pool import WarmProvider
from provisioner.adapters.terraform.way import COLD
from provisioner.core.asked.decisions import ResolvedMode
from provisioner.core.mail_domain.spec import MailDomain
from provisioner.errors import ProvisionerError
from provisioner.ports.terraform import Event

CALLER = """<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::123456789012:user/admin</Arn><UserId>X</UserId><Account>123456789012</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>"""
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "made-up",
    "AWS_REGION": "us-east-1",
}
ZONE_ONLY = """
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

provider "aws" {
  region = "us-east-1"
}

resource "aws_route53_zone" "this" {
  name = "example.com"
}
"""


Render = Callable[..., Path]


@dataclass
class RefusingAws:
    """Answers who we are, or refuses that; refuses everything else. Each refusal is (status, code, message).

    `known` are the access keys that it was asked with.
    """

    url: str = ""
    caller: tuple[int, str, str] | None = None
    other: tuple[int, str, str] = (400, "InvalidInput", "")
    known: set[str] = field(default_factory=set)

    def answer(self, body: str) -> tuple[int, str]:
        if "GetCallerIdentity" in body and self.caller is None:
            return 200, CALLER
        status, code, message = self.caller or self.other
        fault = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
        return status, f"<ErrorResponse>{fault}<RequestId>r</RequestId></ErrorResponse>"


@pytest.fixture(scope="module")
def aws_of_all() -> Iterator[RefusingAws]:
    """One for all tests: a shared provider keeps asking at the same place."""
    refusing = RefusingAws()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
            refusing.known.update(re.findall("Credential=([^/]+)/", self.headers.get("authorization", "")))
            status, text = refusing.answer(body)
            self.send_response(status)
            self.send_header("content-type", "text/xml")
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST  # noqa: N815  # the name is http.server's

        def log_message(self, *_arguments: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    refusing.url = f"http://127.0.0.1:{server.server_port}"
    yield refusing
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def aws(aws_of_all: RefusingAws) -> RefusingAws:
    aws_of_all.caller, aws_of_all.other = None, RefusingAws.other
    aws_of_all.known.clear()
    return aws_of_all


@pytest.fixture
def runner_that(
    runner_in: Callable[..., TerraformRunner], shared_with: Callable[..., WarmProvider], aws: RefusingAws
) -> Callable[..., TerraformRunner]:
    """Return a runner that shares its provider with other tests, or does not."""
    known = {"AWS_ENDPOINT_URL": aws.url, **CREDENTIALS}
    return lambda *, shares, **more: runner_in(shared_with(**known) if shares else None, **known, **more)


@pytest.fixture
def runner(runner_that: Callable[..., TerraformRunner]) -> TerraformRunner:
    return runner_that(shares=True)


@pytest.fixture
def zone_root(tmp_path: Path) -> Path:
    root = tmp_path / "domains/example.com"
    root.mkdir(parents=True)
    (root / "main.tf").write_text(ZONE_ONLY)
    return root


def ignore(event: Event) -> None:
    """Take an event and do nothing."""


def failing(work: Callable[[], object]) -> ProvisionerError:
    with pytest.raises(ProvisionerError) as raised:
        work()
    return raised.value


def test_terraform_and_a_mirror_are_found(runner_in: Callable[..., TerraformRunner]) -> None:
    versions = runner_in(TF_CLI_CONFIG_FILE="/nowhere/terraformrc").versions()
    assert versions.terraform.startswith("1.")
    assert versions.mirror is None or (Path(versions.mirror) / "registry.terraform.io").is_dir()
    assert (versions.mirror is None) == (versions.provider is None)


@pytest.mark.parametrize("mode", list(ResolvedMode))
def test_a_rendered_root_is_planned_despite_a_stale_environment(
    runner_that: Callable[..., TerraformRunner], render: Render, spec: Callable[..., MailDomain], mode: ResolvedMode
) -> None:
    stale = {
        "TF_CLI_CONFIG_FILE": "/nowhere",
        "TF_CLI_ARGS": "-nonsense",
        "TF_REATTACH_PROVIDERS": "{",
        "TF_DATA_DIR": "/x",
    }
    runner = runner_that(shares=mode is not ResolvedMode.CREATED, **stale)
    events: list[Event] = []
    plan = runner.plan(render(spec(mode=mode)), events.append)
    assert plan.counts["add"] == {ResolvedMode.CREATED: 13, ResolvedMode.ADOPTED: 12, ResolvedMode.EXTERNAL: 5}[mode]
    assert len([event for event in events if event.kind == "planned_change"]) == plan.counts["add"]


def test_a_rendered_root_is_for_one_account(
    runner_that: Callable[..., TerraformRunner], render: Render, spec: Callable[..., MailDomain]
) -> None:
    root = render(replace(spec(mode=ResolvedMode.EXTERNAL), account="210987654321"))
    error = failing(lambda: runner_that(shares=True).plan(root, ignore))
    assert error.code == "other_account"
    assert "123456789012" in error.message


def test_what_looks_like_hcl_in_a_value_arrives_as_it_is(
    environment: dict[str, str], tmp_path: Path, aws: RefusingAws, render: Render, spec: Callable[..., MailDomain]
) -> None:
    settings = TerraformSettings({**environment, "AWS_ENDPOINT_URL": aws.url, **CREDENTIALS}, tmp_path)
    root = render(spec())
    variables = json.loads((root / "terraform.tfvars.json").read_text())
    hostile = 'v=DMARC1; p=none; rua=mailto:${path.module}%{if true}\\"x@example.com'
    variables["mail_domain"]["records"]["dmarc"]["values"] = [hostile]
    (root / "terraform.tfvars.json").write_text(json.dumps(variables))
    run = Run(Installation(settings), root, COLD, ignore)
    run.plan(destroy=False)
    records = [change for change in run._show()["resource_changes"] if change.get("index") == "dmarc"]
    assert records[0]["change"]["after"]["records"] == [hostile]


def test_a_provider_that_is_nowhere_is_said_to_be_missing(
    tmp_path: Path, environment: dict[str, str], zone_root: Path
) -> None:
    empty = tmp_path / "plugins"
    empty.mkdir()
    runner = TerraformRunner(TerraformSettings(environment, tmp_path, plugin_dir=empty))
    error = failing(lambda: runner.plan(zone_root, ignore))
    assert error.code == "provider_missing"
    assert "PROVISIONER_PLUGIN_DIR" in error.hint


@pytest.mark.parametrize(
    ("refusal", "code"),
    [
        ((403, "ExpiredToken", "The security token included in the request is expired"), "credentials_expired"),
        (
            (403, "InvalidClientTokenId", "The security token included in the request is invalid."),
            "credentials_invalid",
        ),
        ((403, "SignatureDoesNotMatch", "The signature does not match."), "credentials_invalid"),
    ],
)
def test_refused_credentials_are_explained(
    runner: TerraformRunner, aws: RefusingAws, zone_root: Path, refusal: tuple[int, str, str], code: str
) -> None:
    aws.caller = refusal
    error = failing(lambda: runner.plan(zone_root, ignore))
    assert error.code == code
    assert refusal[-1] in error.message
    assert CREDENTIALS["AWS_SECRET_ACCESS_KEY"] not in error.message


def test_absent_credentials_are_explained(runner_in: Callable[..., TerraformRunner], zone_root: Path) -> None:
    error = failing(lambda: runner_in(AWS_EC2_METADATA_DISABLED="true").plan(zone_root, ignore))
    assert error.code == "credentials_missing"


def test_an_absent_profile_is_explained(runner_in: Callable[..., TerraformRunner], zone_root: Path) -> None:
    error = failing(lambda: runner_in(AWS_PROFILE="nobody").plan(zone_root, ignore))
    assert error.code == "credentials_profile"


@dataclass
class Lender:
    """A run's session of the profile `hosting`, in an environment full of the credentials of others."""

    folder: Path
    aws: RefusingAws
    given: dict[str, str]

    def credentials_of_the_profile(self, *lines: str) -> AwsSession:
        (self.folder / "config").write_text("\n".join(("[profile hosting]", *lines, "")))
        return AwsSession(os.environ, "us-east-1", "hosting")


@pytest.fixture
def lender(tmp_path: Path, aws: RefusingAws, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Lender:
    others = {
        **CREDENTIALS,
        "AWS_PROFILE": "nobody",
        "AWS_ROLE_ARN": "arn:aws:iam::210987654321:role/other",
        "AWS_WEB_IDENTITY_TOKEN_FILE": str(tmp_path / "token"),
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/other",
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
    }
    (tmp_path / "credentials").write_text("[default]\naws_access_key_id=AKIADEFAULT\naws_secret_access_key=x\n")
    for name, value in others.items():
        monkeypatch.setenv(name, value)
    return Lender(tmp_path, aws, {**environment, **others, "AWS_ENDPOINT_URL": aws.url})


def test_the_provider_has_our_credentials_whatever_else_the_environment_holds(
    lender: Lender, aws: RefusingAws, zone_root: Path
) -> None:
    session = lender.credentials_of_the_profile("aws_access_key_id = AKIAPROFILE", "aws_secret_access_key = x")
    with lend_credentials(session, lender.given) as environment:
        TerraformRunner(TerraformSettings(environment, lender.folder)).plan(zone_root, ignore)
    assert aws.known == {"AKIAPROFILE"}


@pytest.mark.parametrize(
    ("refusal", "explained"),
    [
        ((400, "TooManyHostedZones", "Limits Exceeded: MAX_HOSTED_ZONES_BY_OWNER"), "limit of hosted zones"),
        (
            (403, "AccessDenied", "User: arn:aws:iam::1:user/x is not authorized to perform: route53:CreateHostedZone"),
            "denies route53:CreateHostedZone",
        ),
    ],
)
def test_a_refused_resource_is_named_and_explained(
    runner: TerraformRunner, aws: RefusingAws, zone_root: Path, refusal: tuple[int, str, str], explained: str
) -> None:
    aws.other = refusal
    plan = runner.plan(zone_root, ignore)
    error = failing(lambda: runner.apply(zone_root, plan, ignore))
    assert error.code == "apply_failed"
    assert error.message.startswith("apply failed at aws_route53_zone.this: ")
    assert explained in error.message
    assert refusal[-1] in error.message
