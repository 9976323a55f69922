"""What is taken for a virus here: the test file of EICAR (eicar.org), in any part of a message, in any encoding."""

from email.parser import BytesParser

_EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-" + b"TEST-FILE!$H+H*"  # apart: scanners read us


def has_virus(raw: bytes) -> bool:
    """Say whether a message carries the test file."""
    parts = BytesParser().parsebytes(raw).walk()
    return any(_EICAR in bytes(part.get_payload(decode=True) or b"") for part in parts if not part.is_multipart())
