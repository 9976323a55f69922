"""Where a root's state was kept when Terraform last initialised it, and where its files say that it is kept now."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from pathlib import Path

from provisioner.core.terraform.pipeline import Part

_SETTING = re.compile(r'^\s*(bucket|key|region)\s*= "([^"\\$%]*)"$', re.MULTILINE)
_UNKNOWN = "..."


def place_before(root: Path) -> str:
    """Return the place as `PROVISIONER_STATE` names it, quoted for a shell; `...` when it cannot be told."""
    try:
        backend = json.loads((root / ".terraform/terraform.tfstate").read_text())["backend"]
        return "local" if backend["type"] == "local" else _place(root, backend["config"])
    except FileNotFoundError:
        return "local"  # Terraform notes only what is elsewhere
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return _UNKNOWN


def place_now(root: Path) -> str:
    """Return the place that the root's files name, in the same form."""
    try:
        text = (root / "main.tf").read_text()
    except (OSError, UnicodeDecodeError):
        return _UNKNOWN
    return _place(root, dict(_SETTING.findall(text))) if 'backend "s3"' in text else "local"


def _place(root: Path, config: Mapping[str, str | None]) -> str:
    folders = root.parts[-4:] if root.name in set(Part) else ("domains", root.name)  # audit/ACCOUNT/REGION/PART
    key, ours = config.get("key") or "", "/".join((*folders, "terraform.tfstate"))
    if not config.get("bucket") or not f"/{key}".endswith(f"/{ours}"):
        return _UNKNOWN
    prefix = key.removesuffix(ours).rstrip("/")
    region = f"?region={config['region']}" if config.get("region") else ""
    return shlex.quote("/".join(part for part in (f"s3://{config['bucket']}", prefix) if part) + region)
