"""The public keys of Easy DKIM, which SES publishes at the names that the CNAMEs point to."""

from collections.abc import Iterable, Iterator

from moto.sesv2.models import sesv2_backends

from provisioner.sandbox.internet import AMAZON
from provisioner.sandbox.ses.store import SesStore
from provisioner.sandbox.zones import ACCOUNT, RecordSet

PUBLIC_KEY = (  # RSA, 2048 bits; nobody has the private key: what the sandbox accepts is not signed
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAwq8rw/dl+mJ44Ma9FU4atdyJzti1oYE6kRZli4p0Y5+x+64pNh/z/NuE"
    "sDLm9t8O7eJVpDsJzgbJiIs0VBf4rXOtYTfUBiZvSz22CgqlEFJPZVMGjQZciSVD3LHGyAzsOSKU98Hk0dx+unxNiYAm53DO6oX6"
    "CKKC4IE7vA6ULC3L1zNKuU0+ThjAzR/yhHxe+n33kdgsylQoux7elvKgtV6El8USo+mAIKpd8q21gvZukgP/bn0xqG6AnDnkce8V"
    "xZq517c5XVsjpQvT2gYKfZ/rI8CYLNtae3lG8q94fbWE8x16w7zzyXoq9+xSKK7+g3x+8s1TdkhdU/XgtlqXiQIDAQAB"
)
_LONGEST = 255  # octets of a string in a TXT record


def key_names() -> list[str]:
    """Return where the keys of all identities in all regions are."""
    stores = [store for store in list(sesv2_backends[ACCOUNT].values()) if isinstance(store, SesStore)]
    return [name for store in stores for name in _names(store) if name.endswith(f".{AMAZON}")]


def published_keys(names: Iterable[str]) -> Iterator[RecordSet]:
    """Return the record sets at these names."""
    return (_key(name) for name in names)


def _names(store: SesStore) -> Iterator[str]:
    kept = list(store.identities.values())
    easy = [identity.dkim for identity in kept if identity.kind == "DOMAIN" and identity.dkim.origin != "EXTERNAL"]
    return (f"{token}.{dkim.hosted_zone or store.suffix}" for dkim in easy for token in dkim.tokens)


def _key(name: str) -> RecordSet:
    text = f"p={PUBLIC_KEY}"
    strings = [text[start : start + _LONGEST] for start in range(0, len(text), _LONGEST)]
    return RecordSet(name, "TXT", 1800, (" ".join(f'"{string}"' for string in strings),))
