"""TXT sets of others, and what stands in the zone of the world in memory."""

from fakes.world import World

from provisioner.core.dns.txt import unquoted
from provisioner.core.mail_domain.records import Record

GOOGLE = '"google-site-verification=x"'
OWN = '"v=spf1 include:amazonses.com ~all"'


def txt(name: str, *raw: str, ttl: int = 60) -> Record:
    return Record(name, "TXT", ttl, tuple(map(unquoted, raw)), raw)


def standing(world: World, name: str = "example.com") -> Record | None:
    return next((r for r in world.aws.sets["Z1"] if (r.name, r.type) == (name, "TXT")), None)
