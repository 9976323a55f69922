"""The commands over domains, from the arguments to the exit code, over the world in memory."""

import json
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from fakes.world import World

from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.mail_domain.records import Record
from provisioner.core.terraform.sharing import Sharing
from provisioner.errors import ProvisionerError
from provisioner.ports.edges import Edges
from provisioner.ports.progress import Progress
from provisioner.wiring.settings import Settings

Cli = Callable[..., Any]
REPORT_MEMBERS = {"domain", "region", "changed", "changes", "zone", "identity", "configuration_set", "records", "smtp",
                  "senders", "next_steps"}  # fmt: skip  # what scripts rely on


@pytest.fixture
def provisioned(cli: Cli, in_memory: World) -> SmtpCredential:
    """A world in which example.com is provisioned; its credential."""
    assert cli("new-domain", "example.com").code == 0
    return in_memory.store.kept["example.com"]


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


@pytest.mark.parametrize(
    ("command", "sharing"),
    [
        ("new-domain example.com", Sharing.READS),
        ("new-domain example.com --share always", Sharing.ALWAYS),
        ("new-domain example.com --share never", Sharing.NEVER),
        ("new-domain example.com --cold", Sharing.NEVER),
        ("new-domain example.com --cold --share never", Sharing.NEVER),
        ("new-domain example.com --dry-run", Sharing.ALWAYS),
        ("new-domain example.com --dry-run --share never", Sharing.NEVER),
        ("plan example.com", Sharing.ALWAYS),
        ("plan example.com --cold", Sharing.NEVER),
        ("destroy-domain example.com --yes", Sharing.NEVER),
        ("destroy-domain example.com --yes --share reads", Sharing.READS),
        ("destroy-domain example.com --yes --share always", Sharing.ALWAYS),
    ],
)
@pytest.mark.usefixtures("provisioned")
def test_which_runs_of_terraform_share_a_provider_is_asked_for(
    cli: Cli, in_memory: World, monkeypatch: pytest.MonkeyPatch, command: str, sharing: Sharing
) -> None:
    asked: list[Sharing] = []

    def open_domain(_settings: Settings, _progress: Progress, *, sharing: Sharing) -> nullcontext[Edges]:
        asked.append(sharing)
        return nullcontext(in_memory.edges)

    monkeypatch.setattr("provisioner.wiring.worlds.open_domain", open_domain)
    assert cli(*command.split()).code == 0
    assert asked == [sharing]


def test_cold_and_a_share_that_says_otherwise_exclude_each_other(cli: Cli, in_memory: World) -> None:
    outcome = cli("new-domain", "example.com", "--cold", "--share", "always")
    assert outcome.code == 2
    assert "--share always" in outcome.err
    assert in_memory.store.kept == {}


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


def test_tags_are_remembered_changed_and_taken_away(cli: Cli, in_memory: World) -> None:
    def tags() -> Any:
        return cli("show", "example.com", "--json").document["tags"]

    assert cli("new-domain", "example.com", "--tag", "Team=web", "--tag", "CostCenter=0042").code == 0
    assert tags() == {"CostCenter": "0042", "Team": "web"}
    assert "tags:              CostCenter=0042, Team=web\n" in cli("show", "example.com").out
    assert in_memory.aws.user_tags["example.com"]["CostCenter"] == "0042"
    cli("plan", "example.com", "--no-tag", "Team")
    cli("new-domain", "example.com")
    assert tags() == {"CostCenter": "0042", "Team": "web"}
    cli("new-domain", "example.com", "--no-tag", "team", "--tag", "CostCenter=")
    assert tags() == {"CostCenter": ""}


def test_senders_are_remembered_changed_and_taken_away(cli: Cli, in_memory: World) -> None:
    def senders() -> dict[str, str]:
        return {s["name"]: s["address"] for s in cli("show", "example.com", "--json").document["senders"]}

    assert cli("new-domain", "example.com", "--sender", "shop=Orders", "--sender", "scanner=scan").code == 0
    assert senders() == {"scanner": "scan@example.com", "shop": "Orders@example.com"}
    assert "senders:           scanner=scan@example.com, shop=Orders@example.com\n" in cli("show", "example.com").out
    planned = cli("plan", "example.com", "--no-sender", "shop")
    assert 'delete   module.sender["shop"].aws_iam_user.this' in planned.out
    cli("new-domain", "example.com")
    assert len(senders()) == 2
    assert cli("new-domain", "example.com", "--no-sender", "shop", "--sender", "scanner=fax").code == 0
    assert senders() == {"scanner": "fax@example.com"}
    assert cli("new-domain", "example.com", "--no-sender", "shop", "--json").document["changed"] is False


def test_a_domain_without_senders_has_an_empty_list_of_them(cli: Cli, provisioned: SmtpCredential) -> None:
    assert cli("new-domain", "example.com", "--json").document["senders"] == []
    assert cli("show", "example.com", "--json").document["senders"] == []
    assert "senders:           -\n" in cli("show", "example.com").out
    assert "Sender" not in cli("new-domain", "example.com").out


