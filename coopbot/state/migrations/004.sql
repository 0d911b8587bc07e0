-- Whether a backup took the place of this state: what was told since it was made is not known then.

CREATE TABLE restored (          -- emptied when the bot has taken that into account
    made        TEXT NOT NULL
);
