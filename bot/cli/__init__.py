"""The command line ``policybot``: for people by default, JSON for programs."""
