variable "smtp_user" {
  description = "One IAM user that sends as one domain, or as one address of it, through one configuration set."

  type = object({
    name                  = string
    domain                = string                # ASCII (A-labels), lower case, without trailing dot
    local_part            = optional(string, "*") # of the only From address, compared with case; "*" for any
    configuration_set_arn = string
    permissions_boundary  = optional(string) # ARN of a managed policy, where the organization demands one
    tags                  = optional(map(string), {})
  })

  validation {
    condition     = can(regex("^[A-Za-z0-9+=,.@_-]{1,64}$", var.smtp_user.name))
    error_message = "name must be 1 to 64 letters, digits or any of +=,.@_-, for example \"smtp-example.com\"."
  }

  # A `*` or `?` in the name would be a wildcard in the policy: the user could send as somebody else.
  validation {
    condition = length(var.smtp_user.domain) <= 253 && can(regex(
      "^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.smtp_user.domain
    ))
    error_message = "domain must be a lower-case host name without trailing dot, for example \"example.com\" or \"xn--mnchen-3ya.de\"."
  }

  # As with the domain: only letters that mean themselves in a policy. A dot has something on both sides.
  validation {
    condition = var.smtp_user.local_part == "*" || length(var.smtp_user.local_part) <= 64 && can(regex(
      "^[A-Za-z0-9_+-]+(\\.[A-Za-z0-9_+-]+)*$", var.smtp_user.local_part
    ))
    error_message = "local_part must be \"*\", or 1 to 64 letters, digits or any of ._+- with no dot at an end or beside another, for example \"orders\"."
  }

  validation {
    condition     = var.smtp_user.permissions_boundary == null || can(regex("^arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/.+$", var.smtp_user.permissions_boundary))
    error_message = "permissions_boundary must be the ARN of a managed policy, for example \"arn:aws:iam::123456789012:policy/boundary\"."
  }

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:ses:[a-z0-9-]+:[0-9]{12}:configuration-set/[A-Za-z0-9_-]{1,64}$", var.smtp_user.configuration_set_arn))
    error_message = "configuration_set_arn must name one configuration set, for example \"arn:aws:ses:us-east-1:123456789012:configuration-set/example-com\"."
  }
}
