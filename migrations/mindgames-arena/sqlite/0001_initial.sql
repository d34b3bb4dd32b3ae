-- Arena schema: models, kinds, prompts, agents, games, players, turns, calls and ratings
-- Makes the nine tables with their named checks, unique constraints and indexes. No column has a default; the application fills them in.

-- migrate:up

CREATE TABLE models (
  id INTEGER NOT NULL PRIMARY KEY,
  name VARCHAR NOT NULL,
  litellm_model_name VARCHAR NOT NULL,
  class VARCHAR NOT NULL CONSTRAINT check_models_class CHECK (class IN ('open', 'small')),
  active INTEGER NOT NULL CONSTRAINT check_models_active CHECK (active IN (0, 1)),
  created_at DATETIME NOT NULL
);

CREATE TABLE kinds (
  id INTEGER NOT NULL PRIMARY KEY,
  name VARCHAR NOT NULL,
  active INTEGER NOT NULL CONSTRAINT check_kinds_active CHECK (active IN (0, 1)),
  created_at DATETIME NOT NULL
);

CREATE TABLE prompts (
  id INTEGER NOT NULL PRIMARY KEY,
  name VARCHAR NOT NULL,
  content VARCHAR NOT NULL,
  forked_from INTEGER REFERENCES prompts (id),
  active INTEGER NOT NULL CONSTRAINT check_prompts_active CHECK (active IN (0, 1)),
  created_at DATETIME NOT NULL
);

CREATE TABLE agents (
  id INTEGER NOT NULL PRIMARY KEY,
  kind_id INTEGER NOT NULL REFERENCES kinds (id),
  model_id INTEGER NOT NULL REFERENCES models (id),
  prompt_id INTEGER NOT NULL REFERENCES prompts (id),
  alias VARCHAR,
  active INTEGER NOT NULL CONSTRAINT check_agents_active CHECK (active IN (0, 1)),
  created_at DATETIME NOT NULL,
  CONSTRAINT uq_agent_config UNIQUE (kind_id, model_id, prompt_id)
);
CREATE INDEX idx_agent_config ON agents (kind_id, model_id, prompt_id);

CREATE TABLE games (
  id INTEGER NOT NULL PRIMARY KEY,
  started_at DATETIME NOT NULL,
  finished_at DATETIME,
  status VARCHAR NOT NULL
    CONSTRAINT check_games_status CHECK (status IN ('in_progress', 'completed', 'failed')),
  total_turns INTEGER NOT NULL,
  winning_team VARCHAR
    CONSTRAINT check_games_winning_team CHECK (winning_team IN ('Villager', 'Mafia') OR winning_team IS NULL),
  environment_crashed INTEGER NOT NULL
    CONSTRAINT check_games_environment_crashed CHECK (environment_crashed IN (0, 1)),
  game_info JSON,
  CONSTRAINT check_games_finish_time CHECK (finished_at IS NULL OR finished_at >= started_at)
);
CREATE INDEX idx_games_finished_at ON games (finished_at);
CREATE INDEX idx_games_status ON games (status);
CREATE INDEX idx_games_winning_team ON games (winning_team);

CREATE TABLE game_players (
  id INTEGER NOT NULL PRIMARY KEY,
  game_id INTEGER NOT NULL REFERENCES games (id) ON DELETE CASCADE,
  agent_id INTEGER NOT NULL REFERENCES agents (id) ON DELETE RESTRICT,
  player_index INTEGER NOT NULL
    CONSTRAINT check_game_players_player_index CHECK (player_index >= 0 AND player_index < 6),
  role VARCHAR
    CONSTRAINT check_game_players_role CHECK (role IN ('Mafia', 'Villager', 'Doctor', 'Detective') OR role IS NULL),
  reward FLOAT,
  CONSTRAINT uq_game_player UNIQUE (game_id, player_index)
);
CREATE INDEX idx_agent_games ON game_players (agent_id);

CREATE TABLE game_turns (
  id INTEGER NOT NULL PRIMARY KEY,
  game_id INTEGER NOT NULL REFERENCES games (id) ON DELETE CASCADE,
  turn_number INTEGER NOT NULL,
  player_index INTEGER NOT NULL
    CONSTRAINT check_game_turns_player_index CHECK (player_index >= 0 AND player_index < 6),
  observation JSON NOT NULL,
  action VARCHAR NOT NULL,
  step_info JSON,
  response_time_ms INTEGER NOT NULL
    CONSTRAINT check_game_turns_response_time CHECK (response_time_ms >= 0),
  tokens_used INTEGER
    CONSTRAINT check_game_turns_tokens_used CHECK (tokens_used > 0 OR tokens_used IS NULL),
  "timestamp" DATETIME NOT NULL
);
CREATE INDEX idx_game_turns ON game_turns (game_id, turn_number);
CREATE INDEX idx_turn_player ON game_turns (game_id, player_index);

CREATE TABLE llm_calls (
  id INTEGER NOT NULL PRIMARY KEY,
  game_turn_id INTEGER NOT NULL REFERENCES game_turns (id) ON DELETE CASCADE,
  model VARCHAR NOT NULL,
  messages JSON NOT NULL,
  response JSON NOT NULL,
  request_sent_at DATETIME NOT NULL,
  response_received_at DATETIME NOT NULL,
  total_response_time_ms INTEGER NOT NULL
    CONSTRAINT check_llm_calls_total_response_time CHECK (total_response_time_ms >= 0),
  time_to_first_token_ms INTEGER
    CONSTRAINT check_llm_calls_time_to_first_token CHECK (time_to_first_token_ms >= 0 OR time_to_first_token_ms IS NULL),
  tokens_per_second FLOAT
    CONSTRAINT check_llm_calls_tokens_per_second CHECK (tokens_per_second >= 0 OR tokens_per_second IS NULL),
  response_tokens INTEGER NOT NULL
    CONSTRAINT check_llm_calls_response_tokens CHECK (response_tokens > 0),
  total_tokens_consumed INTEGER NOT NULL
    CONSTRAINT check_llm_calls_total_tokens CHECK (total_tokens_consumed > 0),
  CONSTRAINT check_llm_calls_response_time CHECK (response_received_at >= request_sent_at)
);
CREATE INDEX idx_llm_call_turn ON llm_calls (game_turn_id);
CREATE INDEX idx_llm_call_model ON llm_calls (model);

CREATE TABLE agent_trueskill (
  agent_id INTEGER NOT NULL PRIMARY KEY REFERENCES agents (id) ON DELETE CASCADE,
  mu FLOAT NOT NULL,
  sigma FLOAT NOT NULL,
  updated_at DATETIME NOT NULL
);

-- migrate:down

DROP TABLE agent_trueskill;
DROP TABLE llm_calls;
DROP TABLE game_turns;
DROP TABLE game_players;
DROP TABLE games;
DROP TABLE agents;
DROP TABLE prompts;
DROP TABLE kinds;
DROP TABLE models;
