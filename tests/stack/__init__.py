"""The production shape on one machine, without containers: `python -m tests.stack`, which is what `make stack` runs.

PostgreSQL and Redis of its own (or those of DATABASE_URL and REDIS_URL), production settings, gunicorn, Celery workers, beat, and the fake
provider, each a process of its own. docs/operations.md says what can be set from outside. `tests/bench` and `tests/chaos` run on it.
"""
