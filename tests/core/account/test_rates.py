import pytest

from provisioner.core.account.rates import DOCUMENTED, Bucket, Rate, parse_rates
from provisioner.errors import InputError


def test_a_bucket_begins_empty_and_fills_at_the_rate() -> None:
    bucket = Bucket(Rate(2, 3), now=0)
    assert [bucket.seconds(now) for now in (0, 0.25, 0.5, 1)] == [0.5, 0.25, 0, 0]


def test_tokens_come_back_with_time_up_to_the_burst() -> None:
    bucket = Bucket(Rate(2, 3), now=0)
    assert [_taken(bucket, 100) for _ in range(4)] == [0, 0, 0, 0.5]


def test_a_clock_that_stands_still_earns_nothing() -> None:
    bucket = Bucket(Rate(1, 1), now=10)
    assert [bucket.seconds(10), bucket.seconds(10)] == [1, 1]


def test_a_refused_request_spent_nothing_and_the_next_may_go_after_a_pause_that_doubles() -> None:
    bucket, pauses = Bucket(Rate(1, 1), now=0), []
    for _ in range(4):
        bucket.refused(bucket.take(0), 0, jitter=1)
        pauses.append(round(bucket.seconds(0), 3))
    assert pauses == [0.03, 0.06, 0.12, 0.24]


def test_requests_that_were_refused_together_count_as_one() -> None:
    bucket = Bucket(Rate(1, 50), now=0)
    for number in [bucket.take(100) for _ in range(20)]:
        bucket.refused(number, 100, jitter=1)
    assert bucket.seconds(100) == pytest.approx(0.03)


def test_a_granted_request_makes_the_next_refusal_a_first_one_and_jitter_stretches_its_pause() -> None:
    bucket = Bucket(Rate(1, 1), now=0)
    for _ in range(5):
        bucket.refused(bucket.take(0), 0, jitter=1)
    bucket.granted()
    bucket.refused(bucket.take(0), 0, jitter=1.25)
    assert bucket.seconds(0) == pytest.approx(0.0375)


def _taken(bucket: Bucket, now: float) -> float:
    seconds = bucket.seconds(now)
    bucket.take(now)
    return seconds


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
