"""Terraform as the settings describe it."""

from dataclasses import asdict
from datetime import timedelta

import pytest

from provisioner.adapters.terraform import Timeouts
from provisioner.wiring.terraform import timeouts_within


@pytest.mark.parametrize("minutes", [1, 30, 10_000])
def test_no_command_takes_longer_than_its_domain_may(minutes: int) -> None:
    most, usual = minutes * 60, asdict(Timeouts())
    of_any_length = {"version", "state_lock"}
    assert asdict(timeouts_within(timedelta(minutes=minutes))) == {
        name: seconds if name in of_any_length else min(seconds, most) for name, seconds in usual.items()
    }
