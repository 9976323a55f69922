"""Requests that the AWS provider sends twice.

On a busy machine the provider now and then loses an answer that comes in pieces (see `pieces.py`), and sends the same
request again, under the same invocation id, a tenth of a second later. What the first one made then exists already:
`new-domain` looks again and takes it in, but tests of one particular apply, by Terraform alone or with a fault to come,
would fail. For them the emulated AWS answers a request that it has carried out once more as it answered it first.
"""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from provisioner.sandbox.http.pages import Pages

Answer = tuple[str, list[tuple[str, str]], bytes]


@contextmanager
def answered_alike() -> Iterator[None]:
    """Answer what is sent twice twice the same, in the sandboxes of this process."""
    original, lock, given = Pages.__call__, threading.Lock(), dict[str, Answer]()

    def call(self: Any, environ: Any, start_response: Any) -> Iterable[bytes]:
        invocation = environ.get("HTTP_AMZ_SDK_INVOCATION_ID")
        if not invocation or environ["REQUEST_METHOD"] == "GET":
            return original(self, environ, start_response)
        with lock:
            answer = given.get(invocation)
        if answer is None:
            started: list[tuple[str, list[tuple[str, str]]]] = []
            pieces = original(self, environ, lambda status, headers, *_: started.append((status, headers)))
            answer = (*started[0], b"".join(pieces))
            if answer[0].startswith("2"):
                with lock:
                    given[invocation] = answer
        start_response(answer[0], answer[1])
        return [answer[2]]

    Pages.__call__ = call  # type: ignore[method-assign]  # for these tests only
    try:
        yield
    finally:
        Pages.__call__ = original  # type: ignore[method-assign]  # as it was
