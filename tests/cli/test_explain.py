"""`explain` on the command line."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

Cli = Callable[..., Any]


def piped(*arguments: str, text: bytes) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "provisioner", "explain", *arguments], input=text, capture_output=True, check=False
    )


def test_who_spoke_comes_first_and_the_next_commands_last(cli: Cli) -> None:
    outcome = cli("explain", "535", "Authentication", "Credentials", "Invalid", "--domain", "example.com")
    lines = outcome.out.splitlines()
    assert (outcome.code, outcome.err) == (0, "")
    assert lines[0] == "SES's SMTP endpoint (smtp_endpoint)"
    assert lines[1].startswith("  cause:   user name or password is wrong")
    assert "  next:    provisioner credentials verify example.com" in lines
    assert lines[-1].startswith("  see:     docs.aws.amazon.com/")


def test_a_placeholder_is_explained(cli: Cli) -> None:
    assert "give --domain" in cli("explain", "535 Authentication Credentials Invalid").out
    assert "give --domain" not in cli("explain", "452 4.2.2 mailbox full").out


def test_json_is_one_document_with_a_named_list(cli: Cli) -> None:
    (explanation,) = cli("explain", "--json", "452 4.2.2 mailbox full").document["explanations"]
    assert explanation["layer"] == "recipient_server"


def test_what_is_not_known_is_said_and_exits_3(cli: Cli) -> None:
    outcome = cli("explain", "I have 550 customers")
    assert (outcome.code, outcome.out.partition(":")[0]) == (3, "unknown")
    outcome = cli("explain", "I have 550 customers", "--json")
    assert (outcome.code, outcome.document) == (3, {"explanations": []})


@pytest.mark.parametrize("arguments", [(), ("-",)])
def test_a_text_may_come_from_stdin(arguments: tuple[str, ...]) -> None:
    done = piped(
        *arguments, text=b"550-5.1.1 The email account that you tried to reach\n550-5.1.1 does not exist. \xff\n"
    )
    assert (done.returncode, done.stdout.partition(b"\n")[0][:20]) == (0, b"The recipient's mail")


@pytest.mark.parametrize("text", [b"", b" \n", b"x" * (1024 * 1024 + 1)])
def test_no_text_or_far_too_much_is_bad_input(text: bytes) -> None:
    done = piped("-", text=text)
    assert (done.returncode, done.stderr[:6]) == (2, b"error:")


def test_a_domain_that_is_none_is_bad_input(cli: Cli) -> None:
    outcome = cli("explain", "535", "--domain", "nonsense", "--json")
    assert (outcome.code, outcome.error["code"]) == (2, "invalid_domain")
