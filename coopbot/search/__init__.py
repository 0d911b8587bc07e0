"""From a question to a ranked, honest answer.

`question.py` reads the question, `ranking.py` fuses what the engine says, `confidence.py` decides
whether that answers, `snippets.py` finds the sentences. `spelling.py` tells what misspelt words
mean, by `candidates.py`, `slips.py` and `dictionary.py`; `respelling.py` puts it into the question.
Everything that makes an answer good is here, above the engine, and the same for all engines.
"""
