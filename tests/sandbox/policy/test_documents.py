"""Policies out of files."""

import json

import pytest

from provisioner.errors import InputError
from provisioner.sandbox.policy.documents import policies_in

POLICY = json.dumps({"Statement": {"Effect": "Allow", "Action": "iam:*", "Resource": "*"}}, indent=2)


def test_a_policy_is_itself() -> None:
    assert policies_in(POLICY, "policy.json") == (POLICY,)


def test_a_page_gives_every_policy_in_it_and_no_other_json() -> None:
    page = f"# Page\n\n```json\n{POLICY}\n```\n\n```json\n{{}}\n```\n\n```json\n{POLICY}\n```\n"
    assert policies_in(page, "page.md") == (f"{POLICY}\n", f"{POLICY}\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no IAM policy"),
        ("{}", "no IAM policy"),
        ("# A page\n", "no IAM policy"),
        (POLICY.replace("Allow", "Maybe"), "the effect 'Maybe'"),
    ],
)
def test_what_is_no_policy_is_bad_input(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        policies_in(text, "policy.json")
    assert caught.value.code == "invalid_policy"
    assert "policy.json" in caught.value.message
