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

run "a_name_with_a_trailing_dot_is_refused" {
  command = plan

  variables {
    mail_domain = merge(var.mail_domain, {
      name      = "example.com."
      mail_from = "bounce.example.com."
    })
  }

  expect_failures = [var.mail_domain]
}

run "an_upper_case_name_is_refused" {
  command = plan

  variables {
    mail_domain = merge(var.mail_domain, {
      name      = "Example.com"
      mail_from = "bounce.Example.com"
    })
  }

  expect_failures = [var.mail_domain]
}

run "a_single_label_is_refused" {
  command = plan

  variables {
    mail_domain = merge(var.mail_domain, {
      name      = "localhost"
      mail_from = "bounce.localhost"
    })
  }

  expect_failures = [var.mail_domain]
}

run "an_unknown_zone_mode_is_refused" {
  command = plan

  variables {
    mail_domain = merge(var.mail_domain, {
      zone = { mode = "auto" }
    })
  }

  expect_failures = [var.mail_domain]
}

run "an_adopted_zone_without_id_is_refused" {
  command = plan

  variables {
    mail_domain = merge(var.mail_domain, {
      zone = { mode = "adopted" }
    })
  }

  expect_failures = [var.mail_domain]
}

run "a_zone_id_with_its_path_is_refused" {
  command = plan

  variables {
    mail_domain = merge(var.mail_domain, {
      zone = { mode = "adopted", id = "/hostedzone/Z0123456789ABCDEFGHIJ" }
    })
  }

  expect_failures = [var.mail_domain]
}

run "a_delegation_set_for_an_adopted_zone_is_refused" {
  command = plan

  variables {
    mail_domain = merge(var.mail_domain, {
      zone = { mode = "adopted", id = "Z0123456789ABCDEFGHIJ", delegation_set_id = "N1PA6795SAMPLE" }
    })
  }

  expect_failures = [var.mail_domain]
}

run "a_mail_from_elsewhere_is_refused" {
  command = plan

  variables {
    mail_domain = merge(var.mail_domain, {
      mail_from = "bounce.example.net"
    })
  }

  expect_failures = [var.mail_domain]
}

run "the_domain_as_mail_from_is_refused" {
  command = plan

  variables {
    mail_domain = merge(var.mail_domain, {
      mail_from = "example.com"
    })
  }

  expect_failures = [var.mail_domain]
}

run "a_configuration_set_with_a_dot_is_refused" {
  command = plan

  variables {
    mail_domain = merge(var.mail_domain, {
      configuration_set = "example.com"
    })
  }

  expect_failures = [var.mail_domain]
}

run "a_configuration_set_of_65_characters_is_refused" {
  command = plan

  variables {
    mail_domain = merge(var.mail_domain, {
      configuration_set = join("", [for i in range(65) : "a"])
    })
  }

  expect_failures = [var.mail_domain]
}

run "a_signing_zone_with_a_trailing_dot_is_refused" {
  command = plan

  variables {
    mail_domain = merge(var.mail_domain, {
      signing_hosted_zone = "dkim.amazonses.com."
    })
  }

  expect_failures = [var.mail_domain]
}

run "a_user_with_a_slash_is_refused" {
  command = plan

  variables {
    mail_domain = merge(var.mail_domain, {
      smtp_user = "smtp/example"
    })
  }

  expect_failures = [var.mail_domain]
}

run "a_user_of_65_characters_is_refused" {
  command = plan

  variables {
    mail_domain = merge(var.mail_domain, {
      smtp_user = join("", [for i in range(65) : "a"])
    })
  }

  expect_failures = [var.mail_domain]
}

run "an_unknown_record_key_is_refused" {
  command = plan

  variables {
    mail_domain = merge(var.mail_domain, {
      records = { dkim = { name = "example.com", type = "TXT", ttl = 300, values = ["x"] } }
    })
  }

  expect_failures = [var.mail_domain]
}

run "a_record_of_another_domain_is_refused" {
  command = plan

  variables {
    mail_domain = merge(var.mail_domain, {
      records = { spf = { name = "example.net", type = "TXT", ttl = 300, values = ["x"] } }
    })
  }

  expect_failures = [var.mail_domain]
}

run "a_record_name_that_only_ends_alike_is_refused" {
  command = plan

  variables {
    mail_domain = merge(var.mail_domain, {
      records = { spf = { name = "badexample.com", type = "TXT", ttl = 300, values = ["x"] } }
    })
  }

  expect_failures = [var.mail_domain]
}

run "a_record_of_another_type_is_refused" {
  command = plan

  variables {
    mail_domain = merge(var.mail_domain, {
      records = { spf = { name = "example.com", type = "A", ttl = 300, values = ["192.0.2.1"] } }
    })
  }

  expect_failures = [var.mail_domain]
}

run "half_a_second_of_ttl_is_refused" {
  command = plan

  variables {
    mail_domain = merge(var.mail_domain, {
      records = { spf = { name = "example.com", type = "TXT", ttl = 0.5, values = ["x"] } }
    })
  }

  expect_failures = [var.mail_domain]
}

run "a_record_without_values_is_refused" {
  command = plan

  variables {
    mail_domain = merge(var.mail_domain, {
      records = { spf = { name = "example.com", type = "TXT", ttl = 300, values = [] } }
    })
  }

  expect_failures = [var.mail_domain]
}

run "two_mail_exchangers_are_refused" {
  command = plan

  variables {
    mail_domain = merge(var.mail_domain, {
      records = { mail_from_mx = { name = "bounce.example.com", type = "MX", ttl = 300, values = ["10 a.example", "20 b.example"] } }
    })
  }

  expect_failures = [var.mail_domain]
}

run "a_tag_of_amazon_is_refused" {
  command = plan

  variables {
    mail_domain = merge(var.mail_domain, {
      tags = { "aws:owner" = "x" }
    })
  }

  expect_failures = [var.mail_domain]
}

run "too_many_tags_are_refused" {
  command = plan

  variables {
    mail_domain = merge(var.mail_domain, {
      zone = { mode = "external" }
      tags = { for i in range(51) : "tag${i}" => "x" }
    })
  }

  expect_failures = [var.mail_domain]
}

run "the_tags_of_the_identity_count_too" {
  command = plan

  variables {
    mail_domain = merge(var.mail_domain, {
      zone          = { mode = "external" }
      tags          = { for i in range(50) : "tag${i}" => "x" }
      identity_tags = { Provisioner = "x" }
    })
  }

  expect_failures = [var.mail_domain]
}

run "more_tags_than_a_zone_can_hold_are_refused" {
  command = plan

  variables {
    mail_domain = merge(var.mail_domain, {
      tags = { for i in range(11) : "tag${i}" => "x" }
    })
  }

  expect_failures = [var.mail_domain]
}

run "a_fifo_topic_is_refused" {
  command = plan

  variables {
    mail_domain = merge(var.mail_domain, {
      feedback_topic_arn = "arn:aws:sns:us-east-1:123456789012:events.fifo"
    })
  }

  expect_failures = [var.mail_domain]
}
