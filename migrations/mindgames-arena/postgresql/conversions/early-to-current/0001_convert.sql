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

ALTER TABLE models ADD COLUMN class varchar CONSTRAINT check_models_class CHECK (class IN ('open', 'small'));
UPDATE models m SET class = CASE WHEN (SELECT min(a.class) FROM agents a WHERE a.model_id = m.id) = 'small' THEN 'small' ELSE 'open' END;
ALTER TABLE models ALTER COLUMN class SET NOT NULL;
COMMENT ON COLUMN models.class IS '''open'' (any model) or ''small'' (at most 8B parameters)';

CREATE TABLE conversion_leftovers (
  source_table text NOT NULL,
  source_key text NOT NULL,
  columns jsonb NOT NULL,
  PRIMARY KEY (source_table, source_key)
);
INSERT INTO conversion_leftovers (source_table, source_key, columns)
  SELECT 'agents', a.id, jsonb_build_object('class', a.class) FROM agents a JOIN models m ON m.id = a.model_id WHERE a.class <> m.class;

ALTER TABLE agents
  DROP COLUMN class,
  ADD COLUMN active integer NOT NULL DEFAULT 0 CONSTRAINT check_agents_active CHECK (active IN (0, 1));
ALTER TABLE agents ALTER COLUMN active DROP DEFAULT;
COMMENT ON COLUMN agents.active IS '1 when the agent may be drawn for new games';

-- migrate:down

ALTER TABLE agents ADD COLUMN class varchar CONSTRAINT check_agents_class CHECK (class IN ('open', 'small'));
UPDATE agents a SET class = m.class FROM models m WHERE m.id = a.model_id;
UPDATE agents a SET class = l.columns ->> 'class' FROM conversion_leftovers l WHERE l.source_table = 'agents' AND l.source_key = a.id::text;
ALTER TABLE agents ALTER COLUMN class SET NOT NULL, DROP COLUMN active;
COMMENT ON COLUMN agents.class IS '''open'' (any model) or ''small'' (at most 8B parameters)';
ALTER TABLE models DROP COLUMN class;
DROP TABLE conversion_leftovers;
