"""`new-domain` and `plan`, from the arguments to the exit code, over the world in memory."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from fakes.world import World

from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.mail_domain.records import Record
from provisioner.errors import ProvisionerError

Cli = Callable[..., Any]

REPORT_MEMBERS = {"domain", "region", "changed", "changes", "zone", "identity", "configuration_set", "records", "smtp",
                  "senders", "repairs", "next_steps", "sending", "account"}  # fmt: skip  # what scripts rely on


def test_a_new_domain_is_reported_in_one_document(cli: Cli, in_memory: World) -> None:
    outcome = cli("new-domain", "Example.COM.", "--json")
    assert outcome.code == 0
    assert set(outcome.document) == REPORT_MEMBERS
    assert outcome.document["domain"] == "example.com"
    assert outcome.document["changed"] is True
    assert outcome.document["smtp"]["password"] == in_memory.store.kept["example.com"].password.reveal()


def test_a_new_domain_is_told_with_its_credentials_and_next_steps(cli: Cli, in_memory: World) -> None:
    outcome = cli("new-domain", "example.com")
    credential = in_memory.store.kept["example.com"]
    assert outcome.code == 0
    for expected in (credential.user_name, credential.password.reveal(), credential.host, "Next steps", "bounce."):
        assert expected in outcome.out


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_the_password_is_left_out_on_request(cli: Cli, in_memory: World, options: tuple[str, ...]) -> None:
    outcome = cli("new-domain", "example.com", "--no-secret", *options)
    credential = in_memory.store.kept["example.com"]
    assert credential.password.reveal() not in outcome.out + outcome.err
    assert credential.user_name in outcome.out


def test_an_international_name_and_its_a_label_are_one_domain(cli: Cli, in_memory: World) -> None:
    assert cli("new-domain", "München.de", "--json").document["domain"] == "xn--mnchen-3ya.de"
    assert cli("new-domain", "xn--mnchen-3ya.de", "--json").document["changed"] is False


def test_every_option_reaches_the_request(cli: Cli, in_memory: World) -> None:
    options = {
        "--zone": "create",
        "--contact": "ada@example.org",
        "--customer": "Ada Lovelace",
        "--mail-from": "mail",
        "--dmarc": "quarantine",
        "--dmarc-rua": "reports@example.com",
        "--delegation-set": "N1PA6795SAMPLE",
        "--spf": "skip",
        "--region": "eu-west-1",
    }
    arguments = [text for pair in options.items() for text in pair]
    assert cli("new-domain", "example.com", *arguments).code == 0
    shown = cli("show", "example.com", "--json").document
    assert shown["contact"] == "ada@example.org"
    assert shown["customer"] == "Ada Lovelace"
    assert shown["mail_from"] == "mail.example.com"
    assert (shown["dmarc"], shown["dmarc_rua"]) == ("quarantine", "reports@example.com")
    assert (shown["delegation_set"], shown["spf"]) == ("N1PA6795SAMPLE", "skip")
    assert (shown["region"], shown["zone"]) == ("eu-west-1", "created")


def test_the_same_command_again_says_that_nothing_changed(cli: Cli, provisioned: SmtpCredential) -> None:
    assert cli("new-domain", "example.com").out.startswith("example.com: no changes\n")
    assert cli("new-domain", "example.com", "--json").document["changed"] is False


def test_waiting_in_vain_ends_with_exit_3_and_the_whole_report(cli: Cli, in_memory: World) -> None:
    outcome = cli("new-domain", "example.com", "--wait", "10m", "--json")
    assert outcome.code == 3
    assert set(outcome.document) == REPORT_MEMBERS
    assert in_memory.clock.seconds == pytest.approx(600)


def test_name_servers_are_not_set_without_a_terminal_and_the_report_is_printed_all_the_same(
    cli: Cli, in_memory: World
) -> None:
    in_memory.registrar.has("example.com", "ns.old.example")
    outcome = cli("new-domain", "example.com", "--update-registrar", "--json")
    assert outcome.code == 2
    assert set(outcome.document) == REPORT_MEMBERS
    refusal = "example.com: the name servers at the registrar were not touched; give --yes"
    assert in_memory.progress.warnings[-1] == refusal
    assert in_memory.registrar.registered["example.com"] == ("ns.old.example",)
    assert cli("new-domain", "example.com", "--update-registrar", "--yes").code == 0
    assert in_memory.registrar.registered["example.com"] != ("ns.old.example",)


def test_a_dry_run_and_a_plan_are_the_same(cli: Cli, in_memory: World) -> None:
    dry, planned = cli("new-domain", "example.com", "--dry-run"), cli("plan", "example.com")
    assert (dry.code, planned.code) == (3, 3)
    assert dry.out == planned.out
    assert planned.out.startswith("example.com: 13 to add\n")
    assert in_memory.terraform.applied == 0


def test_a_plan_as_json_names_every_resource(cli: Cli, in_memory: World) -> None:
    document = cli("plan", "example.com", "--json").document
    assert len(document["plan"]) == document["changes"]["add"] == 13
    assert {"address", "action", "subject", "before", "after"} == set(document["plan"][0])
    assert document["plan"][0]["before"] is None


def test_a_plan_tells_each_change_with_its_value_before_and_after(cli: Cli, provisioned: SmtpCredential) -> None:
    outcome = cli("plan", "example.com", "--dmarc", "quarantine")
    assert outcome.code == 3
    assert outcome.out.startswith("example.com: 1 to change\n  ~ ")
    assert "p=none" in outcome.out.partition(" -> ")[0]
    assert "p=quarantine" in outcome.out.partition(" -> ")[2]
    (change,) = cli("plan", "example.com", "--dmarc", "quarantine", "--json").document["plan"]
    assert "p=none" in str(change["before"])
    assert "p=quarantine" in str(change["after"])


def test_a_plan_without_changes_exits_with_0(cli: Cli, provisioned: SmtpCredential) -> None:
    outcome = cli("plan", "example.com")
    assert (outcome.code, outcome.out) == (0, "example.com: no changes\n")


def test_a_refusal_is_exit_5_with_what_stands_in_the_way(cli: Cli, in_memory: World) -> None:
    in_memory.aws.has_zone("example.com", Record("bounce.example.com", "MX", 60, ("10 mx.example.net",)))
    outcome = cli("new-domain", "example.com", "--json")
    assert outcome.code == 5
    assert outcome.error["code"] == "records_exist"
    assert "MX bounce.example.com" in outcome.error["message"]


def test_a_failure_is_exit_1(cli: Cli, in_memory: World) -> None:
    in_memory.terraform.will_fail(ProvisionerError("apply_failed", "aws_iam_user.this: denied", "ask for it"))
    outcome = cli("new-domain", "example.com", "--json")
    assert (outcome.code, outcome.error["code"]) == (1, "apply_failed")
    assert outcome.err.endswith("error: aws_iam_user.this: denied\nhint: ask for it\n")


def test_the_document_of_a_new_domain_is_plain_json(cli: Cli, in_memory: World) -> None:
    text = cli("new-domain", "example.com", "--json").out
    assert json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n" == text


def test_a_plan_that_would_only_make_a_key_says_so_and_exits_with_3(
    cli: Cli, in_memory: World, provisioned: SmtpCredential
) -> None:
    in_memory.aws.access_keys.clear()
    outcome = cli("plan", "example.com")
    assert outcome.code == 3
    assert outcome.out == "example.com: a new access key\n  + access key of IAM user example.com\n"
    assert cli("plan", "example.com", "--json").document["new_keys"] == ["example.com"]


def test_a_repair_is_told_by_plan_and_run(cli: Cli, in_memory: World, provisioned: SmtpCredential) -> None:
    in_memory.aws.switches_signing_off("example.com")
    outcome = cli("plan", "example.com")
    assert (outcome.code, outcome.out.splitlines()[0]) == (3, "example.com: switch DKIM signing on")
    assert cli("new-domain", "example.com").out.startswith("example.com: changed (switch DKIM signing on)\n")
