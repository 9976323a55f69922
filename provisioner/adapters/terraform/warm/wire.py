"""Just enough of the protobuf wire format to make a provider's schema smaller and to find an error in an answer.

Source: protobuf.dev/programming-guides/encoding, and `tfplugin5.proto` of Terraform 1.11 for the field numbers. No
generated code: Terraform and the provider may both be newer than we are, and what is not known is passed on as it is.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

# GetProviderSchema.Response: map<string, Schema> of resources, data sources and ephemeral resources.
_BY_TYPE = frozenset({2, 3, 8})
_KEY = 1  # of a map entry

SCHEMA_DIAGNOSTICS = 4  # the field of the same
_SERVER_CAPABILITIES, _SCHEMA_OPTIONAL = 6, 2  # of the same, and get_provider_schema_optional in them

_CLIENT_CAPABILITIES = 3  # of a Configure.Request, after Terraform's version and the configuration

_SEVERITY, _ERROR = 1, 1  # Diagnostic.severity

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_FIXED = {_FIXED64: 8, _FIXED32: 4}
_MORE, _LONGEST = 0x80, 63


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a message: `raw` is all of it, `value` the number, or the bytes of what has a length."""

    number: int
    raw: memoryview
    value: int | memoryview


def fields(message: bytes | memoryview) -> Iterator[Field]:
    """Go through the fields of one message, not into them; raises `ValueError` when it is none."""
    data = memoryview(message)
    at = 0
    while at < len(data):
        tag, start = _varint(data, at)
        value, end = _value(data, start, tag & 7)
        if end > len(data):
            raise ValueError("the message ends in the middle of a field")
        yield Field(tag >> 3, data[at:end], value)
        at = end


def prune(schema: bytes, types: Collection[str]) -> bytes:
    """Return a GetSchema answer without the resource, data source and ephemeral types that are not among `types`."""
    wanted = {name.encode() for name in types}
    return b"".join(field.raw for field in fields(schema) if field.number not in _BY_TYPE or _key(field) in wanted)


def schema_is_optional(schema: bytes) -> bool:
    """Say whether the provider that gave this GetSchema answer works as well without having been asked for it."""
    offered = [field.value for field in fields(schema) if field.number == _SERVER_CAPABILITIES]
    able = (part for value in offered if isinstance(value, memoryview) for part in fields(value))
    return any(part.number == _SCHEMA_OPTIONAL and part.value == 1 for part in able)


def configuration(request: bytes) -> bytes:
    """Return what configures the provider in a Configure request: all but what this Terraform can do.

    Terraform says that an apply can do more than a plan, which is nothing to a provider that defers nothing.
    """
    return b"".join(field.raw for field in fields(request) if field.number != _CLIENT_CAPABILITIES)


def has_error(answer: bytes, diagnostics: int) -> bool:
    """Say whether an answer whose field `diagnostics` holds the diagnostics reports an error, not only warnings."""
    found = (field.value for field in fields(answer) if field.number == diagnostics)
    return any(isinstance(value, memoryview) and _is_error(value) for value in found)


def _is_error(diagnostic: memoryview) -> bool:
    return any(field.number == _SEVERITY and field.value == _ERROR for field in fields(diagnostic))


def _key(entry: Field) -> bytes:
    if isinstance(entry.value, memoryview):
        for field in fields(entry.value):
            if field.number == _KEY and isinstance(field.value, memoryview):
                return bytes(field.value)
    return b""  # protobuf leaves out an empty key


def _value(data: memoryview, at: int, kind: int) -> tuple[int | memoryview, int]:
    if kind == _VARINT:
        return _varint(data, at)
    if kind == _BYTES:
        length, at = _varint(data, at)
        return data[at : at + length], at + length
    if kind in _FIXED:
        end = at + _FIXED[kind]
        return data[at:end], end
    raise ValueError(f"there is no wire type {kind}")


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(data) and shift <= _LONGEST:
        byte = data[at]
        at += 1
        value |= (byte & ~_MORE) << shift
        if byte < _MORE:
            return value, at
        shift += 7
    raise ValueError("the message ends in the middle of a number")
