-- SPDX-License-Identifier: GPL-3.0-or-later
-- mindgames arena, variant "legacy": the schema before the current one, SQLite only.
-- All keys are TEXT holding uuid4 strings; no reference has an ON DELETE action.

CREATE TABLE agent_types (
    id TEXT PRIMARY KEY,
    name TEXT UNIQUE NOT NULL,
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
    type_id TEXT NOT NULL REFERENCES agent_types(id),
    model_id TEXT NOT NULL REFERENCES llm_models(id),
    prompt_id TEXT NOT NULL REFERENCES strategy_prompts(id),
    agent_hash TEXT UNIQUE NOT NULL,
    created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);

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
    game_id TEXT NOT NULL REFERENCES games(id),
    agent_id TEXT NOT NULL REFERENCES agents(id),
    player_index INTEGER NOT NULL,
    assigned_role TEXT,
    final_reward REAL
);

CREATE TABLE game_actions (
    id TEXT PRIMARY KEY,
    game_id TEXT NOT NULL REFERENCES games(id),
    agent_id TEXT NOT NULL REFERENCES agents(id),
    turn_number INTEGER NOT NULL,
    phase TEXT,
    observation TEXT,
    raw_response TEXT,
    parsed_action TEXT,
    timestamp TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    processing_time_ms INTEGER
);

CREATE INDEX idx_agents_hash ON agents(agent_hash);
CREATE INDEX idx_game_participants_game ON game_participants(game_id);
CREATE INDEX idx_game_participants_agent ON game_participants(agent_id);
CREATE INDEX idx_game_actions_game ON game_actions(game_id);
CREATE INDEX idx_game_actions_agent ON game_actions(agent_id);
CREATE INDEX idx_game_actions_turn ON game_actions(game_id, turn_number);
