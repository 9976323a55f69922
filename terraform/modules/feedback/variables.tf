variable "feedback" {
  description = "The way of SES's events from its configuration sets to the archive, once per account and region."

  type = object({
    account           = string
    partition         = optional(string, "aws")
    region            = string
    topic             = string
    queue             = string
    dead_letter_queue = string
    bucket            = string # of the archive, which is in a state of its own
    collector = object({
      name     = string
      zip      = string # path of the zip of the functions
      hash     = string # its SHA-256 in base64: another zip, another deployment
      handler  = string
      schedule = string # of EventBridge Scheduler, in UTC: rate(1 day), cron(0 3 * * ? *)
      memory   = optional(number, 512)
    })
    operator           = optional(string) # address that alarms are mailed to
    log_retention_days = optional(number, 90)
    tags               = optional(map(string), {})
  })

  validation {
    condition     = can(regex("^[0-9]{12}$", var.feedback.account))
    error_message = "account is the number of the AWS account, for example \"123456789012\"."
  }

  validation {
    condition     = alltrue([for name in [var.feedback.topic, var.feedback.queue, var.feedback.dead_letter_queue] : can(regex("^[A-Za-z0-9_-]{1,80}$", name))])
    error_message = "topic, queue and dead_letter_queue are 1 to 80 letters, digits, hyphens or underscores, for example \"provisioner-feedback\"."
  }

  validation {
    condition     = var.feedback.queue != var.feedback.dead_letter_queue
    error_message = "dead_letter_queue is another queue than queue, for example \"provisioner-feedback-dead\"."
  }

  validation {
    condition     = can(regex("^(rate|cron)\\(.+\\)$", var.feedback.collector.schedule))
    error_message = "collector.schedule is an expression of EventBridge Scheduler, for example \"rate(1 day)\"."
  }

  validation {
    condition     = var.feedback.operator == null || can(regex("^[^@\\s]+@[^@\\s]+$", var.feedback.operator))
    error_message = "operator is a mail address, for example \"ops@example.com\"."
  }
}
