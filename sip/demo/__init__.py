"""The demo on one machine: real PostgreSQL, real broker, mail catcher and our processes under one supervisor."""
