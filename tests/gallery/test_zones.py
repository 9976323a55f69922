"""Zones, their servers and their records."""

from gallery import zones
from gallery.judging import each_of

test_a_state_is_named_exactly_and_alone = each_of(zones.CASES)
