"""The one line in which faults of DNS are given when a sandbox starts."""

import pytest

from provisioner.errors import InputError
from provisioner.sandbox.knobs.dns import Behaviour, Delegation, Lie, ServerFault
from provisioner.sandbox.knobs.spec import parse_dns_faults


def test_faults_are_read_by_zone_and_server() -> None:
    assert parse_dns_faults("Example.com@1:refused, *@resolver:silent,b.example:no-tcp") == (
        ServerFault("example.com", Behaviour.REFUSED, "1"),
        ServerFault("", Behaviour.SILENT, "resolver"),
        ServerFault("b.example", Behaviour.NO_TCP, "*"),
    )
    assert parse_dns_faults("") == ()


def test_faults_are_read_of_zones_as_a_whole() -> None:
    spec = "a.example:undelegated,b.example:delegation=ns1.x.example+ns2.x.example,c.example:lie"
    assert parse_dns_faults(spec) == (
        Delegation("a.example", ()),
        Delegation("b.example", ("ns1.x.example", "ns2.x.example")),
        Lie("c.example", "A", ("198.51.100.1",)),
    )


@pytest.mark.parametrize(
    "spec", ["refused", "a.example:", "a.example:odd", "a.example:delegation", "a.example@1:undelegated", "*:dnssec"]
)
def test_a_fault_that_nobody_knows_is_bad_input(spec: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_dns_faults(f"b.example:silent,{spec}")
    assert caught.value.code == "invalid_dns_fault"
    assert spec in caught.value.message
