locals {
  domain = var.mail_domain

  creates_zone   = local.domain.zone.mode == "created"
  writes_records = local.domain.zone.mode != "external"
  zone_id        = local.creates_zone ? one(aws_route53_zone.this[*].zone_id) : local.domain.zone.id

  records = local.writes_records ? local.domain.records : {}

  # The tokens are known only after the identity exists, so they cannot be the keys; Easy DKIM always has three.
  dkim_keys   = local.writes_records ? toset(["0", "1", "2"]) : toset([])
  dkim_tokens = aws_sesv2_email_identity.this.dkim_signing_attributes[0].tokens
}

resource "aws_route53_zone" "this" {
  count = local.creates_zone ? 1 : 0

  name              = local.domain.name
  comment           = "Managed by provisioner"
  delegation_set_id = local.domain.zone.delegation_set_id
  tags              = local.domain.tags

  # A zone that holds records of somebody else must survive us.
  force_destroy = false
}

resource "aws_sesv2_configuration_set" "this" {
  configuration_set_name = local.domain.configuration_set
  tags                   = local.domain.tags

  delivery_options {
    tls_policy = local.domain.tls_policy
  }

  reputation_options {
    reputation_metrics_enabled = true
  }

  sending_options {
    sending_enabled = local.domain.sending_enabled
  }

  suppression_options {
    suppressed_reasons = ["BOUNCE", "COMPLAINT"]
  }

  # A set that exists is paused and resumed by people, not by an apply; a new one begins as it is told.
  lifecycle {
    ignore_changes = [sending_options[0].sending_enabled]
  }
}

# What SES tells of the domain's mail; nobody is told without a topic.
resource "aws_sesv2_configuration_set_event_destination" "feedback" {
  count = local.domain.feedback_topic_arn == null ? 0 : 1

  configuration_set_name = aws_sesv2_configuration_set.this.configuration_set_name
  event_destination_name = "provisioner-feedback"

  event_destination {
    enabled              = true
    matching_event_types = ["SEND", "REJECT", "BOUNCE", "COMPLAINT", "DELIVERY", "DELIVERY_DELAY"]

    sns_destination {
      topic_arn = local.domain.feedback_topic_arn
    }
  }
}

resource "aws_sesv2_email_identity" "this" {
  email_identity         = local.domain.name
  configuration_set_name = aws_sesv2_configuration_set.this.configuration_set_name
  tags                   = merge(local.domain.tags, local.domain.identity_tags)

  dkim_signing_attributes {
    next_signing_key_length = "RSA_2048_BIT"
  }
}

resource "aws_route53_record" "static" {
  for_each = local.records

  zone_id = local.zone_id
  name    = each.value.name
  type    = each.value.type
  ttl     = each.value.ttl
  records = each.value.values

  # The identity's tags say what was in the zone before us, so they must be there before a record is touched.
  depends_on = [aws_sesv2_email_identity.this]
}

resource "aws_route53_record" "dkim" {
  for_each = local.dkim_keys

  zone_id = local.zone_id
  name    = "${try(local.dkim_tokens[tonumber(each.key)], "missing${each.key}")}._domainkey.${local.domain.name}"
  type    = "CNAME"
  ttl     = 300
  records = ["${try(local.dkim_tokens[tonumber(each.key)], "missing${each.key}")}.${local.domain.signing_hosted_zone}"]

  lifecycle {
    precondition {
      condition     = length(local.dkim_tokens) == 3
      error_message = "SES has ${length(local.dkim_tokens)} DKIM tokens for ${local.domain.name}, where Easy DKIM has three: its identity signs with a key of another kind. Switch it to Easy DKIM first."
    }
  }
}

resource "aws_sesv2_email_identity_mail_from_attributes" "this" {
  email_identity         = aws_sesv2_email_identity.this.email_identity
  mail_from_domain       = local.domain.mail_from
  behavior_on_mx_failure = "USE_DEFAULT_VALUE"

  # SES looks for the MX as soon as the MAIL FROM domain is set.
  depends_on = [aws_route53_record.static]
}
