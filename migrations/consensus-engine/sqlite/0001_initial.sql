-- Discussions, rounds and model responses
-- Makes the three tables of the reference document, without indexes, defaults or delete actions.
-- Also makes Alembic's table alembic_version with revision 001_initial; it is optional, the document only names Alembic.

-- migrate:up

CREATE TABLE discussions (
  id INTEGER NOT NULL PRIMARY KEY,
  prompt VARCHAR NOT NULL,
  started_at DATETIME,
  completed_at DATETIME,
  consensus_reached BOOLEAN,
  final_consensus VARCHAR,
  consensus_score FLOAT
);

CREATE TABLE rounds (
  id INTEGER NOT NULL PRIMARY KEY,
  discussion_id INTEGER REFERENCES discussions (id),
  round_type VARCHAR NOT NULL,
  round_number INTEGER NOT NULL,
  started_at DATETIME,
  completed_at DATETIME,
  prompt VARCHAR NOT NULL
);

CREATE TABLE model_responses (
  id INTEGER NOT NULL PRIMARY KEY,
  round_id INTEGER REFERENCES rounds (id),
  model_name VARCHAR NOT NULL,
  response_text VARCHAR NOT NULL,
  confidence_score FLOAT,
  created_at DATETIME
);

CREATE TABLE alembic_version (
  version_num VARCHAR(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY
);
INSERT INTO alembic_version (version_num) VALUES ('001_initial');

-- migrate:down

DROP TABLE alembic_version;
DROP TABLE model_responses;
DROP TABLE rounds;
DROP TABLE discussions;
