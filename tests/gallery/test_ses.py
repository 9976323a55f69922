"""What SES says and holds of a domain."""

from gallery import identity, sending
from gallery.judging import each_of

test_a_state_is_named_exactly_and_alone = each_of(identity.CASES, sending.CASES)
