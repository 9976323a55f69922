mock_provider "aws" {
  mock_resource "aws_sesv2_email_identity" {
    defaults = {
      dkim_signing_attributes = [{ tokens = ["tokenone", "tokentwo", "tokenthree"] }]
    }
  }
}

variables {
  mail_domain = {
    name                = "example.com"
    zone                = { mode = "created" }
    mail_from           = "bounce.example.com"
    configuration_set   = "example-com"
    signing_hosted_zone = "dkim.amazonses.com"
    smtp_user           = "smtp-example.com"
    tags                = { ManagedBy = "provisioner" }
    records = {
      spf           = { name = "example.com", type = "TXT", ttl = 300, values = ["v=spf1 include:amazonses.com ~all"] }
      dmarc         = { name = "_dmarc.example.com", type = "TXT", ttl = 300, values = ["v=DMARC1; p=none"] }
      mail_from_mx  = { name = "bounce.example.com", type = "MX", ttl = 300, values = ["10 feedback-smtp.us-east-1.amazonses.com"] }
      mail_from_spf = { name = "bounce.example.com", type = "TXT", ttl = 300, values = ["v=spf1 include:amazonses.com ~all"] }
    }
  }
}

run "a_created_zone_holds_all_records" {
  command = plan

  assert {
    condition     = length(aws_route53_zone.this) == 1 && !aws_route53_zone.this[0].force_destroy
    error_message = "the zone is made, and never deleted with the records of others in it"
  }

  assert {
    condition     = toset(keys(aws_route53_record.static)) == toset(["spf", "dmarc", "mail_from_mx", "mail_from_spf"])
    error_message = "each record has its stable key"
  }

  assert {
    condition     = toset(keys(aws_route53_record.dkim)) == toset(["0", "1", "2"])
    error_message = "Easy DKIM has three records with keys known before the tokens"
  }
}

run "the_configuration_set_is_strict" {
  command = plan

  assert {
    condition     = aws_sesv2_configuration_set.this.delivery_options[0].tls_policy == "OPTIONAL"
    error_message = "mail leaves over TLS where the receiver offers it"
  }

  assert {
    condition     = toset(aws_sesv2_configuration_set.this.suppression_options[0].suppressed_reasons) == toset(["BOUNCE", "COMPLAINT"])
    error_message = "bounces and complaints are suppressed"
  }

  assert {
    condition     = aws_sesv2_configuration_set.this.reputation_options[0].reputation_metrics_enabled
    error_message = "reputation metrics are on"
  }

  assert {
    condition     = aws_sesv2_configuration_set.this.sending_options[0].sending_enabled
    error_message = "sending is on unless switched off"
  }
}

run "the_identity_signs_with_2048_bits" {
  command = plan

  assert {
    condition     = aws_sesv2_email_identity.this.dkim_signing_attributes[0].next_signing_key_length == "RSA_2048_BIT"
    error_message = "DKIM keys have 2048 bits"
  }

  assert {
    condition     = aws_sesv2_email_identity.this.configuration_set_name == "example-com"
    error_message = "the configuration set is the identity's default"
  }

  assert {
    condition     = aws_sesv2_email_identity_mail_from_attributes.this.behavior_on_mx_failure == "USE_DEFAULT_VALUE"
    error_message = "a broken MX does not stop mail"
  }
}

run "an_adopted_zone_gets_the_records_and_is_not_made" {
  command = plan

  variables {
    mail_domain = merge(var.mail_domain, {
      zone = { mode = "adopted", id = "Z0123456789ABCDEFGHIJ" }
    })
  }

  assert {
    condition     = length(aws_route53_zone.this) == 0
    error_message = "no second zone of the same name"
  }

  assert {
    condition     = alltrue([for record in aws_route53_record.static : record.zone_id == "Z0123456789ABCDEFGHIJ"])
    error_message = "the records are in the adopted zone"
  }

  assert {
    condition     = output.zone_id == "Z0123456789ABCDEFGHIJ" && length(output.name_servers) == 0
    error_message = "nothing is to be delegated"
  }
}

run "an_external_domain_has_no_records_here" {
  command = plan

  variables {
    mail_domain = merge(var.mail_domain, {
      zone = { mode = "external" }
    })
  }

  assert {
    condition     = length(aws_route53_zone.this) + length(aws_route53_record.static) + length(aws_route53_record.dkim) == 0
    error_message = "Route 53 is not touched"
  }

  assert {
    condition     = output.zone_id == null
    error_message = "there is no zone"
  }
}

run "sending_can_be_switched_off" {
  command = plan

  variables {
    mail_domain = merge(var.mail_domain, {
      sending_enabled = false
    })
  }

  assert {
    condition     = !aws_sesv2_configuration_set.this.sending_options[0].sending_enabled
    error_message = "standing is an input"
  }
}

run "nobody_is_told_of_events_without_a_topic" {
  command = plan

  assert {
    condition     = length(aws_sesv2_configuration_set_event_destination.feedback) == 0
    error_message = "there is no event destination unless a topic is given"
  }
}

run "a_topic_is_told_what_becomes_of_mail" {
  command = plan

  variables {
    mail_domain = {
      name                = "example.com"
      zone                = { mode = "external" }
      mail_from           = "bounce.example.com"
      configuration_set   = "example-com"
      signing_hosted_zone = "dkim.amazonses.com"
      smtp_user           = "smtp-example.com"
      feedback_topic_arn  = "arn:aws:sns:us-east-1:123456789012:provisioner-feedback"
    }
  }

  assert {
    condition = toset(aws_sesv2_configuration_set_event_destination.feedback[0].event_destination[0].matching_event_types) == toset(
      ["SEND", "REJECT", "BOUNCE", "COMPLAINT", "DELIVERY", "DELIVERY_DELAY"]
    )
    error_message = "all that the archive keeps is told"
  }

  assert {
    condition     = aws_sesv2_configuration_set_event_destination.feedback[0].event_destination[0].enabled
    error_message = "a destination that is off loses events"
  }
}

run "an_identity_without_three_dkim_tokens_is_refused_in_words" {
  command = apply

  override_resource {
    target = aws_sesv2_email_identity.this
    values = {
      dkim_signing_attributes = { tokens = ["selector"] }
    }
  }

  expect_failures = [aws_route53_record.dkim]
}
