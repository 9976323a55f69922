"""From what SES tells to lines of the archive, and back: all that stands in a line, and what may come instead of it."""

import copy
import gzip
import json
from datetime import timedelta
from typing import Any

import pytest
from ses_told import RECEIVED, SAMPLES, VALIDATION, bounce, event, notified, wrapped

from provisioner.core.audit.archive import COLUMNS, LARGEST, Damaged, Known, day_of, entries_in, ids_in, lines_in, pack
from provisioner.core.audit.envelope import Unreadable


def lines(document: Any) -> list[dict[str, Any]]:
    body = document if isinstance(document, str) else json.dumps(document)
    return [json.loads(entry.line) for entry in entries_in(body, RECEIVED) or ()]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_every_sample_of_aws_is_a_line_with_the_event_in_it(sample: Any) -> None:
    document = json.loads(sample.read_text())
    (line,) = lines(document)
    assert list(line) == [*COLUMNS, "raw"]
    assert line["raw"] == document
    assert line["message_id"] == document["mail"]["messageId"]
    assert line["recipient"] in ("recipient@example.com", "sender@example.com")
    assert line["domain"] in ("example.com", None)


def test_a_bounce_says_all_that_is_asked_of_it() -> None:
    (line,) = lines(bounce(7))
    assert len(line.pop("id")) == 32
    assert line.pop("raw")["eventType"] == "Bounce"
    assert line == {
        "v": 1,
        "type": "bounce",
        "at": "2017-08-05T00:41:02.669Z",
        "domain": "example.com",
        "configuration_set": "example-com",
        "caller": "ses_user",
        "source_ip": "192.0.2.0",
        "message_id": "message-7",
        "from": "sender@example.com",
        "recipient": "recipient@example.com",
        "kind": "hard",
        "sub_type": "General",
        "status": "5.1.1",
        "diagnostic": "smtp; 550 5.1.1 user unknown",
        "feedback": None,
    }


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("send", {"type": "send"}),
        (
            "delivery",
            {"type": "delivery", "diagnostic": "250 2.6.0 Message received", "at": "2016-10-19T23:21:04.133Z"},
        ),
        ("complaint", {"type": "complaint", "feedback": "abuse", "kind": None}),
        ("reject", {"type": "reject", "sub_type": "Bad content", "recipient": "sender@example.com"}),
        ("deliverydelay", {"type": "delivery_delay", "status": "4.4.1", "sub_type": "TransientCommunicationFailure"}),
        ("rendering", {"type": "rendering_failure"}),
        ("subscription", {"type": "subscription"}),
    ],
)
def test_each_kind_of_event_fills_what_it_knows(name: str, expected: dict[str, Any]) -> None:
    (line,) = lines(event(name))
    assert {member: line[member] for member in expected} == expected


def test_a_kind_that_nobody_knows_yet_is_kept() -> None:
    made = event("send") | {"eventType": "Mail Eaten-By<Dog>", "mailEatenByDog": {"timestamp": "2026-01-02T03:04:05Z"}}
    (line,) = lines(made | {"new": [1, {"deep": None}]})
    assert line["type"] == "mail_eaten_by_dog"
    assert line["raw"]["new"] == [1, {"deep": None}]


def test_both_dialects_and_the_envelope_say_the_same() -> None:
    raw = bounce(3)
    both = notified(raw)
    both["mail"]["sourceArn"] = "arn:aws:ses:us-east-1:123456789012:identity/example.com"
    (line,), (other,), (enveloped,) = lines(raw), lines(both), lines(wrapped(json.dumps(raw)))
    assert enveloped == line
    assert other["id"] == line["id"]
    for member in ("at", "domain", "caller", "source_ip", "from", "recipient", "kind", "status"):
        assert other[member] == line[member], member


def test_a_line_of_an_archive_says_the_same_again() -> None:
    (line,) = lines(bounce(3))
    assert lines(line) == [line]


def test_lines_are_of_those_who_bounced_and_not_of_all_whom_the_mail_was_for() -> None:
    everybody = [f"r{number}@example.net" for number in range(50)]
    made = bounce(1, {"emailAddress": "r7@example.net", "status": "5.1.1"}, {"emailAddress": "r9@example.net"})
    made["mail"]["destination"] = everybody
    assert [line["recipient"] for line in lines(made)] == ["r7@example.net", "r9@example.net"]
    sent = event("send", destination=everybody)
    assert [line["recipient"] for line in lines(sent)] == everybody
    assert len({line["id"] for line in lines(sent)}) == 50


def test_a_recipient_named_twice_has_one_line_and_nobody_named_has_one_too() -> None:
    twice = bounce(1, {"emailAddress": "Ada <ada@Example.NET>"}, {"emailAddress": "ADA@example.net"})
    assert [line["recipient"] for line in lines(twice)] == ["ada@example.net"]
    nobody = bounce(2)
    nobody["bounce"]["bouncedRecipients"] = []
    assert [line["recipient"] for line in lines(nobody)] == [None]


