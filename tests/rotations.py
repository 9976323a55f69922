"""Rotations in the world in memory: every way to a step, and what is held at each moment of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fakes.dying import Died, Fault, Run
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.credentials.password import derive
from provisioner.core.credentials.slot import Slot
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.usecases.credentials.rotate import Step, Wish, rotate
from provisioner.usecases.mail_domain.new_domain import new_domain

EXAMPLE = DomainName.parse("example.com")
USER = SmtpUser(EXAMPLE)
ASKED = Asked(default_region=Region.parse("us-east-1"))
A_DAY = timedelta(hours=25)


@dataclass(frozen=True)
class Scenario:
    """A step, and those that were taken before it; more than a day lies before each step that is told twice."""

    name: str
    before: tuple[Step, ...]
    step: Step


PREPARE, CONFIRM, RETIRE, CANCEL = Step
SCENARIOS = (
    Scenario("prepare", (), PREPARE),
    Scenario("confirm", (PREPARE,), CONFIRM),
    Scenario("retire: off", (PREPARE, CONFIRM), RETIRE),
    Scenario("retire: gone", (PREPARE, CONFIRM, RETIRE), RETIRE),
    Scenario("cancel what is prepared", (PREPARE,), CANCEL),
    Scenario("cancel what is confirmed", (PREPARE, CONFIRM), CANCEL),
    Scenario("cancel what is retiring", (PREPARE, CONFIRM, RETIRE), CANCEL),
    Scenario("a second rotation", (PREPARE, CONFIRM, RETIRE, RETIRE), PREPARE),
)
STORES = ("file", "secretsmanager")


class Account:
    """A domain in the world in memory, and what its user has at a moment."""

    def __init__(self, store: str) -> None:
        self.world, self.taken = World(), list[Step]()
        self.world.aws.now = self.world.clock.now
        if store == "secretsmanager":
            self.world.store.keeps_what_was_current()
        new_domain(self.world.edges, EXAMPLE, ASKED)
        self.world.clock.sleep(timedelta(days=100).total_seconds())

    def come_to(self, scenario: Scenario) -> Account:
        for step in scenario.before:
            self.take(step)
        if scenario.step in scenario.before:
            self.world.clock.sleep(A_DAY.total_seconds())
        return self

    def take(self, step: Step, run: Run | None = None) -> None:
        edges = self.world.edges
        if step in self.taken and run is None:
            self.world.clock.sleep(A_DAY.total_seconds())
        self.taken.append(step)
        rotate(run.of(edges) if run else edges, USER, Wish(step))

    def kept(self) -> dict[Slot, SmtpCredential | None]:
        return {slot: self.world.store.load(USER, slot) for slot in Slot}

    def works(self, credential: SmtpCredential | None) -> bool:
        """Whether SES would take the login: an active key, and the password that is derived from its secret."""
        if credential is None:
            return False
        key = next((key for key in self.world.aws.access_keys["example.com"] if key.id == credential.user_name), None)
        secret = self.world.aws.secrets[credential.user_name].reveal()
        return key is not None and key.active and derive(secret, credential.region) == credential.password.reveal()

    def working(self) -> list[bool]:
        return [self.works(one) for one in self.kept().values()]

    def is_held(self) -> None:
        """Assert what must be true at every moment."""
        assert self.works(self.kept()[Slot.CURRENT])
        assert len(self.world.aws.access_keys["example.com"]) <= 2

    def roles(self) -> tuple[str, str, str, str, str]:
        """Which credential is in which slot, and how the old and the new key are."""
        names = {"AKIA0000000000000001": "old", "AKIA0000000000000002": "new"}
        kept = self.kept()
        slots = [kept[slot] for slot in (Slot.CURRENT, Slot.PENDING, Slot.PREVIOUS)]
        current, pending, previous = (names[one.user_name] if one else "-" for one in slots)
        keys = {key.id: "on" if key.active else "off" for key in self.world.aws.access_keys["example.com"]}
        old, new = (keys.get(name, "gone") for name in names)
        made = "AKIA0000000000000002" in self.world.aws.secrets
        return current, pending, previous, old, new if made else "-"

    def state(self) -> Any:
        """What there is, whatever the keys are called: numbers are times of making."""
        keys = self.world.aws.access_keys["example.com"]
        order = {key.id: number for number, key in enumerate(sorted(keys, key=lambda key: key.id))}
        slots = {
            str(slot): (order.get(one.user_name, "gone"), one.replaces is not None, one.switched_off_at is not None)
            for slot, one in self.kept().items()
            if one is not None
        }
        space = self.world.workspaces.spaces["example.com"]
        return [(order[key.id], key.active) for key in keys], slots, dict(space.intents), dict(space.rotations)


def undisturbed(store: str, scenario: Scenario) -> tuple[Account, Run]:
    account, run = Account(store).come_to(scenario), Run()
    account.take(scenario.step, run)
    return account, run


WRITES = {  # the calls after which something is different, and what the table calls them
    "home: intend key": "the intent is written down",
    "IAM: create key": "the new key is made",
    "store: save pending": "the {saved} credential is stored as pending",
    "home: settle key": "the intent is settled",
    "SMTP: log in": "the new password has logged in",
    "store: save previous": "the old credential is stored as previous",
    "store: save current": "the {saved} credential is stored as current",
    "store: clear pending": "pending is emptied",
    "store: clear previous": "previous is emptied",
    "IAM: switch key": "the old key is switched {switched}",
    "IAM: delete key": "the {deleted} key is deleted",
}
HEAD = "| step | killed right after | current | pending | previous | old key | new key |\n" + "|---" * 7 + "|\n"


def table() -> str:
    """Return where each step can be killed with something done, and what is held then."""
    return HEAD + "".join(row for scenario in SCENARIOS[:-1] for row in _rows(scenario))


def _rows(scenario: Scenario) -> Iterator[str]:
    for number, call in enumerate(undisturbed("file", scenario)[1].calls):
        if call in WRITES:
            account = Account("file").come_to(scenario)
            before = account.roles()
            with suppress(Died):
                account.take(scenario.step, Run(number, Fault.KILLED_AFTER))
            yield f"| {scenario.name} | {_words(call, before, account.roles())} | {' | '.join(account.roles())} |\n"


def _words(call: str, before: tuple[str, ...], after: tuple[str, ...]) -> str:
    """Return what a call did, by what is different."""
    saved = {"pending": after[1], "current": after[0]}.get(call.rpartition(" ")[2], "")
    deleted = "old" if after[3] == "gone" else "new"
    return WRITES[call].format(saved=saved, deleted=deleted, switched=after[3])
