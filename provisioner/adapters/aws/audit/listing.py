"""What is in a bucket."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any


def list_objects(
    client: Any, bucket: str, prefix: str, in_our_words: Callable[[str], AbstractContextManager[None]]
) -> Iterator[Mapping[str, Any]]:
    """Go through the objects below a prefix by their keys in order, page by page."""
    asked = {"Bucket": bucket, "Prefix": prefix}
    while True:
        with in_our_words(f"s3:ListBucket ({bucket})"):
            page = client.list_objects_v2(**asked)
        yield from page.get("Contents", ())
        if not page.get("NextContinuationToken"):
            return
        asked["ContinuationToken"] = page["NextContinuationToken"]
