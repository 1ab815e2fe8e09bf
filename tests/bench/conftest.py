"""The benchmark is run by hand (`python tests/bench/run.py`); only the test of what README quotes is collected."""

collect_ignore_glob = ["run.py", "rivals.py", "clock.py", "conventions.py", "picture.py"]
