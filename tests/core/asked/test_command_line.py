"""Options of a command line, over what is remembered."""

from typing import Any

import pytest

from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.request import ZoneMode
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import InputError

DOMAIN, GOVCLOUD = DomainName.parse("example.com"), Region.parse("us-gov-west-1")


@pytest.mark.parametrize("zone", [None, ZoneMode.AUTO, ZoneMode.CREATE, ZoneMode.ADOPT])
@pytest.mark.parametrize("named", ["region", "default_region"])
def test_no_hosted_zone_is_asked_for_where_there_is_none(named: str, zone: ZoneMode | None) -> None:
    asked: dict[str, Any] = {named: GOVCLOUD}
    with pytest.raises(InputError, match="us-gov-west-1") as caught:
        Asked(zone=zone, **asked).over(DOMAIN, None)
    assert caught.value.code == "no_public_zones"
    assert "--zone external" in caught.value.hint


def test_dns_elsewhere_needs_none() -> None:
    assert Asked(region=GOVCLOUD, zone=ZoneMode.EXTERNAL).over(DOMAIN, None).zone is ZoneMode.EXTERNAL
    assert Asked(region=Region.parse("eu-west-1")).over(DOMAIN, None).zone is ZoneMode.AUTO
