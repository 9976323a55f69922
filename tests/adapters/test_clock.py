from datetime import UTC, timedelta

from provisioner.adapters.clock import SystemClock


def test_now_is_aware_and_in_utc() -> None:
    now = SystemClock().now()
    assert now.tzinfo is UTC
    assert now.utcoffset() == timedelta()


def test_sleeping_lasts_at_least_as_long_as_asked() -> None:
    clock = SystemClock()
    before = clock.monotonic()
    clock.sleep(0.05)
    assert clock.monotonic() - before >= 0.05
