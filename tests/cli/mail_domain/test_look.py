"""The commands that only look: list, show, status, dns records, version."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fakes.world import World

from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.mail_domain.identity import IdentityStatus
from provisioner.core.mail_domain.standing import PAUSE_DOCUMENT
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.resource_names import PAUSE_POLICY
from provisioner.errors import ProvisionerError

Cli = Callable[..., Any]


def test_the_domains_of_a_home_are_listed(cli: Cli, provisioned: SmtpCredential) -> None:
    cli("new-domain", "example.org", "--customer", "Ada", "--zone", "external")
    assert cli("list").out.splitlines()[1:] == [
        "example.com  us-east-1  created   on       -         -",
        "example.org  us-east-1  external  on       Ada       -",
    ]
    domains = cli("list", "--json").document["domains"]
    assert [(d["domain"], d["zone"], d["customer"]) for d in domains] == [
        ("example.com", "created", None),
        ("example.org", "external", "Ada"),
    ]


def test_an_empty_home_lists_nothing(cli: Cli, home: Path) -> None:
    assert cli("list", "--json").document == {"domains": []}
    assert cli("list").out == "DOMAIN  REGION  ZONE  SENDING  CUSTOMER  CONTACT\n"
    assert not home.exists()


@pytest.mark.parametrize(
    "command",
    [("show",), ("status",), ("dns", "records"), ("dns", "zonefile")],
    ids=" ".join,
)
def test_a_domain_that_this_home_does_not_know_is_bad_input(cli: Cli, home: Path, command: tuple[str, ...]) -> None:
    outcome = cli(*command, "example.com", "--json")
    assert (outcome.code, outcome.error["code"]) == (2, "unknown_domain")
    assert "new-domain example.com" in outcome.error["hint"]
    assert not home.exists()


def test_show_tells_what_should_be_and_where_the_credential_is(cli: Cli, provisioned: SmtpCredential) -> None:
    outcome = cli("show", "example.com")
    assert "mail from:         bounce.example.com\n" in outcome.out
    assert "file:credentials/example.com/smtp.json" in outcome.out
    assert provisioned.password.reveal() not in outcome.out


def shown(cli: Cli, domain: str) -> dict[str, str]:
    """What `show` prints of a domain, by the word before the colon."""
    pairs = (line.partition(":") for line in cli("show", domain).out.splitlines())
    return {name: value.strip() for name, _, value in pairs}


def test_show_knows_the_zone_that_was_made(cli: Cli, in_memory: World, provisioned: SmtpCredential) -> None:
    zone_id = in_memory.aws.zones[0].id
    assert shown(cli, "example.com")["zone id"] == zone_id
    assert cli("show", "example.com", "--json").document["zone_id"] == zone_id


def test_show_says_whose_dmarc_record_applies(cli: Cli, in_memory: World, provisioned: SmtpCredential) -> None:
    assert shown(cli, "example.com")["dmarc"] == "none"
    in_memory.resolver.answers("_dmarc.example.com", "TXT", "v=DMARC1; p=reject")
    cli("new-domain", "blog.example.com")
    assert any("the one at _dmarc.example.com applies" in note for note in in_memory.progress.notes)
    assert shown(cli, "blog.example.com")["dmarc"] == "inherited, see dmarc show"
    document = cli("show", "blog.example.com", "--json").document
    assert (document["dmarc"], document["dmarc_record"]) == (None, "inherited")


PYTHON = re.compile(r"\b(None|True|False)\b")
LOOKS = [
    ("status", "example.org", "--wait", "1s"),
    ("show", "example.org"),
    ("list",),
    ("dns", "records", "example.org"),
    ("dns", "check", "example.org"),
    ("dmarc", "show", "example.org"),
    ("credentials", "show", "example.org"),
    ("new-domain", "example.org"),
    ("plan", "example.org"),
    ("drift",),
    ("destroy-domain", "example.org", "--dry-run"),
]


@pytest.mark.parametrize("zone", ["create", "external"])
def test_nothing_that_people_read_holds_a_word_of_python(cli: Cli, in_memory: World, zone: str) -> None:
    made = cli("new-domain", "example.org", "--zone", zone, "--sender", "shop=orders")
    assert made.out.startswith("example.org: changed (")
    assert "created)" in made.out.splitlines()[0]
    identity = in_memory.aws.identities["example.org"]
    in_memory.aws.identities["example.org"] = replace(identity, mail_from_domain=None, mail_from_status=None)
    for command in LOOKS:
        outcome = cli(*command)
        assert not PYTHON.search(outcome.out + outcome.err), command
    assert "example.org: DKIM PENDING, MAIL FROM not set" in in_memory.progress.steps
    assert not PYTHON.search("\n".join((*in_memory.progress.steps, *in_memory.progress.notes)))
    in_memory.aws.identities.clear()
    assert "no identity" in cli("status", "example.org").out


def test_the_status_of_several_domains_is_a_table_and_a_document(cli: Cli, provisioned: SmtpCredential) -> None:
    cli("new-domain", "example.org")
    assert [line.split()[0] for line in cli("status", "example.org", "example.com").out.splitlines()] == [
        "DOMAIN",
        "example.org",
        "example.com",
    ]
    outcome = cli("status", "example.com", "--json")
    assert outcome.code == 0
    assert outcome.document["domains"][0]["identity"]["dkim_status"] == "PENDING"


def test_a_domain_that_nobody_knows_does_not_hide_the_others(cli: Cli, provisioned: SmtpCredential) -> None:
    outcome = cli("status", "unknown.example", "example.com")
    assert (outcome.code, "example.com  not verified" in outcome.out) == (2, True)
    assert "error: unknown.example: this home knows nothing of it" in outcome.err
    outcome = cli("status", "example.com", "unknown.example", "--json")
    assert (outcome.code, outcome.document["error"]["code"]) == (2, "unknown_domain")
    assert [one["domain"] for one in outcome.document["domains"]] == ["example.com"]


def test_each_domain_that_nobody_knows_is_named(cli: Cli, provisioned: SmtpCredential) -> None:
    for others in ((), ("example.com",)):
        outcome = cli("status", "a.example", "b.example", *others)
        assert outcome.code == 2
        assert all(name in outcome.err for name in ("error: a.example", "b.example: this home knows"))


def test_a_failure_weighs_more_than_a_domain_that_nobody_knows(
    cli: Cli, provisioned: SmtpCredential, in_memory: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("new-domain", "example.org")
    ask = in_memory.aws.status

    def fail(domain: DomainName, region: Region) -> IdentityStatus | None:
        if domain.ascii == "example.org":
            raise ProvisionerError("throttled", "example.org: throttled", "later")
        return ask(domain, region)

    monkeypatch.setattr(in_memory.aws, "status", fail)
    outcome = cli("status", "unknown.example", "example.org", "example.com", "--json")
    assert (outcome.code, outcome.document["error"]["code"]) == (1, "throttled")
    assert [one["domain"] for one in outcome.document["domains"]] == ["example.com"]


def off(world: World) -> None:
    world.aws.paused_sets.add("example-com")


def without_set(world: World) -> None:
    del world.aws.set_tags["example-com"]


def shop_off(world: World) -> None:
    world.aws.put_policy("example.com+shop", PAUSE_POLICY, PAUSE_DOCUMENT)


def pending(world: World) -> None:
    world.aws.has_identity("example.com", "PENDING")


def in_the_ses_sandbox(world: World) -> None:
    world.aws.ses = replace(world.aws.ses, production=False)


def with_nothing_left_of_the_quota(world: World) -> None:
    world.aws.ses = replace(world.aws.ses, most_a_day=1000.0, sent_last_day=1000.0)


@pytest.mark.parametrize(
    "state", [off, without_set, shop_off, pending, in_the_ses_sandbox, with_nothing_left_of_the_quota]
)
def test_a_check_fails_unless_everything_may_send(cli: Cli, in_memory: World, state: Callable[[World], None]) -> None:
    cli("new-domain", "example.com", "--sender", "shop=orders")
    in_memory.aws.has_identity("example.com", "SUCCESS")
    assert cli("status", "example.com", "--check").code == 0
    state(in_memory)
    outcome = cli("status", "example.com", "--check")
    assert (outcome.code, "example.com" in outcome.out) == (3, True)
    assert cli("status", "example.com").code == 0


def test_a_domain_without_its_configuration_set_is_not_said_to_send(
    cli: Cli, provisioned: SmtpCredential, in_memory: World
) -> None:
    without_set(in_memory)
    assert "NO CONFIGURATION SET" in cli("status", "example.com").out
    (status,) = cli("status", "example.com", "--json").document["domains"]
    assert status["sending"] == {"enabled": None, "since": None, "reason": None}


def test_a_status_is_told_once(cli: Cli, provisioned: SmtpCredential, in_memory: World) -> None:
    in_memory.progress.steps.clear()
    cli("status", "example.com")
    assert in_memory.progress.steps == []
    in_memory.aws.has_identity("example.com", "SUCCESS")
    cli("status", "example.com", "--wait", "1m")
    assert in_memory.progress.steps == []


def test_a_status_that_does_not_settle_in_time_is_exit_3(cli: Cli, provisioned: SmtpCredential) -> None:
    assert cli("status", "example.com", "--wait", "1m").code == 3


def test_the_records_are_a_table_a_document_and_a_zone_file(cli: Cli, provisioned: SmtpCredential) -> None:
    table = cli("dns", "records", "example.com").out.splitlines()
    records = cli("dns", "records", "example.com", "--json").document["records"]
    zonefile = cli("dns", "zonefile", "example.com").out
    assert len(table) - 1 == len(records) == 7
    assert all(value.split()[-1] in zonefile for record in records for value in record["values"])
    assert cli("dns", "zonefile", "example.com", "--json").document["zonefile"] == zonefile


def test_the_versions_are_told(cli: Cli, in_memory: World) -> None:
    assert cli("version", "--json").document["terraform"] == "1.11.4"
    assert "mirror:         -\n" in cli("version").out


def test_a_status_that_waiting_does_not_mend_says_what_does(
    cli: Cli, in_memory: World, provisioned: SmtpCredential
) -> None:
    in_memory.aws.switches_signing_off("example.com")
    out = cli("status", "example.com").out
    assert "PENDING, NOT SIGNING" in out
    assert out.endswith("`provisioner new-domain example.com` switches it on again\n")
