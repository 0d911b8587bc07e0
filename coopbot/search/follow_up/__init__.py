"""Questions that follow another: what is asked by "et pour une Scop ?" or "pourquoi ?".

The grammar, tried in this order on the message, politeness at both ends left out ("merci, et ...").
Its words are in lists.toml.

    continuation   "la suite", "encore", "more": the whole message is in that list
                     -> the next page of the answer before
    bare           "pourquoi ?", "why?": the whole message is a question word
                     -> it and the action before: "pourquoi créer une Scic ?"
    fragment       an opening and a few words ("et pour une Scop ?", "what about Paris?"), or a
                   preposition and names ("en SAS ?"); no verb, unless after "si"
                     -> the question before, completed. A name takes the place of the last one of
                        its kind (Scic by Scop, SAS by SARL, 2010 by 2020), preferably of one with
                        the same word before it; what has nothing to replace is added. A thing that
                        is no name ("et la révision ?") is asked of the subject before instead
    elliptic       a short question of nothing but aspects ("combien d'associés ?") or
                   circumstances ("c'est obligatoire ?", "how long?"), small words and pronouns
                     -> it and the subject before ("pour une Scic"), or, for circumstances, the
                        action before ("pour créer une Scic")
    reference      "c'est possible avec une mairie ?": "ça" or "it", circumstances, and names behind
                   prepositions -> it and the action before
    comparison     "quelle différence avec une Scop ?": as an elliptic question; its one name is
                   the other side
    unknown words  "quels motifs ?", "which documents?": a question of one or two words, some in
                   no list, none with an article, and no "is", "are", "il" that presents a thing
                     -> it and the action before

    The subject of a question is what remains of it without question words, verbs in the lists,
    aspects and circumstances, so that it stays the same along a chain of follow-ups.

What the query language restricts is set aside first, and put back after: see `restricting.py`.
Sites, tags, dates and exclusions stay along the chain, phrases and titles while their words do; "et
depuis:2020 ?" changes nothing else.

Anything else stands on its own: a question that names what it is about, one addressed to "vous" or
"you", a long one, a keyword alone. Words that no list has are `doubtful`: the caller must make sure
that the answer speaks of them, for "et la météo demain ?" has the form of a follow-up too.
"""

from coopbot.search.follow_up.completing import LONGEST, FollowUp, follow_up
from coopbot.search.follow_up.message import is_continuation, names_a_cooperative, says_nothing

__all__ = [
    "LONGEST",
    "FollowUp",
    "follow_up",
    "is_continuation",
    "names_a_cooperative",
    "says_nothing",
]
