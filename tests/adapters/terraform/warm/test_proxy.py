"""What a Terraform gets from the proxy, and what the provider behind it hears of it."""

import threading
from collections.abc import Callable

import grpc
import pytest
from adapters.terraform.warm.fake_provider import SERVING, FakeProvider, Terraform, at_once, entry, message, wait_until

from provisioner.adapters.terraform.warm.pool import WarmProvider

PROVIDER = "/tfplugin5.Provider/"
CONFIGURE, PREPARE = f"{PROVIDER}Configure", f"{PROVIDER}PrepareProviderConfig"
FAILED = "0a020801"  # Configure.Response with one diagnostic of severity ERROR
REGION = message(1, b"1.11.4") + message(2, b"us-east-1")  # Configure.Request: Terraform's version, configuration
MEGABYTE = 1 << 20


def test_the_schema_is_pruned_on_one_socket_and_whole_on_the_other(provider: FakeProvider, warm: WarmProvider) -> None:
    ours, other = entry(2, "aws_iam_user"), entry(2, "aws_instance") + entry(3, "aws_ami")
    provider.shows(other + ours)
    with warm.run() as lease, warm.run(whole_schema=True) as whole:
        assert Terraform(lease).call(f"{PROVIDER}GetSchema") == ours
        assert Terraform(whole).call(f"{PROVIDER}GetSchema", b"\x0a\x00") == other + ours
    assert len(provider.calls(f"{PROVIDER}GetSchema")) == 1


@pytest.mark.parametrize("method", [PREPARE, CONFIGURE])
def test_the_first_configuration_is_passed_on_once_and_all_wait_for_its_answer(
    provider: FakeProvider, warm: WarmProvider, method: str
) -> None:
    name = method.rpartition("/")[2]
    provider.behaves(delays={name: 0.5}, answers={name: "12021002"})
    with warm.run() as lease:
        answers = at_once(8, lambda _: Terraform(lease).call(method, REGION))
        assert Terraform(lease).call(method, REGION) == bytes.fromhex("12021002")
    assert set(answers) == {bytes.fromhex("12021002")}
    assert [request for request, *_ in provider.calls(method)] == [REGION.hex()]


def test_another_configuration_is_refused_and_never_reaches_the_provider(
    provider: FakeProvider, terraform: Terraform
) -> None:
    terraform.call(CONFIGURE, REGION)
    status, details = terraform.fails(CONFIGURE, message(2, b"eu-west-1"))
    assert (status, details) == ("FAILED_PRECONDITION", "the shared provider is configured otherwise")
    assert len(provider.calls(CONFIGURE)) == 1


def test_a_plan_and_an_apply_are_configured_alike_though_they_can_do_different_things(
    provider: FakeProvider, terraform: Terraform
) -> None:
    capabilities = message(3, b"\x10\x01"), message(3, b"\x08\x01\x10\x01")
    assert [terraform.call(CONFIGURE, REGION + can) for can in capabilities] == [b"", b""]
    assert [request for request, *_ in provider.calls(CONFIGURE)] == [(REGION + capabilities[0]).hex()]


def test_whoever_gives_up_does_not_take_the_configuration_with_it(provider: FakeProvider, warm: WarmProvider) -> None:
    provider.behaves(delays={"Configure": 0.6})
    with warm.run() as lease:
        impatient = threading.Thread(target=lambda: Terraform(lease).fails(CONFIGURE, REGION, timeout=0.2), daemon=True)
        impatient.start()
        wait_until(lambda: bool(provider.calls(CONFIGURE)))
        assert Terraform(lease).call(CONFIGURE, REGION) == b""
        impatient.join()
        assert lease.lost() == ""
    assert len(provider.calls(CONFIGURE)) == 1


@pytest.mark.parametrize("method", [f"{PROVIDER}Stop", "/plugin.GRPCController/Shutdown"])
def test_what_would_disturb_the_neighbours_is_answered_without_the_provider(
    provider: FakeProvider, terraform: Terraform, method: str
) -> None:
    assert terraform.call(method) == b""
    assert provider.calls(method) == []


