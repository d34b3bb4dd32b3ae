-- Discussions, rounds and model responses
-- Makes the three tables of the reference document, without indexes, defaults or delete actions.
-- Also makes Alembic's table alembic_version with revision 001_initial; it is optional, the document only names Alembic.

-- migrate:up

CREATE TABLE discussions (
  id serial PRIMARY KEY,
  prompt varchar NOT NULL,
  started_at timestamp,
  completed_at timestamp,
  consensus_reached boolean,
  final_consensus varchar,
  consensus_score double precision
);

CREATE TABLE rounds (
  id serial PRIMARY KEY,
  discussion_id integer REFERENCES discussions (id),
  round_type varchar NOT NULL,
  round_number integer NOT NULL,
  started_at timestamp,
  completed_at timestamp,
  prompt varchar NOT NULL
);

CREATE TABLE model_responses (
  id serial PRIMARY KEY,
  round_id integer REFERENCES rounds (id),
  model_name varchar NOT NULL,
  response_text varchar NOT NULL,
  confidence_score double precision,
  created_at timestamp
);

CREATE TABLE alembic_version (
  version_num varchar(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY
);
INSERT INTO alembic_version (version_num) VALUES ('001_initial');

-- migrate:down

DROP TABLE alembic_version;
DROP TABLE model_responses;
DROP TABLE rounds;
DROP TABLE discussions;
