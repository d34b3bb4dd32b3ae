-- From run_responses to responses
-- Moves the answers to responses, as the application does at its start: speed and duration go into metadata. Adds completed_at and metadata to runs and keeps
-- started_at, which the application's own repair loses. Going down is refused while a value has no place in the old tables.
-- count answers: SELECT count(*) FROM run_responses => SELECT count(*) FROM responses
-- count runs: SELECT count(*) FROM runs => SELECT count(*) FROM runs
-- count runs with a start: SELECT count(started_at) FROM runs => SELECT count(started_at) FROM runs
-- count values without a place: SELECT 0 => SELECT (SELECT count(*) FROM runs WHERE completed_at IS NOT NULL OR metadata IS NOT NULL) + (SELECT count(*) FROM responses WHERE metadata IS NOT NULL AND (NOT json_valid(metadata) OR json_remove(metadata, '$.tokens_per_second', '$.completion_time') <> '{}'))

-- migrate:up

ALTER TABLE runs ADD COLUMN completed_at TIMESTAMP;
ALTER TABLE runs ADD COLUMN metadata TEXT;

CREATE TABLE IF NOT EXISTS responses (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id INTEGER REFERENCES runs (id) ON DELETE CASCADE,
  payload_id INTEGER REFERENCES payloads (id) ON DELETE SET NULL,
  content TEXT,
  metadata TEXT,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO responses (id, run_id, payload_id, content, metadata, created_at)
  SELECT id, run_id, payload_id, response_content,
         CASE WHEN tokens_per_second IS NOT NULL OR completion_time IS NOT NULL
              THEN json_object('tokens_per_second', tokens_per_second, 'completion_time', completion_time) END,
         created_at
    FROM run_responses;

DROP TABLE run_responses;

-- migrate:down

CREATE TABLE run_responses (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id INTEGER REFERENCES runs (id) ON DELETE CASCADE,
  payload_id INTEGER REFERENCES payloads (id) ON DELETE SET NULL,
  response_content TEXT,
  tokens_per_second REAL,
  completion_time REAL,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO run_responses (id, run_id, payload_id, response_content, tokens_per_second, completion_time, created_at)
  SELECT id, run_id, payload_id, content, json_extract(metadata, '$.tokens_per_second'), json_extract(metadata, '$.completion_time'), created_at FROM responses;

DROP TABLE responses;
ALTER TABLE runs DROP COLUMN metadata;
ALTER TABLE runs DROP COLUMN completed_at;
