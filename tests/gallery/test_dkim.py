"""DKIM and MAIL FROM."""

from gallery import dkim, mail_from
from gallery.judging import each_of

test_a_state_is_named_exactly_and_alone = each_of(dkim.CASES, mail_from.CASES)