@pytest.mark.parametrize("method", ["/plugin.GRPCStdio/StreamStdio", "/plugin.GRPCBroker/StartStream"])
def test_the_side_services_of_go_plugin_are_not_served(terraform: Terraform, method: str) -> None:
    with pytest.raises(grpc.RpcError) as raised:
        list(terraform.channel.unary_stream(method)(b""))
    assert raised.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_what_the_provider_prints_is_read_so_that_it_never_blocks(provider: FakeProvider, terraform: Terraform) -> None:
    assert terraform.plugin["Test"] is True
    wait_until(lambda: len(provider.calls("/plugin.GRPCStdio/StreamStdio")) == 1)


def test_health_is_the_providers_own(provider: FakeProvider, terraform: Terraform) -> None:
    before = len(provider.calls("/grpc.health.v1.Health/Check"))
    assert terraform.call("/grpc.health.v1.Health/Check", b"\x0a\x06plugin").hex() == SERVING
    assert len(provider.calls("/grpc.health.v1.Health/Check")) == before + 1


def test_everything_else_passes_untouched_whatever_its_size(provider: FakeProvider, terraform: Terraform) -> None:
    method, large = f"{PROVIDER}ApplyResourceChange", bytes(range(256)) * (40 * MEGABYTE // 256)
    assert terraform.call(method, large, metadata=[("x-test", "kept")]) == large
    assert [known for _, known, _ in provider.calls(method)] == ["kept"]


def test_methods_that_are_not_known_yet_pass_too(provider: FakeProvider, terraform: Terraform) -> None:
    assert terraform.call(f"{PROVIDER}OfTheFuture", b"x") == b"x"
    assert len(provider.calls(f"{PROVIDER}OfTheFuture")) == 1


def test_deadlines_are_passed_on(provider: FakeProvider, warm: WarmProvider) -> None:
    provider.behaves(delays={"ReadResource": 5})
    with warm.run() as lease:
        status, _ = Terraform(lease).fails(f"{PROVIDER}ReadResource", timeout=0.5)
        assert status == "DEADLINE_EXCEEDED"
        assert lease.lost() == ""
    ((_, _, left),) = provider.calls(f"{PROVIDER}ReadResource")
    assert left is not None
    assert left < 1  # the half second that was given, but for how both round


def test_a_call_without_a_deadline_gets_none(provider: FakeProvider, terraform: Terraform) -> None:
    terraform.call(f"{PROVIDER}ReadResource")
    ((_, _, left),) = provider.calls(f"{PROVIDER}ReadResource")
    assert left is None or left > 10**6


def test_an_error_of_the_provider_arrives_as_it_is(provider: FakeProvider, warm: WarmProvider) -> None:
    provider.behaves(errors={"ImportResourceState": "RESOURCE_EXHAUSTED"})
    with warm.run() as lease:
        assert Terraform(lease).fails(f"{PROVIDER}ImportResourceState") == ("RESOURCE_EXHAUSTED", "as asked")
        assert lease.lost() == ""


def test_a_failed_configuration_is_answered_to_all_and_the_next_run_has_a_new_provider(
    provider: FakeProvider, warm: WarmProvider
) -> None:
    provider.behaves(answers={"Configure": FAILED})
    with warm.run() as lease:
        assert [Terraform(lease).call(CONFIGURE, REGION).hex() for _ in range(2)] == [FAILED] * 2
        assert lease.lost() == ""
    provider.behaves()
    with warm.run() as lease:
        assert Terraform(lease).call(CONFIGURE, REGION) == b""
    assert len(provider.pids) == 2
    assert len(provider.calls(CONFIGURE)) == 2


def test_calls_wait_side_by_side_and_not_in_a_row(
    provider: FakeProvider, warm_with: Callable[..., WarmProvider]
) -> None:
    provider.behaves(meetings={"ApplyResourceChange": 40})
    with warm_with().run() as lease:
        at_once(40, lambda _: Terraform(lease).call(f"{PROVIDER}ApplyResourceChange", timeout=60))
    assert len(provider.calls(f"{PROVIDER}ApplyResourceChange")) == 40
