"""The DNS records that a mail domain needs: the one place that says so."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from provisioner.core.dmarc.protocol import record_text
from provisioner.core.mail_domain.spec import MailDomain
from provisioner.core.values.domain import DomainName

TTL = 300
SPF = "v=spf1 include:amazonses.com ~all"  # "-all" may reject before DMARC is evaluated (RFC 9989 section 7.1)


class Purpose(StrEnum):
    """What a record set is for in a mail domain; `OTHER`: nobody has said, as of all that is read from a zone."""

    SPF = "spf"
    DMARC = "dmarc"
    MAIL_FROM_MX = "mail_from_mx"
    MAIL_FROM_SPF = "mail_from_spf"
    DKIM = "dkim"
    OTHER = ""

    @property
    def is_mail_from(self) -> bool:
        """Whether the record set stands at the MAIL FROM host."""
        return self in (Purpose.MAIL_FROM_MX, Purpose.MAIL_FROM_SPF)


class Action(StrEnum):
    """What somebody has to do with a record at a DNS host that is not ours; `KEEP`: nothing, it stays as it is."""

    ADD = "add"
    REPLACE = "replace"
    KEEP = "keep"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Publishing:
    """What to do with a record at a DNS host that is not ours; `replaces` are the values whose place it takes."""

    action: Action
    replaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """One record set.

    Names and hosts are without trailing dot, TXT values without quotes and with their strings joined; `ttl` is in
    seconds. `raw` holds the values of an existing record set exactly as Route 53 does, which is what deleting or
    merging it takes. `index` tells the three record sets of DKIM apart. An alias has no values and no TTL, but the host
    that it is an `alias` of. Sets with a routing policy share their name and type, and differ in `set_identifier`.
    `publishing` is None where no person has to do anything: in a zone of Route 53.
    """

    name: str
    type: str
    ttl: int
    values: tuple[str, ...]
    raw: tuple[str, ...] = field(default=(), compare=False)
    purpose: Purpose = Purpose.OTHER
    index: int = 0
    alias: str = ""
    set_identifier: str = ""
    publishing: Publishing | None = field(default=None, compare=False)

    def __str__(self) -> str:
        """Name the record set in the user's words, with what it holds: `MX example.com = 10 mail.example.com`."""
        routed = f" (set {self.set_identifier} of a routing policy)" if self.set_identifier else ""
        held = f"alias of {self.alias}" if self.alias else " | ".join(self.values) or "(alias)"
        return f"{self.type} {self.name}{routed} = {held}"

    @property
    def is_simple(self) -> bool:
        """Whether it is the one set of its name and type, with values of its own: all that we make are."""
        return bool(self.values) and not self.set_identifier

    def to_document(self) -> dict[str, object]:
        """Return the JSON form, as `new-domain --json` shows it; with `action` and `replaces` in a zone elsewhere."""
        document: dict[str, object] = {
            "name": self.name,
            "type": self.type,
            "ttl": self.ttl,
            "values": list(self.values),
        }
        if self.publishing is None:
            return document
        return document | {"action": str(self.publishing.action), "replaces": list(self.publishing.replaces)}


def static_records(spec: MailDomain) -> tuple[Record, ...]:
    """Return the records that are known before SES has given its DKIM tokens."""
    records = [
        Record(spec.mail_from, "MX", TTL, (f"10 {spec.region.feedback_host}",), purpose=Purpose.MAIL_FROM_MX),
        Record(spec.mail_from, "TXT", TTL, (SPF,), purpose=Purpose.MAIL_FROM_SPF),
    ]
    if spec.dmarc:
        text = record_text(spec.dmarc, spec.dmarc_rua)
        records.insert(0, Record(spec.domain.child("_dmarc"), "TXT", TTL, (text,), purpose=Purpose.DMARC))
    if spec.publish_spf:
        records.insert(0, _apex(spec))
    return tuple(records)


def _apex(spec: MailDomain) -> Record:
    """Return the TXT set at the domain: our SPF record, among what others keep there."""
    if spec.apex_txt is None:
        return Record(spec.domain.ascii, "TXT", TTL, (SPF,), purpose=Purpose.SPF)
    merged = spec.apex_txt
    return Record(spec.domain.ascii, "TXT", merged.ttl, tuple(merged.texts), merged.values, Purpose.SPF)


def dkim_records(domain: DomainName, tokens: Sequence[str], signing_hosted_zone: str) -> tuple[Record, ...]:
    """Return the CNAMEs of Easy DKIM: `<token>._domainkey.<domain>` -> `<token>.<signing hosted zone>`."""
    return tuple(
        Record(
            domain.child(f"{token}._domainkey"),
            "CNAME",
            TTL,
            (f"{token}.{signing_hosted_zone}",),
            purpose=Purpose.DKIM,
            index=index,
        )
        for index, token in enumerate(tokens)
    )


def tokens_published(domain: DomainName, live: Iterable[Record]) -> tuple[str, ...]:
    """Return the tokens of Easy DKIM whose CNAMEs stand in a zone: those of an identity that has forgotten them."""
    heads = ((r, r.name.partition(".")[0]) for r in live if r.type == "CNAME")
    return tuple(
        token
        for r, token in heads
        if r.name == domain.child(f"{token}._domainkey") and any(v.startswith(f"{token}.dkim.") for v in r.values)
    )


def desired_records(spec: MailDomain, tokens: Sequence[str]) -> tuple[Record, ...]:
    """Return every record that must exist; without those of DKIM as long as `tokens` is empty."""
    return static_records(spec) + dkim_records(spec.domain, tokens, spec.signing_hosted_zone)


def conflicts(
    desired: Iterable[Record], existing: Iterable[Record], ours: Collection[tuple[str, str]]
) -> tuple[Record, ...]:
    """Return the existing record sets of the zone that stand where desired ones must go.

    In the way are: the same name and type; a CNAME where we need another type and any type where we need a CNAME (RFC
    1034 section 3.6.2); anything at the MAIL FROM host, which SES wants to itself; and a delegation (NS) or DNAME that
    takes a desired name out of the zone. `ours` are the (name, type) pairs that we manage; they are never in the way,
    but an alias or a set with a routing policy is not ours whatever its name.
    """
    wanted, present = tuple(desired), tuple(existing)
    apex = {record.name for record in present if record.type == "SOA"}
    return tuple(
        standing
        for standing in present
        if (standing.alias or standing.set_identifier or (standing.name, standing.type) not in ours)
        and any(_collides(need, standing) or _hides(need, standing, apex) for need in wanted)
    )


def _collides(need: Record, standing: Record) -> bool:
    if need.name != standing.name:
        return False
    return need.type == standing.type or "CNAME" in {need.type, standing.type} or need.purpose.is_mail_from


def _hides(need: Record, standing: Record, apex: Collection[str]) -> bool:
    below = need.name.endswith(f".{standing.name}")
    if standing.type == "NS":
        return standing.name not in apex and (below or need.name == standing.name)
    return standing.type == "DNAME" and below
