-- Several processes may share one state: whose an update or a message is. Nothing here names a person.

ALTER TABLE inbox ADD COLUMN lane INTEGER NOT NULL DEFAULT 0;     -- see state/share.py
CREATE INDEX inbox_open ON inbox (lane) WHERE payload IS NOT NULL;
ALTER TABLE outbox ADD COLUMN worker INTEGER NOT NULL DEFAULT 0;  -- the number of its sender