@pytest.mark.parametrize("secret", [True, False])
def test_senders_are_told_each_with_its_address_and_its_credentials(cli: Cli, in_memory: World, secret: bool) -> None:
    options = ("--sender", "shop=orders", *([] if secret else ["--no-secret"]))
    told = cli("new-domain", "example.com", *options)
    shop = in_memory.store.kept["example.com+shop"]
    _, _, block = told.out.partition("\nSender shop: orders@example.com only\n")
    assert f"user name: {shop.user_name}" in block
    assert "stored in: file:credentials/example.com/smtp.shop.json" in block
    assert (shop.password.reveal() in block) == secret
    (sender,) = cli("new-domain", "example.com", *options, "--json").document["senders"]
    assert (sender["name"], sender["address"], "password" in sender["smtp"]) == ("shop", "orders@example.com", secret)


def test_a_test_message_goes_out_as_a_sender(cli: Cli, in_memory: World) -> None:
    cli("new-domain", "example.com", "--sender", "shop=orders")
    assert cli("send-test", "example.com", "--sender", "shop", "--to", "me@example.org").code == 0
    shop = in_memory.store.kept["example.com+shop"]
    assert in_memory.mailer.sent == [(shop.user_name, "orders@example.com", "me@example.org")]
    outcome = cli("send-test", "example.com", "--sender", "shp", "--to", "me@example.org", "--json")
    assert (outcome.code, outcome.error["code"]) == (2, "unknown_sender")
    assert "its senders are shop" in outcome.error["message"]


def test_a_domain_without_tags_of_its_own_shows_none(cli: Cli, provisioned: SmtpCredential) -> None:
    assert cli("show", "example.com", "--json").document["tags"] == {}
    assert "tags:              -\n" in cli("show", "example.com").out


def test_the_same_command_again_says_that_nothing_changed(cli: Cli, provisioned: SmtpCredential) -> None:
    assert cli("new-domain", "example.com").out.startswith("example.com: no changes\n")
    assert cli("new-domain", "example.com", "--json").document["changed"] is False


def test_waiting_in_vain_ends_with_exit_3_and_the_whole_report(cli: Cli, in_memory: World) -> None:
    outcome = cli("new-domain", "example.com", "--wait", "10m", "--json")
    assert outcome.code == 3
    assert set(outcome.document) == REPORT_MEMBERS
    assert in_memory.clock.seconds == pytest.approx(600)


def test_a_dry_run_and_a_plan_tell_the_same_and_differ_in_the_exit_code(cli: Cli, in_memory: World) -> None:
    dry, planned = cli("new-domain", "example.com", "--dry-run"), cli("plan", "example.com")
    assert (dry.code, planned.code) == (0, 3)
    assert dry.out == planned.out
    assert planned.out.startswith("example.com: 12 to add\n")
    assert in_memory.terraform.applied == 0


def test_a_plan_as_json_names_every_resource(cli: Cli, in_memory: World) -> None:
    document = cli("plan", "example.com", "--json").document
    assert len(document["plan"]) == document["changes"]["add"] == 12
    assert {"address", "action", "subject"} == set(document["plan"][0])


def test_a_plan_without_changes_exits_with_0(cli: Cli, provisioned: SmtpCredential) -> None:
    outcome = cli("plan", "example.com")
    assert (outcome.code, outcome.out) == (0, "example.com: no changes\n")


def test_a_refusal_is_exit_5_with_what_stands_in_the_way(cli: Cli, in_memory: World) -> None:
    in_memory.aws.has_zone("example.com", Record("", "bounce.example.com", "MX", 60, ("10 mx.example.net",)))
    outcome = cli("new-domain", "example.com", "--json")
    assert outcome.code == 5
    assert outcome.error["code"] == "records_exist"
    assert "MX bounce.example.com" in outcome.error["message"]


def test_a_failure_is_exit_1(cli: Cli, in_memory: World) -> None:
    in_memory.terraform.will_fail(ProvisionerError("apply_failed", "aws_iam_user.this: denied", "ask for it"))
    outcome = cli("new-domain", "example.com", "--json")
    assert (outcome.code, outcome.error["code"]) == (1, "apply_failed")
    assert outcome.err.endswith("error: aws_iam_user.this: denied\nhint: ask for it\n")


def test_the_domains_of_a_home_are_listed(cli: Cli, provisioned: SmtpCredential) -> None:
    cli("new-domain", "example.org", "--customer", "Ada", "--zone", "external")
    assert cli("list").out.splitlines()[1:] == [
        "example.com  us-east-1  created   -         -",
        "example.org  us-east-1  external  Ada       -",
    ]
    domains = cli("list", "--json").document["domains"]
    assert [(d["domain"], d["zone"], d["customer"]) for d in domains] == [
        ("example.com", "created", None),
        ("example.org", "external", "Ada"),
    ]


def test_an_empty_home_lists_nothing(cli: Cli, home: Path) -> None:
    assert cli("list", "--json").document == {"domains": []}
    assert cli("list").out == "DOMAIN  REGION  ZONE  CUSTOMER  CONTACT\n"
    assert not home.exists()


