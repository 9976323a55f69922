"""Questions about the archive that have a name, as SQL over the table `events`."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

from provisioner.core.values.wording import quoted
from provisioner.errors import InputError


@dataclass(frozen=True, slots=True)
class Question:
    """A question: what it asks, its SQL, whether it needs a domain, and whether it knows `$address`."""

    text: str
    sql: str
    needs_domain: bool = False
    takes_address: bool = False


QUESTIONS: Mapping[str, Question] = {
    "bounces": Question(
        "Mail, bounces and complaints by domain and week.",
        """\
SELECT domain, CAST(date_trunc('week', dt) AS DATE) AS week,
  count(*) FILTER (type = 'send') AS sent,
  count(*) FILTER (type = 'delivery') AS delivered,
  count(*) FILTER (kind = 'hard') AS hard,
  count(*) FILTER (kind = 'soft') AS soft,
  count(*) FILTER (kind = 'suppressed' AND type = 'bounce') AS suppressed,
  count(*) FILTER (complained) AS complaints,
  count(*) FILTER (type = 'reject') AS rejected,
  round(hard / nullif(sent, 0), 4) AS hard_rate,
  round(complaints / nullif(delivered, 0), 5) AS complaint_rate
FROM events GROUP BY domain, week ORDER BY week DESC, hard DESC, domain""",
    ),
    "reasons": Question(
        "Why mail bounced or was delayed: the most frequent answers of receiving servers.",
        """\
SELECT kind, status, sub_type,
  left(regexp_replace(regexp_replace(coalesce(diagnostic, ''), '[^ <>]+@[^ <>]+', '<address>', 'g'),
    '[0-9A-Za-z.:_=-]*[0-9][0-9A-Za-z.:_=-]{9,}', '<id>', 'g'), 160) AS answer,
  count(*) AS events, count(DISTINCT domain) AS domains, count(DISTINCT recipient) AS recipients
FROM events WHERE type IN ('bounce', 'delivery_delay')
GROUP BY ALL ORDER BY events DESC, kind, status, answer LIMIT 50""",
    ),
    "recipient-domains": Question(
        "To which recipients' domains mail fails most.",
        """\
SELECT lower(split_part(recipient, '@', -1)) AS recipient_domain,
  count(*) FILTER (type = 'send') AS sent,
  count(*) FILTER (type = 'delivery') AS delivered,
  count(*) FILTER (kind = 'hard') AS hard,
  count(*) FILTER (kind = 'soft') AS soft,
  count(*) FILTER (complained) AS complaints,
  round((hard + soft) / nullif(greatest(sent, delivered + hard + soft), 0), 4) AS failing
FROM events WHERE recipient IS NOT NULL
GROUP BY recipient_domain HAVING hard + soft + complaints > 0
ORDER BY hard + soft + complaints DESC, recipient_domain LIMIT 100""",
    ),
    "senders": Question(
        "Who sends as an address: by SMTP user and source address (--address; without it, as every address).",
        """\
SELECT "from", caller, source_ip, domain,
  count(*) FILTER (type = 'send') AS sent,
  count(*) FILTER (kind = 'hard') AS hard,
  count(*) FILTER (type = 'reject') AS rejected,
  min("at") AS first, max("at") AS last
FROM events WHERE $address IS NULL OR lower("from") = lower($address)
GROUP BY ALL ORDER BY sent DESC, "from", caller, source_ip""",
        takes_address=True,
    ),
    "suppressed": Question(
        "The recipients of a customer that nothing should be sent to any more, and why (--domain).",
        """\
SELECT recipient,
  CASE WHEN bool_or(complained) THEN 'complaint' WHEN bool_or(kind = 'hard') THEN 'hard' ELSE 'suppressed' END
    AS reason,
  count(*) AS events, min("at") AS first, max("at") AS last, arg_max(status, "at") AS status
FROM events
WHERE recipient IS NOT NULL AND (kind IN ('hard', 'suppressed') OR complained)
GROUP BY recipient ORDER BY last DESC, recipient""",
        needs_domain=True,
    ),
}


def find_question(name: str) -> Question:
    """Return the question of this name; raises `InputError("unknown_question")`."""
    if found := QUESTIONS.get(name):
        return found
    near = difflib.get_close_matches(name, QUESTIONS, n=1)
    hint = f"did you mean {near[0]}?" if near else f"ask one of {', '.join(QUESTIONS)}, or give --sql"
    raise InputError("unknown_question", f"{quoted(name)} is no question", hint)
