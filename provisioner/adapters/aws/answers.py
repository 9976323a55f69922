"""Answers of AWS, in which a member may be missing.

AWS's models say of most members that they may be left out, and other implementations leave out some that AWS always
sends. Every client of the session answers with `Answer`s, so that whoever reads one need not think of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from provisioner.errors import ProvisionerError

if TYPE_CHECKING:
    from botocore.model import Shape, StructureShape

_EMPTY: Mapping[str, Any] = {"list": (), "map": {}, "boolean": False}


class Answer(dict[str, Any]):
    """A structure of AWS's model: a list, map or structure that is missing is empty, a boolean is false.

    Another value that is missing raises `ProvisionerError("unreachable")`: what answered is not AWS. `get` and `in` do
    as with every mapping.
    """

    def __init__(self, members: Mapping[str, Any], shape: StructureShape, call: str) -> None:
        super().__init__({name: _whole(value, shape.members.get(name), call) for name, value in members.items()})
        self._shape, self._call = shape, call

    def __missing__(self, name: str) -> Any:
        """Return what stands for a member that the model knows; raises KeyError for one that it does not know."""
        shape: Any = self._shape.members[name]
        if shape.type_name == "structure":
            return Answer({}, shape, self._call)
        if shape.type_name in _EMPTY:
            return _EMPTY[shape.type_name]
        raise ProvisionerError(
            "unreachable",
            f"{self._call}: what answered is not AWS: {self._shape.name} has no {name}",
            "check the network, the proxy, and AWS_ENDPOINT_URL if it is set",
        )


class _Whole:
    """Goes in front of the classes that botocore makes its clients of."""

    meta: Any

    def _make_api_call(self, operation: str, parameters: Any) -> Any:
        answer = super()._make_api_call(operation, parameters)  # type: ignore[misc]  # botocore's, behind this one
        shape = self.meta.service_model.operation_model(operation).output_shape
        return answer if shape is None else _whole(answer, shape, f"{self.meta.service_model.service_name}:{operation}")


def answer_whole(**event: Any) -> None:
    """Let a client, about to be made, answer with `Answer`s; for botocore's event `creating-client-class`."""
    event["base_classes"].insert(0, _Whole)


def _whole(value: Any, shape: Shape | None, call: str) -> Any:
    found: Any = shape  # the stubs have the members of a shape in its classes
    if found is None or found.type_name not in ("structure", "list", "map"):
        return value
    if found.type_name == "structure":
        return Answer(value, found, call) if isinstance(value, dict) else value
    if found.type_name == "list":
        return [_whole(item, found.member, call) for item in value or ()]
    return {name: _whole(item, found.value, call) for name, item in (value or {}).items()}
