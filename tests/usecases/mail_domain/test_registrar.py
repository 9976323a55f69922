from dataclasses import replace

import pytest
from fakes.world import World

from provisioner.errors import ProvisionerError, Refused
from provisioner.usecases.mail_domain.registrar import registrar_change, update_registrar

OLD, NEW = ("ns1.parked.net", "ns2.parked.net"), ("ns-1.awsdns-01.com", "ns-2.awsdns-02.org")


@pytest.fixture
def registered(world: World) -> World:
    world.registrar.has("example.com", *OLD)
    return world


def test_the_name_servers_are_shown_before_and_set_afterwards(registered: World) -> None:
    change = registrar_change(registered.edges, "example.com", NEW)
    assert (change.before, change.after, change.needed) == (OLD, NEW, True)
    assert registered.registrar.registered["example.com"] == OLD
    assert update_registrar(registered.edges, change) == "operation-1"
    assert registered.registrar.registered["example.com"] == NEW


def test_name_servers_in_another_order_or_spelling_need_no_change(registered: World) -> None:
    change = registrar_change(registered.edges, "example.com", [f"{server.upper()}." for server in reversed(OLD)])
    assert not change.needed
    assert update_registrar(registered.edges, change) is None
    assert registered.registrar.registered["example.com"] == OLD


def test_a_domain_registered_elsewhere_is_said_with_the_name_servers_to_set(world: World) -> None:
    with pytest.raises(ProvisionerError, match="not registered in Route 53 Domains") as caught:
        registrar_change(world.edges, "example.com", NEW)
    assert caught.value.hint.endswith(" ".join(NEW))


def test_a_zone_below_a_registered_domain_is_not_the_registrars_business(registered: World) -> None:
    with pytest.raises(Refused, match=r"lies below example\.com"):
        registrar_change(registered.edges, "blog.example.com", NEW)


def test_what_changed_since_it_was_shown_is_not_overwritten(registered: World) -> None:
    change = registrar_change(registered.edges, "example.com", NEW)
    registered.registrar.has("example.com", "ns.somebody-else.net", "ns2.somebody-else.net")
    with pytest.raises(Refused, match="changed a moment ago"):
        update_registrar(registered.edges, change)
    assert registered.registrar.registered["example.com"][0] == "ns.somebody-else.net"


def test_a_zone_with_too_few_name_servers_never_reaches_the_registry(registered: World) -> None:
    change = replace(registrar_change(registered.edges, "example.com", NEW), after=())
    with pytest.raises(Refused, match="too few"):
        update_registrar(registered.edges, change)
    assert registered.registrar.registered["example.com"] == OLD
