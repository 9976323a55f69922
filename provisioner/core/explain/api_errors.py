"""What the API of SES says, in any SDK's wrapping.

Sources: botocore's models of sesv2 and ses, and the
SES developer guide; texts that no page quotes are from public reports, and say so.
"""

from __future__ import annotations

from provisioner.core.explain import references as see
from provisioner.core.explain.commands import (
    ACCOUNT,
    LOOK,
    ONBOARD,
    RESUME,
    STATUS,
)
from provisioner.core.explain.explanation import Layer, Row

SES_ERRORS: tuple[Row, ...] = (
    Row(
        r"configurationset\w*sendingpaused",
        Layer.SES,
        "sending is paused for the configuration set: that domain or sender is paused, the account is not",
        "see who paused it and why, then let it send again",
        (STATUS, RESUME),
        see.SENDING_API,
    ),
    Row(
        r"sendingpaused(?:exception)?",
        Layer.SES,
        "sending is paused, for the account or for the configuration set of the domain",
        "see which of the two, and why",
        (ACCOUNT, STATUS),
        see.SENDING_API,
    ),
    Row(
        r"accountsuspended|(?:aws|ses|amazon|sending).{0,60}account (?:is|has been) (?:permanently "
        r")?(?:suspended|restricted|shut ?down)",
        Layer.SES,
        "the account is suspended: AWS has restricted its sending permanently",
        "answer AWS in its support case; nothing else helps",
        (ACCOUNT,),
        see.PAUSING,
    ),
    Row(
        r"put on probation|under review.{0,60}(?:sending|ses\b)|(?:sending|ses)\b.{0,80}(?:on probation|under "
        r"review)|"
        r"(?:amazon ses|aws).{0,80}(?:suspend\w*|paused).{0,60}(?:send|account)|send\w*.{0,60}(?:suspended|"
        r"paused) by (?:amazon|aws)",
        Layer.SES,
        "AWS has the account under review (probation), by a person or automatically: bounces or complaints were "
        "too many",
        "answer in the case of AWS, and stop the cause: find the domain whose mail bounces",
        (ACCOUNT,),
        see.PAUSING,
    ),
    Row(
        r"mail-?from domain <?(?P<mailfrom>[\w.-]+)>? or its parents are not verified(?: for identity "
        r"<?(?P<domain>[\w.-]+\w))?",
        Layer.SES,
        "the MAIL FROM domain was set before the identity {domain} was verified",
        "wait until the identity's verification says SUCCESS, then run it again",
        (STATUS, ONBOARD),
        see.MAIL_FROM,
    ),
    Row(
        r"mail-?from domain <?(?P<mailfrom>[\w.-]+)>? is not (?:a )?sub-?domain of the domain of the "
        r"identity(?: <?(?P<domain>[\w.-]+\w))?",
        Layer.SES,
        "the MAIL FROM domain has to be a subdomain of the identity {domain}",
        "choose a subdomain: `new-domain --mail-from LABEL`",
        (ONBOARD,),
        see.MAIL_FROM,
    ),
    Row(
        r"mailfromdomainnotverified|mail[- ]from domain(?: \S+)? is not verified",
        Layer.SES,
        "the MX record of the MAIL FROM domain is missing or wrong, and the identity is set to reject mail in "
        "that case",
        "publish the MX record, and let SES look again",
        LOOK,
        see.MAIL_FROM,
        (
            Row(
                "",
                Layer.DNS,
                "the MX or its delegation is missing in public DNS",
                "publish it",
                LOOK,
                see.MAIL_FROM,
            ),
        ),
    ),
    Row(
        r"configurationsetdoesnotexist|configuration set <?['\"]?(?P<set>[\w-]+)['\"]?>? (?:does(?:n't| not) "
        r"exist|not found)",
        Layer.SES,
        "the configuration set {set} does not exist: deleted, or it is in another region",
        "let it be made again, and send through the region of the domain",
        (STATUS, ONBOARD),
        see.SENDING_API,
    ),
    Row(
        r"(?:throttl|rate exceeded|too ?many ?requests).{0,200}(?:route ?53|ChangeResourceRecordSets|hosted ?zones?)"
        r"|(?:route ?53|ChangeResourceRecordSets|hosted ?zones?).{0,200}(?:throttl|rate exceeded)",
        Layer.DNS,
        "Route 53 limits the account to five requests a second, and somebody asks more",
        "wait, or let less run at once",
        (),
        "docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html",
    ),
    Row(
        r"toomanyrequestsexception|throttling(?:exception)?\b.{0,120}(?:rate exceeded|too many requests)|"
        r"(?:\bses\b|sesv2|amazon|operation).{0,120}(?:rate exceeded|too many requests)",
        Layer.SES,
        "the control plane of SES takes about one request a second, and somebody asks more (rate exceeded)",
        "wait; let less run at once",
        (ACCOUNT,),
        see.QUOTAS,
    ),
    Row(
        r"limitexceeded.{0,200}(?:identit|CreateEmailIdentity)|(?:identit|CreateEmailIdentity).{0,200}limitexceeded",
        Layer.SES,
        "the account has as many identities as SES allows in a region (10,000)",
        "delete identities that nobody uses, or use another region or account",
        (ACCOUNT,),
        see.QUOTAS,
    ),
    Row(
        r"alreadyexists(?:exception)?.{0,200}identity|email identity <?(?P<domain>[\w.-]+\w)>? already exists?",
        Layer.SES,
        "the identity is there already, made by hand or by another tool: it can be adopted",
        "let it be adopted",
        (ONBOARD, STATUS),
        see.SENDING_API,
    ),
    Row(
        r"badrequest.{0,200}(?:dkim|private ?key|selector|signing)|(?:dkim|private ?key).{0,120}badrequest",
        Layer.SES,
        "the DKIM key is refused: it has its header or line breaks, is PKCS#8 in place of PKCS#1, or its "
        "selector has dots",
        "give the bare key in one line, or let SES sign with keys of its own (Easy DKIM), as `new-domain` does",
        (ONBOARD,),
        see.DKIM,
    ),
    Row(
        r"putsuppresseddestination",
        Layer.SES,
        "the suppression list cannot be written to while the account is in the sandbox",
        "ask for production access first",
        (ACCOUNT,),
        see.SUPPRESSION,
    ),
    Row(
        r"concurrentmodification",
        Layer.SES,
        "two runs changed the same thing at once",
        "run it again, alone",
        (),
        see.SENDING_API,
    ),
    Row(
        r"\bmessagerejected(?:exception)?\b|^\W*(?:554\W+)?message rejected\W*$|awssesserrordomain.{0,12}4\b|"
        r"awssesErrorDomain.{0,12}4\b",
        Layer.SES,
        "SES took the message and refused it (MessageRejected), but its text is cut off: not verified, paused, "
        "or its content",
        "log the whole message of the error, and explain that",
        (STATUS, ACCOUNT),
        see.SENDING_API,
    ),
)
