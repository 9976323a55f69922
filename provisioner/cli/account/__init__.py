"""The commands on the account: one file each."""
