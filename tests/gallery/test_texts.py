"""SPF and DMARC."""

from gallery import dmarc, spf
from gallery.judging import each_of

test_a_state_is_named_exactly_and_alone = each_of(spf.CASES, dmarc.CASES)
