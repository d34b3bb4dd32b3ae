-- Staged execution of modules and their states
-- Adds conversation_states, the execution context, the AI flag and the script analysis of modules, and six indexes.
-- The older columns timing and extra_data of modules stay.

-- migrate:up

CREATE TYPE execution_context_enum AS ENUM ('IMMEDIATE', 'POST_RESPONSE', 'ON_DEMAND');

ALTER TABLE modules
  ADD COLUMN execution_context execution_context_enum NOT NULL DEFAULT 'ON_DEMAND',
  ADD COLUMN requires_ai_inference boolean DEFAULT false,
  ADD COLUMN script_analysis_metadata jsonb DEFAULT '{}',
  ADD CONSTRAINT valid_execution_context CHECK (execution_context IN ('IMMEDIATE', 'POST_RESPONSE', 'ON_DEMAND'));
CREATE INDEX idx_modules_execution_context ON modules (execution_context);
CREATE INDEX idx_modules_ai_inference ON modules (requires_ai_inference);
CREATE INDEX idx_modules_context_ai_active ON modules (execution_context, requires_ai_inference, is_active);

CREATE TABLE conversation_states (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  conversation_id uuid NOT NULL,
  module_id uuid NOT NULL REFERENCES modules (id) ON DELETE CASCADE,
  execution_stage varchar(20) NOT NULL CHECK (execution_stage IN ('stage4', 'stage5')),
  variables jsonb NOT NULL DEFAULT '{}',
  execution_metadata jsonb DEFAULT '{}',
  executed_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
  UNIQUE (conversation_id, module_id, execution_stage)
);
CREATE INDEX idx_conversation_states_conversation_id ON conversation_states (conversation_id);
CREATE INDEX idx_conversation_states_module_id ON conversation_states (module_id);
CREATE INDEX idx_conversation_states_executed_at ON conversation_states (executed_at);

INSERT INTO applied_migrations (filename) VALUES ('006_staged_execution_redesign.sql');

-- migrate:down

DELETE FROM applied_migrations WHERE filename = '006_staged_execution_redesign.sql';

DROP TABLE conversation_states;

ALTER TABLE modules
  DROP CONSTRAINT valid_execution_context,
  DROP COLUMN script_analysis_metadata,
  DROP COLUMN requires_ai_inference,
  DROP COLUMN execution_context;
DROP TYPE execution_context_enum;
