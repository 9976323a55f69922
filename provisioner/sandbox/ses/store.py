"""The backend of the emulated SES v2: moto's own, with state in AWS's shapes and verification by DNS."""

from functools import partial
from typing import cast

from moto.sesv2 import urls
from moto.sesv2.models import SESV2Backend, sesv2_backends

from provisioner.sandbox.internet import public_view
from provisioner.sandbox.knobs.board import Board
from provisioner.sandbox.ses.model import Account, ConfigurationSet, Identity, signing_hosted_zone
from provisioner.sandbox.ses.replicas import copy, fault_of, primary_region
from provisioner.sandbox.ses.verification import look
from provisioner.sandbox.settings import SandboxSettings
from provisioner.sandbox.zones import ACCOUNT, plain

CASE = "1234567890"  # of a request for production access


class SesStore(SESV2Backend):
    """SES v2 of one region; identities live where moto's inherited operations (policies) look for them."""

    _url_module = urls  # moto looks beside its own class otherwise

    def __init__(
        self, region_name: str, account_id: str, settings: SandboxSettings | None = None, board: Board | None = None
    ) -> None:
        super().__init__(region_name, account_id)
        self.settings, self.board = settings or SandboxSettings(), board or Board()
        self.identities = cast("dict[str, Identity]", self.core_backend.email_identities)
        self.configuration_sets = cast("dict[str, ConfigurationSet]", self.core_backend.config_sets)
        self.account = account_of(self.settings)

    def reset(self) -> None:
        """Forget everything but the settings."""
        self.__init__(self.region_name, self.account_id, self.settings, self.board)  # type: ignore[misc]  # moto's own way to reset

    @property
    def suffix(self) -> str:
        """Return the SigningHostedZone of new identities."""
        return self.settings.signing_hosted_zone or signing_hosted_zone(self.region_name)

    def arn(self, kind: str, name: str) -> str:
        """Return the ARN of an `identity` or `configuration-set`."""
        return f"arn:{self.partition}:ses:{self.region_name}:{self.account_id}:{kind}/{name}"

    def refresh(self, name: str) -> Identity | None:
        """Return an identity with its status as DNS decides it now, None when it does not exist."""
        identity = self.identities.get(identity_key(name))
        if identity:
            self.follow(identity)
            look(identity, public_view(self.board.dns), self.region_name, self.suffix, self.settings)
        return identity

    def soa(self, domain: str) -> list[str] | None:
        """Return the words of the SOA record of a domain's zone, None where none can be had."""
        zone = public_view(self.board.dns).zone_for(domain)
        found = zone.records.get((zone.name, "SOA")) if zone else None
        return found.values[0].split() if found else None

    def follow(self, identity: Identity) -> None:
        """Bring an identity that is a replica up to date with its primary, or say why that cannot be."""
        region = primary_region(identity.dkim.origin)
        there = store(region) if region else None
        primary = there.identities.get(identity.email_identity) if there else None
        identity.dkim.uncopied = fault_of(primary) if there else None
        if there and primary and identity.dkim.uncopied is None:
            copy(primary, identity.dkim, there.suffix)


def account_of(settings: SandboxSettings) -> Account:
    """Return the account as it is when the sandbox starts."""
    review = {"ReviewDetails": {"Status": settings.review, "CaseId": CASE}}
    asked = {"MailType": "TRANSACTIONAL", "WebsiteURL": "https://example.com/", **review}
    return Account(
        production=settings.production,
        enforcement=settings.enforcement,
        daily_quota=settings.daily_quota,
        sent_last_day=settings.sent_last_day,
        details=asked if settings.review else {},
    )


def identity_key(name: str) -> str:
    """Return the name under which SES keeps an identity: the domain in lower case, the local part as it was written."""
    local, at, domain = name.rpartition("@")
    return f"{local}{at}{plain(domain)}"


def register(settings: SandboxSettings, board: Board) -> None:
    """Make moto create SES v2 backends of this kind from now on; call after moto was reset."""
    sesv2_backends.backend = partial(SesStore, settings=settings, board=board)  # type: ignore[assignment]  # any factory will do


def unregister() -> None:
    """Give moto back its own SES v2."""
    sesv2_backends.backend = SESV2Backend


def store(region: str) -> SesStore:
    """Return the SES v2 of one region of the account."""
    return cast("SesStore", sesv2_backends[ACCOUNT][region])
