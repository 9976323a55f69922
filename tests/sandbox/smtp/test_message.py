"""What SES reads and writes in a message's header."""

from datetime import UTC, datetime
from email import message_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.sandbox.smtp.message import is_address, outgoing, read
from provisioner.sandbox.smtp.quota import DAY, Quota
from provisioner.sandbox.smtp.reply import RejectedError

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def sent(raw: bytes) -> bytes:
    return outgoing(raw, "<id@email.amazonses.com>", NOW)


@given(st.binary(max_size=200))
def test_the_body_is_never_touched(body: bytes) -> None:
    header = b"From: a@example.com\r\nX-SES-MESSAGE-TAGS: a=b\r\n"

    assert sent(header + b"\r\n" + body).endswith(b"Date: Fri, 02 Jan 2026 03:04:05 +0000\r\n\r\n" + body)


@pytest.mark.parametrize(
    ("raw", "fields"),
    [
        (b"From: a@example.com\n\nbody\nX-SES-A: in the body\n", ["From", "Message-ID", "Date"]),
        (
            b"From: a@example.com\r\nX-SES-A: 1\r\n folded\r\n\tagain\r\nTo: b\r\n\r\n",
            ["From", "To", "Message-ID", "Date"],
        ),
        (b"From: a@example.com\r\nReturn-Path: <x@y>", ["From", "Message-ID", "Date"]),
    ],
)
def test_the_fields_of_ses_are_dropped_whole_and_only_in_the_header(raw: bytes, fields: list[str]) -> None:
    left = sent(raw)

    assert message_from_bytes(left).keys() == fields
    assert b"folded" not in left
    assert b"again" not in left


def test_a_message_without_a_header_stays_a_body() -> None:
    assert sent(b"\r\njust text\r\n").endswith(b"\r\n\r\njust text\r\n")


def test_a_field_that_cannot_be_decoded_is_shown_as_it_came() -> None:
    header = read(b"From: a@example.com\r\nSubject: =?no-such-charset?q?x?=\r\n\r\n")

    assert header.subject == "=?no-such-charset?q?x?="


@pytest.mark.parametrize("address", ["a@example.com", "a.b+c@xn--mnchen-3ya.de", '"a b"@example.com', "O'Brien@x.test"])
def test_an_ascii_address_is_one(address: str) -> None:
    assert is_address(address)


@pytest.mark.parametrize("address", ["", "a", "@b", "a@", "a b@c", "a@b..c", "a@-ü.de", "a@b\n", "ä@b.de"])
def test_anything_else_is_not(address: str) -> None:
    assert not is_address(address)


class Clock:
    """Seconds that pass when told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def passes(quota: Quota, recipients: int = 1) -> bool:
    try:
        quota.take(recipients)
    except RejectedError:
        return False
    return True


def test_the_daily_quota_counts_recipients_and_rolls() -> None:
    clock = Clock()
    quota = Quota(None, 3, clock)

    assert [passes(quota, 2), passes(quota, 2), passes(quota, 1)] == [True, False, True]
    clock.now += DAY
    assert passes(quota, 3)


def test_the_rate_lets_a_seconds_worth_through_and_then_as_time_passes() -> None:
    clock = Clock()
    quota = Quota(2, None, clock)

    assert [passes(quota) for _ in range(4)] == [True, True, False, False]
    clock.now += 0.5
    assert [passes(quota), passes(quota)] == [True, False]
    clock.now += 10
    assert [passes(quota) for _ in range(3)] == [True, True, False]
