"""Our calls are paced from the first throttling on; boto3 itself, over a canned HTTP."""

import threading
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError

from provisioner.adapters.aws.inventory import AwsInventory
from provisioner.adapters.aws.rates.limiter import CallLimiter, RequestLine
from provisioner.core.account.rates import Rate
from provisioner.core.values.region import Region
from provisioner.errors import ProvisionerError

ZONES = (
    b'<?xml version="1.0"?><ListHostedZonesResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/">'
    b"<HostedZones></HostedZones><IsTruncated>false</IsTruncated><MaxItems>100</MaxItems></ListHostedZonesResponse>"
)
THROTTLED = b"<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>"
DENIED = b"<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>"


class Raw:
    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, **_: Any) -> list[bytes]:
        return [self._body]


class Http:
    """Answers every request from a list, and knows at what time each came."""

    def __init__(self, *answers: tuple[int, bytes]) -> None:
        self.answers = list(answers)
        self.at: list[float] = []
        self.now = 0.0

    def client(self, service: str, region: str = "us-east-1", attempts: int = 5) -> Any:
        make: Callable[..., Any] = boto3.client
        retries = {"mode": "standard", "total_max_attempts": attempts}
        client = make(service, region, aws_access_key_id="x", aws_secret_access_key="y", config=Config(retries=retries))
        client.meta.events.register_last("before-send", self._answer)
        return client

    def _answer(self, request: Any, **_: Any) -> AWSResponse:
        self.at.append(round(self.now, 3))
        status, body = self.answers.pop(0) if self.answers else (200, ZONES)
        return AWSResponse(request.url, status, {}, Raw(body))

    def wait(self, _condition: threading.Condition, seconds: float | None) -> None:
        assert seconds is not None  # nobody else is in the line
        self.now += seconds

    def limiter(self, **rates: Rate) -> CallLimiter:
        return CallLimiter(rates, lambda rate: RequestLine(rate, lambda: self.now, self.wait))


