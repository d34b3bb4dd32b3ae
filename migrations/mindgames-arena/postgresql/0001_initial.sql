-- Arena schema: models, kinds, prompts, agents, games, players, turns, calls and ratings
-- Makes the nine tables with their named checks, unique constraints and indexes. No column has a default; the application fills them in.
-- Every column carries a comment.

-- migrate:up

CREATE TABLE models (
  id serial PRIMARY KEY,
  name varchar NOT NULL,
  litellm_model_name varchar NOT NULL,
  class varchar NOT NULL CONSTRAINT check_models_class CHECK (class IN ('open', 'small')),
  active integer NOT NULL CONSTRAINT check_models_active CHECK (active IN (0, 1)),
  created_at timestamp NOT NULL
);

CREATE TABLE kinds (
  id serial PRIMARY KEY,
  name varchar NOT NULL,
  active integer NOT NULL CONSTRAINT check_kinds_active CHECK (active IN (0, 1)),
  created_at timestamp NOT NULL
);

CREATE TABLE prompts (
  id serial PRIMARY KEY,
  name varchar NOT NULL,
  content varchar NOT NULL,
  forked_from integer REFERENCES prompts (id),
  active integer NOT NULL CONSTRAINT check_prompts_active CHECK (active IN (0, 1)),
  created_at timestamp NOT NULL
);

CREATE TABLE agents (
  id serial PRIMARY KEY,
  kind_id integer NOT NULL REFERENCES kinds (id),
  model_id integer NOT NULL REFERENCES models (id),
  prompt_id integer NOT NULL REFERENCES prompts (id),
  alias varchar,
  active integer NOT NULL CONSTRAINT check_agents_active CHECK (active IN (0, 1)),
  created_at timestamp NOT NULL,
  CONSTRAINT uq_agent_config UNIQUE (kind_id, model_id, prompt_id)
);
CREATE INDEX idx_agent_config ON agents (kind_id, model_id, prompt_id);

CREATE TABLE games (
  id serial PRIMARY KEY,
  started_at timestamp NOT NULL,
  finished_at timestamp,
  status varchar NOT NULL
    CONSTRAINT check_games_status CHECK (status IN ('in_progress', 'completed', 'failed')),
  total_turns integer NOT NULL,
  winning_team varchar
    CONSTRAINT check_games_winning_team CHECK (winning_team IN ('Villager', 'Mafia') OR winning_team IS NULL),
  environment_crashed integer NOT NULL
    CONSTRAINT check_games_environment_crashed CHECK (environment_crashed IN (0, 1)),
  game_info json,
  CONSTRAINT check_games_finish_time CHECK (finished_at IS NULL OR finished_at >= started_at)
);
CREATE INDEX idx_games_finished_at ON games (finished_at);
CREATE INDEX idx_games_status ON games (status);
CREATE INDEX idx_games_winning_team ON games (winning_team);

CREATE TABLE game_players (
  id serial PRIMARY KEY,
  game_id integer NOT NULL REFERENCES games (id) ON DELETE CASCADE,
  agent_id integer NOT NULL REFERENCES agents (id) ON DELETE RESTRICT,
  player_index integer NOT NULL
    CONSTRAINT check_game_players_player_index CHECK (player_index >= 0 AND player_index < 6),
  role varchar
    CONSTRAINT check_game_players_role CHECK (role IN ('Mafia', 'Villager', 'Doctor', 'Detective') OR role IS NULL),
  reward double precision,
  CONSTRAINT uq_game_player UNIQUE (game_id, player_index)
);
CREATE INDEX idx_agent_games ON game_players (agent_id);

