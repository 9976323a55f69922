"""SMTP users, their policies and keys, and the account."""

from gallery import access, account, keys
from gallery.judging import each_of

test_a_state_is_named_exactly_and_alone = each_of(access.CASES, keys.CASES, account.CASES)
