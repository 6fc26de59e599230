"""How fast it is on this machine: `python -m tests.bench`, which is what `make bench` runs."""
