-- What `crawl` has looked at, so that it fetches only what is new. Nothing here names a person.

CREATE TABLE visits (            -- addresses that a source named
    address       TEXT PRIMARY KEY,
    outcome       TEXT NOT NULL, -- added, unchanged, refused ...
    etag          TEXT,          -- what the server gave to ask later whether it changed
    last_modified TEXT,
    digest        TEXT,          -- of the text read there
    failures      INTEGER NOT NULL DEFAULT 0,  -- in a row
    made          TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE rounds (            -- sources gone through to the end
    source        TEXT PRIMARY KEY,  -- its address
    etag          TEXT,
    last_modified TEXT,
    made          TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE links (             -- addresses that articles show, and whether they still lead anywhere
    address       TEXT PRIMARY KEY,
    failures      INTEGER NOT NULL DEFAULT 0,  -- in a row
    failing_since TEXT,
    made          TEXT NOT NULL
) WITHOUT ROWID;
