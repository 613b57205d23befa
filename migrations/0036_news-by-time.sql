-- First results of the last weeks, for the objectives. Slides are stored in the order of their times, as results are.
create index visual_results_by_time on visual_results using brin (created_at) with (pages_per_range = 16, autosummarize = on);

-- Whoever looks for decks with news, and does so every few seconds, reads the newest reviews only.
create index reviews_by_time on reviews (at);

-- What was opened again in the last seconds sets the pace of the next retry; among the events it is little.
create index events_retried on events (workspace, at) where type = 'pipeline.retried';
