output "zone_id" {
  description = "The hosted zone that holds the records; null when DNS is elsewhere."
  value       = local.zone_id
}

output "name_servers" {
  description = "Where the registrar has to delegate to; empty unless the zone was created here."
  value       = local.creates_zone ? one(aws_route53_zone.this[*].name_servers) : []
}

output "configuration_set_arn" {
  description = "The domain's configuration set: what its SMTP user is allowed to send through."
  value       = aws_sesv2_configuration_set.this.arn
}
