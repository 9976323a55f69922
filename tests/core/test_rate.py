import pytest

from provisioner.core.rate import DOCUMENTED, Bucket, Rate, parse_rates
from provisioner.errors import InputError


def test_a_burst_goes_out_at_once_and_then_requests_come_at_the_rate() -> None:
    bucket = Bucket(Rate(2, 3), now=0)
    assert [bucket.reserve(0) for _ in range(5)] == [0, 0, 0, 0.5, 1.0]


def test_tokens_come_back_with_time_up_to_the_burst() -> None:
    bucket = Bucket(Rate(2, 3), now=0)
    for _ in range(3):
        bucket.reserve(0)
    assert [bucket.reserve(100) for _ in range(4)] == [0, 0, 0, 0.5]


def test_a_drained_bucket_makes_even_the_first_request_wait() -> None:
    bucket = Bucket(Rate(1, 50), now=0)
    bucket.drain(0)
    assert bucket.reserve(0) == 1.0


def test_a_clock_that_stands_still_earns_nothing() -> None:
    bucket = Bucket(Rate(1, 1), now=10)
    bucket.reserve(10)
    assert bucket.reserve(10) == 1.0


def test_shards_split_the_rate_and_the_burst_but_each_may_send_one() -> None:
    assert Rate(10, 50).share(4) == Rate(2.5, 12)
    assert Rate(1, 1).share(4) == Rate(0.25, 1)


def test_what_is_not_named_keeps_its_documented_rate() -> None:
    assert parse_rates("") == DOCUMENTED
    assert parse_rates(" sesv2=2.5:5 ") == {"route53": Rate(10, 50), "sesv2": Rate(2.5, 5)}
    assert parse_rates("route53=20")["route53"] == Rate(20, 20)


@pytest.mark.parametrize("text", ["route53", "route53=0", "s3=5", "sesv2=1:0", "sesv2=-1", "sesv2=1:2:3", "route53=x"])
def test_what_is_no_rate_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_rates(text)
    assert caught.value.code == "invalid_rate"
    assert "route53=10:50" in caught.value.hint