CREATE TABLE game_turns (
  id serial PRIMARY KEY,
  game_id integer NOT NULL REFERENCES games (id) ON DELETE CASCADE,
  turn_number integer NOT NULL,
  player_index integer NOT NULL
    CONSTRAINT check_game_turns_player_index CHECK (player_index >= 0 AND player_index < 6),
  observation json NOT NULL,
  action varchar NOT NULL,
  step_info json,
  response_time_ms integer NOT NULL
    CONSTRAINT check_game_turns_response_time CHECK (response_time_ms >= 0),
  tokens_used integer
    CONSTRAINT check_game_turns_tokens_used CHECK (tokens_used > 0 OR tokens_used IS NULL),
  "timestamp" timestamp NOT NULL
);
CREATE INDEX idx_game_turns ON game_turns (game_id, turn_number);
CREATE INDEX idx_turn_player ON game_turns (game_id, player_index);

CREATE TABLE llm_calls (
  id serial PRIMARY KEY,
  game_turn_id integer NOT NULL REFERENCES game_turns (id) ON DELETE CASCADE,
  model varchar NOT NULL,
  messages json NOT NULL,
  response json NOT NULL,
  request_sent_at timestamp NOT NULL,
  response_received_at timestamp NOT NULL,
  total_response_time_ms integer NOT NULL
    CONSTRAINT check_llm_calls_total_response_time CHECK (total_response_time_ms >= 0),
  time_to_first_token_ms integer
    CONSTRAINT check_llm_calls_time_to_first_token CHECK (time_to_first_token_ms >= 0 OR time_to_first_token_ms IS NULL),
  tokens_per_second double precision
    CONSTRAINT check_llm_calls_tokens_per_second CHECK (tokens_per_second >= 0 OR tokens_per_second IS NULL),
  response_tokens integer NOT NULL
    CONSTRAINT check_llm_calls_response_tokens CHECK (response_tokens > 0),
  total_tokens_consumed integer NOT NULL
    CONSTRAINT check_llm_calls_total_tokens CHECK (total_tokens_consumed > 0),
  CONSTRAINT check_llm_calls_response_time CHECK (response_received_at >= request_sent_at)
);
CREATE INDEX idx_llm_call_turn ON llm_calls (game_turn_id);
CREATE INDEX idx_llm_call_model ON llm_calls (model);

CREATE TABLE agent_trueskill (
  agent_id integer PRIMARY KEY REFERENCES agents (id) ON DELETE CASCADE,
  mu double precision NOT NULL,
  sigma double precision NOT NULL,
  updated_at timestamp NOT NULL
);

