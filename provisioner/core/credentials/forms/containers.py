"""Forms for containers: a file that Docker mounts as a secret, and a Secret of Kubernetes."""

import base64
import json
from collections.abc import Mapping, Sequence

from provisioner.core.credentials.credential import Login
from provisioner.core.credentials.forms.from_address import from_address, reason, title
from provisioner.core.credentials.forms.plain import assignments, variables


def docker_secret(login: Login) -> str:
    """Return variables for a shell to read from /run/secrets, which the image's entry point does by `.`."""
    where = "docker secret create NAME FILE, or a secret of Compose with file: FILE; then: . /run/secrets/NAME"
    comment = "".join(f"# {line}\n" for line in (title(login, "Docker secret"), where, *reason(login)))
    return comment + assignments(_settings(login))


def k8s_secret(logins: Sequence[Login]) -> str:
    """Return a manifest with a Secret for each login; `envFrom` gives its keys to a container as variables."""
    return "---\n".join(_secret(login) for login in logins)


def _secret(login: Login) -> str:
    held = login.credential
    name = f"smtp-{held.domain.ascii}" + (f"--{held.sender}" if held.sender else "")  # no domain has a label --sender
    data = {key: base64.b64encode(value.encode()).decode() for key, value in _settings(login).items()}
    lines = [
        *(f"# {line}" for line in (title(login, "Kubernetes Secret"), *reason(login))),
        "apiVersion: v1",
        "kind: Secret",
        "metadata:",
        f"  name: {json.dumps(name)}",
        "type: Opaque",
        "data:",
        *(f"  {key}: {json.dumps(value)}" for key, value in data.items()),
    ]
    return "\n".join(lines) + "\n"


def _settings(login: Login) -> Mapping[str, str]:
    return {**variables(login), "SMTP_FROM": from_address(login)}
