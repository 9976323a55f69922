"""What IAM says, and what comes of keys and signatures, in any SDK's wrapping.

Sources: the IAM user guide, "Troubleshoot access denied error messages"; texts that no page quotes are from public
reports, and say so.
"""

from __future__ import annotations

from provisioner.core.explain import references as see
from provisioner.core.explain.commands import (
    ACCOUNT,
    DRIFT,
    EXPORT,
    EXPORT_WORDPRESS,
    LOOK,
    ONBOARD,
    ROTATE,
    TAKE_OVER,
    VERIFY,
)
from provisioner.core.explain.explanation import Layer, Row
from provisioner.core.explain.verification import FREE_MAIL

_DENIED = r"not authori[sz]ed to perform:? ?['\"]?(?P<action>[\w-]+:\w+)"
_SENDING = r"not authori[sz]ed to perform:? ?['\"]?(?P<action>ses:Send\w+)"
_OUTSIDE = Row(
    "",
    Layer.IAM,
    "no statement of the SMTP user's policy allows {action} for this From: it is another domain or address than the "
    "user may send as, or has other letter case, or the policy is lost",
    "use the credential of the domain or sender that the mail is From; see whether the policy is as it was made",
    LOOK,
    see.IAM_DENIED,
)
_RECIPIENT = Row(
    "",
    Layer.IAM,
    "the recipient is itself a verified identity of the account (or the account is in the sandbox), and the policy "
    "names one identity only, so that IAM refuses it",
    "the policy has to allow `identity/*` under a condition on the From address, as `new-domain` makes it",
    (ONBOARD, ACCOUNT),
    see.IAM_DENIED,
)
_BOTH_KEYS = "very often the SMTP password was given as secret key to an API client; else a blank or a wrong "
"secret key"

