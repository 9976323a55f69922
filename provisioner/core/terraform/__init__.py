"""What Terraform is told and what it answers: variables, addresses, plans, differences."""
