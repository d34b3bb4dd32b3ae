-- SPDX-License-Identifier: GPL-3.0-or-later
-- mindgames arena, variant "early": nine tables as SQLAlchemy lays them out on SQLite.
-- The class column stands on agents instead of models, and agents has no active column.
-- No column has a DEFAULT; the application fills them in. Keys are rowid aliases without AUTOINCREMENT.

CREATE TABLE models (
	id INTEGER NOT NULL,
	name VARCHAR NOT NULL,
	litellm_model_name VARCHAR NOT NULL,
	active INTEGER NOT NULL,
	created_at DATETIME NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT check_models_active CHECK (active IN (0, 1))
);

CREATE TABLE kinds (
	id INTEGER NOT NULL,
	name VARCHAR NOT NULL,
	active INTEGER NOT NULL,
	created_at DATETIME NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT check_kinds_active CHECK (active IN (0, 1))
);

CREATE TABLE prompts (
	id INTEGER NOT NULL,
	name VARCHAR NOT NULL,
	content VARCHAR NOT NULL,
	forked_from INTEGER,
	active INTEGER NOT NULL,
	created_at DATETIME NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT check_prompts_active CHECK (active IN (0, 1)),
	FOREIGN KEY(forked_from) REFERENCES prompts (id)
);

CREATE TABLE games (
	id INTEGER NOT NULL,
	started_at DATETIME NOT NULL,
	finished_at DATETIME,
	status VARCHAR NOT NULL,
	total_turns INTEGER NOT NULL,
	winning_team VARCHAR,
	environment_crashed INTEGER NOT NULL,
	game_info JSON,
	PRIMARY KEY (id),
	CONSTRAINT check_games_status CHECK (status IN ('in_progress', 'completed', 'failed')),
	CONSTRAINT check_games_winning_team CHECK (winning_team IN ('Villager', 'Mafia') OR winning_team IS NULL),
	CONSTRAINT check_games_environment_crashed CHECK (environment_crashed IN (0, 1)),
	CONSTRAINT check_games_finish_time CHECK (finished_at IS NULL OR finished_at >= started_at)
);

CREATE INDEX idx_games_status ON games (status);
CREATE INDEX idx_games_winning_team ON games (winning_team);
CREATE INDEX idx_games_finished_at ON games (finished_at);

CREATE TABLE agents (
	id INTEGER NOT NULL,
	kind_id INTEGER NOT NULL,
	model_id INTEGER NOT NULL,
	prompt_id INTEGER NOT NULL,
	alias VARCHAR,
	class VARCHAR NOT NULL,
	created_at DATETIME NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT uq_agent_config UNIQUE (kind_id, model_id, prompt_id),
	CONSTRAINT check_agents_class CHECK (class IN ('open', 'small')),
	FOREIGN KEY(kind_id) REFERENCES kinds (id),
	FOREIGN KEY(model_id) REFERENCES models (id),
	FOREIGN KEY(prompt_id) REFERENCES prompts (id)
);

CREATE INDEX idx_agent_config ON agents (kind_id, model_id, prompt_id);

CREATE TABLE game_turns (
	id INTEGER NOT NULL,
	game_id INTEGER NOT NULL,
	turn_number INTEGER NOT NULL,
	player_index INTEGER NOT NULL,
	observation JSON NOT NULL,
	action VARCHAR NOT NULL,
	step_info JSON,
	response_time_ms INTEGER NOT NULL,
	tokens_used INTEGER,
	timestamp DATETIME NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT check_game_turns_player_index CHECK (player_index >= 0 AND player_index < 6),
	CONSTRAINT check_game_turns_response_time CHECK (response_time_ms >= 0),
	CONSTRAINT check_game_turns_tokens_used CHECK (tokens_used > 0 OR tokens_used IS NULL),
	FOREIGN KEY(game_id) REFERENCES games (id) ON DELETE CASCADE
);

CREATE INDEX idx_turn_player ON game_turns (game_id, player_index);
CREATE INDEX idx_game_turns ON game_turns (game_id, turn_number);

CREATE TABLE game_players (
	id INTEGER NOT NULL,
	game_id INTEGER NOT NULL,
	agent_id INTEGER NOT NULL,
	player_index INTEGER NOT NULL,
	role VARCHAR,
	reward FLOAT,
	PRIMARY KEY (id),
	CONSTRAINT check_game_players_player_index CHECK (player_index >= 0 AND player_index < 6),
	CONSTRAINT check_game_players_role CHECK (role IN ('Mafia', 'Villager', 'Doctor', 'Detective') OR role IS NULL),
	CONSTRAINT uq_game_player UNIQUE (game_id, player_index),
	FOREIGN KEY(game_id) REFERENCES games (id) ON DELETE CASCADE,
	FOREIGN KEY(agent_id) REFERENCES agents (id) ON DELETE RESTRICT
);

CREATE INDEX idx_agent_games ON game_players (agent_id);

CREATE TABLE llm_calls (
	id INTEGER NOT NULL,
	game_turn_id INTEGER NOT NULL,
	model VARCHAR NOT NULL,
	messages JSON NOT NULL,
	response JSON NOT NULL,
	request_sent_at DATETIME NOT NULL,
	response_received_at DATETIME NOT NULL,
	total_response_time_ms INTEGER NOT NULL,
	time_to_first_token_ms INTEGER,
	tokens_per_second FLOAT,
	response_tokens INTEGER NOT NULL,
	total_tokens_consumed INTEGER NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT check_llm_calls_total_response_time CHECK (total_response_time_ms >= 0),
	CONSTRAINT check_llm_calls_time_to_first_token CHECK (time_to_first_token_ms >= 0 OR time_to_first_token_ms IS NULL),
	CONSTRAINT check_llm_calls_tokens_per_second CHECK (tokens_per_second >= 0 OR tokens_per_second IS NULL),
	CONSTRAINT check_llm_calls_response_tokens CHECK (response_tokens > 0),
	CONSTRAINT check_llm_calls_total_tokens CHECK (total_tokens_consumed > 0),
	CONSTRAINT check_llm_calls_response_time CHECK (response_received_at >= request_sent_at),
	FOREIGN KEY(game_turn_id) REFERENCES game_turns (id) ON DELETE CASCADE
);

CREATE INDEX idx_llm_call_model ON llm_calls (model);
CREATE INDEX idx_llm_call_turn ON llm_calls (game_turn_id);

CREATE TABLE agent_trueskill (
	agent_id INTEGER NOT NULL,
	mu FLOAT NOT NULL,
	sigma FLOAT NOT NULL,
	updated_at DATETIME NOT NULL,
	PRIMARY KEY (agent_id),
	FOREIGN KEY(agent_id) REFERENCES agents (id) ON DELETE CASCADE
);
