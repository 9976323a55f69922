"""The protobuf wire format, as far as it is needed."""

from contextlib import suppress

import pytest
from adapters.terraform.warm.schema import types_of
from hypothesis import given
from hypothesis import strategies as st

from provisioner.adapters.terraform.warm.wire import fields, has_error, prune

PROVIDER_SCHEMA, DIAGNOSTICS, FUNCTIONS = 1, 4, 7
RESOURCES, DATA_SOURCES, EPHEMERAL = 2, 3, 8


def varint(number: int) -> bytes:
    low, rest = number & 127, number >> 7
    return bytes([low | 128]) + varint(rest) if rest else bytes([low])


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def data(field: int, value: bytes) -> bytes:
    return varint(field << 3 | 2) + varint(len(value)) + value


def described(field: int, name: str, schema: bytes = b"schema") -> bytes:
    return data(field, data(1, name.encode()) + data(2, schema))


NUMBERS = st.integers(0, 2**64 - 1)
FIELD = st.integers(1, 2**29 - 1)
ONE = st.one_of(
    st.builds(number, FIELD, NUMBERS),
    st.builds(data, FIELD, st.binary(max_size=300)),
    st.builds(lambda field, value: varint(field << 3 | 1) + value, FIELD, st.binary(min_size=8, max_size=8)),
    st.builds(lambda field, value: varint(field << 3 | 5) + value, FIELD, st.binary(min_size=4, max_size=4)),
)


@given(st.lists(ONE))
def test_every_message_is_the_sum_of_its_fields(parts: list[bytes]) -> None:
    assert [bytes(field.raw) for field in fields(b"".join(parts))] == parts


@given(FIELD, NUMBERS)
def test_numbers_are_read(field: int, value: int) -> None:
    (found,) = fields(number(field, value))
    assert (found.number, found.value) == (field, value)


@given(FIELD, st.binary(max_size=300))
def test_bytes_are_read(field: int, value: bytes) -> None:
    (found,) = fields(data(field, value))
    assert found.number == field
    assert found.value == memoryview(value)


@pytest.mark.parametrize(
    ("message", "complaint"),
    [
        (data(2, b"four")[:-1], "middle of a field"),
        (number(1, 300)[:-1], "middle of a number"),
        (b"\xff" * 20, "middle of a number"),
        (b"\x0d\x00", "middle of a field"),
        (b"\x0b", "wire type 3"),
    ],
)
def test_what_is_no_message_is_refused(message: bytes, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        list(fields(message))


@given(st.binary(max_size=60))
def test_no_bytes_make_it_fail_in_another_way(message: bytes) -> None:
    with suppress(ValueError):
        assert b"".join(bytes(field.raw) for field in fields(message)) == message


def test_only_the_types_asked_for_are_left() -> None:
    kept = [
        data(PROVIDER_SCHEMA, b"\x08\x01"),
        described(RESOURCES, "aws_iam_user"),
        described(DATA_SOURCES, "aws_iam_user"),
        data(DIAGNOSTICS, b""),
        described(FUNCTIONS, "arn_parse"),
        number(99, 7),
    ]
    others = [described(kind, "aws_instance") for kind in (RESOURCES, DATA_SOURCES, EPHEMERAL)]
    schema = b"".join(part for pair in zip(kept, [*others, b"", b"", b""], strict=True) for part in pair)
    assert prune(schema, {"aws_iam_user", "aws_absent"}) == b"".join(kept)
    assert types_of(schema) == {"aws_iam_user", "aws_instance"}


def test_an_entry_with_its_key_behind_its_value_is_found() -> None:
    schema = data(RESOURCES, data(2, b"schema") + data(1, b"aws_iam_user"))
    assert prune(schema, {"aws_iam_user"}) == schema
    assert prune(schema, {"aws_iam_role"}) == b""


def test_an_error_is_told_from_a_warning() -> None:
    error, warning = (data(2, number(1, severity) + data(2, b"summary")) for severity in (1, 2))
    assert has_error(data(1, b"prepared") + warning + error, 2)
    assert not has_error(data(1, b"prepared") + warning, 2)
    assert not has_error(error, 1)
    assert not has_error(b"", 2)
