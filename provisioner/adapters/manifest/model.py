"""The manifest as pydantic models: what a user may write, checked, and published as JSON Schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, ValidationError, WithJsonSchema
from pydantic_core import ErrorDetails

from provisioner.adapters.manifest.fields import EXAMPLE, nearest
from provisioner.adapters.manifest.nodes import Path
from provisioner.adapters.manifest.pairs import KINDS, Pairs, no_text, refusal
from provisioner.core.asked.boundary import Boundary
from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.ignored_tags import IgnoredTags
from provisioner.core.asked.options import LONGEST_TAG_VALUE
from provisioner.core.asked.request import RETRACTABLE, Dmarc, Spf, Tls, ZoneMode
from provisioner.core.asked.senders import LOCAL_PART, MOST_SENDERS, NAME, Senders
from provisioner.core.asked.tags import LONGEST_TAG_KEY, MOST_OF_ONES_OWN, Tags
from provisioner.core.batch.manifest import OPTIONS, PARSERS, SENDERS, TAGS, Entry
from provisioner.core.values.address import LONGEST_LOCAL, EmailAddress
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import WITH_SMTP, Region
from provisioner.errors import InputError

Problem = tuple[Path, str, str]  # where, what is wrong, what to do

parse_domain = lru_cache(maxsize=1 << 16)(DomainName.parse)  # looked at again to find duplicates


def _text(parser: Callable[[str], Any]) -> PlainValidator:
    """Read a text with one of our own parsers, whose words and hints the fault keeps."""
    parse = lru_cache(maxsize=1024)(parser)  # thousands of domains share a contact or a policy

    def validate(value: object) -> Any:
        if not isinstance(value, str):
            raise no_text(value)
        try:
            return parse(value)
        except InputError as error:
            raise refusal(error.message, error.hint) from None

    return PlainValidator(validate)


_TAGS = Pairs(
    field=TAGS,
    one="a tag",
    written="`Team: web`; in CSV `Team=web; CostCenter=42`",
    empty='for an empty value write `{key}: ""`, in CSV `{key}=`',
    faults=Tags.faults,
    from_checked=Tags.from_checked,
)
_SENDERS = Pairs(
    field=SENDERS,
    one="a sender",
    written="`shop: orders`; in CSV `shop=orders; scanner=scan`",
    empty="write what stands before the @ of its address, such as `{key}: orders`",
    faults=Senders.faults,
    from_checked=Senders.from_checked,
)


def _schema(text: str, **more: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "description": text, **more})


_Domain = Annotated[
    DomainName,
    _text(parse_domain),
    _schema("The domain, in any script; internationalised names count as their A-label.", examples=["example.com"]),
]
_Customer = Annotated[str, _text(PARSERS["customer"]), _schema("Whose it is: the tag Customer.")]
_Contact = Annotated[EmailAddress, _text(PARSERS["contact"]), _schema("Whom to tell about this domain.")]
_Region = Annotated[Region, _text(PARSERS["region"]), _schema("AWS region.", enum=sorted(WITH_SMTP))]
_Zone = Annotated[ZoneMode, _text(PARSERS["zone"]), _schema("Where the records go.", enum=[*ZoneMode])]
_MailFrom = Annotated[str, _text(PARSERS["mail_from"]), _schema("Label of the MAIL FROM domain.", default="bounce")]
_Dmarc = Annotated[
    Dmarc, _text(PARSERS["dmarc"]), _schema("DMARC policy; skip: publish no DMARC record.", enum=[*Dmarc])
]
_Rua = Annotated[EmailAddress, _text(PARSERS["dmarc_rua"]), _schema("Where DMARC aggregate reports go.")]
_Spf = Annotated[Spf, _text(PARSERS["spf"]), _schema("SPF at the domain: merge, publish or skip.", enum=[*Spf])]
_Tls = Annotated[Tls, _text(PARSERS["tls"]), _schema("require: drop mail to servers without TLS.", enum=[*Tls])]
_DelegationSet = Annotated[str, _text(PARSERS["delegation_set"]), _schema("Reusable delegation set of a created zone.")]
_Boundary = Annotated[
    Boundary,
    _text(PARSERS["permissions_boundary"]),
    _schema("ARN of the permissions boundary of the SMTP users, or none."),
]
_IgnoredTags = Annotated[
    IgnoredTags,
    _text(PARSERS["ignore_tags"]),
    _schema("Tags of others that are left alone: CreatedBy,CostCenter*; or none."),
]
_Tags = Annotated[
    Tags,
    PlainValidator(_TAGS),
    WithJsonSchema(
        {
            "type": "object",
            "description": "Tags of your own on all that takes tags; {} for none, whatever was there before.",
            "propertyNames": {
                "minLength": 1,
                "maxLength": LONGEST_TAG_KEY,
                "not": {"pattern": "^[aA][wW][sS]:"},
            },
            "additionalProperties": {"type": "string", "maxLength": LONGEST_TAG_VALUE},
            "maxProperties": MOST_OF_ONES_OWN,
            "examples": [{"Team": "web", "CostCenter": "0042"}],
        }
    ),
]
_Senders = Annotated[
    Senders,
    PlainValidator(_SENDERS),
    WithJsonSchema(
        {
            "type": "object",
            "description": "Further SMTP users: name, and what stands before the @ of the only address that it sends "
            "as; {} for none, whatever was there before.",
            "propertyNames": {"pattern": f"^{NAME}$"},
            "additionalProperties": {"type": "string", "maxLength": LONGEST_LOCAL, "pattern": f"^{LOCAL_PART}$"},
            "maxProperties": MOST_SENDERS,
            "examples": [{"shop": "orders", "scanner": "scan"}],
        }
    ),
]


class _Options(BaseModel):
    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    customer: _Customer | None = None
    contact: _Contact | None = None
    region: _Region | None = None
    zone: _Zone | None = None
    mail_from: _MailFrom | None = None
    dmarc: _Dmarc | None = None
    dmarc_rua: _Rua | None = None
    spf: _Spf | None = None
    tls: _Tls | None = None
    delegation_set: _DelegationSet | None = None
    permissions_boundary: _Boundary | None = None
    ignore_tags: _IgnoredTags | None = None
    tags: _Tags | None = None
    senders: _Senders | None = None

    def over(self, defaults: _Options) -> Asked:
        """Return the options as a command line would have given them.

        Raises `InputError`: `too_many_tags` or `too_many_senders`.
        """
        sources = {name: self if self._says(name) else defaults for name in OPTIONS}
        found = {name: getattr(source, name) for name, source in sources.items()}
        taken_back = frozenset(name for name, source in sources.items() if found[name] is None and source._says(name))
        if defaults.tags and self.tags and self.tags.pairs:  # {} is none at all
            found[TAGS] = self.tags.over(defaults.tags)
        if defaults.senders and self.senders and self.senders.listed:
            found[SENDERS] = self.senders.over(defaults.senders)
        if self.dmarc is Dmarc.SKIP:
            found["dmarc_rua"] = self.dmarc_rua  # that of the defaults is for records of ours
        return Asked(**found, taken_back=taken_back)

    def _says(self, name: str) -> bool:
        """Say whether the field is there: with a value, or null where that takes back what was given before."""
        return getattr(self, name) is not None or (name in RETRACTABLE and name in self.model_fields_set)


class Defaults(_Options):
    """What holds for every domain that does not say otherwise."""


class DomainEntry(_Options):
    """One domain and what is asked for it."""

    domain: _Domain


class _NameAlone:
    """An entry that is only a name is a mapping with that name in it, in the schema too."""

    def __get_pydantic_json_schema__(
        self, core_schema: Any, handler: Callable[[Any], dict[str, Any]]
    ) -> dict[str, Any]:
        return {"anyOf": [{"type": "string", "description": "The domain alone."}, handler(core_schema)]}


def _as_entry(value: object) -> object:
    return value if isinstance(value, dict) else {"domain": value}


def _as_mapping(value: object) -> object:
    return {} if value is None else value


class ManifestModel(BaseModel):
    """The domains of a batch."""

    model_config = ConfigDict(extra="forbid", title="provisioner batch manifest")

    defaults: Annotated[Defaults, BeforeValidator(_as_mapping)] = Field(default_factory=Defaults)
    domains: list[Annotated[DomainEntry, BeforeValidator(_as_entry), _NameAlone()]] = Field(min_length=1)

    def entries(self) -> tuple[Sequence[Entry], Sequence[Problem]]:
        """Return the domains with the defaults in them, and what is wrong only with both together."""
        found, problems = list[Entry](), list[Problem]()
        for number, entry in enumerate(self.domains):
            try:
                found.append(Entry(entry.domain, entry.over(self.defaults)))
            except InputError as error:
                field = SENDERS if error.code == "too_many_senders" else TAGS
                problems.append(
                    (("domains", number, field), f"with those of the defaults, {error.message}", error.hint)
                )
        return found, problems


def manifest_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a manifest."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **ManifestModel.model_json_schema()}


def check(data: object) -> tuple[Sequence[Entry], Sequence[Problem]]:
    """Return the entries, or none of them and everything that is wrong."""
    try:
        return ManifestModel.model_validate(data).entries()
    except ValidationError as error:
        return (), [_problem(found) for found in error.errors(include_url=False)]


def _problem(error: ErrorDetails) -> Problem:
    where: Path = tuple(error["loc"])
    context: Mapping[str, Any] = error.get("ctx", {})
    if error["type"] == "extra_forbidden":
        return where, "the field is unknown", _did_you_mean(where)
    if error["type"] == "missing":
        return where, "the field is missing", ""
    if error["type"] == "too_short":
        return where, "it names no domain", ""
    if error["type"] in ("wrong_type", "refused"):
        return where, error["msg"], str(context.get("hint", ""))
    wanted = {"list_type": "a list", "dict_type": "a mapping", "model_type": "a mapping"}.get(error["type"])
    kind = KINDS.get(type(error["input"]), "a text")
    return where, f"it is {kind}, not {wanted}" if wanted else error["msg"], "" if where else EXAMPLE


def _did_you_mean(where: Path) -> str:
    names = {1: ("defaults", "domains")}.get(len(where), OPTIONS if where[0] == "defaults" else ("domain", *OPTIONS))
    return nearest(str(where[-1]), names)
