-- What must outlast a restart. No table but `people` and `alerts` names a person; see /confidentialite.

CREATE TABLE people (            -- who chose a language
    user_id     INTEGER PRIMARY KEY,
    language    TEXT NOT NULL
);

CREATE TABLE alerts (            -- questions whose new articles somebody wants to hear of
    id          INTEGER PRIMARY KEY,
    user_id     INTEGER NOT NULL,
    chat_id     INTEGER NOT NULL,
    question    TEXT NOT NULL,
    language    TEXT NOT NULL,
    made        TEXT NOT NULL,
    UNIQUE (user_id, chat_id, question)
);

CREATE TABLE alerted (           -- articles an alert has seen, so that each is told once
    alert_id    INTEGER NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
    article     TEXT NOT NULL,
    PRIMARY KEY (alert_id, article)
) WITHOUT ROWID;

CREATE TABLE answers (           -- questions whose answer has buttons; token is what buttons carry
    token       TEXT PRIMARY KEY,
    question    TEXT NOT NULL,
    language    TEXT NOT NULL,
    made        TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE feedback (          -- thumbs; voter is a keyed digest, it only keeps one vote a person
    token       TEXT NOT NULL,
    voter       TEXT NOT NULL,
    verdict     INTEGER NOT NULL CHECK (verdict IN (-1, 1)),
    made        TEXT NOT NULL,
    PRIMARY KEY (token, voter)
) WITHOUT ROWID;

CREATE TABLE gaps (              -- questions the articles did not answer, without who asked
    id          INTEGER PRIMARY KEY,
    question    TEXT NOT NULL,
    topic       TEXT NOT NULL,   -- the question's stems, sorted: what groups gaps together
    reason      TEXT NOT NULL CHECK (reason IN ('unanswered', 'reported', 'disliked')),
    token       TEXT,            -- of the answer that was reported or disliked,
    voter       TEXT,            -- and by whom, as in feedback: each person counts once
    made        TEXT NOT NULL,
    done        INTEGER NOT NULL DEFAULT 0,
    UNIQUE (token, voter, reason)
);
CREATE INDEX gaps_by_topic ON gaps (done, topic);

CREATE TABLE inbox (             -- updates taken from Telegram and not yet dealt with
    update_id   INTEGER PRIMARY KEY,
    payload     TEXT,            -- JSON; emptied when dealt with, the number stays a while
    made        TEXT NOT NULL
);

CREATE TABLE outbox (            -- messages to send, in order; see telegram/outbox.py
    id          INTEGER PRIMARY KEY,
    chat_id     INTEGER NOT NULL,
    reply_to    INTEGER,
    update_id   INTEGER,
    payload     TEXT,            -- JSON; emptied when sent
    state       TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sending', 'sent', 'failed')),
    above       INTEGER NOT NULL DEFAULT 0,  -- if it arrived, its message_id is greater
    message_id  INTEGER,
    made        TEXT NOT NULL
);
CREATE INDEX outbox_by_state ON outbox (state, chat_id);
CREATE INDEX outbox_by_reply ON outbox (chat_id, reply_to);
CREATE UNIQUE INDEX outbox_once ON outbox (update_id, chat_id) WHERE update_id IS NOT NULL;
