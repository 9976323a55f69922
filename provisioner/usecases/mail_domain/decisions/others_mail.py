"""SPF at a domain whose mail is in other hands: none of ours is put over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from provisioner.core.asked.decisions import Decisions
from provisioner.core.asked.request import Request, Spf
from provisioner.core.mail_domain.elsewhere import withheld_spf
from provisioner.core.mail_domain.receiving import receives_elsewhere
from provisioner.core.mail_domain.records import Record
from provisioner.core.spf.merge import Part
from provisioner.core.spf.syntax import is_meant_as_spf, is_spf
from provisioner.core.values.domain import DomainName
from provisioner.ports.edges import Edges


def withholds_spf(
    edges: Edges, domain: DomainName, request: Request, before: Decisions | None, live: Sequence[Record]
) -> bool:
    """Say whether no SPF record is published, because the domain has mail elsewhere and no SPF; decided once."""
    if request.spf is not Spf.MERGE or (before is not None and before.spf_part is not None):
        return False
    mx, texts = _values(live, domain, "MX"), _values(live, domain, "TXT")
    if not receives_elsewhere(mx) or any(is_spf(text) or is_meant_as_spf(text) for text in texts):
        return False
    edges.progress.note(withheld_spf(domain, mx))
    return True


def reopened(request: Request, before: Decisions | None) -> Decisions | None:
    """Return what was decided, with SPF open again where a record is asked for although none was published so far."""
    if request.spf is Spf.PUBLISH and before is not None and before.spf_part is Part.NOTHING:
        return replace(before, spf_part=None)
    return before


def _values(live: Sequence[Record], domain: DomainName, rtype: str) -> list[str]:
    return [value for r in live if (r.name, r.type) == (domain.ascii, rtype) for value in r.values]
