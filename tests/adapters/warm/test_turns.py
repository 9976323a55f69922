"""Which calls to the provider take turns, and when."""

import time
from collections.abc import Callable

import pytest
from adapters.warm.fake_provider import FakeProvider, Terraform, at_once, message

from provisioner.adapters.terraform.warm import WarmProvider
from provisioner.adapters.terraform.warm.turns import AT_A_TIME, service_of

READ, APPLY = "/tfplugin5.Provider/ReadResource", "/tfplugin5.Provider/ApplyResourceChange"
IDENTITY = message(1, b"aws_sesv2_email_identity") + message(2, b"state")
USER = message(1, b"aws_iam_user") + message(2, b"state")


@pytest.mark.parametrize("method", [READ, APPLY])
def test_reading_and_making_resources_of_ses_take_turns(method: str) -> None:
    assert service_of(method, IDENTITY) == "sesv2"


@pytest.mark.parametrize(
    ("method", "request_"),
    [
        ("/tfplugin5.Provider/PlanResourceChange", IDENTITY),
        (READ, USER),
        (READ, message(2, b"aws_sesv2_email_identity")),
        (APPLY, b""),
        (APPLY, b"\xff no protobuf"),
        (APPLY, b"\x08\x01"),
    ],
)
def test_what_asks_another_service_or_is_not_understood_takes_none(method: str, request_: bytes) -> None:
    assert service_of(method, request_) is None


def seconds_for(warm: WarmProvider, request: bytes, calls: int) -> float:
    with warm.run() as lease:
        terraform = Terraform(lease)
        begun = time.monotonic()
        answers = at_once(calls, lambda _: terraform.call(READ, request))
        assert answers == [request] * calls
        return time.monotonic() - begun


def test_few_calls_at_a_time_go_out_while_their_service_is_throttled(
    provider: FakeProvider, warm_with: Callable[..., WarmProvider]
) -> None:
    provider.behaves(delays={"ReadResource": 0.4})
    asked: list[str] = []

    def throttled(service: str) -> bool:
        asked.append(service)
        return True

    assert seconds_for(warm_with("aws_iam_user", throttled=throttled), IDENTITY, AT_A_TIME + 1) >= 0.8
    assert set(asked) == {"sesv2"}


def test_others_and_all_when_nothing_is_throttled_go_out_at_once(
    provider: FakeProvider, warm_with: Callable[..., WarmProvider]
) -> None:
    provider.behaves(delays={"ReadResource": 2})
    assert seconds_for(warm_with("aws_iam_user"), IDENTITY, AT_A_TIME + 1) < 4
    assert seconds_for(warm_with("aws_iam_user", throttled=lambda _: True), USER, AT_A_TIME + 1) < 4