COMMENT ON COLUMN models.id IS 'Key, counted up by the database';
COMMENT ON COLUMN models.name IS 'Display name of the model';
COMMENT ON COLUMN models.litellm_model_name IS 'Name under which LiteLLM calls the model';
COMMENT ON COLUMN models.class IS '''open'' (any model) or ''small'' (at most 8B parameters)';
COMMENT ON COLUMN models.active IS '1 when new games may use the model';
COMMENT ON COLUMN models.created_at IS 'When the model was added';
COMMENT ON COLUMN kinds.id IS 'Key, counted up by the database';
COMMENT ON COLUMN kinds.name IS 'Kind of agent, for example ''standard'' or ''thinking''';
COMMENT ON COLUMN kinds.active IS '1 when new games may use the kind';
COMMENT ON COLUMN kinds.created_at IS 'When the kind was added';
COMMENT ON COLUMN prompts.id IS 'Key, counted up by the database';
COMMENT ON COLUMN prompts.name IS 'Name of the prompt version';
COMMENT ON COLUMN prompts.content IS 'Full text of the prompt; not to be changed, fork instead';
COMMENT ON COLUMN prompts.forked_from IS 'The prompt this one was forked from';
COMMENT ON COLUMN prompts.active IS '1 when new games may use the prompt';
COMMENT ON COLUMN prompts.created_at IS 'When the prompt was written';
COMMENT ON COLUMN games.id IS 'Key, counted up by the database';
COMMENT ON COLUMN games.started_at IS 'When the game began';
COMMENT ON COLUMN games.finished_at IS 'When the game ended; NULL while it runs';
COMMENT ON COLUMN games.status IS '''in_progress'', ''completed'' or ''failed''';
COMMENT ON COLUMN games.total_turns IS 'Highest turn number so far';
COMMENT ON COLUMN games.winning_team IS '''Villager'' or ''Mafia''; NULL when nobody won';
COMMENT ON COLUMN games.environment_crashed IS '1 when the game environment crashed';
COMMENT ON COLUMN games.game_info IS 'The environment''s own summary of the game';
COMMENT ON COLUMN agents.id IS 'Key, counted up by the database';
COMMENT ON COLUMN agents.kind_id IS 'The kind of this agent';
COMMENT ON COLUMN agents.model_id IS 'The model of this agent';
COMMENT ON COLUMN agents.prompt_id IS 'The prompt of this agent';
COMMENT ON COLUMN agents.alias IS 'Name given by the user';
COMMENT ON COLUMN agents.active IS '1 when the agent may be drawn for new games';
COMMENT ON COLUMN agents.created_at IS 'When the agent was added';
COMMENT ON COLUMN game_turns.id IS 'Key, counted up by the database';
COMMENT ON COLUMN game_turns.game_id IS 'The game of this turn';
COMMENT ON COLUMN game_turns.turn_number IS 'Number of the turn, from 1';
COMMENT ON COLUMN game_turns.player_index IS 'Seat of the acting player, 0 to 5';
COMMENT ON COLUMN game_turns.observation IS 'What the player saw';
COMMENT ON COLUMN game_turns.action IS 'What the player said or did';
COMMENT ON COLUMN game_turns.step_info IS 'What the environment answered';
COMMENT ON COLUMN game_turns.response_time_ms IS 'Time the action took, in milliseconds';
COMMENT ON COLUMN game_turns.tokens_used IS 'Tokens of the answer';
COMMENT ON COLUMN game_turns."timestamp" IS 'When the turn was played';
COMMENT ON COLUMN game_players.id IS 'Key, counted up by the database';
COMMENT ON COLUMN game_players.game_id IS 'The game of this player';
COMMENT ON COLUMN game_players.agent_id IS 'The agent that played';
COMMENT ON COLUMN game_players.player_index IS 'Seat of the player, 0 to 5';
COMMENT ON COLUMN game_players.role IS '''Mafia'', ''Villager'', ''Doctor'' or ''Detective''';
COMMENT ON COLUMN game_players.reward IS 'Reward at the end of the game';
COMMENT ON COLUMN llm_calls.id IS 'Key, counted up by the database';
COMMENT ON COLUMN llm_calls.game_turn_id IS 'The turn that needed this call';
COMMENT ON COLUMN llm_calls.model IS 'Name of the model that was called';
COMMENT ON COLUMN llm_calls.messages IS 'Messages that were sent';
COMMENT ON COLUMN llm_calls.response IS 'The whole answer';
COMMENT ON COLUMN llm_calls.request_sent_at IS 'When the request left';
COMMENT ON COLUMN llm_calls.response_received_at IS 'When the answer was complete';
COMMENT ON COLUMN llm_calls.total_response_time_ms IS 'Time of the call, in milliseconds';
COMMENT ON COLUMN llm_calls.time_to_first_token_ms IS 'Time to the first token, in milliseconds';
COMMENT ON COLUMN llm_calls.tokens_per_second IS 'Speed of the answer';
COMMENT ON COLUMN llm_calls.response_tokens IS 'Tokens of the answer';
COMMENT ON COLUMN llm_calls.total_tokens_consumed IS 'Tokens of prompt and answer together';
COMMENT ON COLUMN agent_trueskill.agent_id IS 'The rated agent';
COMMENT ON COLUMN agent_trueskill.mu IS 'Mean of the rating';
COMMENT ON COLUMN agent_trueskill.sigma IS 'Uncertainty of the rating';
COMMENT ON COLUMN agent_trueskill.updated_at IS 'When the rating changed last';

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
