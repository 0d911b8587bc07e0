"""What must hold whatever comes in: one file per way in, in `targets/`, run in three ways.

    make test                              over what was found before (`corpus/`), and a little more
    make fuzz TARGET=question SECONDS=60   guided by coverage; what it finds goes into `corpus/`
    python -m tests.fuzz question FILE     one input again

A target has `check(data)`, which raises when something does not hold that must, and `seeds()`, from
which other inputs are made. `corpus/README.md` says what each kept input found.
"""
