-- From the legacy arena schema with uuid keys to the current one
-- Every row gets a number as its key, in the order of its time. What the current schema has no place for (the uuids, kwargs, versions, hashes, environments,
-- rewards, phases, raw answers beside parsed ones, teams and roles with other names) is kept in conversion_leftovers, from where going down takes it back.
-- Games without an end are in_progress, all others completed; agents are active where type, model and prompt are. No calls and no ratings were stored: recompute the leaderboard.
-- count kinds: SELECT count(*) FROM agent_types => SELECT count(*) FROM kinds
-- count models: SELECT count(*) FROM llm_models => SELECT count(*) FROM models
-- count prompts: SELECT count(*) FROM strategy_prompts => SELECT count(*) FROM prompts
-- count agents: SELECT count(*) FROM agents => SELECT count(*) FROM agents
-- count games: SELECT count(*) FROM games => SELECT count(*) FROM games
-- count players: SELECT count(*) FROM game_participants => SELECT count(*) FROM game_players
-- count turns: SELECT count(*) FROM game_actions => SELECT count(*) FROM game_turns
-- count calls and ratings: SELECT 0 => SELECT (SELECT count(*) FROM llm_calls) + (SELECT count(*) FROM agent_trueskill)

-- migrate:up

ALTER TABLE agents RENAME TO legacy_agents;
ALTER TABLE games RENAME TO legacy_games;

CREATE TABLE conversion_leftovers (
  source_table TEXT NOT NULL,
  source_key TEXT NOT NULL,
  new_key INTEGER,
  columns JSON,
  PRIMARY KEY (source_table, source_key)
);

INSERT INTO conversion_leftovers (source_table, source_key, new_key, columns)
  SELECT 'agent_types', id, row_number() OVER (ORDER BY name, id), json_object() FROM agent_types;
INSERT INTO conversion_leftovers (source_table, source_key, new_key, columns)
  SELECT 'llm_models', id, row_number() OVER (ORDER BY name, id), json_object('kwargs', kwargs) FROM llm_models;
INSERT INTO conversion_leftovers (source_table, source_key, new_key, columns)
  SELECT 'strategy_prompts', id, row_number() OVER (ORDER BY created_at, name, version, id), json_object('version', version) FROM strategy_prompts;
INSERT INTO conversion_leftovers (source_table, source_key, new_key, columns)
  SELECT 'agents', id, row_number() OVER (ORDER BY created_at, id), json_object('agent_hash', agent_hash) FROM legacy_agents;
INSERT INTO conversion_leftovers (source_table, source_key, new_key, columns)
  SELECT 'games', id, row_number() OVER (ORDER BY start_time, id), json_object('environment', environment, 'end_time', end_time, 'duration_seconds', duration_seconds, 'winner_team', winner_team, 'final_rewards', final_rewards, 'game_state_final', game_state_final) FROM legacy_games;
INSERT INTO conversion_leftovers (source_table, source_key, new_key, columns)
  SELECT 'game_participants', id, row_number() OVER (ORDER BY game_id, player_index, id), json_object('assigned_role', assigned_role) FROM game_participants;
INSERT INTO conversion_leftovers (source_table, source_key, new_key, columns)
  SELECT 'game_actions', id, row_number() OVER (ORDER BY game_id, turn_number, "timestamp", id), json_object('agent_id', agent_id, 'phase', phase, 'observation', observation, 'raw_response', raw_response, 'parsed_action', parsed_action, 'processing_time_ms', processing_time_ms) FROM game_actions;

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

INSERT INTO kinds (id, name, active, created_at)
  SELECT l.new_key, t.name, 1 - t.is_disabled, coalesce((SELECT min(created_at) FROM legacy_agents), CURRENT_TIMESTAMP)
    FROM agent_types t JOIN conversion_leftovers l ON l.source_table = 'agent_types' AND l.source_key = t.id;
