-- Staged execution of modules and their states
-- Replaces execution_timing by execution_context (BEFORE is IMMEDIATE, AFTER is POST_RESPONSE, CUSTOM is ON_DEMAND), adds requires_ai_inference and stage_priority, drops the rule on trigger patterns, and adds conversation_states.
-- Going down drops the stored states, the AI flags and the priorities.
-- Modules are rebuilt so that the new columns stand where the document lists them.

-- migrate:up

ALTER TABLE modules RENAME TO modules_with_timing;

CREATE TABLE modules (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  name varchar(255) NOT NULL,
  description text,
  content text,
  type varchar(50) NOT NULL,
  trigger_pattern varchar(500),
  script text,
  execution_context varchar(50),
  requires_ai_inference boolean DEFAULT false,
  stage_priority integer DEFAULT 100,
  is_active boolean DEFAULT true,
  created_at timestamp DEFAULT now(),
  updated_at timestamp DEFAULT now()
);

INSERT INTO modules (id, name, description, content, type, trigger_pattern, script, execution_context, is_active, created_at, updated_at)
  SELECT id, name, description, content, type, trigger_pattern, script,
         CASE execution_timing WHEN 'BEFORE' THEN 'IMMEDIATE' WHEN 'AFTER' THEN 'POST_RESPONSE' WHEN 'CUSTOM' THEN 'ON_DEMAND' END,
         is_active, created_at, updated_at
    FROM modules_with_timing;

DROP TABLE modules_with_timing;
DROP TYPE execution_timing;

ALTER TABLE modules ADD CONSTRAINT modules_pkey PRIMARY KEY (id);
CREATE INDEX idx_modules_created_at ON modules (created_at);

CREATE TABLE conversation_states (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  conversation_id uuid REFERENCES conversations (id) ON DELETE CASCADE,
  persona_id uuid REFERENCES personas (id) ON DELETE CASCADE,
  module_id uuid REFERENCES modules (id) ON DELETE CASCADE,
  state_key varchar(255) NOT NULL,
  state_value jsonb NOT NULL,
  created_at timestamp DEFAULT now(),
  updated_at timestamp DEFAULT now(),
  UNIQUE (conversation_id, persona_id, module_id, state_key)
);
CREATE INDEX idx_conversation_states_conversation_id ON conversation_states (conversation_id);
CREATE INDEX idx_conversation_states_persona_id ON conversation_states (persona_id);
CREATE INDEX idx_conversation_states_module_id ON conversation_states (module_id);
CREATE INDEX idx_conversation_states_created_at ON conversation_states (created_at);

-- migrate:down

DROP TABLE conversation_states;

CREATE TYPE execution_timing AS ENUM ('BEFORE', 'AFTER', 'CUSTOM');
ALTER TABLE modules ADD COLUMN execution_timing execution_timing DEFAULT 'CUSTOM';

UPDATE modules
   SET execution_timing = CASE execution_context
                            WHEN 'IMMEDIATE' THEN 'BEFORE'::execution_timing
                            WHEN 'POST_RESPONSE' THEN 'AFTER'::execution_timing
                            WHEN 'ON_DEMAND' THEN 'CUSTOM'::execution_timing
                          END,
       trigger_pattern = NULLIF(trigger_pattern, '');

ALTER TABLE modules
  DROP COLUMN stage_priority,
  DROP COLUMN requires_ai_inference,
  DROP COLUMN execution_context,
  ADD CONSTRAINT valid_trigger_pattern CHECK (trigger_pattern IS NULL OR length(trigger_pattern) > 0);
