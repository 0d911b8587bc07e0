"""The scale-out engine: the same answers from Qdrant servers (Apache-2.0, https://qdrant.tech).

    article ──> points (`points.py`) ──> a collection, by `writing.py`
    question ──> one batch of searches (`engine.py`) ──> candidates ──> what each list says of them

`statistics.py` is what stays in the generation's folder; `servers.py` asks one server after the
other, and says what went wrong; `storage.py` ties collections to generations.
"""
