import socket
import threading
import time
from typing import Any
from urllib.parse import urlsplit

import pytest

BUCKET = "archive-of-events"


def _connect(aws: Any) -> socket.socket:
    address = urlsplit(aws.url)
    return socket.create_connection((address.hostname, address.port), timeout=10)


def _put(*headers: str) -> bytes:
    signed = (
        "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20261128/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"
    )
    fields = ["Host: s3.us-east-1.amazonaws.com", f"Authorization: {signed}", *headers]
    return "\r\n".join([f"PUT /{BUCKET}/object HTTP/1.1", *fields, "", ""]).encode()


def _answer(connection: socket.socket) -> bytes:
    received = b""
    while piece := connection.recv(4096):
        received += piece
    return received


def test_a_client_that_waits_for_the_word_to_go_on_gets_it_before_it_sends(aws: Any) -> None:
    aws.client("s3").create_bucket(Bucket=BUCKET)
    with _connect(aws) as connection:
        connection.sendall(_put("Content-Length: 4", "Expect: 100-continue"))
        assert connection.recv(1024) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"body")
        assert _answer(connection).startswith(b"HTTP/1.1 200 ")
    assert aws.client("s3").get_object(Bucket=BUCKET, Key="object")["Body"].read() == b"body"


@pytest.mark.parametrize(
    "begun",
    [
        pytest.param(_put("Content-Length: 1000") + b"nine here", id="fewer than announced"),
        pytest.param(_put("Content-Length: 1000"), id="nothing at all"),
        pytest.param(_put("Transfer-Encoding: chunked") + b"3e8\r\nnine here", id="in the middle of a chunk"),
        pytest.param(_put("Transfer-Encoding: chunked") + b"4\r\nbody\r\n", id="before the last chunk"),
    ],
)
def test_what_a_client_did_not_send_whole_is_not_kept(aws: Any, begun: bytes) -> None:
    aws.client("s3").create_bucket(Bucket=BUCKET)
    with _connect(aws) as connection:
        connection.sendall(begun)
        connection.shutdown(socket.SHUT_WR)
        answer = _answer(connection)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"<Code>IncompleteBody</Code>" in answer
    assert "Contents" not in aws.client("s3").list_objects_v2(Bucket=BUCKET)


def test_of_many_who_create_an_object_one_does(aws: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from moto.s3.models import S3Backend  # noqa: PLC0415 - slow to load

    aws.client("s3").create_bucket(Bucket=BUCKET)
    put = S3Backend.put_object

    def slowly(*args: Any, **kwargs: Any) -> Any:
        time.sleep(0.02)  # between the look and the write, where another one would slip in
        return put(*args, **kwargs)

    monkeypatch.setattr(S3Backend, "put_object", slowly)
    outcomes: list[str] = []

    def create(body: bytes) -> None:
        try:
            aws.client("s3").put_object(Bucket=BUCKET, Key="object", Body=body, IfNoneMatch="*")
            outcomes.append("created")
        except aws.client("s3").exceptions.ClientError as error:
            outcomes.append(error.response["Error"]["Code"])

    threads = [threading.Thread(target=create, args=(bytes([65 + number]),)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["PreconditionFailed"] * 5 + ["created"]


def test_pages_take_no_half_request_either(aws: Any) -> None:
    with _connect(aws) as connection:
        connection.sendall(b"POST /_sandbox/calls HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{")
        connection.shutdown(socket.SHUT_WR)
        assert _answer(connection).startswith(b"HTTP/1.1 400 ")
