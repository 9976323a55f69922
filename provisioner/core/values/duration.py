"""Durations as people type them."""

import re
from datetime import timedelta

from provisioner.core.values.wording import quoted
from provisioner.errors import InputError

_DURATION = re.compile(r"(?:([0-9]{1,9})d)?(?:([0-9]{1,9})h)?(?:([0-9]{1,9})m)?(?:([0-9]{1,9})s?)?")


def parse_duration(text: str) -> timedelta:
    """Read `90s`, `10m`, `2h`, `3d`, `1h30m`, or a bare number of seconds; raises `InputError("invalid_duration")`."""
    match = _DURATION.fullmatch(text)
    if not text or not match or (text[-1].isdigit() and not text.isdigit()):
        hint = "Give a number with its unit (s, m, h or d), such as 90s, 10m or 1h30m."
        raise InputError("invalid_duration", f"{quoted(text)} is not a duration", hint)
    days, hours, minutes, seconds = (int(amount or 0) for amount in match.groups())
    try:
        return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        raise InputError("invalid_duration", f"{quoted(text)} is too long a duration", "Give less.") from None


def in_words(duration: timedelta) -> str:
    """Return a duration as people type it, to the minute, rounded up: `23h10m`, `2d`, `1m` for less than that."""
    minutes = max(1, -(-int(duration.total_seconds()) // 60))
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = ((days, "d"), (hours, "h"), (minutes, "m"))
    return "".join(f"{amount}{unit}" for amount, unit in parts if amount)
