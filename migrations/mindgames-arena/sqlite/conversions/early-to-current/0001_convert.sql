-- From the early arena schema to the current one
-- The class moves from agents to models: a model is small if all of its agents were. Agents whose class was another one keep it in
-- conversion_leftovers, from where going down takes it back. Agents get active = 0, as the application makes them.
-- Going down is refused while agents are active, which the early schema cannot say.
-- count models: SELECT count(*) FROM models => SELECT count(*) FROM models
-- count agents: SELECT count(*) FROM agents => SELECT count(*) FROM agents
-- count players: SELECT count(*) FROM game_players => SELECT count(*) FROM game_players
-- count active agents: SELECT 0 => SELECT count(*) FROM agents WHERE active = 1
-- count small models without an agent: SELECT 0 => SELECT count(*) FROM models m WHERE class = 'small' AND NOT EXISTS (SELECT 1 FROM agents a WHERE a.model_id = m.id)

-- migrate:up

CREATE TABLE models_new (
  id INTEGER NOT NULL PRIMARY KEY,
  name VARCHAR NOT NULL,
  litellm_model_name VARCHAR NOT NULL,
  class VARCHAR NOT NULL CONSTRAINT check_models_class CHECK (class IN ('open', 'small')),
  active INTEGER NOT NULL CONSTRAINT check_models_active CHECK (active IN (0, 1)),
  created_at DATETIME NOT NULL
);
INSERT INTO models_new (id, name, litellm_model_name, class, active, created_at)
  SELECT id, name, litellm_model_name, CASE WHEN (SELECT min(a.class) FROM agents a WHERE a.model_id = m.id) = 'small' THEN 'small' ELSE 'open' END, active, created_at FROM models m;

CREATE TABLE conversion_leftovers (
  source_table TEXT NOT NULL,
  source_key TEXT NOT NULL,
  new_key INTEGER,
  columns JSON,
  PRIMARY KEY (source_table, source_key)
);
INSERT INTO conversion_leftovers (source_table, source_key, columns)
  SELECT 'agents', a.id, json_object('class', a.class) FROM agents a JOIN models_new m ON m.id = a.model_id WHERE a.class <> m.class;

CREATE TABLE agents_new (
  id INTEGER NOT NULL PRIMARY KEY,
  kind_id INTEGER NOT NULL REFERENCES kinds (id),
  model_id INTEGER NOT NULL REFERENCES models (id),
  prompt_id INTEGER NOT NULL REFERENCES prompts (id),
  alias VARCHAR,
  active INTEGER NOT NULL CONSTRAINT check_agents_active CHECK (active IN (0, 1)),
  created_at DATETIME NOT NULL,
  CONSTRAINT uq_agent_config UNIQUE (kind_id, model_id, prompt_id)
);
INSERT INTO agents_new (id, kind_id, model_id, prompt_id, alias, active, created_at)
  SELECT id, kind_id, model_id, prompt_id, alias, 0, created_at FROM agents;

DROP TABLE models;
ALTER TABLE models_new RENAME TO models;
DROP TABLE agents;
ALTER TABLE agents_new RENAME TO agents;
CREATE INDEX idx_agent_config ON agents (kind_id, model_id, prompt_id);

-- migrate:down

CREATE TABLE agents_new (
  id INTEGER NOT NULL PRIMARY KEY,
  kind_id INTEGER NOT NULL REFERENCES kinds (id),
  model_id INTEGER NOT NULL REFERENCES models (id),
  prompt_id INTEGER NOT NULL REFERENCES prompts (id),
  alias VARCHAR,
  class VARCHAR NOT NULL CONSTRAINT check_agents_class CHECK (class IN ('open', 'small')),
  created_at DATETIME NOT NULL,
  CONSTRAINT uq_agent_config UNIQUE (kind_id, model_id, prompt_id)
);
INSERT INTO agents_new (id, kind_id, model_id, prompt_id, alias, class, created_at)
  SELECT a.id, a.kind_id, a.model_id, a.prompt_id, a.alias, coalesce(json_extract(l.columns, '$.class'), m.class), a.created_at
    FROM agents a JOIN models m ON m.id = a.model_id LEFT JOIN conversion_leftovers l ON l.source_table = 'agents' AND l.source_key = CAST(a.id AS TEXT);

CREATE TABLE models_new (
  id INTEGER NOT NULL PRIMARY KEY,
  name VARCHAR NOT NULL,
  litellm_model_name VARCHAR NOT NULL,
  active INTEGER NOT NULL CONSTRAINT check_models_active CHECK (active IN (0, 1)),
  created_at DATETIME NOT NULL
);
INSERT INTO models_new (id, name, litellm_model_name, active, created_at)
  SELECT id, name, litellm_model_name, active, created_at FROM models;

DROP TABLE conversion_leftovers;
DROP TABLE models;
ALTER TABLE models_new RENAME TO models;
DROP TABLE agents;
ALTER TABLE agents_new RENAME TO agents;
CREATE INDEX idx_agent_config ON agents (kind_id, model_id, prompt_id);
