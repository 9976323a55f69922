"""Which ARN an operation of IAM is authorised on: a user, role or group.

IAM knows the path of a user that exists, and none of one that does not: the call is decided on `user/NAME`, and refused
to whoever may touch a path only, before anything is said of the user (cloud-gov/terraform-provision, pull requests 1923
and 1929).
"""

from collections.abc import Mapping
from typing import Any

from moto.iam.models import IAMBackend, iam_backends
from moto.utilities.utils import get_partition

from provisioner.sandbox.zones import ACCOUNT


def resource_of(operation: str, asked: Mapping[str, Any], region: str) -> tuple[str | None, str | None]:
    """Return what follows the account in the ARN, and how a refusal names it when not by its ARN."""
    if operation == "CreateUser":
        return f"user{asked.get('Path') or '/'}{asked['UserName']}", None
    if operation == "ListUsers":
        return f"user{asked.get('PathPrefix') or '/'}", None
    if asked.get("RoleName"):
        return _role(operation, asked, region)
    if asked.get("GroupName"):
        return f"group/{asked['GroupName']}", None
    return _user(asked, region)


def _user(asked: Mapping[str, Any], region: str) -> tuple[str | None, str | None]:
    name = asked.get("UserName") or _holder(asked, region)
    if not name:
        return None, None
    user = _iam(region).users.get(name)
    return (f"user{user.path}{name}", None) if user else (f"user/{name}", f"user {name}")


def _role(operation: str, asked: Mapping[str, Any], region: str) -> tuple[str, str | None]:
    name = asked["RoleName"]
    if operation == "CreateRole":
        return f"role{asked.get('Path') or '/'}{name}", None
    role = next((one for one in list(_iam(region).roles.values()) if one.name == name), None)
    return (f"role{role.path}{name}", None) if role else (f"role/{name}", f"role {name}")


def _holder(asked: Mapping[str, Any], region: str) -> str | None:
    """Return whose the access key is that is asked about."""
    users = list(_iam(region).users.values())
    ids = {key.access_key_id: user.name for user in users for key in list(user.access_keys)}
    return ids.get(str(asked.get("AccessKeyId")))


def _iam(region: str) -> IAMBackend:
    return iam_backends[ACCOUNT][get_partition(region)]
