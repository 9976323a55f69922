variable "name" {
  description = "Name of the job definition, the roles and the log group."
  type        = string
  default     = "provisioner"
}

variable "region" {
  description = "Region that domains are provisioned in when the manifest names none."
  type        = string
}

variable "image" {
  description = "The image of provisioner, in a registry that Fargate can pull from."
  type        = string
}

variable "policy" {
  description = "The permissions to provision with: the first policy of docs/permissions.md with the statement Count, as one object."
  type        = any
}

variable "states" {
  description = "Where Terraform states are kept, e.g. s3://example-states/mail; the bucket must exist, with versioning on."
  type        = string

  validation {
    condition     = can(regex("^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/[^/].*[^/]$", var.states))
    error_message = "states must be s3://BUCKET/PREFIX, for example s3://example-states/mail."
  }
}

variable "file_system" {
  description = "The EFS file system, and an access point of user 10001, for journals and reports."
  type = object({
    id              = string
    arn             = string
    access_point_id = string
  })
}

variable "vcpu" {
  description = "Virtual CPUs of a child."
  type        = number
  default     = 4
}

variable "memory" {
  description = "MiB of a child; half of what is free decides how many domains are worked on at once."
  type        = number
  default     = 16384
}

variable "architecture" {
  description = "X86_64 or ARM64, as the image is built."
  type        = string
  default     = "X86_64"
}

variable "assign_public_ip" {
  description = "Whether children need an address of their own to reach AWS: in public subnets they do."
  type        = bool
  default     = false
}

variable "timeout" {
  description = "Seconds that one attempt of a child may take."
  type        = number
  default     = 21600
}

variable "tags" {
  description = "Tags of everything here."
  type        = map(string)
  default     = {}
}
