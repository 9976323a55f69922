"""The page about permissions allows every action that our own clients call, on what they call it on.

What Terraform's provider calls besides is seen by the integration tests, which work under the same policies.
"""

import json
import os
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from every_call import ADAPTERS, calls, outcome
from operator_policy import POLICIES

from provisioner.adapters.aws.session import AwsSession
from provisioner.sandbox.environment import OPERATOR_KEY


@pytest.fixture
def operated(emulated_with: Callable[..., AwsSession], monkeypatch: pytest.MonkeyPatch) -> AwsSession:
    """A session of an operator with the policies of the page, in an account that has what is asked about."""
    owner = emulated_with(operator=POLICIES)
    owner.client("iam").create_user(UserName="example.com", Path="/provisioner/smtp/")
    owner.client("route53").create_hosted_zone(Name="example.com", CallerReference="x")
    owner.client("s3").create_bucket(Bucket="example-states")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", OPERATOR_KEY)
    return AwsSession(os.environ, "us-east-1", None)


@pytest.mark.parametrize("adapter", ADAPTERS, ids=lambda adapter: getattr(adapter, "__name__", "adapter"))
def test_every_call_is_allowed(operated: AwsSession, adapter: Callable[[AwsSession], Any]) -> None:
    made = [outcome(call) for _, call in calls(adapter(operated))]
    assert made
    with urllib.request.urlopen(f"{os.environ['AWS_ENDPOINT_URL']}/_sandbox/denied") as answer:  # noqa: S310 - ours
        assert json.load(answer) == {"denied": []}


def test_the_calls_are_many_of_each_service(operated: AwsSession) -> None:
    for adapter in ADAPTERS:
        for _, call in calls(adapter(operated)):
            outcome(call)
    with urllib.request.urlopen(f"{os.environ['AWS_ENDPOINT_URL']}/_sandbox/calls") as answer:  # noqa: S310 - ours
        made = json.load(answer)["calls"]
    assert set(made) >= {"iam", "route53", "route53domains", "s3", "secretsmanager", "sesv2", "ssm", "sts"}
    assert {"DeleteAccessKey", "GetAccessKeyLastUsed", "GetUserPolicy", "ListMFADevices"} <= set(made["iam"])
    assert {"GetPublicAccessBlock", "HeadBucket", "GetObject", "DeleteObject"} <= set(made["s3"])
