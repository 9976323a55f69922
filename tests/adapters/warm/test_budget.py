"""What calls to the provider cost, and that they wait until it is there."""

import time
from collections.abc import Callable

import pytest
from adapters.warm.fake_provider import Terraform, message

from provisioner.adapters.assets import find_assets
from provisioner.adapters.terraform.warm import WarmProvider, schema_types_in
from provisioner.adapters.terraform.warm.budget import cost

READ, APPLY = "/tfplugin5.Provider/ReadResource", "/tfplugin5.Provider/ApplyResourceChange"
IDENTITY = message(1, b"aws_sesv2_email_identity") + message(2, b"state")


def test_making_costs_more_than_reading_and_both_ask_the_service_of_the_type() -> None:
    read, made = cost(READ, IDENTITY), cost(APPLY, IDENTITY)
    assert read is not None
    assert made is not None
    assert read[0] == made[0] == "sesv2"
    assert 0 < read[1] < made[1] <= 3


@pytest.mark.parametrize(
    ("method", "request_"),
    [
        ("/tfplugin5.Provider/PlanResourceChange", IDENTITY),
        (READ, message(1, b"aws_iam_user")),
        (READ, message(2, b"aws_sesv2_email_identity")),
        (APPLY, b""),
        (APPLY, b"\xff no protobuf"),
        (APPLY, b"\x08\x01"),
    ],
)
def test_what_asks_no_limited_service_or_is_not_understood_costs_nothing(method: str, request_: bytes) -> None:
    assert cost(method, request_) is None


def test_every_resource_of_ours_at_a_limited_service_has_its_cost() -> None:
    limited = [name for name in schema_types_in(find_assets().modules) if name.startswith(("aws_ses", "aws_route53_"))]
    assert len(limited) == 5
    assert all(cost(READ, message(1, name.encode())) for name in limited)


def test_a_call_waits_for_its_requests_and_others_do_not(warm_with: Callable[..., WarmProvider]) -> None:
    asked: list[tuple[str, float]] = []

    def budget(service: str, requests: float) -> float:
        asked.append((service, requests))
        return 0.5

    with warm_with("aws_iam_user", budget=budget).run() as lease:
        terraform = Terraform(lease)
        begun = time.monotonic()
        assert terraform.call(READ, message(1, b"aws_iam_user")) == message(1, b"aws_iam_user")
        assert asked == []
        assert terraform.call(READ, IDENTITY) == IDENTITY
        assert time.monotonic() - begun >= 0.5
    assert asked == [cost(READ, IDENTITY)]
