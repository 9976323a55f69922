"""The thin Terraform root of a domain: Jinja decides its structure, values travel in `terraform.tfvars.json` only."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from provisioner.core.mail_domain.spec import MailDomain
from provisioner.core.terraform.addresses import Import
from provisioner.core.terraform.pipeline import MODULES, Functions, Part, Pipeline, variables_of
from provisioner.core.terraform.tfvars import tfvars
from provisioner.errors import InputError

if TYPE_CHECKING:
    from jinja2 import Environment

# docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_BUCKET = re.compile(r"(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_HCL_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


@dataclass(frozen=True, slots=True)
class Backend:
    """Where states are kept: on disk beside the root when `bucket` is empty, else in S3 under `prefix`.

    `region` is the bucket's; empty means the environment's. `emulated` says that `AWS_ENDPOINT_URL` leads to something
    other than AWS, which has no virtual hosts per bucket.
    """

    bucket: str = ""
    prefix: str = ""
    region: str = ""
    emulated: bool = False

    def key(self, name: str) -> str:
        """Return the S3 key of a domain's state; `name` is its A-label."""
        return self._under("domains", name)

    def pipeline_key(self, pipeline: Pipeline, part: Part) -> str:
        """Return the S3 key of the state of a part of the audit pipeline."""
        return self._under("audit", pipeline.account, pipeline.region.name, part)

    def _under(self, *names: str) -> str:
        return "/".join(part for part in (self.prefix, *names, "terraform.tfstate") if part)


class RootTemplates:
    """`ports.terraform.Templates`: renders `templates/root/` with the modules of this installation."""

    def __init__(self, templates: Path, modules: Path, backend: Backend) -> None:
        self._templates = templates
        self._modules = modules
        self._backend = backend

    def root(self, spec: MailDomain, imports: Sequence[Import] = ()) -> Mapping[str, str]:
        """Return file name -> text: `main.tf`, `imports.tf` and `terraform.tfvars.json`."""
        variables = tfvars(spec)
        main = self._jinja.get_template("root/main.tf.j2").render(
            backend=self._backend, backend_key=self._backend.key(spec.domain.ascii), modules=str(self._modules)
        )
        taken = self._jinja.get_template("root/imports.tf.j2").render(imports=imports)
        return {
            "main.tf": main,
            "imports.tf": taken,
            "terraform.tfvars.json": json.dumps(variables, indent=2, sort_keys=True) + "\n",
        }

    def pipeline(self, pipeline: Pipeline, part: Part, functions: Functions) -> Mapping[str, str]:
        """Return the root of a part of the audit pipeline: `main.tf` and `terraform.tfvars.json`."""
        module = MODULES[part]
        main = self._jinja.get_template("audit/main.tf.j2").render(
            backend=self._backend,
            backend_key=self._backend.pipeline_key(pipeline, part),
            modules=str(self._modules),
            module=module,
            variable=part.value,
        )
        variables = variables_of(pipeline, part, functions)
        return {"main.tf": main, "terraform.tfvars.json": json.dumps(variables, indent=2, sort_keys=True) + "\n"}

    @cached_property
    def _jinja(self) -> Environment:
        import jinja2  # noqa: PLC0415 - most commands render nothing, and do not wait for it

        jinja = jinja2.Environment(  # noqa: S701 - HCL, not HTML: every string goes through the `hcl` filter
            loader=jinja2.FileSystemLoader(self._templates),
            undefined=jinja2.StrictUndefined,
            keep_trailing_newline=True,
        )
        jinja.filters["hcl"] = hcl_string
        return jinja


def parse_state_url(text: str, *, region: str = "", emulated: bool = False) -> Backend:
    """Read `PROVISIONER_STATE`: `local`, or `s3://bucket/prefix`, with `?region=` when the bucket is not in `region`.

    Raises `InputError` (`invalid_state`).
    """
    if text == "local":
        return Backend()
    url = urlsplit(text)
    prefix = url.path.strip("/")
    query = parse_qs(url.query)
    if url.scheme != "s3" or not _BUCKET.fullmatch(url.netloc) or url.fragment or not query.keys() <= {"region"}:
        raise _invalid_state(text)
    if any(part in {"", ".", ".."} for part in prefix.split("/")) and prefix:
        raise _invalid_state(text)
    return Backend(url.netloc, prefix, query.get("region", [region])[-1], emulated)


def hcl_string(text: str) -> str:
    """Return the text as a quoted HCL string that is exactly this text: no interpolation, no directive.

    Source: developer.hashicorp.com/terraform/language/expressions/strings, "Escape Sequences".
    """
    escaped = "".join(_HCL_ESCAPES.get(character, character) for character in text)
    return '"' + escaped.replace("${", "$${").replace("%{", "%%{") + '"'


def _invalid_state(text: str) -> InputError:
    return InputError(
        "invalid_state",
        f"PROVISIONER_STATE: {text!r} is no place for states",
        'use "local", or "s3://BUCKET/PREFIX", for example "s3://example-states/mail"',
    )
