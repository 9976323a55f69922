"""Answers of HTTP servers, as the pieces in which they leave.

In Terraform's AWS provider (aws-sdk-go-v2 with smithy-go 1.22) the end of writing a request races with the answer to
it: smithy-go closes the request's body as soon as the answer's headers are there. If Go's writer has not yet looked for
the body's end by then, it takes that for a failure and closes the connection. What has not been read of the answer is
lost ("use of closed network connection"), and the SDK sends the request again, under the same invocation id: it meets
what the first one made. An answer that came in one piece has been read as a whole by then. With what was measured:
docs/decisions/2026-11-28-answers-in-one-piece.md.
"""

import socket
from typing import Any

import pytest


def record_pieces(port: int, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Return a list that collects what leaves a port of this process from now on, an item for each call of `send`."""
    pieces: list[bytes] = []

    def recording(name: str) -> Any:
        original = getattr(socket.socket, name)

        def send(self: socket.socket, data: Any, *flags: int) -> Any:
            if self.getsockname()[1] == port:
                pieces.append(bytes(data))
            return original(self, data, *flags)

        return send

    for name in ("send", "sendall"):
        monkeypatch.setattr(socket.socket, name, recording(name))
    return pieces