INSERT INTO models (id, name, litellm_model_name, class, active, created_at)
  SELECT l.new_key, m.name, coalesce(CASE WHEN json_valid(m.kwargs) THEN json_extract(m.kwargs, '$.model') END, m.name), 'open', 1 - m.is_disabled,
         coalesce((SELECT min(created_at) FROM legacy_agents), CURRENT_TIMESTAMP)
    FROM llm_models m JOIN conversion_leftovers l ON l.source_table = 'llm_models' AND l.source_key = m.id;
INSERT INTO prompts (id, name, content, active, created_at)
  SELECT l.new_key, p.name, p.content, 1 - p.is_disabled, p.created_at
    FROM strategy_prompts p JOIN conversion_leftovers l ON l.source_table = 'strategy_prompts' AND l.source_key = p.id;
INSERT INTO agents (id, kind_id, model_id, prompt_id, active, created_at)
  SELECT l.new_key, k.id, m.id, p.id, min(k.active, m.active, p.active), a.created_at
    FROM legacy_agents a JOIN conversion_leftovers l ON l.source_table = 'agents' AND l.source_key = a.id
    JOIN kinds k ON k.id = (SELECT new_key FROM conversion_leftovers WHERE source_table = 'agent_types' AND source_key = a.type_id)
    JOIN models m ON m.id = (SELECT new_key FROM conversion_leftovers WHERE source_table = 'llm_models' AND source_key = a.model_id)
    JOIN prompts p ON p.id = (SELECT new_key FROM conversion_leftovers WHERE source_table = 'strategy_prompts' AND source_key = a.prompt_id);
INSERT INTO games (id, started_at, finished_at, status, total_turns, winning_team, environment_crashed, game_info)
  SELECT l.new_key, g.start_time, CASE WHEN g.end_time >= g.start_time THEN g.end_time END, CASE WHEN g.end_time IS NULL THEN 'in_progress' ELSE 'completed' END,
         coalesce((SELECT max(turn_number) FROM game_actions WHERE game_id = g.id), 0),
         CASE g.winner_team WHEN 'Mafia' THEN 'Mafia' WHEN 'Villager' THEN 'Villager' WHEN 'Villagers' THEN 'Villager' WHEN 'Village' THEN 'Villager' END, 0,
         CASE WHEN json_valid(g.game_state_final) THEN g.game_state_final END
    FROM legacy_games g JOIN conversion_leftovers l ON l.source_table = 'games' AND l.source_key = g.id;
INSERT INTO game_players (id, game_id, agent_id, player_index, role, reward)
  SELECT l.new_key, (SELECT new_key FROM conversion_leftovers WHERE source_table = 'games' AND source_key = p.game_id), (SELECT new_key FROM conversion_leftovers WHERE source_table = 'agents' AND source_key = p.agent_id), p.player_index,
         CASE WHEN p.assigned_role IN ('Mafia', 'Villager', 'Doctor', 'Detective') THEN p.assigned_role END, p.final_reward
    FROM game_participants p JOIN conversion_leftovers l ON l.source_table = 'game_participants' AND l.source_key = p.id;
INSERT INTO game_turns (id, game_id, turn_number, player_index, observation, action, response_time_ms, "timestamp")
  SELECT l.new_key, (SELECT new_key FROM conversion_leftovers WHERE source_table = 'games' AND source_key = a.game_id), a.turn_number,
         (SELECT min(player_index) FROM game_participants WHERE game_id = a.game_id AND agent_id = a.agent_id), json_object('text', a.observation),
         coalesce(a.parsed_action, a.raw_response, ''), max(coalesce(a.processing_time_ms, 0), 0), a."timestamp"
    FROM game_actions a JOIN conversion_leftovers l ON l.source_table = 'game_actions' AND l.source_key = a.id;

