"""The test environment's cases: the stories in `cases/data`, told by walking the services as the staff would."""
