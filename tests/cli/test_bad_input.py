"""Bad input ends with exit 2, an error that says what to do, and nothing written anywhere."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]

BAD_DOMAINS = {
    "empty": "",
    "blank": "   ",
    "spaces": "exa mple.com",
    "surrounding space": " example.com",
    "line break": "example.com\n",
    "url": "https://example.com/path",
    "url without scheme": "example.com/path",
    "port": "example.com:443",
    "address": "ada@example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "ipv6 in brackets": "[2001:db8::1]",
    "single label": "localhost",
    "public suffix": "co.uk",
    "private public suffix": "github.io",
    "top-level domain": "com",
    "long label": f"{'a' * 64}.com",
    "long name": ".".join(["a" * 62] * 4) + ".com",
    "underscore": "_dmarc.example.com",
    "leading hyphen": "a.-example.com",
    "trailing hyphen": "example-.com",
    "wildcard": "*.example.com",
    "undecodable": "xn--a.example.com",
    "empty label": "example..com",
    "leading dot": ".example.com",
    "dots only": "..",
    "shell": "example.com;rm -rf $HOME",
    "substitution": "$(id).example.com",
    "backtick": "`id`.example.com",
    "hcl": "${path.module}.example.com",
    "hcl template": "%{if true}.example.com",
    "quote": 'exam"ple.com',
    "null": "example.com\0",
    "path": "/etc/passwd",
    "path traversal": "../../etc/passwd",
    "path traversal below": "example.com/../../x",
    "backslashes": "..\\..\\windows",
}
BAD_ADDRESSES = ["", "ada", "@example.com", "ada@", "ada@localhost", "a da@example.com", "ada@example.com,bob@x.com",
                 "Ada <ada@example.com>", "ada..b@example.com", "ünï@example.com", "ada@192.0.2.1"]  # fmt: skip
BAD_OPTIONS = [
    (("--zone", "elsewhere"), "usage"),
    (("--dmarc", "quarantined"), "usage"),
    (("--spf", "softfail"), "usage"),
    (("--mail-from", "a.b"), "invalid_mail_from"),
    (("--mail-from", ""), "invalid_mail_from"),
    (("--mail-from", "-x"), "invalid_mail_from"),
    (("--customer", ""), "invalid_customer"),
    (("--customer", "a;b"), "invalid_customer"),
    (("--customer", "x" * 257), "invalid_customer"),
    (("--delegation-set", "n1 pa"), "invalid_delegation_set"),
    (("--tag", "Team"), "invalid_tag"),
    (("--tag", "=web"), "invalid_tag"),
    (("--tag", "aws:Team=web"), "invalid_tag"),
    (("--tag", "managedby=web"), "invalid_tag"),
    (("--tag", "Team=a;b"), "invalid_tag"),
    (("--tag", "Team=web", "--tag", "team=ops"), "invalid_tag"),
    (("--tag", "Team=web", "--no-tag", "Team"), "invalid_tag"),
    (("--no-tag", "Domain"), "invalid_tag"),
    (("--sender", "shop"), "invalid_sender"),
    (("--sender", "=orders"), "invalid_sender"),
    (("--sender", "Shop=orders"), "invalid_sender"),
    (("--sender", "shop=orders@example.com"), "invalid_sender"),
    (("--sender", "shop=*"), "invalid_sender"),
    (("--sender", "shop=a", "--sender", "shop=b"), "invalid_sender"),
    (("--sender", "shop=a", "--no-sender", "shop"), "invalid_sender"),
    (("--no-sender", "Shop"), "invalid_sender"),
    ([part for number in range(21) for part in ("--sender", f"s{number}=x")], "too_many_senders"),
    (("--tag", "Sender:shop=x"), "invalid_tag"),
    (("--wait", "5x"), "invalid_duration"),
    (("--wait", "-5"), "invalid_duration"),
    (("--wait", "soon"), "invalid_duration"),
    (("--region", "us-esat-1"), "unknown_region"),
    (("--region", "eu-south-2"), "region_without_ses"),
    (("--region", "eu-south-1"), "region_without_smtp"),
    (("--profile", "nobody"), "unknown_profile"),
    (("--no-such-option",), "usage"),
    (("--home",), "usage"),
    (("example.org",), "usage"),
]


def check_refused(outcome: Any, code: str, home: Path) -> None:
    assert outcome.code == 2
    assert outcome.error["code"] == code
    assert outcome.error["message"]
    assert outcome.error["hint"]
    assert f"error: {outcome.error['message']}\n" in outcome.err
    assert "Traceback" not in outcome.err
    assert not home.exists()
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize("domain", list(BAD_DOMAINS.values()), ids=list(BAD_DOMAINS))
@pytest.mark.parametrize("command", ["new-domain", "destroy-domain"])
def test_a_text_that_is_no_domain_is_refused(cli: Cli, home: Path, command: str, domain: str) -> None:
    check_refused(cli(command, "--json", "--", domain), "invalid_domain", home)


@pytest.mark.parametrize(
    "command",
    [
        ("plan",),
        ("show",),
        ("status",),
        ("send-test", "--to", "ada@example.org"),
        ("dns", "records"),
        ("dns", "zonefile"),
        ("credentials", "show"),
        ("credentials", "export"),
        ("demo",),
    ],
    ids=" ".join,
)
def test_every_command_refuses_what_is_no_domain(cli: Cli, home: Path, command: tuple[str, ...]) -> None:
    check_refused(cli(*command, "--json", "../example.com"), "invalid_domain", home)


def test_a_faulty_domain_among_several_is_refused_before_any_is_asked_about(cli: Cli, home: Path) -> None:
    check_refused(cli("status", "example.com", "co.uk", "--json"), "invalid_domain", home)


@pytest.mark.parametrize("address", BAD_ADDRESSES)
@pytest.mark.parametrize("option", ["--contact", "--dmarc-rua"])
def test_a_text_that_is_no_address_is_refused(cli: Cli, home: Path, option: str, address: str) -> None:
    outcome = cli("new-domain", "example.com", "--region", "us-east-1", option, address, "--json")
    check_refused(outcome, "invalid_address", home)


def test_a_test_message_needs_an_address(cli: Cli, home: Path) -> None:
    check_refused(cli("send-test", "example.com", "--to", "ada", "--json"), "invalid_address", home)
    check_refused(cli("send-test", "example.com", "--from", "ada", "--json"), "invalid_address", home)
    both = cli("send-test", "example.com", "--to", "ada@example.org", "--simulator", "bounce", "--json")
    check_refused(both, "to_or_simulator", home)
    check_refused(cli("send-test", "example.com", "--subject", "a\nBcc: b@c.de", "--json"), "invalid_subject", home)


@pytest.mark.parametrize(
    ("options", "code"), BAD_OPTIONS, ids=lambda value: value if isinstance(value, str) else " ".join(value)[:30]
)
def test_a_faulty_option_is_refused(cli: Cli, home: Path, options: tuple[str, ...], code: str) -> None:
    check_refused(cli("new-domain", "example.com", "--json", *options), code, home)


@pytest.mark.parametrize(
    "options", [options for options, _ in BAD_OPTIONS if options[0] in ("--customer", "--zone", "--tag", "--sender")]
)
def test_a_plan_refuses_the_same_options(cli: Cli, home: Path, options: tuple[str, ...]) -> None:
    outcome = cli("plan", "example.com", *options)
    assert (outcome.code, outcome.out) == (2, "")
    assert not home.exists()


@pytest.mark.parametrize("name", ["us-esat-1", "eu-south-2", "eu-south-1"])
def test_a_faulty_region_of_the_environment_is_refused_too(
    cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("AWS_REGION", name)
    outcome = cli("new-domain", "example.com", "--json")
    assert outcome.error["code"] in ("unknown_region", "region_without_ses", "region_without_smtp")
    check_refused(outcome, outcome.error["code"], home)


def test_a_region_with_a_typing_error_is_answered_with_the_right_one(cli: Cli) -> None:
    assert "us-east-1" in cli("new-domain", "example.com", "--region", "us-esat-1", "--json").error["hint"]


@pytest.mark.parametrize(
    ("variable", "code"),
    [
        ("PROVISIONER_STORE", "invalid_store"),
        ("PROVISIONER_DNS_SERVER", "invalid_dns_server"),
        ("PROVISIONER_SMTP_SERVER", "invalid_smtp_server"),
        ("PROVISIONER_SMTPS_SERVER", "invalid_smtp_server"),
    ],
)
def test_a_faulty_setting_of_the_environment_is_refused_before_anything_is_begun(
    cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch, variable: str, code: str
) -> None:
    monkeypatch.setenv(variable, "localhost")
    check_refused(cli("new-domain", "example.com", "--region", "us-east-1", "--json"), code, home)


@pytest.mark.parametrize("kind", ["vault", "SSM", "localhost"])
def test_an_unknown_credential_store_is_answered_with_the_three_that_there_are(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setenv("PROVISIONER_STORE", kind)
    error = cli("credentials", "show", "example.com", "--json").error
    assert error["code"] == "invalid_store"
    assert kind in error["message"]
    assert error["hint"] == "use file, secretsmanager or ssm"


@pytest.mark.parametrize(("name", "code"), [("absent.json", "unreadable_file"), ("empty.json", "invalid_policy")])
def test_a_policy_that_is_none_is_refused_before_the_sandbox_starts(
    cli: Cli, tmp_path: Path, name: str, code: str
) -> None:
    (tmp_path / "empty.json").write_text("{}")
    outcome = cli("sandbox", "run", "--operator-policy", str(tmp_path / name), "--json", "--", "true")
    assert (outcome.code, outcome.error["code"]) == (2, code)
    assert name in outcome.error["message"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("nwe-domain", "example.com"),
        ("new-domain",),
        ("credentials", "--frobnicate"),
        ("credentials", "shwo", "example.com"),
        ("dns", "records"),
        ("sandbox", "run"),
        ("--frobnicate",),
        ("list", "--frobnicate"),
        ("list", "example.com"),
        ("credentials", "export", "--format", "xml"),
    ],
    ids=" ".join,
)
def test_a_usage_error_leaves_stdout_empty_and_names_the_help(cli: Cli, home: Path, arguments: tuple[str, ...]) -> None:
    outcome = cli(*arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert re.fullmatch(r"error: .+\nhint: see `provisioner.* --help`\n", outcome.err)
    check_refused(cli(*arguments, "--json"), "usage", home)


@pytest.mark.parametrize(
    ("typed", "meant"), [(("nwe-domain",), "new-domain"), (("lits",), "list"), (("credentials", "exprot"), "export")]
)
def test_an_unknown_command_is_answered_with_the_one_that_looks_like_it(
    cli: Cli, typed: tuple[str, ...], meant: str
) -> None:
    assert re.search(rf"No such command '{typed[-1]}'\. Did you mean '?{meant}", cli(*typed).err)


def test_an_unknown_option_is_answered_with_the_ones_that_look_like_it(cli: Cli) -> None:
    assert "--dmarc" in cli("new-domain", "example.com", "--dmrac", "none").err.replace("--dmrac", "")


def test_json_after_two_hyphens_is_an_argument(cli: Cli) -> None:
    outcome = cli("new-domain", "--", "--json")
    assert (outcome.code, outcome.out) == (2, "")
    assert "'--json' is not a domain name" in outcome.err