IAM_ERRORS: tuple[Row, ...] = (
    Row(
        (_DENIED, r"explicit deny in an? (?:service|resource) control policy"),
        Layer.IAM,
        "a service control policy of the organisation denies {action}: no policy of the account can allow it",
        "its administrator has to allow it for this account",
        (),
        see.IAM_DENIED,
    ),
    Row(
        (_DENIED, r"no (?:service|resource) control policy"),
        Layer.IAM,
        "the organisation's service control policy does not allow {action}",
        "its administrator has to allow it for this account",
        (),
        see.IAM_DENIED,
    ),
    Row(
        (_DENIED, r"(?:permissions? boundary|boundary)"),
        Layer.IAM,
        "the permissions boundary of the user does not allow {action}, or denies it, whatever its policies allow",
        "whoever made the boundary has to allow it there; `new-domain --permissions-boundary ARN` names the one of "
        "SMTP users",
        LOOK,
        see.IAM_DENIED,
    ),
    Row(
        (_DENIED, r"vpc endpoint polic"),
        Layer.IAM,
        "the policy of the VPC endpoint that the call went through does not allow {action}",
        "allow it in the endpoint's policy, or call by another way than this VPC endpoint",
        (),
        see.IAM_DENIED,
    ),
    Row(
        (_DENIED, r"session policy"),
        Layer.IAM,
        "the policy of the session (an assumed role) does not allow {action}",
        "assume the role without that session policy",
        (),
        see.IAM_DENIED,
    ),
    Row(
        (_DENIED, r"explicit deny"),
        Layer.IAM,
        "a Deny in a policy forbids {action}; no Allow outweighs it",
        "find the policy with that Deny and detach it; `drift` names what an SMTP user holds besides its own",
        (DRIFT, *LOOK),
        see.IAM_DENIED,
    ),
    Row(
        (_SENDING, r"configuration-set/(?P<set>[\w-]+)"),
        Layer.IAM,
        "the policy does not allow the configuration set {set}: it is the default of another identity, or is "
        "named in a header",
        "send without naming a set, with the credential of the domain; `new-domain` allows the domain's own set",
        LOOK,
        see.IAM_DENIED,
    ),
    Row(
        (_SENDING, r"identity/[^'\"\s]*@" + FREE_MAIL),
        Layer.IAM,
        _RECIPIENT.cause,
        _RECIPIENT.remedy,
        _RECIPIENT.commands,
        see.IAM_DENIED,
        (_OUTSIDE,),
    ),
    Row(
        (_SENDING, r"identity/(?P<identity>[^'\"\s@]+@[^'\"\s@]+)"),
        Layer.IAM,
        _RECIPIENT.cause,
        _RECIPIENT.remedy,
        _RECIPIENT.commands,
        see.IAM_DENIED,
        (_OUTSIDE,),
    ),
    Row(_SENDING, Layer.IAM, _OUTSIDE.cause, _OUTSIDE.remedy, LOOK, see.IAM_DENIED, (_RECIPIENT,)),
    Row(
        r"(?:access ?denied|not authori[sz]ed).{0,200}ses:(?:Get|List|Describe)\w+|ses:(?:Get|List|"
        r"Describe)\w+.{0,200}access ?denied",
        Layer.IAM,
        "a set-up page asks more of SES than sending, which an SMTP user may not: the key is right, the plug-in "
        "checks too much",
        "use the SMTP connection of the plug-in in place of its API connection",
        (EXPORT_WORDPRESS,),
        see.IAM_DENIED,
    ),
    Row(
        _DENIED,
        Layer.IAM,
        "no policy allows {action} for this user or role",
        "let an administrator allow it; docs/permissions.md lists what this program needs",
        (),
        see.IAM_DENIED,
    ),
    Row(
        r"invalidclienttokenid|invalidaccesskeyid|access key id you provided does not exist|"
        r"unrecognizedclient(?:exception)?|security token included in the request is invalid",
        Layer.IAM,
        "AWS does not know the access key: deleted, of another partition (China, GovCloud), or mistyped",
        "see whether the stored key still exists; else make a new one",
        (VERIFY, ROTATE),
        see.COMMON_ERRORS,
    ),
    Row(
        r"optinrequired|access key id needs a subscription",
        Layer.IAM,
        "the account of the key was never signed up for that service, or is not active yet",
        "finish the account's sign-up, open SES once in the console, or use a key of the right account",
        (ACCOUNT,),
        see.COMMON_ERRORS,
    ),
    Row(
        r"incompletesignature|authorization header requires",
        Layer.CLIENT,
        "the request is not signed as AWS wants it: a client that does not know signature version 4, or a broken key",
        "update the SDK or plug-in, and copy key and secret without blanks",
        (EXPORT,),
        see.SIGNING,
    ),
    Row(
        r"signature not yet current|signature expired|request ?timetooskewed|requestexpired",
        Layer.CLIENT,
        "the clock of the client is wrong: the signature is of another time than AWS's",
        "set the clock by NTP",
        (),
        see.SIGNING,
    ),
    Row(
        r"signaturedoesnotmatch|request signature we calculated does not match|invalidsignatureexception",
        Layer.CLIENT,
        "the signature does not match: " + _BOTH_KEYS,
        "give the secret access key to API clients and the SMTP password to SMTP clients, copied without blanks",
        (VERIFY, EXPORT),
        see.SIGNING,
        (
            Row(
                "",
                Layer.IAM,
                "the secret access key does not belong to this access key",
                "make a new key",
                (VERIFY, ROTATE),
                see.SIGNING,
            ),
        ),
    ),
    Row(
        r"\bexpiredtoken|security token included in the request is expired|"
        r"(?:\baws|\bsso|\bsts)\b.{0,60}(?:token|session) (?:has |is )?expired",
        Layer.IAM,
        "the session of the AWS credentials is over: it has expired",
        "log in again, or take a key that does not expire; an SMTP password from such a session never works",
        (),
        see.COMMON_ERRORS,
    ),
    Row(
        r"missing ?authentication ?token|unable to locate credentials|nocredentials(?:error|provider)|could not "
        r"load credentials"
        r"|no credentials? (?:were )?found|failed to retrieve credentials|unable to load (?:aws )?credentials",
        Layer.CLIENT,
        "no key was given to the AWS client at all",
        "give it key and secret, or a role; or send by SMTP with the domain's own credential",
        (EXPORT,),
        see.COMMON_ERRORS,
    ),
    Row(
        r"nosuchentity.{0,160}access key|access key with id \S+ cannot be found",
        Layer.IAM,
        "the access key was deleted by hand",
        "let `new-domain` or a rotation make a new one, and hand it over",
        (VERIFY, ONBOARD, ROTATE),
        see.COMMON_ERRORS,
    ),
    Row(
        r"nosuchentity.{0,160}user|user with name (?P<domain>[\w.-]+) cannot be found",
        Layer.IAM,
        "the IAM user of the domain was deleted by hand",
        "make it again",
        (DRIFT, ONBOARD),
        see.COMMON_ERRORS,
    ),
    Row(
        r"entityalreadyexists|user with name (?P<domain>[\w.-]+\.\w+) already exists|user with name .{1,80} "
        r"already exists",
        Layer.IAM,
        "an IAM user, policy or role of that name is there already, left over from another tool or account set-up",
        "let it be taken over",
        (TAKE_OVER,),
        see.COMMON_ERRORS,
    ),
    Row(
        r"limitexceeded.{0,160}(?:access ?keys|AccessKeysPerUser)",
        Layer.IAM,
        "the user has two access keys already, and IAM allows no third",
        "delete the one that nobody uses",
        (VERIFY, ROTATE),
        see.COMMON_ERRORS,
    ),
    Row(
        r"an error occurred \(accessdenied\w*\)|\baccessdenied(?:exception)?\b.{0,80}(?:ses|iam|sts|route ?53|"
        r"amazonaws)",
        Layer.IAM,
        "IAM does not allow the call to this user or role",
        "let an administrator allow it; docs/permissions.md lists what this program needs",
        (),
        see.IAM_DENIED,
    ),
)
