"""What a change does to the attributes of one resource, read from the `change` of `terraform show -json`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

SENSITIVE = "(sensitive)"
UNKNOWN = "(known after apply)"

_TAGS = "tags"
_DERIVED = frozenset({"tags_all"})  # repeats `tags`

Path = tuple[str, ...]
Values = dict[str, object]  # by the attribute's path: `records`, `tags.Team`, `delivery_options.0.tls_policy`


def sides(change: Mapping[str, object]) -> tuple[Values | None, Values | None]:
    """Return what a resource has before and after: all of it where it is only on one side, else only what differs.

    Sensitive values are `SENSITIVE`, those that AWS will decide are `UNKNOWN`; empty ones are left out of a whole. A
    value that follows from another change is left out too. Source:
    developer.hashicorp.com/terraform/internals/json-format, "Change Representation".
    """
    before, after = change.get("before"), change.get("after")
    if before is None or after is None:
        return _whole(change, "before"), _whole(change, "after")
    paths = [path for path in unequal(before, after) if path[0] not in _DERIVED]
    known = [path for path in paths if not _marked(change.get("after_unknown"), path)]
    return _values(change, "before", known or paths), _values(change, "after", known or paths)


def unequal(before: object, after: object) -> list[Path]:
    """Return the paths of the attributes that differ, in their order."""
    left, right = dict(_leaves(before)), dict(_leaves(after))
    paths = dict.fromkeys([*left, *right])
    return [path for path in paths if path and _said(path, left.get(path)) != _said(path, right.get(path))]


def _said(path: Path, value: object) -> object:
    """Return what a value says: an empty one is like none, but a tag may have an empty value."""
    return value if path[0] == _TAGS and path[1:] else value or None


def _leaves(value: object, path: Path = ()) -> Iterator[tuple[Path, object]]:
    """Go through the attributes; a list of plain values is one, a list of blocks is one per block."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, (*path, str(key)))
    elif isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
        for number, inner in enumerate(value):
            yield from _leaves(inner, (*path, str(number)))
    else:
        yield path, value


def _value(change: Mapping[str, object], side: str, path: Path) -> object:
    if _marked(change.get("before_sensitive"), path) or _marked(change.get("after_sensitive"), path):
        return SENSITIVE
    if side == "after" and _marked(change.get("after_unknown"), path):
        return UNKNOWN
    return dict(_leaves(change.get(side))).get(path)


def _whole(change: Mapping[str, object], side: str) -> Values | None:
    if change.get(side) is None:
        return None
    there = [path for path, value in _leaves(change.get(side)) if value]
    unknown = [path for path, mask in _leaves(change.get("after_unknown")) if side == "after" and _marked(mask, ())]
    paths = dict.fromkeys(path for path in (*there, *unknown) if path and path[0] not in _DERIVED)
    return _values(change, side, tuple(paths))


def _values(change: Mapping[str, object], side: str, paths: Sequence[Path]) -> Values:
    return {".".join(path): _value(change, side, path) for path in paths}


def _marked(mask: object, path: Path) -> bool:
    """Say whether a mask of Terraform's (sensitive, unknown) covers the attribute or a part of it."""
    if isinstance(mask, bool):
        return mask
    if isinstance(mask, Mapping):
        return _marked(mask.get(path[0]), path[1:]) if path else any(_marked(inner, ()) for inner in mask.values())
    if isinstance(mask, list):
        if not path:
            return any(_marked(inner, ()) for inner in mask)
        number = int(path[0]) if path[0].isdigit() else len(mask)
        return number < len(mask) and _marked(mask[number], path[1:])
    return False