def test_the_same_event_has_the_same_id_and_no_other_has() -> None:
    first = lines(bounce(1))[0]["id"]
    assert lines(bounce(1))[0]["id"] == first
    again = bounce(1)
    again["bounce"]["feedbackId"] = "another"
    others = [bounce(2), event("complaint", 1), event("send", 1), event("delivery", 1), event("reject", 1), again]
    delays = [event("deliverydelay", 1), event("deliverydelay", 1)]
    delays[1]["deliveryDelay"]["timestamp"] = "2020-06-16T01:25:40.095Z"
    ids = [lines(one)[0]["id"] for one in [*others, *delays]]
    assert len({first, *ids}) == len(ids) + 1


@pytest.mark.parametrize(
    ("stamp", "at"),
    [
        ("2018-10-08T14:05:45 +0000", "2018-10-08T14:05:45.000Z"),
        ("2026-11-28T01:30:00+02:00", "2026-11-27T23:30:00.000Z"),
        ("2026-11-28T01:30:00", "2026-11-28T01:30:00.000Z"),
        ("2026-12-05T00:00:00Z", "2026-12-05T00:00:00.000Z"),  # a clock may be wrong by a week
        ("2999-01-01T00:00:00Z", "2017-08-05T00:40:02.012Z"),  # then the mail's own time
        ("1970-01-01T00:00:00Z", "2017-08-05T00:40:02.012Z"),
        ("0001-01-01T00:00:00+23:00", "2017-08-05T00:40:02.012Z"),
        ("yesterday", "2017-08-05T00:40:02.012Z"),
        (1501893662, "2017-08-05T00:40:02.012Z"),
    ],
)
def test_the_day_is_that_of_the_event_if_it_can_be_read(stamp: Any, at: str) -> None:
    made = bounce(1)
    made["bounce"]["timestamp"] = stamp
    (entry,) = entries_in(json.dumps(made), RECEIVED) or ()
    assert entry.at == at
    assert entry.day.isoformat() == at[:10]


def test_an_event_without_any_time_is_of_the_day_on_which_it_came_and_yet_the_same_event() -> None:
    made = bounce(1)
    made["bounce"]["timestamp"] = made["mail"]["timestamp"] = "never"
    (one,) = entries_in(json.dumps(made), RECEIVED) or ()
    (other,) = entries_in(json.dumps(made), RECEIVED + timedelta(days=1)) or ()
    assert one.day.isoformat() == "2026-11-28"
    assert (other.id, other.day.isoformat()) == (one.id, "2026-11-29")


