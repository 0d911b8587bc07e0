"""What becomes of Coopbot when all goes wrong: kills, full disks, damaged files, wrong clocks.

    python -m tests.torture [--kills N] [--faults N] [--seed S] [--only NAME] [--write FILE]

Each kind of fault is a file here, with a class whose `round` does it once and checks afterwards:
the corpus is intact, the last good index answers, the next run repairs, nothing is answered or sent
twice, exit codes are right. What does not hold is a Violation, told with the seed of its round.
"""
