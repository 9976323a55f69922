"""The record of a DKIM key of the customer's own, as receivers read it."""

import base64

import pytest

from provisioner.core.checks.own_key import judge

NAME = "mail._domainkey.example.com"
KEY = base64.b64encode(bytes([0x30, 0x82, 0x01, 0x22]) + bytes(0x122)).decode()  # as long as one of 2048 bits
SHORT = base64.b64encode(bytes([0x30, 0x81, 0x9F]) + bytes(0x9F)).decode()  # as one of 1024


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ((f"v=DKIM1; k=rsa; p={KEY}",), []),
        ((f"p={SHORT}",), []),
        ((f" v=DKIM1 ; p= {KEY[:200]} {KEY[200:]};",), []),
        ((f"v=DKIM1; p={KEY}", "google-site-verification=abc"), []),
        (("v=DKIM1; p=",), ["dkim.revoked"]),
        ((f"v=DKIM1; t=y; p={KEY}",), ["dkim.test_mode"]),
        ((f"v=DKIM1; t=y:s; p={KEY}",), ["dkim.test_mode"]),
        ((f"v=DKIM1; k=rsa; p={KEY}"[:255],), ["dkim.key_broken"]),
        ((f"v=DKIM1; p={KEY}"[:254],), ["dkim.key_broken"]),
        ((f"v=DKIM1; p={KEY[:-4]}",), ["dkim.key_broken"]),
        ((f"v=DKIM1; k=ed25519; p={KEY}",), ["dkim.key_broken"]),
        ((f"v=DKIM2; p={KEY}",), ["dkim.key_broken"]),
        ((f"v=DKIM1; p={KEY}", f"v=DKIM1; p={SHORT}"), ["dkim.key_broken"]),
        (("hello",), ["dkim.key_broken"]),
    ],
    ids=[
        "a key", "the least that is one", "white space", "another value beside it", "revoked", "tried out",
        "tried out and strict", "cut at 255", "cut at 254", "four characters short", "another kind", "another version",
        "two keys", "no key",
    ],
)  # fmt: skip  # a table
def test_what_receivers_cannot_use_is_named(values: tuple[str, ...], found: list[str]) -> None:
    assert [one.id for one in judge(NAME, values)] == found
