-- Versions are read for a page of documents at once, in src/db/deck-versions.ts: a deck is gone through once for all of them.
drop function deck_version(bigint);
