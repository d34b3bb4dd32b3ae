-- Staged execution of modules and their states
-- Replaces execution_timing by execution_context (BEFORE is IMMEDIATE, AFTER is POST_RESPONSE, CUSTOM is ON_DEMAND), adds requires_ai_inference and stage_priority, drops the rule on trigger patterns, and adds conversation_states.
-- Going down drops the stored states, the AI flags and the priorities.
-- Modules are rebuilt so that the new columns stand where the document lists them.

-- migrate:up

CREATE TABLE modules_new (
  id TEXT NOT NULL PRIMARY KEY,
  name VARCHAR(255) NOT NULL,
  description TEXT,
  content TEXT,
  type VARCHAR(50) NOT NULL,
  trigger_pattern VARCHAR(500),
  script TEXT,
  execution_context VARCHAR(50),
  requires_ai_inference BOOLEAN DEFAULT 0,
  stage_priority INTEGER DEFAULT 100,
  is_active BOOLEAN DEFAULT 1,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

INSERT INTO modules_new (id, name, description, content, type, trigger_pattern, script, execution_context, is_active, created_at, updated_at)
  SELECT id, name, description, content, type, trigger_pattern, script,
         CASE execution_timing WHEN 'BEFORE' THEN 'IMMEDIATE' WHEN 'AFTER' THEN 'POST_RESPONSE' WHEN 'CUSTOM' THEN 'ON_DEMAND' END,
         is_active, created_at, updated_at
    FROM modules;

DROP TABLE modules;
ALTER TABLE modules_new RENAME TO modules;
CREATE INDEX idx_modules_created_at ON modules (created_at);

CREATE TABLE conversation_states (
  id TEXT NOT NULL PRIMARY KEY,
  conversation_id TEXT REFERENCES conversations (id) ON DELETE CASCADE,
  persona_id TEXT REFERENCES personas (id) ON DELETE CASCADE,
  module_id TEXT REFERENCES modules (id) ON DELETE CASCADE,
  state_key VARCHAR(255) NOT NULL,
  state_value JSON NOT NULL,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  UNIQUE (conversation_id, persona_id, module_id, state_key)
);
CREATE INDEX idx_conversation_states_conversation_id ON conversation_states (conversation_id);
CREATE INDEX idx_conversation_states_persona_id ON conversation_states (persona_id);
CREATE INDEX idx_conversation_states_module_id ON conversation_states (module_id);
CREATE INDEX idx_conversation_states_created_at ON conversation_states (created_at);

-- migrate:down

DROP TABLE conversation_states;

CREATE TABLE modules_new (
  id TEXT NOT NULL PRIMARY KEY,
  name VARCHAR(255) NOT NULL,
  description TEXT,
  content TEXT,
  type VARCHAR(50) NOT NULL,
  trigger_pattern VARCHAR(500),
  script TEXT,
  is_active BOOLEAN DEFAULT 1,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  execution_timing VARCHAR(6) DEFAULT 'CUSTOM'
    CONSTRAINT valid_execution_timing CHECK (execution_timing IN ('BEFORE', 'AFTER', 'CUSTOM'))
    CONSTRAINT valid_trigger_pattern CHECK (trigger_pattern IS NULL OR length(trigger_pattern) > 0)
);

INSERT INTO modules_new (id, name, description, content, type, trigger_pattern, script, is_active, created_at, updated_at, execution_timing)
  SELECT id, name, description, content, type, nullif(trigger_pattern, ''), script, is_active, created_at, updated_at,
         CASE execution_context WHEN 'IMMEDIATE' THEN 'BEFORE' WHEN 'POST_RESPONSE' THEN 'AFTER' WHEN 'ON_DEMAND' THEN 'CUSTOM' END
    FROM modules;

DROP TABLE modules;
ALTER TABLE modules_new RENAME TO modules;
CREATE INDEX idx_modules_created_at ON modules (created_at);
