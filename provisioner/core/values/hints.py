"""Hints name options; where another command gives them, a hint has to say where they belong."""

import re
from collections.abc import Collection, Mapping

OPTIONS_OF_A_DOMAIN: Mapping[str, str | None] = {  # of `new-domain`: the field of a manifest that says the same
    "--region": "region",
    "--zone": "zone",
    "--contact": "contact",
    "--customer": "customer",
    "--mail-from": "mail_from",
    "--dmarc": "dmarc",
    "--dmarc-rua": "dmarc_rua",
    "--delegation-set": "delegation_set",
    "--spf": "spf",
    "--tls": "tls",
    "--permissions-boundary": "permissions_boundary",
    "--ignore-tags": "ignore_tags",
    "--tag": "tags",
    "--sender": "senders",
    "--no-customer": "customer: null",
    "--no-contact": "contact: null",
    "--no-dmarc-rua": "dmarc_rua: null",
    "--no-tag": None,
    "--no-sender": None,
    "--take-over": None,
    "--allow-delete": None,
}

_CODE = re.compile(r"`[^`]*`")
_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")


def with_place(hint: str, understood: Collection[str]) -> str:
    """Return the hint with the command behind it that has those of its options which are not `understood` here."""
    missing = [name for name in _options(hint) if name not in understood]
    return f"{hint} ({_joined(missing)}: of `provisioner new-domain`)" if missing else hint


def in_manifest(hint: str, domain: str, understood: Collection[str]) -> str:
    """Return the hint for a domain of a manifest: with the fields and the command that say what its options say."""
    missing = [name for name in _options(hint) if name not in understood]
    fields = [f"`{OPTIONS_OF_A_DOMAIN[name]}`" for name in missing if OPTIONS_OF_A_DOMAIN[name]]
    others = [name for name in missing if not OPTIONS_OF_A_DOMAIN[name]]
    parts = [f"in a manifest: {_joined(fields)}"] if fields else []
    parts += [f"{_joined(others)}: of `provisioner new-domain {domain}`"] if others else []
    return f"{hint} ({'; '.join(parts)})" if parts else hint


def _options(hint: str) -> list[str]:
    """Return the options of a domain that stand in the hint's own words, not in a command line."""
    found = dict.fromkeys(_OPTION.findall(_CODE.sub("", hint)))
    return [name for name in found if name in OPTIONS_OF_A_DOMAIN]


def _joined(names: Collection[str]) -> str:
    return ", ".join(names)
