-- Discussions, discussion rounds and LLM responses
-- Makes the three tables that the released application makes at its start; it keeps no migration history.

-- migrate:up

CREATE TABLE discussions (
  id INTEGER NOT NULL PRIMARY KEY,
  prompt TEXT NOT NULL,
  started_at DATETIME,
  completed_at DATETIME,
  consensus_reached INTEGER,
  final_consensus TEXT
);

CREATE TABLE discussion_rounds (
  id INTEGER NOT NULL PRIMARY KEY,
  discussion_id INTEGER REFERENCES discussions (id),
  round_number INTEGER NOT NULL,
  created_at DATETIME
);

CREATE TABLE llm_responses (
  id INTEGER NOT NULL PRIMARY KEY,
  round_id INTEGER REFERENCES discussion_rounds (id),
  llm_name VARCHAR(100) NOT NULL,
  response_text TEXT NOT NULL,
  confidence_score FLOAT,
  created_at DATETIME
);

-- migrate:down

DROP TABLE llm_responses;
DROP TABLE discussion_rounds;
DROP TABLE discussions;
