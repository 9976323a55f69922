"""Answers in which all is missing that AWS's models let be missing: whoever reads one says so, or goes on.

The answers are made from botocore's models, and the calls are all public methods of what talks to AWS.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from every_call import ADAPTERS, calls, outcome

from provisioner.adapters.aws.session import AwsSession

SCALARS: Mapping[str, Any] = {
    "string": "example.com", "integer": 1, "long": 1, "double": 1.0, "float": 1.0, "boolean": False, "blob": b"",
    "timestamp": datetime(2026, 1, 1, tzinfo=UTC),
}  # fmt: skip  # a table


def sparse(shape: Any, *, listed: bool, depth: int = 0) -> Any:
    """Return a value of a shape without what is not required; `listed`: with all structures and lists, of one item."""
    if shape.type_name == "structure":
        return dict(members(shape, listed=listed, depth=depth))
    if shape.type_name == "list":
        return [sparse(shape.member, listed=listed, depth=depth + 1)] if listed and depth < 6 else []
    if shape.type_name == "map":
        return {}
    return (getattr(shape, "enum", None) or [SCALARS[shape.type_name]])[0]


def members(shape: Any, *, listed: bool, depth: int) -> Iterator[tuple[str, Any]]:
    for name, member in shape.members.items():
        nested = member.type_name in ("structure", "list") and not getattr(shape, "is_tagged_union", False)
        if name in shape.required_members or (listed and nested and depth < 6):
            yield name, sparse(member, listed=listed, depth=depth + 1)


@pytest.fixture(params=[False, True], ids=["bare", "listed"])
def sparing(request: pytest.FixtureRequest, session: AwsSession) -> AwsSession:
    """A session whose AWS says nothing but what it must."""
    make = session.client

    def client(*wanted: Any) -> Any:
        made = make(*wanted)
        made.meta.events.register("before-call.*.*", answer, unique_id="sparing")
        return made

    def answer(model: Any, **_: Any) -> tuple[Any, Any]:
        said = {} if model.output_shape is None else sparse(model.output_shape, listed=request.param)
        return SimpleNamespace(status_code=200), said

    session.client = client  # type: ignore[method-assign,assignment]  # its clients are the last that we see of it
    return session


@pytest.mark.parametrize("adapter", ADAPTERS, ids=lambda adapter: getattr(adapter, "__name__", "adapter"))
def test_no_answer_is_too_sparse(sparing: AwsSession, adapter: Callable[[AwsSession], Any]) -> None:
    said = {name: outcome(call) for name, call in calls(adapter(sparing))}
    assert said
    assert {name: why for name, why in said.items() if why} == {}
