-- Legacy arena schema: agent types, LLM models, strategy prompts, agents, games, participants, actions
-- Makes the seven tables that came before the current schema. Keys are uuid4 strings; references have no delete action.

-- migrate:up

CREATE TABLE agent_types (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  is_disabled BOOLEAN NOT NULL DEFAULT 0
);

CREATE TABLE llm_models (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  kwargs TEXT,
  is_disabled BOOLEAN NOT NULL DEFAULT 0
);

CREATE TABLE strategy_prompts (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  content TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  is_disabled BOOLEAN NOT NULL DEFAULT 0
);

CREATE TABLE agents (
  id TEXT PRIMARY KEY,
  type_id TEXT NOT NULL,
  model_id TEXT NOT NULL,
  prompt_id TEXT NOT NULL,
  agent_hash TEXT NOT NULL UNIQUE,
  created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  FOREIGN KEY (type_id) REFERENCES agent_types (id),
  FOREIGN KEY (model_id) REFERENCES llm_models (id),
  FOREIGN KEY (prompt_id) REFERENCES strategy_prompts (id)
);
CREATE INDEX idx_agents_hash ON agents (agent_hash);

CREATE TABLE games (
  id TEXT PRIMARY KEY,
  environment TEXT NOT NULL,
  start_time TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  end_time TIMESTAMP,
  duration_seconds REAL,
  winner_team TEXT,
  final_rewards TEXT,
  game_state_final TEXT
);

CREATE TABLE game_participants (
  id TEXT PRIMARY KEY,
  game_id TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  player_index INTEGER NOT NULL,
  assigned_role TEXT,
  final_reward REAL,
  FOREIGN KEY (game_id) REFERENCES games (id),
  FOREIGN KEY (agent_id) REFERENCES agents (id)
);
CREATE INDEX idx_game_participants_game ON game_participants (game_id);
CREATE INDEX idx_game_participants_agent ON game_participants (agent_id);

CREATE TABLE game_actions (
  id TEXT PRIMARY KEY,
  game_id TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  turn_number INTEGER NOT NULL,
  phase TEXT,
  observation TEXT,
  raw_response TEXT,
  parsed_action TEXT,
  "timestamp" TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  processing_time_ms INTEGER,
  FOREIGN KEY (game_id) REFERENCES games (id),
  FOREIGN KEY (agent_id) REFERENCES agents (id)
);
CREATE INDEX idx_game_actions_game ON game_actions (game_id);
CREATE INDEX idx_game_actions_agent ON game_actions (agent_id);
CREATE INDEX idx_game_actions_turn ON game_actions (game_id, turn_number);

-- migrate:down

DROP TABLE game_actions;
DROP TABLE game_participants;
DROP TABLE games;
DROP TABLE agents;
DROP TABLE strategy_prompts;
DROP TABLE llm_models;
DROP TABLE agent_types;