DROP TABLE game_actions;
DROP TABLE game_participants;
DROP TABLE legacy_games;
DROP TABLE legacy_agents;
DROP TABLE strategy_prompts;
DROP TABLE llm_models;
DROP TABLE agent_types;

-- migrate:down

ALTER TABLE agents RENAME TO current_agents;
ALTER TABLE games RENAME TO current_games;

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

INSERT INTO agent_types (id, name, is_disabled)
  SELECT l.source_key, k.name, 1 - k.active FROM kinds k JOIN conversion_leftovers l ON l.source_table = 'agent_types' AND l.new_key = k.id;
INSERT INTO llm_models (id, name, kwargs, is_disabled)
  SELECT l.source_key, m.name, l.columns ->> '$.kwargs', 1 - m.active FROM models m JOIN conversion_leftovers l ON l.source_table = 'llm_models' AND l.new_key = m.id;
INSERT INTO strategy_prompts (id, name, content, version, created_at, is_disabled)
  SELECT l.source_key, p.name, p.content, l.columns ->> '$.version', p.created_at, 1 - p.active FROM prompts p JOIN conversion_leftovers l ON l.source_table = 'strategy_prompts' AND l.new_key = p.id;
INSERT INTO agents (id, type_id, model_id, prompt_id, agent_hash, created_at)
  SELECT l.source_key, (SELECT source_key FROM conversion_leftovers WHERE source_table = 'agent_types' AND new_key = a.kind_id), (SELECT source_key FROM conversion_leftovers WHERE source_table = 'llm_models' AND new_key = a.model_id), (SELECT source_key FROM conversion_leftovers WHERE source_table = 'strategy_prompts' AND new_key = a.prompt_id), l.columns ->> '$.agent_hash', a.created_at
    FROM current_agents a JOIN conversion_leftovers l ON l.source_table = 'agents' AND l.new_key = a.id;
INSERT INTO games (id, environment, start_time, end_time, duration_seconds, winner_team, final_rewards, game_state_final)
  SELECT l.source_key, l.columns ->> '$.environment', g.started_at, coalesce(g.finished_at, l.columns ->> '$.end_time'), l.columns ->> '$.duration_seconds',
         l.columns ->> '$.winner_team', l.columns ->> '$.final_rewards', l.columns ->> '$.game_state_final'
    FROM current_games g JOIN conversion_leftovers l ON l.source_table = 'games' AND l.new_key = g.id;
INSERT INTO game_participants (id, game_id, agent_id, player_index, assigned_role, final_reward)
  SELECT l.source_key, (SELECT source_key FROM conversion_leftovers WHERE source_table = 'games' AND new_key = p.game_id), (SELECT source_key FROM conversion_leftovers WHERE source_table = 'agents' AND new_key = p.agent_id), p.player_index, coalesce(p.role, l.columns ->> '$.assigned_role'), p.reward
    FROM game_players p JOIN conversion_leftovers l ON l.source_table = 'game_participants' AND l.new_key = p.id;
INSERT INTO game_actions (id, game_id, agent_id, turn_number, phase, observation, raw_response, parsed_action, "timestamp", processing_time_ms)
  SELECT l.source_key, (SELECT source_key FROM conversion_leftovers WHERE source_table = 'games' AND new_key = t.game_id), l.columns ->> '$.agent_id', t.turn_number, l.columns ->> '$.phase', l.columns ->> '$.observation', l.columns ->> '$.raw_response',
         l.columns ->> '$.parsed_action', t."timestamp", l.columns ->> '$.processing_time_ms'
    FROM game_turns t JOIN conversion_leftovers l ON l.source_table = 'game_actions' AND l.new_key = t.id;

DROP TABLE agent_trueskill;
DROP TABLE llm_calls;
DROP TABLE game_turns;
DROP TABLE game_players;
DROP TABLE current_games;
DROP TABLE current_agents;
DROP TABLE prompts;
DROP TABLE kinds;
DROP TABLE models;
DROP TABLE conversion_leftovers;
