from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.core.values.duration import parse_duration
from provisioner.errors import InputError


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("10m", 600),
        ("2h", 7200),
        ("3d", 259_200),
        ("1h30m", 5400),
        ("45", 45),
        ("0", 0),
        ("1d1h1m1s", 90_061),
    ],
)
def test_a_duration_is_read(text: str, seconds: int) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "s", "1h30", "10 m", "-5s", "1.5h", "5w", "30m1h", "1H", "٣", "10m\n", "9" * 10])
def test_what_is_no_duration_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_duration(text)
    assert caught.value.code == "invalid_duration"
    assert "1h30m" in caught.value.hint


def test_a_duration_beyond_all_clocks_is_refused() -> None:
    with pytest.raises(InputError, match="too long a duration"):
        parse_duration("999999999d999999999h")


@given(st.integers(0, 10**6), st.sampled_from("smhd"))
def test_every_number_with_a_unit_is_a_duration(number: int, unit: str) -> None:
    size = {"s": 1, "m": 60, "h": 3600, "d": 86_400}[unit]
    assert parse_duration(f"{number}{unit}").total_seconds() == number * size
