"""The manifest as pydantic models: what a user may write, checked, and published as JSON Schema."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, ValidationError, WithJsonSchema
from pydantic_core import ErrorDetails, PydanticCustomError

from provisioner.adapters.manifest_file_nodes import Path
from provisioner.core.address import EmailAddress
from provisioner.core.asked import Asked
from provisioner.core.domain import DomainName
from provisioner.core.manifest import OPTIONS, PARSERS, Entry
from provisioner.core.region import WITH_SMTP, Region
from provisioner.core.request import DmarcPolicy, Spf, ZoneMode
from provisioner.errors import InputError

_KINDS = {
    bool: "a boolean",
    int: "a number",
    float: "a number",
    list: "a list",
    dict: "a mapping",
    type(None): "nothing",
}


parse_domain = lru_cache(maxsize=1 << 16)(DomainName.parse)  # looked at again to find duplicates


def _text(parser: Callable[[str], Any]) -> PlainValidator:
    """Read a text with one of our own parsers, whose words and hints the fault keeps."""
    parse = lru_cache(maxsize=1024)(parser)  # thousands of domains share a contact or a policy

    def validate(value: object) -> Any:
        if not isinstance(value, str):
            raise PydanticCustomError(
                "wrong_type", "it is {kind}, not a text", {"kind": _KINDS[type(value)], "hint": ""}
            )
        try:
            return parse(value)
        except InputError as error:
            raise PydanticCustomError("refused", "{message}", {"message": error.message, "hint": error.hint}) from None

    return PlainValidator(validate)


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
_Dmarc = Annotated[DmarcPolicy, _text(PARSERS["dmarc"]), _schema("DMARC policy.", enum=[*DmarcPolicy])]
_Rua = Annotated[EmailAddress, _text(PARSERS["dmarc_rua"]), _schema("Where DMARC aggregate reports go.")]
_Spf = Annotated[Spf, _text(PARSERS["spf"]), _schema("skip: publish no SPF record at the domain.", enum=[*Spf])]
_DelegationSet = Annotated[str, _text(PARSERS["delegation_set"]), _schema("Reusable delegation set of a created zone.")]


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
    delegation_set: _DelegationSet | None = None

    def over(self, defaults: _Options) -> Asked:
        """Return the options as a command line would have given them."""
        values = {name: getattr(self, name) for name in OPTIONS}
        return Asked(**{n: getattr(defaults, n) if value is None else value for n, value in values.items()})


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


def _named(value: object) -> object:
    return value if isinstance(value, dict) else {"domain": value}


def _given(value: object) -> object:
    return {} if value is None else value


class ManifestModel(BaseModel):
    """The domains of a batch."""

    model_config = ConfigDict(extra="forbid", title="provisioner batch manifest")

    defaults: Annotated[Defaults, BeforeValidator(_given)] = Field(default_factory=Defaults)
    domains: list[Annotated[DomainEntry, BeforeValidator(_named), _NameAlone()]] = Field(min_length=1)

    def entries(self) -> tuple[Entry, ...]:
        """Return the domains with the defaults in them."""
        return tuple(Entry(entry.domain, entry.over(self.defaults)) for entry in self.domains)


def manifest_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a manifest."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **ManifestModel.model_json_schema()}


Problem = tuple[Path, str, str]  # where, what is wrong, what to do


def check(data: object) -> tuple[Sequence[Entry], Sequence[Problem]]:
    """Return the entries, or none of them and everything that is wrong."""
    try:
        return ManifestModel.model_validate(data).entries(), ()
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
    kind = _KINDS.get(type(error["input"]), "a text")
    return where, f"it is {kind}, not {wanted}" if wanted else error["msg"], ""


def _did_you_mean(where: Path) -> str:
    names = {1: ("defaults", "domains")}.get(len(where), OPTIONS if where[0] == "defaults" else ("domain", *OPTIONS))
    return _nearest(str(where[-1]), names)


@lru_cache(maxsize=1024)  # a column with a wrong name is a fault of every line
def _nearest(name: str, names: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(name.strip().lower().replace("-", "_"), names, n=1)
    return f"did you mean {near[0]}?" if near else f"the fields here are {', '.join(names)}"
