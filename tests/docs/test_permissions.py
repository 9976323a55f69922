"""The policies of the page about permissions: whole, within IAM's size, and writing nowhere but at the SMTP users."""

import json
from typing import Any

from operator_policy import POLICIES

MOST = 6144  # characters of a managed policy, white space not counted (IAM quotas)
READS = ("Get", "List")


def statements() -> list[dict[str, Any]]:
    return [one for policy in POLICIES for one in json.loads(policy)["Statement"]]


def actions(statement: dict[str, Any]) -> list[str]:
    found = statement["Action"]
    return found if isinstance(found, list) else [found]


def test_each_fits_into_a_managed_policy() -> None:
    assert len(POLICIES) > 5
    for policy in POLICIES:
        assert len("".join(policy.split())) <= MOST


def test_each_statement_says_each_action_once_and_in_order() -> None:
    for statement in statements():
        assert actions(statement) == sorted(set(actions(statement)))


def test_iam_is_written_to_at_the_smtp_users_and_at_the_roles_of_the_audit_pipeline_only() -> None:
    for statement in statements():
        writes = [name for name in actions(statement) if name.startswith("iam:") and not name[4:].startswith(READS)]
        of_roles = [name for name in writes if "Role" in name]
        assert not of_roles or statement["Resource"] == "arn:aws:iam::*:role/provisioner/provisioner-collector*", writes
        assert of_roles in ([], writes)
        assert of_roles or not writes or statement["Resource"] == "arn:aws:iam::*:user/provisioner/smtp/*", writes
