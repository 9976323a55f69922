"""EventBridge Scheduler as the sandbox serves it: moto's, whose schedules run when the sandbox's clock is turned.

Source: EventBridge Scheduler user guide, "Setting up the execution role", "Confused deputy prevention", "Configuring a
dead-letter queue"; schedules hand functions their event asynchronously.
"""

import json
import threading
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.scheduler import urls
from moto.scheduler.models import EventBridgeSchedulerBackend, Schedule, scheduler_backends

from provisioner.core.values.duration import parse_duration
from provisioner.errors import InputError
from provisioner.sandbox import clock
from provisioner.sandbox.aws import functions
from provisioner.sandbox.aws.expressions import UnreadableScheduleError, due_times
from provisioner.sandbox.http.pages import PageRequest
from provisioner.sandbox.messaging.dead_letters import send_as
from provisioner.sandbox.policy.roles import may, trusts
from provisioner.sandbox.zones import ACCOUNT

SCHEDULER = "scheduler.amazonaws.com"
_MOST_RUNS = 500
_HINT = 'send {"advance": "1d"}, or {"now": "2027-01-01T00:00:00Z"}; in small steps where much is due'


class ScheduleStore(EventBridgeSchedulerBackend):
    """The schedules of one region."""

    _url_module = urls  # moto looks beside its own class otherwise

    def create_schedule(self, *args: Any, **kwargs: Any) -> Schedule:
        """Make a schedule, and note by the sandbox's clock when."""
        made: Any = super().create_schedule(*args, **kwargs)
        made.made_at = clock.now()
        schedule: Schedule = made
        return schedule


@dataclass(frozen=True, order=True)
class _Run:
    at: datetime
    name: str
    region: str
    schedule: Any = None


class Schedules:
    """Runs what is due, whenever the clock is turned; real time alone runs nothing."""

    def __init__(self, own: clock.Clock) -> None:
        self._clock = own
        self._ran_until = own.now()
        self._lock = threading.Lock()

    def page(self, request: PageRequest) -> Any:
        """GET tells the time; POST turns the clock and tells what ran: the schedule, when, and how it ended."""
        with self._lock:
            if request.method != "POST":
                return {"now": self._clock.now().isoformat()}
            forward = _forward(request.document, self._clock.now())
            due = sorted(self._due(self._clock.now() + forward), key=lambda run: (run.at, run.name))
            if len(due) > _MOST_RUNS:
                raise InputError("too_much_due", f"schedules would run {len(due)} times", _HINT)
            self._ran_until = self._clock.turn(forward)
            ran = [_run(one) for one in due]
            return {"now": self._ran_until.isoformat(), "ran": ran}

    def _due(self, until: datetime) -> Iterator[_Run]:
        for region, backend in list(scheduler_backends[ACCOUNT].items()):
            for group in list(backend.schedule_groups.values()):
                for schedule in list(group.schedules.values()):
                    for at in self._times(schedule, until):
                        yield _Run(at, f"{group.name}/{schedule.name}", region, schedule)

    def _times(self, schedule: Any, until: datetime) -> list[datetime]:
        if schedule.state != "ENABLED":
            return []
        begins = _moment(schedule.start_date) or schedule.made_at
        last = _moment(schedule.end_date) or until
        zone = schedule.schedule_expression_timezone or "UTC"
        try:
            return list(due_times(schedule.schedule_expression, zone, begins, self._ran_until, min(last, until)))
        except (UnreadableScheduleError, KeyError) as error:
            raise InputError("unreadable_schedule", f"{schedule.name}: {error} is not known here", _HINT) from error


def register() -> None:
    """Make moto create schedulers of this kind from now on; call after moto was reset."""
    scheduler_backends.backend = ScheduleStore


def unregister() -> None:
    """Give moto back its own scheduler."""
    scheduler_backends.backend = EventBridgeSchedulerBackend


def _forward(document: Any, now: datetime) -> timedelta:
    wanted = document if isinstance(document, Mapping) else {}
    if set(wanted) == {"advance"}:
        forward = parse_duration(str(wanted["advance"]))
    elif set(wanted) == {"now"}:
        forward = _read(wanted["now"]) - now
    else:
        raise InputError("invalid_clock", "the clock takes `advance` or `now`", _HINT)
    if forward < timedelta():
        raise InputError("invalid_clock", "the clock goes forward only", _HINT)
    return forward


def _read(text: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise InputError("invalid_clock", f"{text} is no time", _HINT) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _moment(date: Any) -> datetime | None:
    """Return a start or end date as moto keeps it."""
    if date is None or isinstance(date, datetime):
        return date.replace(tzinfo=date.tzinfo or UTC) if date else None
    return datetime.fromtimestamp(float(date), UTC)


def _run(due: _Run) -> dict[str, Any]:
    target, schedule = due.schedule.target, due.schedule
    event, why = _event(due), _refusal(schedule, target, due.region)
    if why is None:
        why = _deliver(target, event, due.region)
    dead_letters = target.get("DeadLetterConfig", {}).get("Arn")
    if why and dead_letters:
        send_as(target["RoleArn"], dead_letters, event, due.region)
    outcome = {"ok": why is None} | ({"reason": why} if why else {})
    return {"schedule": due.name, "at": due.at.isoformat(), "target": target["Arn"], **outcome}


def _refusal(schedule: Any, target: Mapping[str, Any], region: str) -> str | None:
    """Say why Scheduler may not do what the schedule says, None when it may."""
    role, arn = target["RoleArn"], target["Arn"]
    group = schedule.arn.replace(":schedule/", ":schedule-group/").rpartition("/")[0]
    if not trusts(role, SCHEDULER, region, {"aws:SourceArn": group}):
        return f"{role} does not let {SCHEDULER} act as it"
    action = {"lambda": "lambda:InvokeFunction", "sqs": "sqs:SendMessage"}.get(arn.split(":")[2], "")
    return None if may(role, action, arn, region) else f"{role} may not {action} on {arn}"


def _deliver(target: Mapping[str, Any], event: str, region: str) -> str | None:
    if target["Arn"].split(":")[2] == "sqs":
        send_as(target["RoleArn"], target["Arn"], event, region)
        return None
    found = functions.function(target["Arn"])
    if found is None:
        return f"{target['Arn']} does not exist"
    ending = found.run_event(event)
    return "the function may not run now" if ending is None else ending.payload if ending.failed else None


def _event(due: _Run) -> str:
    at, schedule = due.at.strftime("%Y-%m-%dT%H:%M:%SZ"), due.schedule
    known = {
        "<aws.scheduler.schedule-arn>": schedule.arn,
        "<aws.scheduler.scheduled-time>": at,
        "<aws.scheduler.execution-id>": str(uuid.uuid4()),
        "<aws.scheduler.attempt-number>": "1",
    }
    given = schedule.target.get("Input")
    if given is None:
        return json.dumps(_usual_event(schedule, at, due.region))
    for name, value in known.items():
        given = given.replace(name, value)
    return str(given)


def _usual_event(schedule: Any, at: str, region: str) -> dict[str, Any]:
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.scheduler",
        "account": ACCOUNT,
        "time": at,
        "region": region,
        "resources": [schedule.arn],
        "detail": "{}",
    }
