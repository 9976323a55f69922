"""When a schedule is due: `rate(...)`, `cron(...)` and `at(...)`.

Source: EventBridge Scheduler user guide, "Schedule types in EventBridge Scheduler". A rate begins at once, or at the
start date.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_AT = re.compile(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)")
_CRON = re.compile(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)")
_MINUTE = timedelta(minutes=1)
_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
_DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]


class UnreadableScheduleError(ValueError):
    """The sandbox does not know when this is due."""


def due_times(expression: str, zone: str, begins: datetime, after: datetime, until: datetime) -> Iterator[datetime]:
    """Yield when an expression is due, after one moment and until another; nothing before it `begins`.

    Raises `UnreadableScheduleError`.
    """
    if rate := _RATE.fullmatch(expression):
        yield from _by_rate(timedelta(**{f"{rate[2]}s": int(rate[1])}), begins, after, until)
    elif at := _AT.fullmatch(expression):
        moment = datetime.fromisoformat(at[1]).replace(tzinfo=_zone(zone)).astimezone(UTC)
        yield from (one for one in [moment] if max(after, begins - _MINUTE) < one <= until)
    elif cron := _CRON.fullmatch(expression):
        yield from _by_cron(_Cron.read(*cron.groups()), _zone(zone), max(after, begins), until)
    else:
        raise UnreadableScheduleError(expression)


def _zone(name: str) -> tzinfo:
    return UTC if name == "UTC" else ZoneInfo(name)  # UTC also where there is no list of time zones


def _by_rate(step: timedelta, begins: datetime, after: datetime, until: datetime) -> Iterator[datetime]:
    if not step:
        raise UnreadableScheduleError("a rate of nothing")
    moment = begins + step * max(0, (after - begins) // step)
    while moment <= until:
        if moment > after:
            yield moment
        moment += step


def _by_cron(cron: "_Cron", zone: tzinfo, after: datetime, until: datetime) -> Iterator[datetime]:
    moment = after.replace(second=0, microsecond=0) + _MINUTE
    while moment <= until:
        if cron.covers(moment.astimezone(zone)):
            yield moment
        moment += _MINUTE


@dataclass(frozen=True)
class _Cron:
    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    years: frozenset[int]
    last_day: bool = False

    @classmethod
    def read(cls, *fields: str) -> "_Cron":
        minutes, hours, days, months, weekdays, years = fields
        return cls(
            _numbers(minutes, 0, 59),
            _numbers(hours, 0, 23),
            _numbers("?" if days == "L" else days, 1, 31),
            _numbers(months, 1, 12, _MONTHS),
            _numbers(weekdays, 1, 7, _DAYS),
            _numbers(years, 1970, 2199),
            days == "L",
        )

    def covers(self, moment: datetime) -> bool:
        if self.last_day and (moment + timedelta(days=1)).month == moment.month:
            return False
        weekday = moment.isoweekday() % 7 + 1
        return (
            moment.minute in self.minutes
            and moment.hour in self.hours
            and moment.day in self.days
            and moment.month in self.months
            and weekday in self.weekdays
            and moment.year in self.years
        )


def _numbers(field: str, least: int, most: int, names: list[str] | None = None) -> frozenset[int]:
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        if span in ("*", "?"):
            first, last = least, most
        else:
            begin, dash, end = span.partition("-")
            first = _number(begin, names, least)
            last = _number(end, names, least) if dash else (most if step else first)
        if step and not step.isdigit():
            raise UnreadableScheduleError(field)
        found.update(range(first, last + 1, int(step or 1)))
    return frozenset(found)


def _number(text: str, names: list[str] | None, least: int) -> int:
    if names and text.upper() in names:
        return names.index(text.upper()) + least
    if not text.isdigit():
        raise UnreadableScheduleError(text)
    return int(text)
