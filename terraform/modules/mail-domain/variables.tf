variable "mail_domain" {
  description = "One mail domain: its names are ASCII (A-labels), lower case, without trailing dot; TXT values are unquoted."

  type = object({
    name = string
    zone = object({
      mode              = string           # created: made here; adopted: `id` exists already; external: DNS is elsewhere
      id                = optional(string) # of the adopted zone: the domain's own, or a parent's
      delegation_set_id = optional(string) # reusable name servers for a created zone
    })
    mail_from           = string
    configuration_set   = string
    sending_enabled     = optional(bool, true)
    tls_policy          = optional(string, "OPTIONAL") # REQUIRE: SES drops mail to a server that offers no TLS
    signing_hosted_zone = string                       # where the DKIM keys live; differs by region
    smtp_user           = string
    feedback_topic_arn  = optional(string) # of the SNS topic that is told of sends, deliveries, bounces and complaints
    tags                = optional(map(string), {})
    identity_tags       = optional(map(string), {}) # what AWS shall remember of the domain when a workspace is lost
    records = optional(map(object({                 # spf, dmarc, mail_from_mx, mail_from_spf
      name   = string
      type   = string
      ttl    = number
      values = list(string)
    })), {})
  })

  validation {
    condition = length(var.mail_domain.name) <= 253 && can(regex(
      "^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.mail_domain.name
    ))
    error_message = "name must be a lower-case host name without trailing dot, for example \"example.com\" or \"xn--mnchen-3ya.de\"."
  }

  validation {
    condition     = contains(["created", "adopted", "external"], var.mail_domain.zone.mode)
    error_message = "zone.mode must be \"created\", \"adopted\" or \"external\", for example { mode = \"created\" }."
  }

  validation {
    condition     = var.mail_domain.zone.mode != "adopted" || var.mail_domain.zone.id != null
    error_message = "zone.id is needed for an adopted zone, for example { mode = \"adopted\", id = \"Z0123456789ABCDEFGHIJ\" }."
  }

  validation {
    condition     = var.mail_domain.zone.id == null || can(regex("^[A-Z0-9]{1,32}$", var.mail_domain.zone.id))
    error_message = "zone.id must be the plain id of a hosted zone, for example \"Z0123456789ABCDEFGHIJ\"."
  }

  validation {
    condition     = var.mail_domain.zone.delegation_set_id == null || var.mail_domain.zone.mode == "created"
    error_message = "zone.delegation_set_id goes with a created zone only, for example { mode = \"created\", delegation_set_id = \"N1PA6795SAMPLE\" }."
  }

  validation {
    condition     = endswith(var.mail_domain.mail_from, ".${var.mail_domain.name}")
    error_message = "mail_from must be a subdomain of the domain, for example \"bounce.example.com\" for \"example.com\"."
  }

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,64}$", var.mail_domain.configuration_set))
    error_message = "configuration_set must be 1 to 64 letters, digits, hyphens or underscores, for example \"example-com\"."
  }

  validation {
    condition     = contains(["REQUIRE", "OPTIONAL"], var.mail_domain.tls_policy)
    error_message = "tls_policy must be \"REQUIRE\" or \"OPTIONAL\", for example \"OPTIONAL\"."
  }

  validation {
    condition     = var.mail_domain.feedback_topic_arn == null || can(regex("^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$", var.mail_domain.feedback_topic_arn))
    error_message = "feedback_topic_arn must be the ARN of a standard SNS topic, for example \"arn:aws:sns:us-east-1:123456789012:provisioner-feedback\"."
  }

  validation {
    condition     = can(regex("^[a-z0-9-]+(\\.[a-z0-9-]+)+$", var.mail_domain.signing_hosted_zone))
    error_message = "signing_hosted_zone must be a host name without trailing dot, for example \"dkim.amazonses.com\"."
  }

  validation {
    condition     = can(regex("^[A-Za-z0-9+=,.@_-]{1,64}$", var.mail_domain.smtp_user))
    error_message = "smtp_user must be 1 to 64 letters, digits or any of +=,.@_-, for example \"smtp-example.com\"."
  }

  validation {
    condition     = length(setsubtract(keys(var.mail_domain.records), ["spf", "dmarc", "mail_from_mx", "mail_from_spf"])) == 0
    error_message = "records has the keys spf, dmarc, mail_from_mx and mail_from_spf, for example { spf = { ... } }."
  }

  validation {
    condition = alltrue([
      for record in values(var.mail_domain.records) :
      record.name == var.mail_domain.name || endswith(record.name, ".${var.mail_domain.name}")
    ])
    error_message = "records hold full names at or under the domain, for example \"_dmarc.example.com\" for \"example.com\"."
  }

  validation {
    condition     = alltrue([for record in values(var.mail_domain.records) : contains(["MX", "TXT"], record.type)])
    error_message = "records are of type MX or TXT, for example { type = \"TXT\" }."
  }

  validation {
    condition     = alltrue([for record in values(var.mail_domain.records) : record.ttl >= 0 && record.ttl <= 2147483647 && floor(record.ttl) == record.ttl])
    error_message = "records have a ttl in whole seconds (RFC 2181, section 8), for example { ttl = 300 }."
  }

  validation {
    condition     = alltrue([for record in values(var.mail_domain.records) : length(record.values) > 0])
    error_message = "records have at least one value, for example { values = [\"v=DMARC1; p=none\"] }."
  }

  validation {
    condition     = length(try(var.mail_domain.records["mail_from_mx"].values, ["one"])) == 1
    error_message = "mail_from_mx has exactly one value, else SES refuses the MAIL FROM domain, for example { values = [\"10 feedback-smtp.us-east-1.amazonses.com\"] }."
  }

  validation {
    condition     = length(merge(var.mail_domain.tags, var.mail_domain.identity_tags)) <= 50 && alltrue([for key in keys(var.mail_domain.tags) : !startswith(lower(key), "aws:")])
    error_message = "tags (with identity_tags) are at most 50 and none begins with \"aws:\", for example { ManagedBy = \"provisioner\" }."
  }

  validation {
    condition     = var.mail_domain.zone.mode != "created" || length(var.mail_domain.tags) <= 10
    error_message = "tags of a created zone are at most 10 (Route 53, ChangeTagsForResource), for example { ManagedBy = \"provisioner\" }."
  }
}
