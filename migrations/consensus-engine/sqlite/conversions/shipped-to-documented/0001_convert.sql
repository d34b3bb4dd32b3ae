-- From the shipped tables to the documented ones
-- Renames rounds and responses and adds what the document lists: consensus_score, the type, prompt and end of a round.
-- Everything that is stored has a place: a round's created_at becomes its start; its type follows from its number (0 PRE_FLOP to 4 SHOWDOWN);
-- prompts of rounds were never stored and become empty texts. Going down is refused while a value of the document's own columns would be lost.
-- count discussions: SELECT count(*) FROM discussions => SELECT count(*) FROM discussions
-- count rounds: SELECT count(*) FROM discussion_rounds => SELECT count(*) FROM rounds
-- count responses: SELECT count(*) FROM llm_responses => SELECT count(*) FROM model_responses
-- count discussions with a consensus: SELECT count(*) FROM discussions WHERE consensus_reached = 1 => SELECT count(*) FROM discussions WHERE consensus_reached = 1
-- count values without a place: SELECT 0 => SELECT (SELECT count(*) FROM discussions WHERE consensus_score IS NOT NULL) + (SELECT count(*) FROM rounds WHERE completed_at IS NOT NULL OR prompt <> '')

-- migrate:up

CREATE TABLE discussions_new (
  id INTEGER NOT NULL PRIMARY KEY,
  prompt VARCHAR NOT NULL,
  started_at DATETIME,
  completed_at DATETIME,
  consensus_reached BOOLEAN,
  final_consensus VARCHAR,
  consensus_score FLOAT
);
INSERT INTO discussions_new (id, prompt, started_at, completed_at, consensus_reached, final_consensus)
  SELECT id, prompt, started_at, completed_at, consensus_reached, final_consensus FROM discussions;
CREATE TABLE rounds (
  id INTEGER NOT NULL PRIMARY KEY,
  discussion_id INTEGER REFERENCES discussions (id),
  round_type VARCHAR NOT NULL,
  round_number INTEGER NOT NULL,
  started_at DATETIME,
  completed_at DATETIME,
  prompt VARCHAR NOT NULL
);
INSERT INTO rounds (id, discussion_id, round_type, round_number, started_at, prompt)
  SELECT id, discussion_id, CASE round_number WHEN 0 THEN 'PRE_FLOP' WHEN 1 THEN 'FLOP' WHEN 2 THEN 'TURN' WHEN 3 THEN 'RIVER' WHEN 4 THEN 'SHOWDOWN' ELSE 'ROUND ' || round_number END, round_number, created_at, '' FROM discussion_rounds;
CREATE TABLE model_responses (
  id INTEGER NOT NULL PRIMARY KEY,
  round_id INTEGER REFERENCES rounds (id),
  model_name VARCHAR NOT NULL,
  response_text VARCHAR NOT NULL,
  confidence_score FLOAT,
  created_at DATETIME
);
INSERT INTO model_responses (id, round_id, model_name, response_text, confidence_score, created_at)
  SELECT id, round_id, llm_name, response_text, confidence_score, created_at FROM llm_responses;
DROP TABLE llm_responses;
DROP TABLE discussion_rounds;
DROP TABLE discussions;
ALTER TABLE discussions_new RENAME TO discussions;
CREATE TABLE alembic_version (
  version_num VARCHAR(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY
);
INSERT INTO alembic_version (version_num) VALUES ('001_initial');

-- migrate:down

DROP TABLE alembic_version;
CREATE TABLE discussions_new (
  id INTEGER NOT NULL PRIMARY KEY,
  prompt TEXT NOT NULL,
  started_at DATETIME,
  completed_at DATETIME,
  consensus_reached INTEGER,
  final_consensus TEXT
);
INSERT INTO discussions_new (id, prompt, started_at, completed_at, consensus_reached, final_consensus)
  SELECT id, prompt, started_at, completed_at, consensus_reached, final_consensus FROM discussions;
CREATE TABLE discussion_rounds (
  id INTEGER NOT NULL PRIMARY KEY,
  discussion_id INTEGER REFERENCES discussions (id),
  round_number INTEGER NOT NULL,
  created_at DATETIME
);
INSERT INTO discussion_rounds (id, discussion_id, round_number, created_at)
  SELECT id, discussion_id, round_number, started_at FROM rounds;
CREATE TABLE llm_responses (
  id INTEGER NOT NULL PRIMARY KEY,
  round_id INTEGER REFERENCES discussion_rounds (id),
  llm_name VARCHAR(100) NOT NULL,
  response_text TEXT NOT NULL,
  confidence_score FLOAT,
  created_at DATETIME
);
INSERT INTO llm_responses (id, round_id, llm_name, response_text, confidence_score, created_at)
  SELECT id, round_id, model_name, response_text, confidence_score, created_at FROM model_responses;
DROP TABLE model_responses;
DROP TABLE rounds;
DROP TABLE discussions;
ALTER TABLE discussions_new RENAME TO discussions;
