"""One file for each family of forms that a credential is exported in."""
