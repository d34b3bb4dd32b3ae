-- Discussions, discussion rounds and LLM responses
-- Makes the three tables that the released application makes at its start; it keeps no migration history.

-- migrate:up

CREATE TABLE discussions (
  id serial PRIMARY KEY,
  prompt text NOT NULL,
  started_at timestamp,
  completed_at timestamp,
  consensus_reached integer,
  final_consensus text
);

CREATE TABLE discussion_rounds (
  id serial PRIMARY KEY,
  discussion_id integer REFERENCES discussions (id),
  round_number integer NOT NULL,
  created_at timestamp
);

CREATE TABLE llm_responses (
  id serial PRIMARY KEY,
  round_id integer REFERENCES discussion_rounds (id),
  llm_name varchar(100) NOT NULL,
  response_text text NOT NULL,
  confidence_score double precision,
  created_at timestamp
);

-- migrate:down

DROP TABLE llm_responses;
DROP TABLE discussion_rounds;
DROP TABLE discussions;
