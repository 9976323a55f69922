"""What a provider's GetSchema answer describes."""

from provisioner.adapters.terraform.warm.wire import Field, fields

BY_TYPE = {2, 3, 8}  # the maps of resources, data sources and ephemeral resources
KEY = 1  # of a map entry


def types_of(schema: bytes) -> set[str]:
    """Return the names of all types that a GetSchema answer describes."""
    return {key_of(field) for field in fields(schema) if field.number in BY_TYPE}


def key_of(entry: Field) -> str:
    """Return the key of a map entry; protobuf leaves out an empty one."""
    assert isinstance(entry.value, memoryview)
    keys = [bytes(field.value) for field in fields(entry.value) if field.number == KEY]
    return b"".join(keys).decode()
