"""What AWS itself remembers of a domain: tags on the identity that outlive the workspace.

Tag values allow few characters and 256 of them, so the options are words: `zone=auto/created mail-from=bounce
dmarc=reject spf=merge/record`. A second word after `/` is what was decided or found. Each sender has a tag of its own.
"""

from collections.abc import Mapping

from provisioner.core.asked.boundary import NO_BOUNDARY
from provisioner.core.asked.decisions import Decisions, ResolvedMode, ResolvedZone
from provisioner.core.asked.ignored_tags import NOTHING_IGNORED, IgnoredTags
from provisioner.core.asked.options import tag_text, text_of_tag
from provisioner.core.asked.remembered import Remembered
from provisioner.core.asked.request import BEFORE_TLS, Request
from provisioner.core.asked.senders import Senders
from provisioner.core.asked.tags import SENDER_PREFIX, Tags
from provisioner.core.spf.merge import Part
from provisioner.core.values.address import EmailAddress
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region

MANAGED_BY = "provisioner"
ZONE_COMMENT = "Managed by provisioner"  # of the Terraform module, there before the tags are
OPTIONS, DMARC_RUA = "Provisioner", "DmarcRua"
BOUNDARY, IGNORES = "ProvisionerBoundary", "ProvisionerIgnores"
SENDER = "Sender"  # of what belongs to a sender: its name

_UNSET = "-"


def is_ours(tags: Mapping[str, str], domain: DomainName) -> bool:
    """Say whether a resource with these tags was made by us for this domain."""
    return tags.get("ManagedBy") == MANAGED_BY and tags.get("Domain") == domain.ascii


def to_tags(request: Request, decisions: Decisions) -> dict[str, str]:
    """Return the identity's tags that hold what was asked, decided and found."""
    zone = decisions.zone
    words = {
        "zone": f"{request.zone}/{zone.mode}" + (f"/{zone.id}" if zone.id else ""),
        "mail-from": request.mail_from,
        "dmarc": f"{request.dmarc or _UNSET}/{_dmarc_fate(decisions)}",
        "spf": f"{request.spf}/{decisions.spf_part or _UNSET}",
        "set": request.delegation_set or _UNSET,
        **({} if request.tls is BEFORE_TLS else {"tls": request.tls}),
    }
    tags = {OPTIONS: " ".join(f"{name}={value}" for name, value in words.items())}
    return tags | _tags_of_senders(request.senders) | _tag_of_rua(request) | _tags_of_organization(request)


def count_tags(request: Request) -> int:
    """Return how many tags `to_tags` makes, whatever will be decided."""
    return 1 + sum(map(len, (_tags_of_senders(request.senders), _tag_of_rua(request), _tags_of_organization(request))))


def from_tags(tags: Mapping[str, str], domain: DomainName, region: Region) -> Remembered | None:
    """Read `to_tags` back, with Customer, Contact and the tags that are not ours; None when the tags do not hold it.

    An adopted zone comes back by its id; its name is the domain's until somebody has looked it up.
    """
    words = dict(word.split("=", 1) for word in tags.get(OPTIONS, "").split() if "=" in word)
    if not words:
        return None
    zone, *resolved_words = words.get("zone", "auto").split("/")
    dmarc, _, fate = words.get("dmarc", _UNSET).partition("/")
    spf, _, part = words.get("spf", "merge").partition("/")
    rua = tags.get(DMARC_RUA)
    boundary, ignored = (text_of_tag(tags.get(name, "none")) for name in (BOUNDARY, IGNORES))
    request = Request(region=region).with_options(
        zone=zone,
        mail_from=words.get("mail-from"),
        dmarc=_given(dmarc),
        dmarc_rua=EmailAddress.parse(text_of_tag(rua)) if rua else None,
        spf=spf,
        tls=words.get("tls", BEFORE_TLS),
        delegation_set=_given(words.get("set", _UNSET)),
        customer=tags.get("Customer"),
        contact=text_of_tag(tags["Contact"]) if "Contact" in tags else None,
        tags=Tags.from_resource(IgnoredTags.parse(ignored).rest_of(tags)),
        senders=_senders(tags),
        permissions_boundary=boundary,
        ignore_tags=ignored,
    )
    resolved = _resolved(domain, resolved_words)
    if resolved is None:
        return Remembered(request, None)
    spf_part = Part(part) if _given(part) else None
    inherited, theirs = (fate == "inherited", fate == "theirs") if _given(fate) else (None, None)
    return Remembered(request, Decisions(resolved, inherited, theirs, spf_part))


def _tags_of_senders(senders: Senders) -> dict[str, str]:
    return {f"{SENDER_PREFIX}{sender.name}": sender.local_part for sender in senders.listed}


def _tag_of_rua(request: Request) -> dict[str, str]:
    return {DMARC_RUA: tag_text(str(request.dmarc_rua))} if request.dmarc_rua else {}


def _tags_of_organization(request: Request) -> dict[str, str]:
    asked = {BOUNDARY: (request.permissions_boundary, NO_BOUNDARY), IGNORES: (request.ignore_tags, NOTHING_IGNORED)}
    return {name: tag_text(str(value)) for name, (value, usual) in asked.items() if value != usual}


def _dmarc_fate(decisions: Decisions) -> str:
    if decisions.dmarc_theirs:
        return "theirs"
    if decisions.dmarc_inherited is None:
        return _UNSET
    return "inherited" if decisions.dmarc_inherited else "ours"


def _resolved(domain: DomainName, words: list[str]) -> ResolvedZone | None:
    mode = next((mode for mode in ResolvedMode if words[:1] == [mode]), None)
    return None if mode is None else ResolvedZone(mode, domain.ascii, words[1] if len(words) > 1 else None)


def _senders(tags: Mapping[str, str]) -> Senders:
    named = {key: key.removeprefix(SENDER_PREFIX) for key in tags if key.startswith(SENDER_PREFIX)}
    return Senders.from_resource((name, tags[key]) for key, name in named.items())


def _given(word: str) -> str | None:
    return None if word in ("", _UNSET) else word
