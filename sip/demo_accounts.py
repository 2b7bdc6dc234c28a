"""The test environment's logins; they exist only with SIP_MODE=demo, which listens on this machine alone."""

PASSWORD = "prova-sip"  # noqa: S105 - shown on the login page of the test environment
