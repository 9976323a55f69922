"""Print the image's bill of materials (CycloneDX 1.6): every Python package, Terraform, the provider and Python.

Runs inside `docker build` with the image's Python; the arguments are paths to look for packages in. What Debian
packages the base image brings is in its own `/var/lib/dpkg/status`, which every scanner reads.
"""

import json
import platform
import re
import sys
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PRODUCT = "ses-provisioner"


def main(paths: list[str]) -> None:
    """Print the document."""
    found = sorted(distributions(path=paths), key=lambda package: package.name.lower())
    product = next(package for package in found if package.name == PRODUCT)
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": _package(product) | {"type": "application"}},
        "components": [*(_package(package) for package in found if package is not product), *_tools()],
    }
    sys.stdout.write(json.dumps(document, indent=1) + "\n")


def _package(package: Distribution) -> dict[str, Any]:
    name = re.sub(r"[-_.]+", "-", package.name).lower()  # PEP 503
    component: dict[str, Any] = _component("library", name, package.version, f"pkg:pypi/{name}@{package.version}")
    licence = package.metadata.json.get("license_expression")  # SPDX (PEP 639); older fields are free text
    return component | ({"licenses": [{"expression": licence}]} if licence else {})


def _tools() -> list[dict[str, Any]]:
    pinned = [line.split() for line in HERE.joinpath("terraform.sha256").read_text().splitlines() if line[0] != "#"]
    architecture = {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]
    digest, name = next(pin for pin in pinned if pin[1].endswith(f"_linux_{architecture}"))
    lock = HERE.joinpath("provider", ".terraform.lock.hcl").read_text()
    provider = re.findall(r'version\s+= "([^"]+)"', lock)[0]
    terraform, python = name.split("_")[1], platform.python_version()
    return [
        _component("application", "terraform", terraform, f"pkg:generic/terraform@{terraform}")
        | {"hashes": [{"alg": "SHA-256", "content": digest}]},
        _component("application", "hashicorp/aws", provider, f"pkg:terraform/hashicorp/aws@{provider}"),
        _component("platform", "python", python, f"pkg:generic/python@{python}"),
    ]


def _component(kind: str, name: str, version: str, purl: str) -> dict[str, Any]:
    return {"type": kind, "name": name, "version": version, "purl": purl, "bom-ref": purl}


if __name__ == "__main__":
    main(sys.argv[1:])
