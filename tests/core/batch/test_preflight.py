import pytest

from provisioner.core.account.rates import DOCUMENTED, Rate
from provisioner.core.account.stock import Kind, Room, Stock
from provisioner.core.asked.decisions import ResolvedMode, ResolvedZone
from provisioner.core.asked.request import ZoneMode
from provisioner.core.batch.preflight import Load, estimate, needs_zone
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region

BLOG = DomainName.parse("blog.example.com")
REGION = Region.parse("us-east-1")


def zones(used: int | None, adds: int, limit: int = 500) -> Room:
    return Room(Stock(Kind.ZONES, limit, assumed=False, used=used), adds)


def test_what_fits_exactly_lacks_nothing() -> None:
    assert zones(490, 10).missing == 0
    assert zones(490, 11).missing == 1
    assert zones(None, 1000).missing == 0


@pytest.mark.parametrize(
    ("mode", "existing", "needed"),
    [
        (ZoneMode.AUTO, set(), True),
        (ZoneMode.AUTO, {"blog.example.com"}, False),
        (ZoneMode.AUTO, {"example.com"}, False),
        (ZoneMode.AUTO, {"other.com"}, True),
        (ZoneMode.CREATE, {"example.com"}, True),
        (ZoneMode.ADOPT, set(), False),
        (ZoneMode.EXTERNAL, set(), False),
    ],
)
def test_a_zone_is_needed_where_none_would_be_adopted(mode: ZoneMode, existing: set[str], needed: bool) -> None:
    assert needs_zone(BLOG, mode, None, existing) is needed


def test_a_zone_that_was_made_before_is_needed_only_when_it_is_gone() -> None:
    made = ResolvedZone(ResolvedMode.CREATED, "blog.example.com", None)
    assert needs_zone(BLOG, ZoneMode.AUTO, made, set())
    assert not needs_zone(BLOG, ZoneMode.AUTO, made, {"blog.example.com"})


def test_the_first_zones_of_an_account_cost_more_than_further_ones() -> None:
    new = [Load()] * 3
    assert estimate(new, zones(0, 3), DOCUMENTED, 1).monthly_dollars == 1.5
    assert estimate(new, zones(24, 3), DOCUMENTED, 1).monthly_dollars == 0.7
    assert estimate(new, zones(400, 3), DOCUMENTED, 1).monthly_dollars == 0.3
    assert estimate([Load(known=True)] * 3, zones(0, 0), DOCUMENTED, 1).monthly_dollars == 0


def test_a_domain_with_its_records_elsewhere_asks_nothing_of_route_53_and_waits_for_nothing() -> None:
    loads = [Load(), Load(known=True), Load(external=True), Load(known=True, external=True)]
    found = estimate(loads, zones(0, 1), DOCUMENTED, 4)
    assert found.calls["route53"] == estimate(loads[:2], zones(0, 1), DOCUMENTED, 4).calls["route53"]
    assert found.calls["sesv2"] == 2 * estimate(loads[:2], zones(0, 1), DOCUMENTED, 4).calls["sesv2"]
    assert estimate([Load(external=True)] * 8, zones(0, 0), {"sesv2": Rate(100, 1)}, 1).minutes == 2


def test_one_lane_is_bound_by_waiting_and_many_by_the_slowest_rate() -> None:
    new = [Load()] * 60
    alone = estimate(new, zones(0, 60), DOCUMENTED, 1)
    many = estimate(new, zones(0, 60), DOCUMENTED, 60)
    assert alone.minutes > many.minutes
    assert many.minutes == -(-many.calls["sesv2"] // 60)
    assert estimate(new, zones(0, 60), {"sesv2": Rate(100, 1)}, 60).minutes < many.minutes
