"""Words that symptoms are told in, as parts of patterns."""

MAIL = (
    r"\b(?:e-?mails?|mails?|messages|(?:test|my|our) message|newsletters?|notifications|invoices|receipts|"
    r"confirmations|order confirmation|"
    r"nachrichten|smtp|ses)\b"
)
NOT = (
    r"(?:\bnot\b|n't\b|\bnever\b|\bno longer\b|\bno one\b|\bnobody\b|\bnothing\b|\bnone\b|\bstopped\b|\bnicht\b|"
    r"\bnie\b|\bno (?:e-?)?(?:mails?|messages)\b|"
    r"\bfail\w*|\bwithout\b)"
)
ARRIVE = (
    r"(?:deliver\w*|arriv\w*|receiv\w*|reach\w*|com(?:e|es|ing)\b|get(?:s|ting)? (?:through|any|our|my|the|"
    r"e-?mails?|mails?|nothing)|land\w*|ankommen|"
    r"zugestellt|kommen\b.{0,30}\ban\b)"
)
_SORTS = r"e-?mails?|mails?|messages?|confirmations?|receipts?|invoices?|newsletters?|notifications?"
MISSING = (
    rf"(?:{NOT}.{{0,40}}{ARRIVE}|{ARRIVE}.{{0,20}}{NOT}|undelivered|disappear\w*|vanish\w*|get lost|kommen "
    rf"nicht an|kommt nicht an|\b(?:gets?|getting|got|receiv\w*) no (?:order )?(?:{_SORTS})\b)"
)
SPIKE = (
    r"(?:spik\w*|\brise\w*|rising|jump\w*|surg\w*|increas\w*|sudden\w*|too many|high|went up|going up|gestiegen|"
    r"climb\w*|through the roof)"
)
SPAM = r"(?:spam|junk)"
DAYS = (
    r"(?:for (?:\w+ )?(?:days?|hours|weeks?)|since (?:\w+ )?(?:days?|yesterday|last|\w+day)|still|forever|for "
    r"ever|days|seit)"
)
STAYS = r"(?:stay\w*|stuck|remain\w*|keeps?|still|hang\w*|does(?:n't| not) change|bleibt)"