@pytest.mark.parametrize(
    "body",
    [
        VALIDATION,
        wrapped(VALIDATION),
        json.dumps({"notificationType": "AmazonSnsSubscriptionSucceeded", "message": "You have subscribed"}),
    ],
)
def test_what_ses_says_besides_events_is_nothing(body: str) -> None:
    assert entries_in(body, RECEIVED) is None


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "not JSON"),
        ("hello", "not JSON"),
        ("[]", "not an object"),
        ('"x"', "not an object"),
        ("null", "not an object"),
        ("{}", "neither eventType"),
        ('{"eventType": 7, "mail": {"messageId": "1"}}', "neither eventType"),
        ('{"eventType": "Send"}', "messageId is missing"),
        ('{"eventType": "Send", "mail": []}', "messageId is missing"),
        ('{"eventType": "Send", "mail": {"messageId": ["1"]}}', "messageId is missing"),
        ('{"eventType": "Send", "mail": {"messageId": "1"}, "x": NaN}', "not JSON"),
        ('{"eventType": "Send", "mail": {"messageId": "1"}, "x": 1e999}', "a number"),
        ('{"eventType": "Send", "mail": {"messageId": "1"}, "x": ' + "9" * 5000 + "}", "not JSON"),
        ('{"eventType": "Send", "mail": {"messageId": "1"}, "x": ' + "[" * 90_000 + "]" * 90_000 + "}", "nested"),
        ('{"eventType": "Send", "mail": {"messageId": "1"}, "x": ' + "[" * 200 + "]" * 200 + "}", "nested"),
        (wrapped("hello"), "not JSON"),
        (wrapped("[]"), "not an object"),
        (wrapped("", Type="SubscriptionConfirmation", Token="x"), "about a subscription"),
    ],
)
def test_what_is_no_event_says_why(body: str, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        entries_in(body, RECEIVED)


@pytest.mark.parametrize("hole", [None, 7, "text", [], {}, [None], [7], [[]], {"a": 1}, True])
@pytest.mark.parametrize("member", ["bounce", "bouncedRecipients", "tags", "commonHeaders", "destination", "timestamp"])
def test_whatever_stands_in_a_member_the_event_is_kept(member: str, hole: Any) -> None:
    made = bounce(1)
    for place in (made, made["bounce"], made["mail"]):
        if member in place:
            place[member] = hole
    assert lines(made)[0]["message_id"] == "message-1"


HOSTILE = [
    "\x00\x07\x1b[31m",
    "=HYPERLINK('http://evil.example')",
    "<script>alert(1)</script>",
    "line\r\nbreak\u2028\u2029\x85",
    '"}\n{"v":1,"id":"00000000000000000000000000000000"',
    "\ud800 alone",
    "\U0001f600 pair",
    "é" * 500,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_stays_text_on_one_line(text: str) -> None:
    made = bounce(1, {"emailAddress": f"{text}@example.net", "diagnosticCode": text, "status": text})
    made["mail"]["commonHeaders"]["subject"] = text
    (packed,) = pack(entries_in(json.dumps(made), RECEIVED) or ())
    (found,) = lines_in(packed.data)
    line = json.loads(found)
    expected = text.replace("\ud800", "?")
    assert line["diagnostic"] == expected
    assert line["raw"]["mail"]["commonHeaders"]["subject"] == expected
    assert found.isascii()
    assert b"\n" not in found


def test_an_event_of_256_kb_with_fifty_recipients_is_fifty_lines_in_objects_of_bounded_size() -> None:
    made = event("send", destination=[f"r{n}@example.net" for n in range(50)])
    made["mail"]["headers"] = [{"name": "X", "value": "y" * 250_000}]
    bodies = [json.dumps(made | {"mail": made["mail"] | {"messageId": f"m{number}"}}) for number in range(6)]
    entries = [entry for body in bodies for entry in entries_in(body, RECEIVED) or ()]
    packed = list(pack(entries))
    assert len(packed) == 2
    assert all(sum(entry.size for entry in one.entries) <= LARGEST for one in packed)
    assert sum(len(list(ids_in(one.data))) for one in packed) == 300


def test_objects_are_named_by_what_is_in_them_in_whatever_order_it_came() -> None:
    bodies = [json.dumps(bounce(number)) for number in range(5)] + [json.dumps(event("send", 9))]
    entries = [entry for body in bodies for entry in entries_in(body, RECEIVED) or ()]
    one, other = list(pack(entries)), list(pack(reversed(entries)))
    assert [(packed.key, packed.data) for packed in one] == [(packed.key, packed.data) for packed in other]
    assert [day_of(packed.key).isoformat() for packed in one] == ["2016-10-14", "2017-08-05"]  # type: ignore[union-attr]
    assert list(ids_in(one[1].data)) == [entry.id for entry in one[1].entries]
    assert gzip.decompress(one[1].data).count(b"\n") == 5
    assert not any(one[1].data[4:8])  # the time in gzip's header
    assert list(pack([])) == []


@pytest.mark.parametrize(
    ("key", "day"),
    [
        ("events/dt=2026-11-28/abc.json.gz", "2026-11-28"),
        ("mail/events/dt=2026-11-28/abc.json.gz", "2026-11-28"),
        ("dt=2026-11-28/abc.json.gz", "2026-11-28"),
        ("events/dt=2026-13-28/abc.json.gz", None),
        ("events/dt=2026-11-28/abc.json", None),
        ("unreadable/x", None),
    ],
)
def test_the_day_of_an_object_is_in_its_key(key: str, day: str | None) -> None:
    found = day_of(key)
    assert (found.isoformat() if found else None) == day


def whole() -> bytes:
    entries = [entry for number in range(50) for entry in entries_in(json.dumps(bounce(number)), RECEIVED) or ()]
    return next(pack(entries)).data


def changed(data: bytes) -> bytes:
    broken = bytearray(data)
    broken[len(data) // 2] ^= 0xFF
    return bytes(broken)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(lambda: b"", id="empty"),
        pytest.param(lambda: b"hello", id="text"),
        pytest.param(lambda: whole()[:-9], id="cut off"),
        pytest.param(lambda: whole()[:20], id="cut off early"),
        pytest.param(lambda: changed(whole()), id="a byte changed"),
        pytest.param(lambda: whole() + b"more", id="longer"),
        pytest.param(lambda: gzip.compress(b'{"eventType": "Send"}\n'), id="raw events"),
        pytest.param(lambda: gzip.compress(gzip.decompress(whole())[:-1]), id="a line without its end"),
    ],
)
def test_a_damaged_object_is_noticed(data: Any) -> None:
    with pytest.raises(Damaged):
        list(lines_in(data()))


def test_ids_are_known_once() -> None:
    known, (entry,) = Known(), entries_in(json.dumps(bounce(1)), RECEIVED) or ()
    assert known.add(entry.id)
    assert not known.add(entry.id)
    known.update(["0" * 32])
    assert not known.add("0" * 32)
    assert len(known) == 2


def test_reading_an_event_changes_nothing_of_it() -> None:
    made = bounce(1)
    before = copy.deepcopy(made)
    lines(made)
    assert made == before