@pytest.fixture(autouse=True)
def no_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting between attempts is not what is tested."""
    monkeypatch.setattr("botocore.retries.standard.RetryHandler.needs_retry", _at_once)
    monkeypatch.setattr("random.uniform", lambda *_: 1.0)


def _at_once(self: Any, **given: Any) -> float | None:
    context = self._retry_event_adapter.create_retry_context(**given)
    return 0.0 if self._retry_policy.should_retry(context) else None


def test_nothing_waits_until_aws_throttles() -> None:
    http = Http()
    client = http.limiter(route53=Rate(1, 1)).attach(http.client("route53"))
    for _ in range(20):
        client.list_hosted_zones()
    assert http.at == [0.0] * 20


def test_from_the_first_throttling_on_calls_begin_at_the_rate() -> None:
    http = Http((200, ZONES), (400, THROTTLED))
    client = http.limiter(route53=Rate(2, 10)).attach(http.client("route53"))
    for _ in range(4):
        client.list_hosted_zones()
    assert http.at == [0.0, 0.0, 0.015, 0.515, 1.015]


def test_a_call_that_came_too_early_comes_again_soon_and_then_less_and_less_soon() -> None:
    http = Http(*[(400, THROTTLED)] * 4)
    http.limiter(route53=Rate(1, 1)).attach(http.client("route53")).list_hosted_zones()
    assert http.at == [0.0, 0.03, 0.09, 0.21, 0.45]


def test_after_a_call_that_aws_granted_the_next_refusal_is_a_first_one() -> None:
    http = Http((400, THROTTLED), (400, THROTTLED), (200, ZONES), (400, THROTTLED))
    client = http.limiter(route53=Rate(1, 1)).attach(http.client("route53"))
    client.list_hosted_zones()
    client.list_hosted_zones()
    assert http.at == [0.0, 0.03, 0.09, 1.09, 1.12]


def test_no_pause_is_longer_than_a_few_seconds() -> None:
    http = Http(*[(400, THROTTLED)] * 30)
    http.limiter(route53=Rate(1, 1)).attach(http.client("route53")).list_hosted_zones()
    assert max(later - earlier for earlier, later in pairwise(http.at)) == pytest.approx(8.0)


def test_all_clients_of_an_account_share_one_rate() -> None:
    http = Http((400, THROTTLED))
    limiter = http.limiter(route53=Rate(2, 1))
    first, second = limiter.attach(http.client("route53")), limiter.attach(http.client("route53"))
    first.list_hosted_zones()
    second.list_hosted_zones()
    assert http.at == [0.0, 0.015, 0.515]


def test_each_region_of_ses_has_a_rate_of_its_own() -> None:
    listed = (200, b'{"EmailIdentities": []}')
    http = Http((429, b'{"message": "Rate exceeded"}'), listed, listed, listed)
    limiter = http.limiter(sesv2=Rate(1, 1))
    first = limiter.attach(http.client("sesv2"))
    first.list_email_identities()
    limiter.attach(http.client("sesv2", "eu-west-1")).list_email_identities()
    first.list_email_identities()
    assert http.at == [0.0, 0.03, 0.03, 1.03]


def test_a_service_without_a_rate_and_a_client_attached_twice_are_left_alone() -> None:
    http = Http((400, THROTTLED))
    limiter = http.limiter(route53=Rate(1, 1))
    client = limiter.attach(limiter.attach(http.client("route53")))
    client.list_hosted_zones()
    client.list_hosted_zones()
    assert http.at == [0.0, 0.03, 1.03]
    assert limiter.attach(http.client("iam")) is not None


def test_throttling_is_waited_out_long_after_botocore_has_given_up() -> None:
    http = Http(*[(400, THROTTLED)] * 60)
    http.limiter(route53=Rate(2, 1)).attach(http.client("route53", attempts=3)).list_hosted_zones()
    assert len(http.at) == 61


def test_throttling_that_does_not_end_is_told_at_last() -> None:
    http = Http(*[(400, THROTTLED)] * 1000)
    with pytest.raises(ClientError, match="Throttling"):
        http.limiter(route53=Rate(2, 1)).attach(http.client("route53", attempts=3)).list_hosted_zones()
    assert len(http.at) == 100


def test_who_waits_is_served_in_order_and_who_was_refused_before_them() -> None:
    now, served = [0.0], []
    line = RequestLine(Rate(1, 1), lambda: now[0], lambda moved, _: moved.wait(0.001))
    line.refused(line.turn())
    threads = []
    for name, again in (("first", False), ("second", False), ("refused", True)):
        threads.append(threading.Thread(target=lambda n=name, a=again: (line.turn(again=a), served.append(n))))
        threads[-1].start()
        while len(line._line) < len(threads):
            time.sleep(0.001)
    for number in range(3):
        now[0] += 1
        while len(served) == number:
            time.sleep(0.001)
    for thread in threads:
        thread.join()
    assert served == ["refused", "first", "second"]


def test_another_refusal_is_no_throttling() -> None:
    http = Http((403, DENIED))
    client = http.limiter(route53=Rate(1, 1)).attach(http.client("route53"))
    with pytest.raises(ClientError):
        client.list_hosted_zones()
    client.list_hosted_zones()
    assert http.at == [0.0, 0.0]


def test_what_may_not_be_looked_at_is_unknown_and_no_failure() -> None:
    http = Http(*[(403, DENIED)] * 20)
    inventory = AwsInventory(lambda service, region: http.client(service, region or "us-east-1", attempts=1))
    stocks = inventory.stocks({Region.parse("eu-west-1")})
    assert [(stock.kind, stock.region) for stock in stocks] == [
        ("hosted zones", None),
        ("IAM users", None),
        ("SES identities", "eu-west-1"),
        ("configuration sets", "eu-west-1"),
    ]
    assert all(stock.used is None and stock.assumed for stock in stocks)


def test_an_account_that_cannot_be_reached_is_a_failure() -> None:
    def unreachable(service: str, region: str | None) -> Any:
        make: Callable[..., Any] = boto3.client
        config = Config(retries={"total_max_attempts": 1}, connect_timeout=1)
        return make(service, region or "us-east-1", endpoint_url="http://127.0.0.1:1", aws_access_key_id="x",
                    aws_secret_access_key="y", config=config)  # fmt: skip

    with pytest.raises(ProvisionerError) as caught:
        AwsInventory(unreachable).stocks(set())
    assert caught.value.code == "unreachable"
