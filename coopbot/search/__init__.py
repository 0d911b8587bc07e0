"""From a question to a ranked, honest answer.

`question.py` reads the question, `ranking.py` fuses what the engine says, `confidence.py` decides
whether that answers, `snippets.py` finds the sentences, `spelling.py` offers another spelling.
Everything that makes an answer good is here, above the engine, and the same for all engines.
"""
