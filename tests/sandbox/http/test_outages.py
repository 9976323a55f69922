import json
import urllib.error
import urllib.request
from typing import Any

import pytest
from botocore.config import Config

ONCE = Config(retries={"total_max_attempts": 1})


def _page(aws: Any, document: Any = None, method: str = "POST") -> Any:
    data = None if document is None else json.dumps(document).encode()
    request = urllib.request.Request(f"{aws.url}/_sandbox/outages", data=data, method=method)  # noqa: S310 - our own server
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own server
        return json.load(answer)["outages"]


def _outcomes(call: Any, times: int, client: Any) -> list[int]:
    found = []
    for _ in range(times):
        try:
            found.append(call()["ResponseMetadata"]["HTTPStatusCode"])
        except client.exceptions.ClientError as error:
            found.append(error.response["ResponseMetadata"]["HTTPStatusCode"])
    return found


def test_so_many_calls_fail_after_so_many(aws: Any) -> None:
    sqs = aws.client("sqs", config=ONCE)
    _page(aws, {"service": "sqs", "operation": "ListQueues", "after": 1, "times": 2})
    assert _outcomes(sqs.list_queues, 5, sqs) == [200, 503, 503, 200, 200]
    assert _page(aws, method="GET") == []


@pytest.mark.parametrize(
    ("service", "operation", "code"),
    [
        ("s3", "list_buckets", "SlowDown"),
        ("sqs", "list_queues", "ServiceUnavailable"),
        ("sns", "list_topics", "Throttling"),
    ],
)
def test_a_service_fails_in_its_own_form_until_the_outage_ends(
    aws: Any, refusal: Any, service: str, operation: str, code: str
) -> None:
    call = getattr(aws.client(service, config=ONCE), operation)
    _page(aws, {"service": service, "status": 503, "code": code})
    assert refusal(call)[::2] == (code, 503)
    assert refusal(call)[::2] == (code, 503)
    aws.client("iam").list_users()
    _page(aws, method="DELETE")
    assert call()["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_what_is_carried_out_is_done_all_the_same(aws: Any, refusal: Any) -> None:
    s3 = aws.client("s3", config=ONCE)
    s3.create_bucket(Bucket="archive-of-events")
    _page(aws, {"service": "s3", "operation": "PutObject", "status": 500, "times": 1, "carried_out": True})
    assert refusal(s3.put_object, Bucket="archive-of-events", Key="a", Body=b"x")[2] == 500
    assert s3.get_object(Bucket="archive-of-events", Key="a")["Body"].read() == b"x"


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"operation": "X"},
        {"service": "s3", "how": 1},
        {"service": "s3", "status": 200},
        {"service": "s3", "times": -1},
        ["s3"],
    ],
)
def test_what_is_no_outage_is_said(aws: Any, document: Any) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        _page(aws, document)
    assert json.load(caught.value)["error"]["code"] == "invalid_outage"