@pytest.mark.parametrize(
    "command",
    [("show",), ("status",), ("dns", "records"), ("dns", "zonefile"), ("destroy-domain", "--yes")],
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


def test_a_status_that_does_not_settle_in_time_is_exit_3(cli: Cli, provisioned: SmtpCredential) -> None:
    assert cli("status", "example.com", "--wait", "1m").code == 3


def test_the_records_are_a_table_a_document_and_a_zone_file(cli: Cli, provisioned: SmtpCredential) -> None:
    table = cli("dns", "records", "example.com").out.splitlines()
    records = cli("dns", "records", "example.com", "--json").document["records"]
    zonefile = cli("dns", "zonefile", "example.com").out
    assert len(table) - 1 == len(records) == 7
    assert all(value.split()[-1] in zonefile for record in records for value in record["values"])
    assert cli("dns", "zonefile", "example.com", "--json").document["zonefile"] == zonefile


def test_a_test_message_goes_out_with_the_stored_credential(
    cli: Cli, in_memory: World, provisioned: SmtpCredential
) -> None:
    outcome = cli("send-test", "example.com", "--to", "ada@example.org")
    assert (outcome.code, outcome.out) == (0, "accepted: Ok 0100\n")
    assert in_memory.mailer.sent == [(provisioned.user_name, "test@example.com", "ada@example.org")]


def test_a_test_message_without_a_credential_is_a_failure_with_a_remedy(cli: Cli, in_memory: World) -> None:
    outcome = cli("send-test", "example.com", "--to", "ada@example.org", "--json")
    assert (outcome.code, outcome.error["code"]) == (1, "no_credential")


def test_the_versions_are_told(cli: Cli, in_memory: World) -> None:
    assert cli("version", "--json").document["terraform"] == "1.11.4"
    assert "mirror:         -\n" in cli("version").out


def test_a_domain_is_destroyed_when_told_so(cli: Cli, in_memory: World, provisioned: SmtpCredential) -> None:
    outcome = cli("destroy-domain", "example.com", "--yes")
    assert (outcome.code, outcome.out) == (0, "example.com: destroyed 12 resources\n")
    assert in_memory.store.kept == {}
    assert cli("list", "--json").document == {"domains": []}


def test_a_dry_run_destroys_nothing_and_asks_nothing(cli: Cli, in_memory: World, provisioned: SmtpCredential) -> None:
    outcome = cli("destroy-domain", "example.com", "--dry-run")
    assert (outcome.code, outcome.out) == (0, "example.com: would destroy 12 resources\n")
    assert in_memory.store.kept


def test_destroying_without_a_terminal_needs_the_option(
    cli: Cli, in_memory: World, provisioned: SmtpCredential
) -> None:
    outcome = cli("destroy-domain", "example.com", "--json")
    assert (outcome.code, outcome.error["code"]) == (2, "not_confirmed")
    assert "--yes" in outcome.error["hint"]
    assert in_memory.store.kept
    assert in_memory.terraform.applied == 1


def test_a_kept_zone_is_named(cli: Cli, provisioned: SmtpCredential) -> None:
    outcome = cli("destroy-domain", "example.com", "--yes", "--keep-zone", "--json")
    assert outcome.document == {
        "domain": "example.com",
        "changes": {"add": 0, "change": 0, "destroy": 11, "import": 0},
        "kept_zone": "Z1",
    }


DESTROY = """
import sys
from contextlib import nullcontext
sys.path.insert(0, sys.argv[1])
from fakes.world import World
from provisioner.wiring import edges, worlds
from provisioner.cli.frame.app import run
world = World()
edges.build = lambda _settings, _progress: world.edges
worlds.open_domain = lambda _settings, _progress, **_: nullcontext(world.edges)
assert run(["new-domain", sys.argv[2], "--region", "us-east-1", "--json"]) == 0
code = run(["destroy-domain", sys.argv[2]])
print("KEPT", sorted(world.store.kept))
sys.exit(code)
"""


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    ("domain", "typed", "code", "kept"),
    [
        ("example.com", "example.com\n", 0, []),
        ("example.com", " EXAMPLE.com \n", 0, []),
        ("münchen.de", "münchen.de\n", 0, []),
        ("münchen.de", "xn--mnchen-3ya.de\n", 0, []),
        ("example.com", "example.org\n", 2, ["example.com"]),
        ("example.com", "y\n", 2, ["example.com"]),
        ("example.com", "\x03", 130, ["example.com"]),
        ("example.com", "\x04", 130, ["example.com"]),
    ],
)
def test_on_a_terminal_the_name_must_be_typed(
    on_a_terminal: Callable[[list[str], str, str], tuple[int, str]], domain: str, typed: str, code: int, kept: list[str]
) -> None:
    command = [sys.executable, "-c", DESTROY, str(Path(__file__).parents[2]), domain]
    status, shown = on_a_terminal(command, "Type its name to go on", typed)
    assert f"KEPT {kept}" in shown
    assert status == code
    assert "Traceback" not in shown


def test_the_document_of_a_new_domain_is_plain_json(cli: Cli, in_memory: World) -> None:
    text = cli("new-domain", "example.com", "--json").out
    assert json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n" == text
