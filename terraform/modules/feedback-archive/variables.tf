variable "archive" {
  description = "The bucket that keeps every event of SES; days are whole days."

  type = object({
    bucket        = string
    colder_after  = optional(number, 90)  # days until events move to STANDARD_IA
    coldest_after = optional(number, 365) # days until they move to GLACIER_IR, which answers at once
    expire_after  = optional(number)      # days until they are deleted; null keeps them for ever
    old_versions  = optional(number, 30)  # days that a replaced or deleted object can be brought back
    tags          = optional(map(string), {})
  })

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.archive.bucket))
    error_message = "bucket must be 3 to 63 lower-case letters, digits, hyphens or dots, for example \"provisioner-feedback-123456789012-us-east-1\"."
  }

  validation {
    condition     = var.archive.colder_after >= 30
    error_message = "colder_after is at least 30 days, which is what STANDARD_IA is billed for, for example 90."
  }

  validation {
    condition     = var.archive.coldest_after >= var.archive.colder_after + 30
    error_message = "coldest_after is at least 30 days after colder_after, for example 365."
  }

  validation {
    condition     = var.archive.expire_after == null ? true : var.archive.expire_after > var.archive.coldest_after
    error_message = "expire_after comes after coldest_after, for example 1095; null keeps events for ever."
  }
}
