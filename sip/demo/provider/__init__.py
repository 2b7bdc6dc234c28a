"""Two identity providers on this machine, one for staff and one for citizens, to try the login with."""
