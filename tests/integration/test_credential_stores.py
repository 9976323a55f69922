"""Credentials that are kept on AWS: a home holds none of them, and an empty one finds them again."""

import json
import signal
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from integration.harness import Process, Ran, Site
from integration.relay import RESET, Onwards, Reply, Request, relay_to

NOTHING = dict.fromkeys(("zones", "identities", "sets", "users", "keys"), 0)


@dataclass(frozen=True)
class Stored:
    """The first run of `new-domain` with one of the stores, for a domain and with a home of its own."""

    site: Site
    kind: str
    home: Path
    ran: Ran

    @property
    def smtp(self) -> Any:
        return self.ran.document["smtp"]

    def run(self, *arguments: str, home: Path | None = None) -> Ran:
        return self.site.run(*arguments, PROVISIONER_STORE=self.kind, PROVISIONER_HOME=str(home or self.home))

    @property
    def domain(self) -> str:
        return f"{self.kind}.com"

    @property
    def name(self) -> str:
        return f"{'/' if self.kind == 'ssm' else ''}provisioner/smtp/{self.domain}"

    def read(self, name: str) -> str:
        client = self.site.client(self.kind)
        if self.kind == "ssm":
            return str(client.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"])
        return str(client.get_secret_value(SecretId=name)["SecretString"])

    def write(self, text: str) -> None:
        client = self.site.client(self.kind)
        if self.kind == "ssm":
            client.put_parameter(Name=self.name, Value=text, Overwrite=True)
        else:
            client.put_secret_value(SecretId=self.name, SecretString=text)

    def names(self) -> list[str]:
        client = self.site.client(self.kind)
        if self.kind == "ssm":
            return [item["Name"] for item in client.describe_parameters()["Parameters"]]
        return [item["Name"] for item in client.list_secrets()["SecretList"]]

    def tags(self) -> Any:
        client = self.site.client(self.kind)
        if self.kind == "ssm":
            return client.list_tags_for_resource(ResourceType="Parameter", ResourceId=self.name)["TagList"]
        return client.describe_secret(SecretId=self.name)["Tags"]


@pytest.fixture(scope="module", params=["secretsmanager", "ssm"])
def stored(request: pytest.FixtureRequest, site: Site, tmp_path_factory: pytest.TempPathFactory) -> Stored:
    kind, home = str(request.param), tmp_path_factory.mktemp(request.param) / "home"
    ran = site.run(
        "new-domain", f"{kind}.com", "--zone", "external", "--json", "--verbose",
        PROVISIONER_STORE=kind, PROVISIONER_HOME=str(home),
    )  # fmt: skip  # one option after the other
    return Stored(site, kind, home, ran.expect(0))


def test_the_credential_is_in_the_store_and_says_so(stored: Stored) -> None:
    assert stored.smtp["stored_in"] == f"{stored.kind}:{stored.name}"
    kept = json.loads(stored.read(stored.name))
    assert (kept["user_name"], kept["password"]) == (stored.smtp["user_name"], stored.smtp["password"])
    assert stored.names() == [stored.name]
    assert stored.tags() == [{"Key": "ManagedBy", "Value": "provisioner"}, {"Key": "Domain", "Value": stored.domain}]


def test_no_secret_is_in_the_home_or_among_what_was_said(stored: Stored) -> None:
    password, secret = stored.smtp["password"], stored.site.secret_of(stored.smtp["user_name"])
    assert not (stored.home / "credentials").exists()
    texts = [path.read_bytes() for path in stored.home.rglob("*") if path.is_file()]
    assert texts
    for text in [*texts, stored.ran.stderr.encode()]:
        assert password.encode() not in text
        assert secret.encode() not in text


def test_a_second_run_changes_nothing_and_shows_the_same_password(stored: Stored) -> None:
    again = stored.run("new-domain", stored.domain, "--json").expect(0).document
    assert (again["changed"], again["smtp"]) == (False, stored.smtp)


@pytest.mark.parametrize("stored", ["secretsmanager"], indirect=True)
def test_an_empty_home_finds_the_same_password(stored: Stored, tmp_path: Path) -> None:
    again = stored.run("new-domain", stored.domain, "--json", home=tmp_path / "empty").expect(0).document
    assert (again["changed"], again["smtp"]) == (False, stored.smtp)
    assert stored.site.keys(stored.domain) == [stored.smtp["user_name"]]


def test_it_can_be_shown_and_exported_by_everybody_who_may_read_the_store(stored: Stored, tmp_path: Path) -> None:
    shown = stored.run("credentials", "show", stored.domain, "--json", home=tmp_path / "elsewhere").expect(0).document
    assert (shown["password"], shown["stored_in"]) == (stored.smtp["password"], stored.smtp["stored_in"])
    exported = stored.run("credentials", "export", stored.domain, "--format", "env").expect(0).stdout
    assert stored.smtp["password"] in exported
    assert stored.run("show", stored.domain, "--json").expect(0).document["credential"] == stored.smtp["stored_in"]


def test_a_credential_is_not_looked_for_in_another_store(stored: Stored) -> None:
    ran = stored.site.run("credentials", "show", stored.domain, "--json", PROVISIONER_HOME=str(stored.home))
    assert ran.expect(1).error["code"] == "no_credential"
    assert "PROVISIONER_STORE" in ran.error["hint"]


def test_a_damaged_credential_is_put_aside_and_counts_once_it_is_restored(stored: Stored) -> None:
    whole = stored.read(stored.name)
    stored.write(whole[:40])
    ran = stored.run("new-domain", stored.domain, "--json").expect(0)
    assert f"it is kept at {stored.kind}:{stored.name}/corrupt-1" in ran.stderr
    assert stored.smtp["user_name"] in " ".join(ran.document["next_steps"])
    assert stored.read(f"{stored.name}/corrupt-1") == whole[:40]
    stored.write(whole)
    assert stored.run("new-domain", stored.domain, "--json").expect(0).document["smtp"] == stored.smtp


KILLS = (  # the step, the call to AWS, the how manieth of its kind, and whether AWS has carried it out
    ("--prepare", "iam:CreateAccessKey", 1, False),
    ("--prepare", "iam:CreateAccessKey", 1, True),
    ("--prepare", "secretsmanager:PutSecretValue", 2, True),
    ("--prepare", "", 0, False),
    ("--confirm", "secretsmanager:PutSecretValue", 1, True),
    ("--confirm", "secretsmanager:PutSecretValue", 2, False),
    ("--confirm", "secretsmanager:PutSecretValue", 2, True),
    ("--confirm", "", 0, False),
    ("--retire", "secretsmanager:PutSecretValue", 1, True),
    ("--retire", "iam:UpdateAccessKey", 1, True),
    ("--retire", "iam:DeleteAccessKey", 1, True),
    ("--retire", "", 0, False),
)


@pytest.mark.crash
@pytest.mark.parametrize("stored", ["secretsmanager"], indirect=True)
def test_a_rotation_that_is_killed_goes_on_where_it_was(stored: Stored) -> None:
    site, seen = stored.site, list[tuple[str, str]]()
    for step, operation, number, after in KILLS:
        rotate = ("credentials", "rotate", stored.domain, step, "--grace", "0s", "--json")
        if operation:
            assert killed_at(stored, rotate, (operation, number), after=after).code == -signal.SIGKILL
        else:
            stored.run(*rotate).expect(0)
        held = json.loads(stored.read(stored.name))
        site.login(held["user_name"], held["password"]).quit()
        assert len(site.keys(stored.domain)) <= 2
        seen.append((step, held["user_name"]))
    first, last = seen[0][1], seen[-1][1]
    assert site.keys(stored.domain) == [last] != [first]
    stages = site.client("secretsmanager").describe_secret(SecretId=stored.name)["VersionIdsToStages"].values()
    assert [labels for labels in stages if "AWSPENDING" in labels or "AWSPREVIOUS" in labels] == []
    again = stored.run("new-domain", stored.domain, "--json").expect(0).document
    assert (again["changed"], again["smtp"]["user_name"]) == (False, last)


def killed_at(stored: Stored, arguments: tuple[str, ...], call: tuple[str, int], *, after: bool) -> Ran:
    """Run a command and kill it at a call to AWS."""
    running, started = list[Process](), threading.Event()

    def meddle(request: Request, onwards: Onwards) -> Reply:
        if (request.operation, request.number) != call:
            return onwards()
        if after:
            onwards()
        started.wait()
        running[0].signal(signal.SIGKILL)
        return RESET

    with relay_to(stored.site.sandbox.addresses.aws, meddle) as relay:
        place = {"PROVISIONER_STORE": stored.kind, "PROVISIONER_HOME": str(stored.home)}
        running.append(stored.site.start(*arguments, AWS_ENDPOINT_URL=relay.url, **place))
        started.set()
        return running[0].end()


def test_the_credentials_of_a_batch_are_all_there(stored: Stored, tmp_path: Path) -> None:
    names = [f"{letter}.{stored.domain}" for letter in "abc"]
    manifest = tmp_path / "domains.csv"
    manifest.write_text("\n".join(["domain,zone", *(f"{name},external" for name in names)]))
    stored.run("batch", str(manifest), "--run", "three", "--parallelism", "3", "--json").expect(0)
    exported = stored.run("credentials", "export", "--run", "three", "--json").expect(0).document["credentials"]
    assert {item["domain"]: item["user_name"] for item in exported} == {
        name: stored.site.keys(name)[0] for name in names
    }


def test_destroying_forgets_it_and_its_place_can_be_taken_again(stored: Stored) -> None:
    stored.run("destroy-domain", stored.domain, "--yes", "--json").expect(0)
    assert stored.name not in stored.names()
    assert stored.site.owned(stored.domain) == NOTHING
    again = stored.run("new-domain", stored.domain, "--zone", "external", "--json").expect(0).document
    assert again["smtp"]["stored_in"] == stored.smtp["stored_in"]
    assert again["smtp"]["password"] != stored.smtp["password"]
