"""How fast Coopbot is beside other search engines: same machine, same passages, same questions.

    collections ──material.py──> passages, questions ──peers/──> an index each ──> table.py, plot.py

`home.py` is the folder in which all engines find the same passages and questions; `peers/` has a
file per engine; `child.py` is the fresh process in which each is measured, one after another;
`measuring.py` starts them and gathers what they say; `updates.py` measures a library that changes
while it answers. `mixer.py` and `stand_in.py` make as many passages as no collection has.
"""
