-- The runs of a document are found by its containers: by the place and the time each came in, or by the run it
-- took over. Without these every run of a place was looked at for each of them.
create index replicas_by_time on replicas (pool, replica, requested_at);
-- Ids of containers are in the C collation where they are keys.
create index replicas_by_container on replicas (container_id collate "C") where container_id is not null;
