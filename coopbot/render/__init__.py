"""Ways of showing an Answer. Pure: nothing here prints, reads or sends.

`terminal.py` for a person, `plain.py` for a pipe, `data.py` for a program.
"""
